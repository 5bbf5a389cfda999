//! A campaign's sums in JSON and in their table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::activity_sums::Figure;
use crate::db::schema::campaign_sums;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::values::AnyOf;

text_enum! {
    /// Sums are kept; they have no further life.
    pub enum SumStatus { Kept = "kept" }
}

text_enum! {
    /// What a row sums up: the whole campaign, one hamlet, or what lies in no hamlet.
    pub enum Extent { Campaign = "campaign", Hamlet = "hamlet", NoHamlet = "no_hamlet" }
}

/// The sums of a campaign or of one hamlet in it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = campaign_sums, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CampaignSum {
    /// The row's id.
    pub id: Uuid,
    /// The commune.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When something was counted first (UTC).
    pub created_at: DateTime<Utc>,
    /// When the sums last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// The campaign.
    pub campaign_id: Uuid,
    /// What the row sums up.
    pub extent: Extent,
    /// The hamlet, of activities for presence and of results for figures.
    pub hamlet_id: Option<Uuid>,
    /// People who came, each counted once for each activity.
    pub present: i32,
    /// Man-days of local people, in halves.
    pub man_days: f64,
    /// What the results add up to, but for soldiers' man-days.
    #[schema(value_type = Vec<Figure>)]
    pub figures: Json<Vec<Figure>>,
    /// Soldiers' man-days.
    pub military_man_days: f64,
    /// Always `kept`.
    pub status: SumStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CampaignSumFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Any of these, separated by commas: campaign, hamlet, no_hamlet.
    #[param(value_type = Option<String>)]
    pub extent: Option<AnyOf<Extent>>,
    /// In this hamlet.
    pub hamlet_id: Option<Uuid>,
}
