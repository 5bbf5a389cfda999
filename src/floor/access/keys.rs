//! Secrets of the service: one master secret in a file, and signing keys in the database sealed with it.
//!
//! The file lies outside the database and its backups, so that a dump alone can neither sign a token nor read a
//! cursor; the signing keys lie in the database, so that all instances sign and accept the same ones.

use std::collections::HashMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use hmac::{Hmac, Mac as _};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::{Value, json};
use sha2::Sha256;

use super::code_keys::CodeKeys;
use crate::db::schema::signing_keys;
use crate::error::{Error, Result};
use crate::random;

/// The master secret; every use derives a key of its own from it.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Reads the secret from its file, making the file (mode 0600) at the first start.
    pub fn load_or_make(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            let fresh = path.with_extension(random::token(6));
            let mut file = std::fs::File::options().write(true).create_new(true).mode(0o600).open(&fresh)?;
            writeln!(file, "{}", URL_SAFE_NO_PAD.encode(random::bytes::<32>()))?;
            file.sync_all()?;
            // A link fails where another instance was first; both then read the same file.
            std::fs::hard_link(&fresh, path).or_else(|error| if path.exists() { Ok(()) } else { Err(error) })?;
            std::fs::remove_file(&fresh)?;
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the secret {}", path.display()))?;
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).context("the secret's file is damaged")?;
        ensure!(bytes.len() == 32, "the secret's file must hold 32 bytes in base64url");
        Ok(Self(bytes.try_into().unwrap_or_default()))
    }

    /// HMAC-SHA256 under a key for one purpose.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let key = hmac(&self.0, &[purpose.as_bytes()]);
        hmac(&key, parts)
    }

    /// An id that nobody without the secret can tell beforehand; the same for the same parts.
    pub fn id(&self, purpose: &str, parts: &[&[u8]]) -> uuid::Uuid {
        let mac = self.mac(purpose, parts);
        let (bytes, _) = mac.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        uuid::Builder::from_random_bytes(*bytes).into_uuid()
    }

    /// Encrypts and binds to `context`: what was sealed for one context opens for no other.
    pub fn seal(&self, purpose: &str, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce = random::bytes::<24>();
        let sealed = self.cipher(purpose).encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: context });
        [&nonce[..], &sealed.unwrap_or_default()].concat()
    }

    pub fn open(&self, purpose: &str, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<24>()?;
        self.cipher(purpose).decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: context }).ok()
    }

    fn cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.mac("cipher", &[purpose.as_bytes()]).into())
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The keys that tokens are signed and verified with.
pub struct KeySet {
    pub kid: String,
    pub signing: EncodingKey,
    pub verifying: HashMap<String, DecodingKey>,
    /// The keys of check-in codes. They verify no token.
    pub codes: CodeKeys,
    /// The public keys of both as `/.well-known/jwks.json` gives them (RFC 7517).
    pub document: Value,
}

/// How long a retired key still verifies: longer than any token that it signed lives.
const RETIRED_KEY_LIFE: chrono::TimeDelta = chrono::TimeDelta::hours(1);

impl KeySet {
    /// Loads the keys, making the first one where there is none.
    pub async fn load(connection: &mut AsyncPgConnection, secret: &Secret, now: DateTime<Utc>) -> anyhow::Result<Self> {
        if let Some(set) = Self::read(connection, secret, now).await? {
            return Ok(set);
        }
        make_key(connection, secret, now).await?;
        Self::read(connection, secret, now).await?.context("no signing key could be made")
    }

    async fn read(connection: &mut AsyncPgConnection, secret: &Secret, now: DateTime<Utc>) -> anyhow::Result<Option<Self>> {
        let rows: Vec<KeyRow> = signing_keys::table
            .filter(signing_keys::retired_at.is_null().or(signing_keys::retired_at.gt(now - RETIRED_KEY_LIFE)))
            .order((signing_keys::made_at.desc(), signing_keys::kid))
            .select((signing_keys::kid, signing_keys::public_jwk, signing_keys::sealed_private, signing_keys::retired_at))
            .load(connection)
            .await?;
        let remedy = "the signing keys in the database were sealed with another secret: give the right secret file, or run `danvan keys rotate`";
        let Opened { verifying, mut public, newest } = open_all(rows, secret, "signing-key", remedy)?;
        let Some((kid, signing)) = newest else { return Ok(None) };
        let codes = CodeKeys::load(connection, secret, now).await?;
        public.extend(codes.public.iter().cloned());
        Ok(Some(Self { kid, signing, verifying, codes, document: json!({"keys": public}) }))
    }
}

/// Makes a new signing key and retires the others, which verify for an hour more; not at all where one was stolen.
pub async fn rotate(connection: &mut AsyncPgConnection, secret: &Secret, now: DateTime<Utc>, stolen: bool) -> anyhow::Result<String> {
    if stolen {
        diesel::update(signing_keys::table).set(signing_keys::retired_at.eq(now - RETIRED_KEY_LIFE)).execute(connection).await?;
        return make_key(connection, secret, now).await;
    }
    diesel::update(signing_keys::table.filter(signing_keys::retired_at.is_null())).set(signing_keys::retired_at.eq(now)).execute(connection).await?;
    make_key(connection, secret, now).await
}

