//! A result in JSON and in its table.

use danvan_macros::record;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{rules, store};
use crate::acting;
use crate::db::schema::metrics;
use crate::text_enum;
use crate::web::values::{Code, Line, Moment, Positive};

text_enum! {
    /// Whose work it was: the army unit's, or the locality's.
    pub enum Side {
        Military = "military" ("Quân đội", "Military"),
        Local = "local" ("Địa phương", "Local"),
    }
}

text_enum! {
    /// Whether the side that it belongs to has verified it.
    pub enum ResultStatus {
        Reported = "reported" ("Đã báo cáo", "Reported"),
        Verified = "verified" ("Đã xác nhận", "Verified"),
        Withdrawn = "withdrawn" ("Đã rút", "Withdrawn"),
    }
}

/// What was done, in one metric.
#[record(
    results, called = Result, policy = rules::POLICY, status = ResultStatus::Reported, here = store::here, lead = "activity_id IN", any_status = "Any of these statuses, separated by commas.",
)]
pub struct ActivityResult {
    /// The activity's campaign.
    #[field(campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// The activity.
    #[field(given, filter = "Of this activity.")]
    pub activity_id: Uuid,
    /// The hamlet; the road's or the activity's unless told.
    #[field(given, hamlet, any = "In any of these hamlets, separated by commas.")]
    pub hamlet_id: Option<Uuid>,
    /// The road.
    #[field(given, filter = "On this road.")]
    pub road_registration_id: Option<Uuid>,
    /// The unit that did it.
    #[field(given, unit, filter = "By this unit.")]
    pub unit_id: Option<Uuid>,
    /// Whose work it was.
    #[field(given, any = "Any of these sides, separated by commas: military, local.")]
    pub side: Side,
    /// Code of the work on the road, see `/v1/kinds`.
    #[field(changes = Code, kind = "work_types")]
    pub work_type: Option<String>,
    /// Code of the metric, see `/v1/metrics`.
    #[field(given = Code, filter = "Of this metric.")]
    #[schema(example = "metres")]
    pub metric: String,
    /// How much, in the metric's unit; above 0, whole where the metric says so.
    #[field(changes = Positive<1_000_000_000_000>)]
    pub value: f64,
    /// A note.
    #[field(changes = Line<1, 500>, personal)]
    pub note: Option<String>,
    /// The user who reported it.
    pub reported_by: Option<Uuid>,
    /// The user who verified it.
    pub verified_by: Option<Uuid>,
    /// When it happened, by the client's clock.
    #[field(sent)]
    pub occurred_at: Option<Moment>,
}

acting! {
    /// An action on a result.
    ActOnResult: "Why; needed to reopen and to withdraw.", when
}

/// Something that is counted.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = metrics)]
pub struct Metric {
    /// Stable code.
    #[schema(example = "metres")]
    pub code: String,
    /// Vietnamese name.
    pub label_vi: String,
    /// English name.
    pub label_en: String,
    /// Vietnamese unit.
    pub unit_vi: String,
    /// English unit.
    pub unit_en: String,
    /// Whether values are whole.
    pub whole: bool,
    /// Place in lists.
    pub sort_order: i32,
}

/// All metrics.
#[derive(Debug, Serialize, ToSchema)]
pub struct Metrics {
    /// In their order.
    pub items: Vec<Metric>,
}
