//! Sessions and refresh tokens.
//!
//! A refresh token is the session's id, a count, and a MAC over both and the session's random seed, under a key that
//! is not in the database. The row holds the newest count that was used, `n`:
//! - `n` again: the answer was lost on the way; the same successor `n + 1` is made anew, nothing is stored;
//! - `n + 1`: the successor is used for the first time; the row moves on;
//! - older: two parties have the token, and one of them stole it: the session ends.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::dto::UserStatus;
use super::sign_in_dto::{MySession, SignedIn};
use crate::access::keys::{KeySet, Secret};
use crate::access::tokens::{self, ACCESS_TOKEN_LIFE, Subject};
use crate::db::schema::{grants, sessions, users};
use crate::error::{Error, Result, SESSION_REVOKED, TERM_ENDED, TOKEN_INVALID};
use crate::random;

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

/// Opens a session for a user who has proved who they are.
pub async fn open(
    connection: &mut AsyncPgConnection,
    secret: &Secret,
    keys: &KeySet,
    user: Uuid,
    device_id: Option<String>,
    device_name: String,
    now: DateTime<Utc>,
) -> Result<SignedIn> {
    let stored = Stored {
        id: random::id(),
        user_id: user,
        device_id,
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
    let row = (
        sessions::id.eq(stored.id),
        sessions::user_id.eq(user),
        sessions::device_id.eq(&stored.device_id),
        sessions::device_name.eq(device_name),
        sessions::seed.eq(&stored.seed),
        sessions::signed_in_at.eq(now),
        sessions::last_used_at.eq(now),
    );
    diesel::insert_into(sessions::table).values(row).execute(connection).await?;
    signed_in(secret, keys, &stored, 0, now)
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

/// Whether some right of the user holds today; a user who never had one keeps the session.
async fn has_term(connection: &mut AsyncPgConnection, user: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let today = crate::clock::local_day(now);
    let terms: Vec<(chrono::NaiveDate, Option<chrono::NaiveDate>)> =
        grants::table.filter(grants::user_id.eq(user).and(grants::status.eq("active"))).select((grants::valid_from, grants::valid_to)).load(connection).await?;
    Ok(terms.is_empty() || terms.iter().any(|(from, to)| *from <= today && to.is_none_or(|to| today <= to)))
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
