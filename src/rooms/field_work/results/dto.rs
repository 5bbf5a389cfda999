//! A result in JSON and in its table.

use danvan_macros::record;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{rules, store};
use crate::acting;
use crate::activities::WorkType;
use crate::db::schema::metrics;
use crate::text_enum;
use crate::web::values::{Line, Moment, Positive, Slug};

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
    /// Work on the road.
    #[field(changes)]
    pub work_type: Option<WorkType>,
    /// Code of the metric, see `/v1/metrics`.
    #[field(given = MetricCode, filter = "Of this metric.")]
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

/// The code of a metric: lower-case letters, digits and underscores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricCode(pub String);

impl<'de> Deserialize<'de> for MetricCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // A code like any other, but that metrics are spelled with underscores.
        let fits = serde_json::from_value::<Slug>(text.replace('_', "-").into()).is_ok() && !text.contains('-');
        if fits { Ok(Self(text)) } else { Err(crate::web::values::refuse("invalid_code", "")) }
    }
}

impl utoipa::PartialSchema for MetricCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String).pattern(Some("^[a-z0-9_]{1,40}$")).into()
    }
}
impl ToSchema for MetricCode {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}MetricCode", crate::web::values::INLINE).into()
    }
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

impl From<MetricCode> for String {
    fn from(code: MetricCode) -> Self {
        code.0
    }
}
