//! A road registration in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::activities::WorkType;
use crate::db::schema::road_registrations;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Day, Few, Line, LineString, Paragraph, Phone, Whole};

text_enum! {
    /// How far the registration is.
    pub enum RoadStatus {
        Draft = "draft", Submitted = "submitted", Returned = "returned", Accepted = "accepted", Rejected = "rejected", Merged = "merged",
        Withdrawn = "withdrawn", Scheduled = "scheduled", InProgress = "in_progress", Done = "done", Confirmed = "confirmed",
    }
}

text_enum! {
    /// How much it matters to the hamlet.
    pub enum Priority { Low = "low", Normal = "normal", High = "high" }
}

text_enum! {
    /// Who registered it.
    pub enum RoadSource { Head = "head", Office = "office", Import = "import" }
}

/// Whom to call about the road.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoadContact {
    /// Name.
    pub name: Line<1, 100>,
    /// Phone.
    pub phone: Phone,
}

/// A road that a hamlet asks to be worked on.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = road_registrations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct RoadRegistration {
    /// The registration's id.
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
    /// The hamlet that asks.
    pub hamlet_id: Uuid,
    /// The road's name as people say it.
    #[schema(example = "Đường liên ấp 1-2")]
    pub road_name: String,
    /// Where the part to be worked on begins.
    pub from_place: Option<String>,
    /// Where it ends.
    pub to_place: Option<String>,
    /// Length asked for, in metres, 1 to 100000.
    pub length_m: i32,
    /// Width in metres, above 0 to 100.
    pub width_m: Option<f64>,
    /// Its course on the map.
    #[schema(value_type = Option<LineString>)]
    pub geometry: Option<Json<LineString>>,
    /// Work to be done.
    #[schema(value_type = Vec<WorkType>)]
    pub work_types: Vec<WorkType>,
    /// What the road is like.
    pub condition: Option<String>,
    /// How much it matters to the hamlet.
    pub priority: Priority,
    /// Local days that would suit.
    pub wanted_dates: Vec<NaiveDate>,
    /// Residents who are expected to work along.
    pub residents_expected: Option<i32>,
    /// Tools that the hamlet has.
    pub tools: Vec<String>,
    /// Whom to call.
    #[schema(value_type = Option<RoadContact>)]
    pub contact: Option<Json<RoadContact>>,
    /// What the army unit or the military command noted when it looked at the road.
    pub survey_note: Option<String>,
    /// When it was looked at (UTC).
    pub surveyed_at: Option<DateTime<Utc>>,
    /// Who registered it.
    pub source: RoadSource,
    /// Submitted after the campaign's last day for registrations.
    pub late: bool,
    /// Length that the office accepted, in metres.
    pub accepted_length_m: Option<i32>,
    /// The registration that goes on for this one.
    pub merged_into: Option<Uuid>,
    /// The activities that it was put into.
    pub activity_ids: Vec<Uuid>,
    /// Metres done, the sum of the road's results.
    pub done_length_m: i32,
    /// The user who reported it done.
    pub done_by: Option<Uuid>,
    /// How far it is.
    pub status: RoadStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// A new registration, as a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRoadRegistration {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// The hamlet that asks.
    pub hamlet_id: Uuid,
    /// The road's name as people say it.
    pub road_name: Line<1, 200>,
    /// Where the part begins.
    pub from_place: Option<Line<1, 200>>,
    /// Where it ends.
    pub to_place: Option<Line<1, 200>>,
    /// Length in metres.
    pub length_m: Whole<1, 100_000>,
    /// Width in metres, above 0 to 100.
    #[schema(exclusive_minimum = 0, maximum = 100)]
    pub width_m: Option<f64>,
    /// Its course on the map.
    pub geometry: Option<LineString>,
    /// Work to be done.
    pub work_types: Option<Few<WorkType, 5>>,
    /// What the road is like.
    pub condition: Option<Paragraph<1000>>,
    /// How much it matters; `normal` when left out.
    pub priority: Option<Priority>,
    /// Local days that would suit.
    pub wanted_dates: Option<Few<Day, 31>>,
    /// Residents who are expected to work along.
    pub residents_expected: Option<Whole<0, 5000>>,
    /// Tools that the hamlet has.
    pub tools: Option<Few<Line<1, 100>, 30>>,
    /// Whom to call.
    pub contact: Option<RoadContact>,
}

/// Changes of a registration (merge patch), until it is accepted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRoadRegistration {
    /// The road's name as people say it.
    #[serde(default)]
    pub road_name: Change<Line<1, 200>>,
    /// Where the part begins.
    #[serde(default)]
    pub from_place: Clear<Line<1, 200>>,
    /// Where it ends.
    #[serde(default)]
    pub to_place: Clear<Line<1, 200>>,
    /// Length in metres.
    #[serde(default)]
    pub length_m: Change<Whole<1, 100_000>>,
    /// Width in metres, above 0 to 100.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    pub width_m: Clear<f64>,
    /// Its course on the map.
    #[serde(default)]
    pub geometry: Clear<LineString>,
    /// Work to be done; replaces all.
    #[serde(default)]
    pub work_types: Change<Few<WorkType, 5>>,
    /// What the road is like.
    #[serde(default)]
    pub condition: Clear<Paragraph<1000>>,
    /// How much it matters.
    #[serde(default)]
    pub priority: Change<Priority>,
    /// Local days that would suit; replaces all.
    #[serde(default)]
    pub wanted_dates: Change<Few<Day, 31>>,
    /// Residents who are expected to work along.
    #[serde(default)]
    pub residents_expected: Clear<Whole<0, 5000>>,
    /// Tools that the hamlet has; replaces all.
    #[serde(default)]
    pub tools: Change<Few<Line<1, 100>, 30>>,
    /// Whom to call.
    #[serde(default)]
    pub contact: Clear<RoadContact>,
}

/// An action on a registration.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnRoadRegistration {
    /// Why; needed to return, reject, unschedule and send back.
    pub reason: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Acceptance.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptRoadRegistration {
    /// Length that is accepted, in metres; all that was asked for when left out.
    pub accepted_length_m: Option<Whole<1, 100_000>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Two registrations of one road become one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeRoadRegistration {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
    /// The registration that goes on.
    pub into: Uuid,
}

/// A road is put into an activity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRoadRegistration {
    /// The activity, of the same campaign.
    pub activity_id: Uuid,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// What was found when the road was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyRoadRegistration {
    /// The note.
    pub note: Paragraph<1000>,
    /// The course as it was found to be; what was known stays when left out.
    #[serde(default)]
    pub geometry: Clear<LineString>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// The road is done.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishRoadRegistration {
    /// Metres done that no result holds yet: a result is recorded with them. Left out when results were recorded before.
    pub length_m: Option<Whole<1, 100_000>>,
    /// The activity that they were done in; the last one that the road was put into when left out.
    pub activity_id: Option<Uuid>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RoadRegistrationFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Of any of these hamlets, separated by commas.
    #[param(value_type = Option<String>)]
    pub hamlet_id: Option<AnyOf<Uuid>>,
    /// Any of these statuses, separated by commas.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<RoadStatus>>,
    /// Any of these, separated by commas: low, normal, high.
    #[param(value_type = Option<String>)]
    pub priority: Option<AnyOf<Priority>>,
    /// Put into this activity.
    pub activity_id: Option<Uuid>,
    /// Submitted late, or not.
    pub late: Option<bool>,
}
