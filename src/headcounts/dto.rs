//! A headcount in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::headcounts;
use crate::text_enum;
use crate::web::patch::Change;
use crate::web::values::{Day, Whole};

text_enum! {
    /// A headcount is stated; it has no further life.
    pub enum HeadcountStatus { Stated = "stated" }
}

/// A unit's strength on a day.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = headcounts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Headcount {
    /// The headcount's id.
    pub id: Uuid,
    /// The commune.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// The campaign.
    pub campaign_id: Uuid,
    /// The unit (a row of this commune's units).
    pub unit_id: Uuid,
    /// The local day; one headcount for each unit and day.
    pub date: NaiveDate,
    /// Officers, 0 to 2000.
    pub officers: i32,
    /// Soldiers, 0 to 5000.
    pub soldiers: i32,
    /// Always `stated`.
    pub status: HeadcountStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// A new headcount.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateHeadcount {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// The unit: a partner of the campaign.
    pub unit_id: Uuid,
    /// The local day.
    pub date: Day,
    /// Officers.
    pub officers: Whole<0, 2000>,
    /// Soldiers.
    pub soldiers: Whole<0, 5000>,
}

/// Changes of a headcount (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateHeadcount {
    /// Officers.
    #[serde(default)]
    pub officers: Change<Whole<0, 2000>>,
    /// Soldiers.
    #[serde(default)]
    pub soldiers: Change<Whole<0, 5000>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct HeadcountFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Of this unit.
    pub unit_id: Option<Uuid>,
    /// On this local day or later.
    #[param(value_type = Option<NaiveDate>)]
    pub date_from: Option<Day>,
    /// On this local day or earlier.
    #[param(value_type = Option<NaiveDate>)]
    pub date_to: Option<Day>,
}
