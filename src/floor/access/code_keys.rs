//! The keys of check-in codes: phones verify codes offline, and a volunteer's printed code is verified long after it was
//! signed, so they are not the keys of access tokens.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::Value;

use super::keys::{KeyRow, Opened, Pair, Secret, open_all};
use crate::db::schema::check_in_keys;

/// How long a retired key still verifies: a volunteer's card outlives the campaign that it was printed for.
const RETIRED_KEY_LIFE: TimeDelta = TimeDelta::days(400);

/// The keys that check-in codes are signed and verified with.
pub struct CodeKeys {
    pub kid: String,
    pub signing: EncodingKey,
    pub verifying: HashMap<String, DecodingKey>,
    /// The public keys (RFC 7517).
    pub public: Vec<Value>,
}

impl CodeKeys {
    /// Loads the keys, making the first one where there is none.
    pub async fn load(connection: &mut AsyncPgConnection, secret: &Secret, now: DateTime<Utc>) -> anyhow::Result<Self> {
        if let Some(keys) = Self::read(connection, secret, now).await? {
            return Ok(keys);
        }
        make_key(connection, secret, now).await?;
        Self::read(connection, secret, now).await?.context("no key for check-in codes could be made")
    }

    async fn read(connection: &mut AsyncPgConnection, secret: &Secret, now: DateTime<Utc>) -> anyhow::Result<Option<Self>> {
        let rows: Vec<KeyRow> = check_in_keys::table
            .filter(check_in_keys::retired_at.is_null().or(check_in_keys::retired_at.gt(now - RETIRED_KEY_LIFE)))
            .order((check_in_keys::made_at.desc(), check_in_keys::kid))
            .select((check_in_keys::kid, check_in_keys::public_jwk, check_in_keys::sealed_private, check_in_keys::retired_at))
            .load(connection)
            .await?;
        let remedy = "the keys of check-in codes were sealed with another secret: give the right secret file, or run `danvan keys rotate --check-in-codes`";
        let Opened { verifying, public, newest } = open_all(rows, secret, "check-in-key", remedy)?;
        Ok(newest.map(|(kid, signing)| Self { kid, signing, verifying, public }))
    }
}

/// Makes a new key and retires the others, which verify what they signed for 400 days more.
pub async fn rotate(connection: &mut AsyncPgConnection, secret: &Secret, now: DateTime<Utc>) -> anyhow::Result<String> {
    diesel::update(check_in_keys::table.filter(check_in_keys::retired_at.is_null())).set(check_in_keys::retired_at.eq(now)).execute(connection).await?;
    make_key(connection, secret, now).await
}

async fn make_key(connection: &mut AsyncPgConnection, secret: &Secret, now: DateTime<Utc>) -> anyhow::Result<String> {
    let pair = Pair::new()?;
    let row = (
        check_in_keys::kid.eq(&pair.kid),
        check_in_keys::public_jwk.eq(&pair.public_jwk),
        check_in_keys::sealed_private.eq(secret.seal("check-in-key", pair.kid.as_bytes(), &pair.private)),
        check_in_keys::made_at.eq(now),
    );
    diesel::insert_into(check_in_keys::table).values(row).execute(connection).await?;
    Ok(pair.kid)
}
