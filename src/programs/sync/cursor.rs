//! Where a client's copy stands: encrypted, and bound to the caller, the commune and the kinds that were asked for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::keys::Secret;
use crate::error::{Error, RESYNC_REQUIRED, Result};
use crate::said;
use crate::text::Said;

/// The longest cursor that is looked at.
const MAX_LENGTH: usize = 1_000;

/// The last journal row that the copy knows, and how far a first sync came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Of the commune's feed.
    pub number: i64,
    /// Within the number.
    pub seq: i32,
    /// What tells the journal row of that place from another one that stands there after a restore; nil where it is not known.
    #[serde(default)]
    pub mark: Uuid,
    /// The newest version of the shared kinds.
    pub reference: i64,
    /// While a first sync is under way: the kind, and the last id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<(String, Uuid)>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    epoch: String,
    /// The fingerprint of the reach that the copy was made in.
    reach: String,
    #[serde(flatten)]
    at: Position,
}

/// The mark of a journal row.
pub fn mark_of(row: Uuid, at: DateTime<Utc>) -> Uuid {
    Uuid::new_v5(&row, &at.timestamp_micros().to_be_bytes())
}

/// 410 with what happened.
pub fn resync(detail: Said) -> Error {
    Error::new(&RESYNC_REQUIRED).detail(detail)
}

pub fn write(secret: &Secret, bound: &[u8], epoch: &str, reach: &str, at: &Position) -> Result<String> {
    let plain = serde_json::to_vec(&Sealed { epoch: epoch.into(), reach: reach.into(), at: at.clone() })?;
    Ok(URL_SAFE_NO_PAD.encode(secret.seal("sync", bound, &plain)))
}

/// A cursor that is broken, of somebody or something else, of another epoch or another reach: 410 for all of them, since
/// the way out is the same.
pub fn read(secret: &Secret, bound: &[u8], epoch: &str, reach: &str, text: &str) -> Result<Position> {
    let foreign = || resync(said!("Con trỏ không phải của người dùng và yêu cầu này", "The cursor is not one of this caller and request"));
    if text.len() > MAX_LENGTH {
        return Err(foreign());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| foreign())?;
    let plain = secret.open("sync", bound, &bytes).ok_or_else(foreign)?;
    let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| foreign())?;
    if sealed.epoch != epoch {
        return Err(resync(said!(
            "Máy chủ đã được khôi phục từ bản sao lưu hoặc chuyển máy",
            "The server was restored from a backup, or another one took over"
        )));
    }
    if sealed.reach != reach {
        return Err(resync(said!("Phạm vi quyền của bạn đã thay đổi", "What you may see has changed")));
    }
    Ok(sealed.at)
}
