//! What a code says, and whether one that was scanned is good.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::keys::KeySet;
use crate::error::{Error, Result};
use crate::said;
use crate::text::Said;
use crate::web::call::Call;

/// How long an activity's code holds: a picture of it that is sent on is of little use.
pub const STEP: TimeDelta = TimeDelta::minutes(10);
/// The longest span that is asked for at once: 144 codes.
pub const MAX_SPAN: TimeDelta = TimeDelta::hours(24);
/// How far a phone's clock may be beside ours: what it scans and whom it counts is taken all the same.
pub const LEEWAY: TimeDelta = TimeDelta::minutes(15);
const ISSUER: &str = "danvan";
/// No access token is taken for a code, and no code for a token (RFC 8725 section 3.11).
const TYPE: &str = "check-in+jwt";

/// What a code is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Activity,
    Volunteer,
}

impl About {
    fn audience(self) -> &'static str {
        match self {
            Self::Activity => "check-in",
            Self::Volunteer => "volunteer",
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
}

/// The start of the ten minutes that a moment lies in; the same for all phones.
pub fn step_of(at: DateTime<Utc>) -> Result<DateTime<Utc>> {
    at.duration_trunc(STEP).map_err(Error::internal)
}

pub fn of_activity(keys: &KeySet, activity: Uuid, from: DateTime<Utc>) -> Result<String> {
    sign(keys, About::Activity, activity, Some((from, from + STEP)))
}

pub fn of_volunteer(keys: &KeySet, volunteer: Uuid) -> Result<String> {
    sign(keys, About::Volunteer, volunteer, None)
}

fn sign(keys: &KeySet, about: About, sub: Uuid, span: Option<(DateTime<Utc>, DateTime<Utc>)>) -> Result<String> {
    let (nbf, exp) = span.map(|(from, to)| (from.timestamp(), to.timestamp())).unzip();
    let claims = Claims { iss: ISSUER.into(), aud: about.audience().into(), sub, nbf, exp };
    let header = Header { typ: Some(TYPE.into()), kid: Some(keys.codes.kid.clone()), ..Header::new(Algorithm::EdDSA) };
    encode(&header, &claims, &keys.codes.signing).map_err(Error::internal)
}

/// As an image for print: level M stands a creased card.
pub fn svg(text: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)?;
    Ok(code.render::<svg::Color>().min_dimensions(240, 240).build())
}

/// What a code is of. `at` is when it was scanned, by the client's clock; `pointer` is the field that it was sent in.
///
/// # Errors
/// 422 with the code `code_forged` (no key of ours signed it), `code_foreign` (it is of something else), `code_expired`
/// or `code_not_yet_valid`.
pub async fn subject(call: &Call, code: &str, about: About, at: DateTime<Utc>, pointer: &'static str) -> Result<Uuid> {
    let refuse = |code: &'static str, detail: Said| Error::field(pointer, code, detail);
    let forged = || refuse("code_forged", said!("Mã này không do hệ thống cấp", "This code was not made by the service"));
    let header = decode_header(code).map_err(|_| forged())?;
    let kid = header.kid.filter(|_| header.typ.as_deref() == Some(TYPE)).ok_or_else(forged)?;
    let service = call.service();
    let keys = service.keys.knowing(&kid, &service.database, &service.secret, call.now).await?;
    let key = keys.codes.verifying.get(&kid).ok_or_else(forged)?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_required_spec_claims(&["iss", "aud", "sub"]);
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[About::Activity.audience(), About::Volunteer.audience()]);
    // Time is judged below, by when the code was scanned.
    rules.validate_exp = false;
    let claims: Claims = decode(code, key, &rules).map_err(|_| forged())?.claims;
    if claims.aud != about.audience() {
        return Err(refuse("code_foreign", said!("Mã này là mã loại khác", "This code is one of another kind")));
    }
    if claims.nbf.is_some_and(|from| (at + LEEWAY).timestamp() < from) {
        return Err(refuse("code_not_yet_valid", said!("Mã này chưa đến giờ", "This code does not hold yet")));
    }
    if claims.exp.is_some_and(|end| (at - LEEWAY).timestamp() >= end) {
        return Err(refuse("code_expired", said!("Mã này đã hết hạn", "This code held for ten minutes, which are over")));
    }
    Ok(claims.sub)
}