async fn make_key(connection: &mut AsyncPgConnection, secret: &Secret, now: DateTime<Utc>) -> anyhow::Result<String> {
    let pair = Pair::new()?;
    let row = (
        signing_keys::kid.eq(&pair.kid),
        signing_keys::public_jwk.eq(&pair.public_jwk),
        signing_keys::sealed_private.eq(secret.seal("signing-key", pair.kid.as_bytes(), &pair.private)),
        signing_keys::made_at.eq(now),
    );
    diesel::insert_into(signing_keys::table).values(row).execute(connection).await?;
    Ok(pair.kid)
}

/// A key in its table: id, public key, sealed private key, when it was retired.
pub type KeyRow = (String, Value, Vec<u8>, Option<DateTime<Utc>>);

/// The keys of a table, the newest first: all of them verify, the newest that is not retired signs.
pub struct Opened {
    pub verifying: HashMap<String, DecodingKey>,
    pub public: Vec<Value>,
    pub newest: Option<(String, EncodingKey)>,
}

/// Opens what was sealed for a purpose; `remedy` tells what to do when it was sealed with another secret.
pub fn open_all(rows: Vec<KeyRow>, secret: &Secret, purpose: &str, remedy: &'static str) -> anyhow::Result<Opened> {
    let mut opened = Opened { verifying: HashMap::new(), public: vec![], newest: None };
    for (kid, _, sealed, retired_at) in rows {
        let newest = opened.newest.is_none() && retired_at.is_none();
        // Who may write into the database puts no key of their own there: one counts whose private half was sealed with our
        // secret under its thumbprint, and its public half is computed from that, not read.
        let private = match secret.open(purpose, kid.as_bytes(), &sealed) {
            Some(private) => private,
            None if newest => return Err(anyhow::anyhow!(remedy)),
            None => {
                tracing::warn!(kid, "a key that was not sealed with this secret is passed over");
                continue;
            }
        };
        let (thumbprint, jwk) = public_of(&private)?;
        anyhow::ensure!(thumbprint == kid, "the key {kid} is another one than it says");
        opened.verifying.insert(kid.clone(), DecodingKey::from_jwk(&serde_json::from_value::<Jwk>(jwk.clone())?)?);
        opened.public.push(jwk);
        if newest {
            opened.newest = Some((kid, EncodingKey::from_ed_der(&private)));
        }
    }
    Ok(opened)
}

/// An Ed25519 key as PKCS #8 has it (RFC 8410): a fixed head and 32 bytes.
pub fn pkcs8(seed: [u8; 32]) -> Vec<u8> {
    [&[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20][..], &seed].concat()
}

/// A new Ed25519 key.
pub struct Pair {
    /// The thumbprint (RFC 7638).
    pub kid: String,
    pub public_jwk: Value,
    /// PKCS #8.
    pub private: Vec<u8>,
}

impl Pair {
    pub fn new() -> anyhow::Result<Self> {
        let private = pkcs8(random::bytes::<32>());
        let (kid, public_jwk) = public_of(&private)?;
        Ok(Self { kid, public_jwk, private })
    }
}

/// The thumbprint and the public half of a private key.
fn public_of(private: &[u8]) -> anyhow::Result<(String, Value)> {
    let mut jwk = Jwk::from_encoding_key(&EncodingKey::from_ed_der(private), Algorithm::EdDSA)?;
    let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
    jwk.common.key_id = Some(kid.clone());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok((kid, serde_json::to_value(jwk)?))
}

/// The key set in memory, read anew once a minute and when a token names a key that is not in it.
pub struct Keys {
    state: RwLock<(Arc<KeySet>, Instant)>,
    turn: tokio::sync::Mutex<()>,
}

impl Keys {
    pub fn new(set: KeySet) -> Self {
        Self { state: RwLock::new((Arc::new(set), Instant::now())), turn: tokio::sync::Mutex::default() }
    }

    pub fn current(&self) -> Arc<KeySet> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// The key set, read anew when it is older than a minute, or lacks `kid` and is not of this very moment: a key that was
    /// made by another process is known at once, and strangers' inventions cost four statements a second at most.
    pub async fn knowing(&self, kid: &str, database: &crate::db::Database, secret: &Secret, now: DateTime<Utc>) -> Result<Arc<KeySet>> {
        let enough = |set: &KeySet, age: Duration| {
            age < if set.verifying.contains_key(kid) || set.codes.verifying.contains_key(kid) { Duration::from_secs(60) } else { Duration::from_millis(250) }
        };
        let read = || {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            (state.0.clone(), state.1.elapsed())
        };
        let (set, age) = read();
        if enough(&set, age) {
            return Ok(set);
        }
        let _turn = self.turn.lock().await;
        let (set, age) = read();
        if enough(&set, age) {
            return Ok(set);
        }
        let mut connection = database.connection().await?;
        let set = Arc::new(KeySet::load(&mut connection, secret, now).await.map_err(Error::internal)?);
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = (set.clone(), Instant::now());
        Ok(set)
    }
}
