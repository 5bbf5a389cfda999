//! A note of the reader log in JSON.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::reads;
use crate::web::values::Day;

/// What one request showed of the rows of one resource.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = reads)]
pub struct Read {
    /// The note's id.
    pub id: Uuid,
    /// The commune whose right the reader used.
    pub commune_id: Uuid,
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// Who; null for a reader without account.
    pub user_id: Option<Uuid>,
    /// From which session.
    pub session_id: Option<Uuid>,
    /// In which request.
    pub request_id: Uuid,
    /// By which operation.
    #[schema(example = "list_volunteers")]
    pub operation: String,
    /// Kind of rows.
    #[schema(example = "volunteers")]
    pub resource: String,
    /// The rows, at most 200.
    pub row_ids: Vec<Uuid>,
    /// The contact and sensitive fields that were shown of some of them.
    pub fields: Vec<String>,
}

/// Filters of the reader log.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReadFilter {
    /// That showed this row.
    pub row_id: Option<Uuid>,
    /// Of this kind of rows, for example `volunteers`.
    pub resource: Option<String>,
    /// By this user.
    pub user_id: Option<Uuid>,
    /// On this local day or later.
    #[param(value_type = Option<NaiveDate>)]
    pub date_from: Option<Day>,
    /// On this local day or earlier.
    #[param(value_type = Option<NaiveDate>)]
    pub date_to: Option<Day>,
}
