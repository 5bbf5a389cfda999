//! A campaign in JSON and in its table.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::campaigns;
use crate::db::values::Json;
use crate::text::fold;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Day, Few, Id, Line, Paragraph, Slug, Whole};

text_enum! {
    /// How far the campaign is.
    pub enum CampaignStatus {
        Draft = "draft", Planned = "planned", Preparing = "preparing", Running = "running", Suspended = "suspended",
        Closing = "closing", Closed = "closed", Archived = "archived", Cancelled = "cancelled",
    }
}

text_enum! {
    /// The three sources of money that a plan names (part IV).
    pub enum FundingSource { StateBudget = "state_budget", Socialised = "socialised", OtherLegal = "other_legal" }
}

/// A part of the day, local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DaySession {
    /// First minute, `HH:MM:SS` local.
    #[schema(value_type = String, example = "07:00:00")]
    pub from: NaiveTime,
    /// Last minute, `HH:MM:SS` local.
    #[schema(value_type = String, example = "11:00:00")]
    pub to: NaiveTime,
}

/// When the sessions of a day are: fills the times that the plan does not give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DaySessions {
    /// Morning.
    pub morning: DaySession,
    /// Afternoon.
    pub afternoon: DaySession,
    /// Evening.
    pub evening: DaySession,
}

impl Default for DaySessions {
    fn default() -> Self {
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        let session = |from, to| DaySession { from, to };
        Self { morning: session(time(7, 0), time(11, 0)), afternoon: session(time(13, 30), time(17, 0)), evening: session(time(19, 0), time(21, 30)) }
    }
}

/// Where soldiers stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lodging {
    /// The partner unit whose soldiers stay there: its liaison writes these rows, and no other's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<Uuid>,
    /// The place.
    pub place: Line<1, 200>,
    /// People that fit.
    #[schema(minimum = 0, maximum = 2000)]
    pub capacity: u16,
    /// Water, electricity, kitchen and the like.
    pub note: Option<Paragraph<500>>,
}

/// A joint campaign.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = campaigns, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Campaign {
    /// The campaign's id.
    pub id: Uuid,
    /// The commune that carries it out.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Short name, unique in the commune.
    #[schema(example = "phu-ly-2024")]
    pub code: String,
    /// The plan's subject.
    pub name: String,
    /// Year of the plan.
    pub year: i32,
    /// The movement that it belongs to, for example "Dân vận khéo" 2021-2025.
    pub movement: Option<String>,
    /// Criteria of the new-rural programme that it contributes to.
    pub criteria_tags: Vec<String>,
    /// First local day.
    pub start_date: NaiveDate,
    /// Last local day, inclusive.
    pub end_date: NaiveDate,
    /// The army units (rows of this commune's units) that take part.
    pub partner_unit_ids: Vec<Uuid>,
    /// Purposes, in the plan's order (part I.1).
    #[schema(value_type = Vec<String>)]
    pub purposes: Json<Vec<String>>,
    /// Requirements, in the plan's order (part I.2).
    #[schema(value_type = Vec<String>)]
    pub requirements: Json<Vec<String>>,
    /// Directions without a named doer (part II.1).
    #[schema(value_type = Vec<String>)]
    pub general_directions: Json<Vec<String>>,
    /// Sources of money (part IV).
    #[schema(value_type = Vec<FundingSource>)]
    pub funding_sources: Vec<FundingSource>,
    /// When the sessions of a day are.
    #[schema(value_type = DaySessions)]
    pub day_sessions: Json<DaySessions>,
    /// Where soldiers stay.
    #[schema(value_type = Vec<Lodging>)]
    pub lodging: Json<Vec<Lodging>>,
    /// The plan, a document; the campaign is adopted once it is issued.
    pub plan_document_id: Option<Uuid>,
    /// Last local day on which hamlet heads register roads; later ones come through the office.
    pub roads_close_on: Option<NaiveDate>,
    /// Minutes before and after an activity's hours in which presence still counts as it was told.
    pub presence_tolerance_minutes: i32,
    /// When it was made public (UTC).
    pub published_at: Option<DateTime<Utc>>,
    /// The status that `resume` goes back to.
    pub suspended_from: Option<CampaignStatus>,
    /// How far it is.
    pub status: CampaignStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

