//! Sessions and refresh tokens.
//!
//! A refresh token is the session's id, a count, and a MAC over both and the session's random seed, under a key that
//! is not in the database. The row holds the newest count that was used, `n`:
//! - `n` again: the answer was lost on the way; the same successor `n + 1` is made anew, nothing is stored;
//! - `n + 1`: the successor is used for the first time; the row moves on;
//! - older: two parties have the token, and one of them stole it: the session ends.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::dto::{GrantStatus, UserStatus};
use super::sign_in_dto::{MySession, SignedIn};
use crate::access::keys::{KeySet, Secret};
use crate::access::tokens::{self, ACCESS_TOKEN_LIFE, Subject};
use crate::db::schema::{grants, sessions, users};
use crate::error::{Error, Result, SESSION_REVOKED, SIGN_IN_FAILED, TERM_ENDED, TOKEN_INVALID};
use crate::{random, statement};

/// A session that was not refreshed for so long ends.
pub const MAX_IDLE: TimeDelta = TimeDelta::days(60);
/// Sessions that one user may have open; the one that was used longest ago makes place.
const MAX_OPEN: i64 = 20;

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct Stored {
    id: Uuid,
    user_id: Uuid,
    device_id: Option<String>,
    seed: Vec<u8>,
    refresh_count: i32,
    signed_in_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

fn token(secret: &Secret, id: Uuid, count: i32, seed: &[u8]) -> String {
    let mac = secret.mac("refresh", &[id.as_bytes(), &count.to_be_bytes(), seed]);
    URL_SAFE_NO_PAD.encode([&id.as_bytes()[..], &count.to_be_bytes(), &mac].concat())
}

/// The session and count that a token claims.
fn claimed(text: &str) -> Option<(Uuid, i32)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (id, rest) = bytes.split_first_chunk::<16>()?;
    let (count, _) = rest.split_first_chunk::<4>()?;
    Some((Uuid::from_bytes(*id), i32::from_be_bytes(*count)))
}

/// The device of a session, as its user calls it.
#[derive(Debug)]
pub struct Device {
    pub id: Option<String>,
    pub name: String,
}

statement! {
    /// Waits for whoever is just changing the account, and then looks at it as it is: a session of a former password, or of
    /// an account that was shut meanwhile, is not made.
    Begin(
        id: Uuid as SqlUuid, user: Uuid as SqlUuid, device_id: Option<String> as Nullable<Text>, device_name: String as Text, seed: Vec<u8> as Binary,
        now: DateTime<Utc> as Timestamptz, proved: Option<String> as Nullable<Text>,
    ) -> SqlUuid,
    "WITH proved AS (SELECT id FROM users WHERE id = $2 AND status = 'active' AND ($7 IS NULL OR password_hash = $7) FOR SHARE)
     INSERT INTO sessions (id, user_id, device_id, device_name, seed, signed_in_at, last_used_at) SELECT $1, id, $3, $4, $5, $6, $6 FROM proved RETURNING id"
}

/// Opens a session for a user who has proved who they are; `proved` is the hash that the password was compared with, none
/// for a code.
pub async fn open(
    connection: &mut AsyncPgConnection,
    secret: &Secret,
    keys: &KeySet,
    user: Uuid,
    proved: Option<String>,
    device: &Device,
    now: DateTime<Utc>,
) -> Result<SignedIn> {
    let stored = Stored {
        id: random::id(),
        user_id: user,
        device_id: device.id.clone(),
        seed: random::bytes::<16>().to_vec(),
        refresh_count: 0,
        signed_in_at: now,
        last_used_at: now,
        ended_at: None,
    };
    let surplus = sessions::table
        .filter(sessions::user_id.eq(user).and(sessions::ended_at.is_null()))
        .order(sessions::last_used_at.desc())
        .offset(MAX_OPEN - 1)
        .select(sessions::id)
        .load::<Uuid>(connection)
        .await?;
    end(connection, sessions::id.eq_any(surplus), "idle", now).await?;
    let (device_id, device_name, seed) = (device.id.clone(), device.name.clone(), stored.seed.clone());
    let begun: Option<Uuid> = Begin { id: stored.id, user, device_id, device_name, seed, now, proved }.get_result(connection).await.optional()?;
    begun.ok_or_else(|| Error::new(&SIGN_IN_FAILED))?;
    signed_in(secret, keys, &stored, 0, now)
}

/// Tokens of a session that nobody has refreshed yet, for the device that it was opened from.
pub async fn unused(
    connection: &mut AsyncPgConnection,
    secret: &Secret,
    keys: &KeySet,
    id: Uuid,
    device: &Device,
    now: DateTime<Utc>,
) -> Result<Option<SignedIn>> {
    let untouched = sessions::refresh_count.eq(0).and(sessions::last_used_at.eq(sessions::signed_in_at)).and(sessions::ended_at.is_null());
    let same = sessions::device_name.eq(&device.name).and(sessions::device_id.is_not_distinct_from(&device.id));
    let row = sessions::table.filter(sessions::id.eq(id).and(untouched).and(same)).select(Stored::as_select());
    let found: Option<Stored> = row.first(connection).await.optional()?;
    found.map(|session| signed_in(secret, keys, &session, 0, now)).transpose()
}

