//! Page cursors: the place of the last row, encrypted (it holds names) and bound to caller and query.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::access::keys::Secret;
use crate::error::{Error, INVALID_CURSOR, RESYNC_REQUIRED, Result};

/// The longest cursor that is looked at.
const MAX_LENGTH: usize = 2_000;

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// The sort key of the last row.
    pub k: Value,
    pub i: Uuid,
    /// Whether the last row matched the search with its accents.
    #[serde(default)]
    pub r: bool,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    e: String,
    #[serde(flatten)]
    at: Position,
}

/// `bound` names the caller and the query: the cursor opens for these alone.
pub fn write(secret: &Secret, bound: &[u8], epoch: &str, at: Position) -> Result<String> {
    let plain = serde_json::to_vec(&Sealed { e: epoch.into(), at })?;
    Ok(URL_SAFE_NO_PAD.encode(secret.seal("cursor", bound, &plain)))
}

/// 400 for a cursor that is broken or of somebody or something else, 410 for one of an older epoch.
pub fn read(secret: &Secret, bound: &[u8], epoch: &str, text: &str) -> Result<Position> {
    let broken = || Error::new(&INVALID_CURSOR);
    if text.len() > MAX_LENGTH {
        return Err(broken());
    }
    let sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?;
    let plain = secret.open("cursor", bound, &sealed).ok_or_else(broken)?;
    let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| broken())?;
    if sealed.e != epoch {
        return Err(Error::new(&RESYNC_REQUIRED));
    }
    Ok(sealed.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret() -> Secret {
        let path = std::env::temp_dir().join(format!("danvan-cursor-{}-{}", std::process::id(), crate::random::token(8)));
        let secret = Secret::load_or_make(&path).expect("a secret");
        std::fs::remove_file(path).expect("removed");
        secret
    }

    proptest! {
        /// What was written is read back, by its caller, for its query, in its epoch, and by nobody else.
        #[test]
        fn cursors_open_where_they_were_made(key in "\\PC{0,60}", id in any::<u128>(), r: bool, bound in any::<Vec<u8>>(), other in any::<Vec<u8>>(), flip in any::<prop::sample::Index>()) {
            let secret = secret();
            let at = Position { k: key.into(), i: Uuid::from_u128(id), r };
            let text = write(&secret, &bound, "epoch", at.clone()).expect("written");
            prop_assert_eq!(read(&secret, &bound, "epoch", &text).expect("read"), at);
            prop_assert!(other == bound || read(&secret, &other, "epoch", &text).is_err());
            prop_assert_eq!(read(&secret, &bound, "later", &text).expect_err("old").status(), 410);
            let mut bytes = text.clone().into_bytes();
            let place = flip.index(bytes.len() - 1);
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            prop_assert!(read(&secret, &bound, "epoch", &String::from_utf8(bytes).expect("text")).is_err());
        }

        #[test]
        fn rubbish_is_refused_and_harmless(text in "\\PC{0,300}") {
            prop_assert_eq!(read(&secret(), b"", "e", &text).expect_err("rubbish").status(), 400);
        }
    }
}
