//! A plan item in JSON and in its table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::plan_items;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Line, Paragraph, Slug, Whole};

text_enum! {
    /// Whether the plan still holds it.
    pub enum PlanItemStatus { Active = "active", Dropped = "dropped" }
}

/// One thing that a plan lists.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = plan_items, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct PlanItem {
    /// The item's id.
    pub id: Uuid,
    /// The commune.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// The campaign whose plan it is.
    pub campaign_id: Uuid,
    /// Short name, unique in the campaign.
    #[schema(example = "phat-quang-trong-hoa")]
    pub code: String,
    /// The section's label as printed; gaps and repeats are kept.
    #[schema(example = "II.2")]
    pub label_as_printed: Option<String>,
    /// The text as printed.
    pub text: String,
    /// The kind of activity that carries it out.
    #[schema(example = "road_labour")]
    pub kind: String,
    /// Place in the plan's order, from 0.
    pub sort_order: i32,
    /// Whether the plan still holds it.
    pub status: PlanItemStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// A new plan item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePlanItem {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// Short name, unique in the campaign.
    pub code: Slug,
    /// The section's label as printed.
    pub label_as_printed: Option<Line<1, 40>>,
    /// The text as printed.
    pub text: Paragraph<5000>,
    /// The kind of activity that carries it out.
    pub kind: Line<1, 60>,
    /// Place in the plan's order.
    pub sort_order: Whole<0, 10_000>,
}

/// Changes of a plan item (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePlanItem {
    /// The section's label as printed.
    #[serde(default)]
    pub label_as_printed: Clear<Line<1, 40>>,
    /// The text as printed.
    #[serde(default)]
    pub text: Change<Paragraph<5000>>,
    /// The kind of activity that carries it out.
    #[serde(default)]
    pub kind: Change<Line<1, 60>>,
    /// Place in the plan's order.
    #[serde(default)]
    pub sort_order: Change<Whole<0, 10_000>>,
}

/// An action on a plan item.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnPlanItem {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PlanItemFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Any of these, separated by commas: active, dropped.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<PlanItemStatus>>,
}