fn signed_in(secret: &Secret, keys: &KeySet, session: &Stored, count: i32, now: DateTime<Utc>) -> Result<SignedIn> {
    let subject = Subject { user: session.user_id, session: session.id, device_id: session.device_id.clone(), signed_in_at: session.signed_in_at };
    Ok(SignedIn {
        access_token: tokens::issue(keys, subject, now)?,
        token_type: "Bearer",
        expires_in: ACCESS_TOKEN_LIFE.num_seconds(),
        refresh_token: token(secret, session.id, count, &session.seed),
        session_id: session.id,
        user_id: session.user_id,
    })
}

/// What a refresh did beside its answer: an ended session must be noticed by all instances at once.
pub struct Refreshed {
    pub answer: Result<SignedIn>,
    pub ended: bool,
}

/// New tokens for a refresh token.
pub async fn refresh(connection: &mut AsyncPgConnection, secret: &Secret, keys: &KeySet, text: &str, now: DateTime<Utc>) -> Result<Refreshed> {
    let refused = |problem| Refreshed { answer: Err(Error::new(problem)), ended: false };
    let Some((id, count)) = claimed(text) else { return Ok(refused(&TOKEN_INVALID)) };
    let found: Option<(Stored, UserStatus)> =
        sessions::table.inner_join(users::table).filter(sessions::id.eq(id)).select((Stored::as_select(), users::status)).first(connection).await.optional()?;
    let Some((session, status)) = found else { return Ok(refused(&TOKEN_INVALID)) };
    // Only a token that we made says anything: a made-up one must not end a session.
    if token(secret, id, count, &session.seed) != text || count > session.refresh_count.saturating_add(1) {
        return Ok(refused(&TOKEN_INVALID));
    }
    if session.ended_at.is_some() || status != UserStatus::Active {
        return Ok(refused(&SESSION_REVOKED));
    }
    let reason = if count < session.refresh_count {
        Some("reuse")
    } else if session.last_used_at + MAX_IDLE < now {
        Some("idle")
    } else {
        None
    };
    if let Some(reason) = reason {
        tracing::warn!(session = %id, user = %session.user_id, reason, "session ended at refresh");
        end(connection, sessions::id.eq(id), reason, now).await?;
        return Ok(Refreshed { answer: Err(Error::new(&SESSION_REVOKED)), ended: true });
    }
    if !has_term(connection, session.user_id, now).await? {
        return Ok(refused(&TERM_ENDED));
    }
    let moved = diesel::update(sessions::table.filter(sessions::id.eq(id).and(sessions::refresh_count.eq_any([count, count - 1]))))
        .set((sessions::refresh_count.eq(count), sessions::last_used_at.eq(now)))
        .execute(connection)
        .await?;
    if moved == 0 {
        // Another request of the same moment went further: this one came with a token used twice.
        end(connection, sessions::id.eq(id), "reuse", now).await?;
        return Ok(Refreshed { answer: Err(Error::new(&SESSION_REVOKED)), ended: true });
    }
    Ok(Refreshed { answer: signed_in(secret, keys, &session, count + 1, now), ended: false })
}

/// Whether some right of the user holds today; a user who never had one keeps the session, one whose last was taken does not.
async fn has_term(connection: &mut AsyncPgConnection, user: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let today = crate::clock::local_day(now);
    let terms: Vec<(GrantStatus, NaiveDate, Option<NaiveDate>)> =
        grants::table.filter(grants::user_id.eq(user)).select((grants::status, grants::valid_from, grants::valid_to)).load(connection).await?;
    let holds =
        |(status, from, to): &(GrantStatus, NaiveDate, Option<NaiveDate>)| *status == GrantStatus::Active && *from <= today && to.is_none_or(|to| today <= to);
    Ok(terms.is_empty() || terms.iter().any(holds))
}

/// How long after signing in a first password is set without another proof.
pub const FRESH: TimeDelta = TimeDelta::minutes(15);

/// Whether a session began after a moment.
pub async fn began_after(connection: &mut AsyncPgConnection, id: Uuid, moment: DateTime<Utc>) -> Result<bool> {
    let fresh = sessions::table.filter(sessions::id.eq(id).and(sessions::signed_in_at.gt(moment)));
    Ok(diesel::select(diesel::dsl::exists(fresh)).get_result(connection).await?)
}

/// Ends open sessions that a condition picks; returns how many.
pub async fn end<P>(connection: &mut AsyncPgConnection, which: P, reason: &'static str, now: DateTime<Utc>) -> Result<usize>
where
    P: AppearsOnTable<sessions::table>
        + Expression<SqlType = diesel::sql_types::Bool>
        + diesel::expression::NonAggregate
        + diesel::query_builder::QueryFragment<diesel::pg::Pg>
        + diesel::query_builder::QueryId
        + Send,
{
    let open = sessions::table.filter(sessions::ended_at.is_null()).filter(which);
    Ok(diesel::update(open).set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason))).execute(connection).await?)
}

/// A user's open sessions, the newest first.
pub async fn of_user(connection: &AsyncPgConnection, user: Uuid) -> Result<Vec<MySession>> {
    let mut connection = connection;
    let rows = sessions::table.filter(sessions::user_id.eq(user).and(sessions::ended_at.is_null())).order(sessions::signed_in_at.desc());
    Ok(rows.select((sessions::id, sessions::device_id, sessions::device_name, sessions::signed_in_at, sessions::last_used_at)).load(&mut connection).await?)
}
