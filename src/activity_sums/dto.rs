//! An activity's sums in JSON and in their table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::activity_sums;
use crate::text_enum;

text_enum! {
    /// Sums are kept; they have no further life.
    pub enum SumStatus { Kept = "kept" }
}

/// The sums of one activity.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = activity_sums, treat_none_as_null = true)]
pub struct ActivitySum {
    /// The activity's id.
    pub id: Uuid,
    /// The commune.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the first sign-up came (UTC).
    pub created_at: DateTime<Utc>,
    /// When the sums last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// The activity's campaign.
    pub campaign_id: Uuid,
    /// The activity's hamlet.
    pub hamlet_id: Option<Uuid>,
    /// Seats taken by sign-ups, in people.
    pub seats_taken: i32,
    /// People on the waiting list.
    pub waiting: i32,
    /// People whose sign-up is not decided.
    pub pending: i32,
    /// People who came, each counted once.
    pub present: i32,
    /// Man-days, in halves.
    pub man_days: f64,
    /// Always `kept`.
    pub status: SumStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ActivitySumFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// In this hamlet.
    pub hamlet_id: Option<Uuid>,
}
