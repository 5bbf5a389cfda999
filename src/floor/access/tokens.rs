//! Access tokens: JWTs of the kind `at+jwt` (RFC 9068), signed with EdDSA, verified by the rules of RFC 8725.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::KeySet;
use crate::error::{Error, Result, TOKEN_EXPIRED, TOKEN_INVALID};

/// How long an access token lives.
pub const ACCESS_TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How far the clocks of two instances may differ.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// Issuer and audience: a token of another system is none of ours.
const ISSUER: &str = "danvan";
const TYPE: &str = "at+jwt";
/// The `client_id` of people's tokens; a program's is its own id.
pub const APP: &str = "app";

/// What a token says. It holds no grants: those are read from the database and may change under it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The user.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    pub client_id: String,
    pub scope: String,
    /// When the session began, in seconds since 1970.
    pub auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    pub iat: i64,
    pub exp: i64,
    pub jti: Uuid,
    /// We sign none; one that is there is heeded.
    #[serde(default, skip_serializing)]
    pub nbf: Option<serde_json::Value>,
}

/// The user, session and device of a token to be made.
#[derive(Debug)]
pub struct Subject {
    pub user: Uuid,
    pub session: Uuid,
    pub device_id: Option<String>,
    pub signed_in_at: DateTime<Utc>,
}

pub fn issue(keys: &KeySet, subject: Subject, now: DateTime<Utc>) -> Result<String> {
    let claims = Claims {
        iss: ISSUER.into(),
        aud: ISSUER.into(),
        sub: subject.user,
        sid: subject.session,
        client_id: APP.into(),
        scope: "user".into(),
        auth_time: subject.signed_in_at.timestamp(),
        device_id: subject.device_id,
        iat: now.timestamp(),
        exp: (now + ACCESS_TOKEN_LIFE).timestamp(),
        jti: crate::random::id(),
        nbf: None,
    };
    sign(keys, &claims)
}

/// A token of an API client: subject, session and client are one (RFC 9068 section 2.2).
pub fn issue_to_client(keys: &KeySet, client: Uuid, scope: String, now: DateTime<Utc>) -> Result<String> {
    let claims = Claims {
        iss: ISSUER.into(),
        aud: ISSUER.into(),
        sub: client,
        sid: client,
        client_id: client.to_string(),
        scope,
        auth_time: now.timestamp(),
        device_id: None,
        iat: now.timestamp(),
        exp: (now + ACCESS_TOKEN_LIFE).timestamp(),
        jti: crate::random::id(),
        nbf: None,
    };
    sign(keys, &claims)
}

fn sign(keys: &KeySet, claims: &Claims) -> Result<String> {
    let header = Header { typ: Some(TYPE.into()), kid: Some(keys.kid.clone()), ..Header::new(Algorithm::EdDSA) };
    encode(&header, claims, &keys.signing).map_err(Error::internal)
}

/// The key that a token says it was signed with; nothing of it is trusted yet.
pub fn key_named(token: &str) -> Result<String> {
    let header = decode_header(token).map_err(|_| Error::new(&TOKEN_INVALID))?;
    if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) {
        return Err(Error::new(&TOKEN_INVALID));
    }
    header.kid.ok_or_else(|| Error::new(&TOKEN_INVALID))
}

pub fn verify(keys: &KeySet, kid: &str, token: &str, now: DateTime<Utc>) -> Result<Claims> {
    let key = keys.verifying.get(kid).ok_or_else(|| Error::new(&TOKEN_INVALID))?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[ISSUER]);
    // Time is judged below, by the service's own clock.
    rules.validate_exp = false;
    let claims: Claims = decode(token, key, &rules).map_err(|_| Error::new(&TOKEN_INVALID))?.claims;
    if now.timestamp() >= claims.exp {
        return Err(Error::new(&TOKEN_EXPIRED));
    }
    // Another process's clock may be ahead of this one's.
    let soon = (now + LEEWAY).timestamp();
    let lives = claims.exp.checked_sub(claims.iat).is_some_and(|life| (1..=ACCESS_TOKEN_LIFE.num_seconds()).contains(&life));
    let begun = claims.nbf.as_ref().is_none_or(|nbf| nbf.as_i64().is_some_and(|nbf| nbf <= soon));
    if claims.iat < 0 || claims.iat > soon || !lives || !begun {
        return Err(Error::new(&TOKEN_INVALID));
    }
    Ok(claims)
}
