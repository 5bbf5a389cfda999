//! A unit's part in an activity, in JSON and in its table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::activity_units;
use crate::text_enum;
use crate::web::patch::Clear;
use crate::web::values::{AnyOf, Line, Whole};

text_enum! {
    /// The unit's part.
    pub enum UnitRole { Host = "host", Participant = "participant", Security = "security", Medical = "medical", Logistics = "logistics", Broadcast = "broadcast" }
}

text_enum! {
    /// Whether the unit comes.
    pub enum Confirmation { Asked = "asked", Confirmed = "confirmed", Declined = "declined" }
}

/// A unit's part in an activity.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = activity_units, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ActivityUnit {
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
    /// The activity's campaign.
    pub campaign_id: Uuid,
    /// The activity.
    pub activity_id: Uuid,
    /// The unit.
    pub unit_id: Uuid,
    /// Its part; one row for each part.
    pub role: UnitRole,
    /// People planned, 0 to 2000.
    pub headcount_planned: Option<i32>,
    /// People who came.
    pub headcount_actual: Option<i32>,
    /// When the liaison let the hamlet's head see the numbers (UTC).
    pub released_at: Option<DateTime<Utc>>,
    /// Whether it comes.
    pub status: Confirmation,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// A unit is asked into an activity, or brings itself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateActivityUnit {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The activity.
    pub activity_id: Uuid,
    /// The unit.
    pub unit_id: Uuid,
    /// Its part.
    pub role: UnitRole,
    /// People planned.
    pub headcount_planned: Option<Whole<0, 2000>>,
}

/// Changes of a unit's part (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateActivityUnit {
    /// People planned.
    #[serde(default)]
    pub headcount_planned: Clear<Whole<0, 2000>>,
    /// People who came.
    #[serde(default)]
    pub headcount_actual: Clear<Whole<0, 2000>>,
}

/// An action on a unit's part.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnActivityUnit {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ActivityUnitFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Of this activity.
    pub activity_id: Option<Uuid>,
    /// Of this unit.
    pub unit_id: Option<Uuid>,
    /// Any of these, separated by commas: asked, confirmed, declined.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<Confirmation>>,
}
