//! A campaign in JSON and in its table.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use danvan_macros::record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::values::{Day, Few, Id, Line, Paragraph, Slug, Whole};

text_enum! {
    /// How far the campaign is.
    pub enum CampaignStatus {
        Draft = "draft" ("Dự thảo", "Draft"),
        Planned = "planned" ("Đã có kế hoạch", "Planned"),
        Preparing = "preparing" ("Đang chuẩn bị", "Preparing"),
        Running = "running" ("Đang diễn ra", "Running"),
        Suspended = "suspended" ("Tạm dừng", "Suspended"),
        Closing = "closing" ("Đang tổng kết", "Closing"),
        Closed = "closed" ("Đã kết thúc", "Closed"),
        Archived = "archived" ("Đã lưu trữ", "Archived"),
        Cancelled = "cancelled" ("Đã hủy", "Cancelled"),
    }
}

text_enum! {
    /// The three sources of money that a plan names (part IV).
    pub enum FundingSource {
        StateBudget = "state_budget" ("Ngân sách nhà nước", "State budget"),
        Socialised = "socialised" ("Xã hội hóa", "Contributions of society"),
        OtherLegal = "other_legal" ("Nguồn hợp pháp khác", "Other legal"),
    }
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
#[record(
    campaigns, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = CampaignStatus::Draft, itself = campaign, open = Since("published_at"), any_status = "Any of these statuses, separated by commas.",
)]
pub struct Campaign {
    /// Short name, unique in the commune.
    #[field(given = Slug, public, filter = "Exactly this code.")]
    #[schema(example = "phu-ly-2024")]
    pub code: String,
    /// The plan's subject.
    #[field(changes = Line<1, 500>, public, search, sort)]
    pub name: String,
    /// Year of the plan.
    #[field(given = Whole<2000, 2100>, public, filter = "Of this year.")]
    pub year: i32,
    /// The movement that it belongs to, for example "Dân vận khéo" 2021-2025.
    #[field(changes = Line<1, 200>, public)]
    pub movement: Option<String>,
    /// Criteria of the new-rural programme that it contributes to.
    #[field(changes = Few<Line<1, 60>, 20>, default)]
    pub criteria_tags: Vec<String>,
    /// First local day.
    #[field(changes = Day, public, sort = first)]
    pub start_date: NaiveDate,
    /// Last local day, inclusive.
    #[field(changes = Day, public)]
    pub end_date: NaiveDate,
    /// The army units (rows of this commune's units) that take part.
    #[field(changes = Few<Id, 20>, default, public)]
    pub partner_unit_ids: Vec<Uuid>,
    /// Purposes, in the plan's order (part I.1).
    #[field(changes = Few<Paragraph<5000>, 50>, default, public)]
    pub purposes: Json<Vec<String>>,
    /// Requirements, in the plan's order (part I.2).
    #[field(changes = Few<Paragraph<5000>, 50>, default, public)]
    pub requirements: Json<Vec<String>>,
    /// Directions without a named doer (part II.1).
    #[field(changes = Few<Paragraph<5000>, 50>, default)]
    pub general_directions: Json<Vec<String>>,
    /// Sources of money (part IV).
    #[field(changes = Few<FundingSource, 3>, default)]
    #[schema(value_type = Vec<FundingSource>)]
    pub funding_sources: Vec<FundingSource>,
    /// When the sessions of a day are.
    #[field(changes = DaySessions, default, public)]
    pub day_sessions: Json<DaySessions>,
    /// Where soldiers stay.
    #[field(later = Few<Lodging, 50>, military)]
    pub lodging: Json<Vec<Lodging>>,
    /// The plan, a document; the campaign is adopted once it is issued.
    #[field(later = Id)]
    pub plan_document_id: Option<Uuid>,
    /// Last local day on which hamlet heads register roads; later ones come through the office.
    #[field(changes = Day)]
    pub roads_close_on: Option<NaiveDate>,
    /// Minutes before and after an activity's hours in which presence still counts as it was told.
    #[field(changes = Whole<0, 720>, default = 60)]
    pub presence_tolerance_minutes: i32,
    /// When it was made public (UTC).
    #[field(public)]
    pub published_at: Option<DateTime<Utc>>,
    /// The status that `resume` goes back to.
    pub suspended_from: Option<CampaignStatus>,
}

acting! {
    /// An action on a campaign.
    ActOnCampaign: "Why; needed to suspend, cancel and reopen, and to close while something is still open.", when
}

acting! {
    /// The launch of a campaign.
    #[derive(Default)]
    StartCampaign, when {
        /// Start although the first day has not come.
        #[serde(default)]
        pub force: bool,
    }
}
