//! A result in JSON and in its table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::activities::WorkType;
use crate::db::schema::{metrics, results};
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Line, Slug};

text_enum! {
    /// Whose work it was: the army unit's, or the locality's.
    pub enum Side { Military = "military", Local = "local" }
}

text_enum! {
    /// Whether the side that it belongs to has verified it.
    pub enum ResultStatus { Reported = "reported", Verified = "verified", Withdrawn = "withdrawn" }
}

/// What was done, in one metric.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = results, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = ActivityResult)]
pub struct ActivityResult {
    /// The result's id.
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
    /// The hamlet; the road's or the activity's unless told.
    pub hamlet_id: Option<Uuid>,
    /// The road.
    pub road_registration_id: Option<Uuid>,
    /// The unit that did it.
    pub unit_id: Option<Uuid>,
    /// Whose work it was.
    pub side: Side,
    /// Work on the road.
    pub work_type: Option<WorkType>,
    /// Code of the metric, see `/v1/metrics`.
    #[schema(example = "metres")]
    pub metric: String,
    /// How much, in the metric's unit; above 0, whole where the metric says so.
    pub value: f64,
    /// A note.
    pub note: Option<String>,
    /// The user who reported it.
    pub reported_by: Option<Uuid>,
    /// The user who verified it.
    pub verified_by: Option<Uuid>,
    /// Whether it is verified.
    pub status: ResultStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// A new result.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateResult {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The activity.
    pub activity_id: Uuid,
    /// The hamlet; the road's or the activity's when left out.
    pub hamlet_id: Option<Uuid>,
    /// The road.
    pub road_registration_id: Option<Uuid>,
    /// The unit that did it.
    pub unit_id: Option<Uuid>,
    /// Whose work it was.
    pub side: Side,
    /// Work on the road.
    pub work_type: Option<WorkType>,
    /// Code of the metric. Local man-days come from attendance and are not reported here.
    #[schema(example = "metres")]
    pub metric: MetricCode,
    /// How much, above 0 to 1e12.
    #[schema(exclusive_minimum = 0, maximum = 1_000_000_000_000_u64)]
    pub value: f64,
    /// A note.
    pub note: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
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

/// Changes of a result (merge patch), until it is verified.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateResult {
    /// How much, above 0 to 1e12.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    pub value: Change<f64>,
    /// Work on the road.
    #[serde(default)]
    pub work_type: Clear<WorkType>,
    /// A note.
    #[serde(default)]
    pub note: Clear<Line<1, 500>>,
}

/// An action on a result.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnResult {
    /// Why; needed to reopen and to withdraw.
    pub reason: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ResultFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Of this activity.
    pub activity_id: Option<Uuid>,
    /// In any of these hamlets, separated by commas.
    #[param(value_type = Option<String>)]
    pub hamlet_id: Option<AnyOf<Uuid>>,
    /// On this road.
    pub road_registration_id: Option<Uuid>,
    /// By this unit.
    pub unit_id: Option<Uuid>,
    /// Of this metric.
    pub metric: Option<String>,
    /// Any of these sides, separated by commas: military, local.
    #[param(value_type = Option<String>)]
    pub side: Option<AnyOf<Side>>,
    /// Any of these statuses, separated by commas.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<ResultStatus>>,
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
