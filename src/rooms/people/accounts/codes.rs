//! One-time codes: what a person who has no password gets in with, on the worst of networks.
//!
//! A code opens one session. Whoever lost the answer sends the same again from the same device, and gets tokens of that
//! session until it was refreshed, or a quarter of an hour later: nobody is locked out by a lost answer, and a code that
//! somebody else saw is of no use.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::dto::UserStatus;
use super::sessions::{self, Device};
use super::sign_in_dto::SignedIn;
use crate::access::keys::{KeySet, Secret};
use crate::db::schema::{sign_in_codes, users};
use crate::error::{Error, Result, SIGN_IN_FAILED};
use crate::said;

/// How long a lost answer can be asked for again.
const AGAIN: TimeDelta = TimeDelta::minutes(15);

/// A code that was handed in.
#[derive(Debug, Queryable)]
pub struct Code {
    pub id: Uuid,
    pub user: Uuid,
    pub username: String,
    status: UserStatus,
    expires_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
    session: Option<Uuid>,
}

/// What is stored of a one-time code: typed without spaces and hyphens, in any case.
pub fn hash(secret: &Secret, code: &str) -> Vec<u8> {
    let bare: String = code.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    secret.mac("sign-in-code", &[bare.as_bytes()]).to_vec()
}

/// The refusal of a code, whatever is wrong with it.
pub fn refused() -> Error {
    Error::new(&SIGN_IN_FAILED).detail(said!(
        "Mã không đúng, đã dùng hoặc hết hạn; xin mã mới ở nơi đã cấp mã (văn phòng xã hoặc trưởng thôn/ấp)",
        "The code is wrong, used or over; ask for a new one where you got it"
    ))
}

impl Code {
    /// The code of a hash, used or not.
    pub async fn find(connection: &mut AsyncPgConnection, hash: Vec<u8>) -> Result<Option<Self>> {
        let rows = sign_in_codes::table.inner_join(users::table.on(users::id.eq(sign_in_codes::user_id))).filter(sign_in_codes::code_hash.eq(hash));
        let columns =
            (sign_in_codes::id, users::id, users::username, users::status, sign_in_codes::expires_at, sign_in_codes::used_at, sign_in_codes::session_id);
        Ok(rows.select(columns).first(connection).await.optional()?)
    }

    /// Whether it opens a session now.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.status == UserStatus::Active && self.used_at.is_none() && now < self.expires_at
    }

    /// The session that it opened, to be asked for again.
    fn opened(&self, now: DateTime<Utc>) -> Option<Uuid> {
        let lately = self.used_at.is_some_and(|at| now < at + AGAIN);
        self.session.filter(|_| lately && self.status == UserStatus::Active)
    }

    /// Uses the code and opens its session, in the transaction of whoever calls: of two requests with one code, the second
    /// waits and then finds it used.
    pub async fn open(&self, connection: &mut AsyncPgConnection, secret: &Secret, keys: &KeySet, device: &Device, now: DateTime<Utc>) -> Result<SignedIn> {
        let unused = sign_in_codes::table.filter(sign_in_codes::id.eq(self.id).and(sign_in_codes::used_at.is_null()));
        if diesel::update(unused).set(sign_in_codes::used_at.eq(now)).execute(connection).await? == 0 {
            return Err(refused());
        }
        let session = sessions::open(connection, secret, keys, self.user, None, device, now).await?;
        diesel::update(sign_in_codes::table.find(self.id)).set(sign_in_codes::session_id.eq(session.session_id)).execute(connection).await?;
        Ok(session)
    }

    /// The answer that was lost, for the device that the session is of.
    pub async fn again(
        &self,
        connection: &mut AsyncPgConnection,
        secret: &Secret,
        keys: &KeySet,
        device: &Device,
        now: DateTime<Utc>,
    ) -> Result<Option<SignedIn>> {
        match self.opened(now) {
            Some(session) => sessions::unused(connection, secret, keys, session, device, now).await,
            None => Ok(None),
        }
    }
}
