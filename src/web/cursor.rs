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
