//! Signatures of the Standard Webhooks specification 1.0: `v1` (HMAC-SHA256) and `v1a` (Ed25519).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac as _};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use sha2::Sha256;

use super::dto::{StoredSecret, Webhook};
use crate::access::keys::{Secret, pkcs8};
use crate::error::{Error, Result};
use crate::random;

/// A new secret: 32 random bytes.
pub fn new_secret() -> String {
    format!("whsec_{}", STANDARD.encode(random::bytes::<32>()))
}

pub fn seal(secret: &Secret, webhook: uuid::Uuid, text: &str) -> String {
    STANDARD.encode(secret.seal("webhook-secret", webhook.as_bytes(), text.as_bytes()))
}

fn open(secret: &Secret, webhook: uuid::Uuid, stored: &StoredSecret) -> Option<Vec<u8>> {
    let sealed = STANDARD.decode(&stored.sealed).ok()?;
    let text = String::from_utf8(secret.open("webhook-secret", webhook.as_bytes(), &sealed)?).ok()?;
    STANDARD.decode(text.strip_prefix("whsec_")?).ok()
}

/// The service's Ed25519 key for webhooks: it follows from the master secret, so that all instances have it.
fn key(secret: &Secret) -> EncodingKey {
    EncodingKey::from_ed_der(&pkcs8(secret.mac("webhook-key", &[])))
}

/// The public half, `whpk_` and base64.
pub fn public_key(secret: &Secret) -> Result<String> {
    let jwk = Jwk::from_encoding_key(&key(secret), Algorithm::EdDSA).map_err(Error::internal)?;
    let x = serde_json::to_value(jwk)?.get("x").and_then(|x| x.as_str().map(str::to_owned)).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(x).map_err(Error::internal)?;
    Ok(format!("whpk_{}", STANDARD.encode(bytes)))
}

/// The header `webhook-signature`: one `v1` for each secret that signs now, and a `v1a`.
pub fn sign(secret: &Secret, webhook: &Webhook, id: &str, at: i64, body: &str, now: DateTime<Utc>) -> Result<String> {
    let message = format!("{id}.{at}.{body}");
    let stored: Vec<StoredSecret> = serde_json::from_value(webhook.secrets.clone())?;
    let mut signatures = vec![];
    for own in stored.iter().filter(|own| own.until.is_none_or(|until| now < until)) {
        let bytes = open(secret, webhook.id, own).ok_or_else(|| Error::internal("a webhook's secret was sealed with another master secret"))?;
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&bytes).map_err(Error::internal)?;
        mac.update(message.as_bytes());
        signatures.push(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
    }
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key(secret), Algorithm::EdDSA).map_err(Error::internal)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(Error::internal)?;
    signatures.push(format!("v1a,{}", STANDARD.encode(signature)));
    Ok(signatures.join(" "))
}