impl Campaign {
    /// Brings the search column in step with the name.
    pub fn with_search(mut self) -> Self {
        self.search = fold(&self.name);
        self
    }
}

/// A new campaign, as a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCampaign {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// Short name, unique in the commune.
    pub code: Slug,
    /// The plan's subject.
    pub name: Line<1, 500>,
    /// Year of the plan.
    pub year: Whole<2000, 2100>,
    /// The movement that it belongs to.
    pub movement: Option<Line<1, 200>>,
    /// Criteria of the new-rural programme.
    pub criteria_tags: Option<Few<Line<1, 60>, 20>>,
    /// First local day.
    pub start_date: Day,
    /// Last local day, inclusive.
    pub end_date: Day,
    /// Army units of this commune's units.
    pub partner_unit_ids: Option<Few<Id, 20>>,
    /// Purposes in order.
    pub purposes: Option<Few<Paragraph<5000>, 50>>,
    /// Requirements in order.
    pub requirements: Option<Few<Paragraph<5000>, 50>>,
    /// Directions without a named doer.
    pub general_directions: Option<Few<Paragraph<5000>, 50>>,
    /// Sources of money.
    pub funding_sources: Option<Few<FundingSource, 3>>,
    /// When the sessions of a day are; 07:00-11:00, 13:30-17:00, 19:00-21:30 when left out.
    pub day_sessions: Option<DaySessions>,
    /// Last local day on which hamlet heads register roads.
    pub roads_close_on: Option<Day>,
    /// Minutes before and after an activity's hours in which presence still counts as it was told; 60 when left out.
    pub presence_tolerance_minutes: Option<Whole<0, 720>>,
}

/// Changes of a campaign (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCampaign {
    /// The plan's subject.
    #[serde(default)]
    pub name: Change<Line<1, 500>>,
    /// The movement that it belongs to.
    #[serde(default)]
    pub movement: Clear<Line<1, 200>>,
    /// Criteria; replaces all.
    #[serde(default)]
    pub criteria_tags: Change<Few<Line<1, 60>, 20>>,
    /// First local day.
    #[serde(default)]
    pub start_date: Change<Day>,
    /// Last local day, inclusive.
    #[serde(default)]
    pub end_date: Change<Day>,
    /// Army units of this commune's units; replaces all.
    #[serde(default)]
    pub partner_unit_ids: Change<Few<Id, 20>>,
    /// Purposes; replaces all.
    #[serde(default)]
    pub purposes: Change<Few<Paragraph<5000>, 50>>,
    /// Requirements; replaces all.
    #[serde(default)]
    pub requirements: Change<Few<Paragraph<5000>, 50>>,
    /// Directions; replaces all.
    #[serde(default)]
    pub general_directions: Change<Few<Paragraph<5000>, 50>>,
    /// Sources of money; replaces all.
    #[serde(default)]
    pub funding_sources: Change<Few<FundingSource, 3>>,
    /// When the sessions of a day are.
    #[serde(default)]
    pub day_sessions: Change<DaySessions>,
    /// Where soldiers stay; replaces all. The liaison writes this, and nothing else.
    #[serde(default)]
    pub lodging: Change<Few<Lodging, 50>>,
    /// The plan: a document of the kind `plan` of this campaign.
    #[serde(default)]
    pub plan_document_id: Clear<Id>,
    /// Last local day on which hamlet heads register roads.
    #[serde(default)]
    pub roads_close_on: Clear<Day>,
    /// Minutes before and after an activity's hours in which presence still counts as it was told.
    #[serde(default)]
    pub presence_tolerance_minutes: Change<Whole<0, 720>>,
}

/// An action on a campaign.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnCampaign {
    /// Why; needed to suspend, cancel and reopen, and to close while something is still open.
    pub reason: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// The launch of a campaign.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartCampaign {
    /// Start although the first day has not come.
    #[serde(default)]
    pub force: bool,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CampaignFilter {
    /// Any of these statuses, separated by commas.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<CampaignStatus>>,
    /// Of this year.
    pub year: Option<i32>,
    /// Exactly this code.
    pub code: Option<String>,
}
