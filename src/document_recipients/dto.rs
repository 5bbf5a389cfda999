//! A recipient of a document in JSON and in its table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::document_recipients;
use crate::text_enum;
use crate::web::patch::Change;
use crate::web::values::{AnyOf, Line, Whole};

text_enum! {
    /// Whether the copy was sent, and read.
    pub enum CopyStatus { Listed = "listed", Sent = "sent", Read = "read", Removed = "removed" }
}

/// A recipient of a document (nơi nhận). A line as printed that stands for several units has a row for each.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = document_recipients, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct DocumentRecipient {
    /// The row's id.
    pub id: Uuid,
    /// The commune.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// The document.
    pub document_id: Uuid,
    /// The line as printed.
    #[schema(example = "TT Đảng ủy")]
    pub text_as_printed: String,
    /// The unit; null for the archive and for whom is none of the commune's units.
    pub unit_id: Option<Uuid>,
    /// The archive's copy ("Lưu: VT").
    pub archive: bool,
    /// Place in the list, from 0.
    pub sort_order: i32,
    /// When it was sent (UTC).
    pub sent_at: Option<DateTime<Utc>>,
    /// When the unit marked it read (UTC).
    pub read_at: Option<DateTime<Utc>>,
    /// The user who did.
    pub read_by: Option<Uuid>,
    /// Whether it was sent, and read.
    pub status: CopyStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// A new recipient.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDocumentRecipient {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The document.
    pub document_id: Uuid,
    /// The line as printed.
    pub text_as_printed: Line<1, 200>,
    /// The unit.
    pub unit_id: Option<Uuid>,
    /// The archive's copy.
    #[serde(default)]
    pub archive: bool,
    /// Place in the list.
    pub sort_order: Whole<0, 1000>,
}

/// Changes of a recipient (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateDocumentRecipient {
    /// The line as printed.
    #[serde(default)]
    pub text_as_printed: Change<Line<1, 200>>,
    /// Place in the list.
    #[serde(default)]
    pub sort_order: Change<Whole<0, 1000>>,
}

/// An action on a recipient.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnDocumentRecipient {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DocumentRecipientFilter {
    /// Of this document.
    pub document_id: Option<Uuid>,
    /// This unit.
    pub unit_id: Option<Uuid>,
    /// Any of these, separated by commas: listed, sent, read, removed.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<CopyStatus>>,
}
