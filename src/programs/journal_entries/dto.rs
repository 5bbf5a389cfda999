//! A journal row in JSON.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::journal;
use crate::web::values::Day;

/// One change of one row.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = journal)]
pub struct JournalEntry {
    /// The commune's number of the write; the version that the row got.
    pub number: i64,
    /// Place within the write.
    pub seq: i32,
    /// When it was written (UTC).
    pub at: DateTime<Utc>,
    /// When it happened by the client's clock, if it said so.
    pub occurred_at: Option<DateTime<Utc>>,
    /// Kind of row.
    #[schema(example = "activities")]
    pub kind: String,
    /// The row.
    pub row_id: Uuid,
    /// What was done, by the operation's action.
    #[schema(example = "postpone")]
    pub action: String,
    /// Fields and their values before and after; null where no value is kept or shown.
    #[schema(value_type = Object)]
    pub changes: Value,
    /// The reason given.
    pub reason: Option<String>,
    /// Who; null for the program itself.
    pub user_id: Option<Uuid>,
    /// By which role.
    pub role: Option<String>,
    /// On whose behalf.
    pub acting_for: Option<Uuid>,
    /// From which session; an API client is one of its own, under its id.
    pub session_id: Option<Uuid>,
    /// From which device, or the name of the API client.
    pub device_id: Option<String>,
    /// In which request.
    pub request_id: Option<Uuid>,
}

/// Filters of the journal.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct JournalFilter {
    /// Of this row.
    pub row_id: Option<Uuid>,
    /// Of this kind of rows, for example `activities`. `grants`, `users` and `api_clients` lie in a journal of their own and
    /// are read by naming them: who gave which right.
    pub kind: Option<String>,
    /// By this user.
    pub user_id: Option<Uuid>,
    /// On this local day or later.
    #[param(value_type = Option<NaiveDate>)]
    pub date_from: Option<Day>,
    /// On this local day or earlier.
    #[param(value_type = Option<NaiveDate>)]
    pub date_to: Option<Day>,
}
