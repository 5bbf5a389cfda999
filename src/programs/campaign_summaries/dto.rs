//! A campaign's summary in JSON.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::activity_sums::Figure;
use crate::campaigns::CampaignStatus;

/// How much of one metric is planned.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Planned {
    /// Code of the metric, see `/v1/metrics`.
    #[schema(example = "metres")]
    pub metric: String,
    /// How much, in the metric's unit: the sum of the activities' targets.
    pub value: f64,
}

/// Roads in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Roads {
    /// Registrations that were submitted and neither rejected, merged nor withdrawn.
    pub registered: i64,
    /// Of those, accepted by the office, at any stage from there on.
    pub accepted: i64,
    /// Of those, reported done or confirmed.
    pub done: i64,
    /// Of those, confirmed.
    pub confirmed: i64,
    /// Metres accepted.
    pub accepted_m: i64,
    /// Metres done.
    pub done_m: i64,
}

/// Planned and done of one part of the campaign.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = SummaryPart)]
pub struct Part {
    /// Activities that are set, neither drafts nor cancelled.
    pub activities: i64,
    /// Of those, done or verified.
    pub activities_done: i64,
    /// People who came, each counted once for each activity.
    pub present: i32,
    /// Man-days of local people.
    pub man_days: f64,
    /// Soldiers' man-days, for those who may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub military_man_days: Option<f64>,
    /// What was planned.
    pub planned: Vec<Planned>,
    /// What was done.
    pub figures: Vec<Figure>,
}

/// One hamlet's part.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HamletPart {
    /// The hamlet; null for what lies in none.
    pub hamlet_id: Option<Uuid>,
    /// Planned and done.
    #[serde(flatten)]
    pub part: Part,
    /// Roads of the hamlet.
    pub roads: Roads,
}

/// One day's part.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DayPart {
    /// The local day; null for activities without one.
    pub date: Option<NaiveDate>,
    /// Planned and done.
    #[serde(flatten)]
    pub part: Part,
}

/// One unit's part.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnitPart {
    /// The unit; null for results without one.
    pub unit_id: Option<Uuid>,
    /// People planned over all activities, for those who may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headcount_planned: Option<i64>,
    /// People who came, as the unit stated, for those who may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headcount_actual: Option<i64>,
    /// What it did.
    pub figures: Vec<Figure>,
}

/// One kind of work's part.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WorkPart {
    /// The kind of work; null for results without one.
    pub work_type: Option<String>,
    /// What was done of it.
    pub figures: Vec<Figure>,
}

/// A campaign on one page.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignSummary {
    /// The campaign.
    pub campaign_id: Uuid,
    /// How far it is.
    pub status: CampaignStatus,
    /// The whole campaign.
    pub total: Part,
    /// Roads of the whole campaign.
    pub roads: Roads,
    /// By hamlet.
    pub by_hamlet: Vec<HamletPart>,
    /// By local day.
    pub by_day: Vec<DayPart>,
    /// By unit; left empty for the public.
    pub by_unit: Vec<UnitPart>,
    /// By kind of work.
    pub by_work_type: Vec<WorkPart>,
}
