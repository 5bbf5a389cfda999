//! A recipient of a document in JSON and in its table.

use chrono::{DateTime, Utc};
use danvan_macros::record;
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::text_enum;
use crate::web::values::{Line, Whole};

text_enum! {
    /// Whether the copy was sent, and read.
    pub enum CopyStatus {
        Listed = "listed" ("Trong danh sách nơi nhận", "Listed"),
        Sent = "sent" ("Đã gửi", "Sent"),
        Read = "read" ("Đã đọc", "Read"),
        Removed = "removed" ("Đã gỡ", "Removed"),
    }
}

/// A recipient of a document (nơi nhận). A line as printed that stands for several units has a row for each.
#[record(
    document_recipients, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = CopyStatus::Listed, any_status = "Any of these, separated by commas: listed, sent, read, removed.",
)]
pub struct DocumentRecipient {
    /// The document.
    #[field(given, owner, filter = "Of this document.")]
    pub document_id: Uuid,
    /// The line as printed.
    #[field(changes = Line<1, 200>)]
    #[schema(example = "TT Đảng ủy")]
    pub text_as_printed: String,
    /// The unit; null for the archive and for whom is none of the commune's units.
    #[field(given, unit, filter = "This unit.")]
    pub unit_id: Option<Uuid>,
    /// The archive's copy ("Lưu: VT").
    #[field(given, default)]
    pub archive: bool,
    /// Place in the list, from 0.
    #[field(changes = Whole<0, 1000>, sort)]
    pub sort_order: i32,
    /// When it was sent (UTC).
    pub sent_at: Option<DateTime<Utc>>,
    /// When the unit marked it read (UTC).
    pub read_at: Option<DateTime<Utc>>,
    /// The user who did.
    pub read_by: Option<Uuid>,
}

acting! {
    /// An action on a recipient.
    ActOnDocumentRecipient: "Why, for the journal.", when
}
