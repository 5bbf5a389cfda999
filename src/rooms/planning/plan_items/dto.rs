//! A plan item in JSON and in its table.

use danvan_macros::record;
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::text_enum;
use crate::web::values::{Line, Paragraph, Slug, Whole};

text_enum! {
    /// Whether the plan still holds it.
    pub enum PlanItemStatus {
        Active = "active" ("Đang thực hiện", "Active"),
        Dropped = "dropped" ("Đã bỏ", "Dropped"),
    }
}

/// One thing that a plan lists.
#[record(
    plan_items, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = PlanItemStatus::Active, any_status = "Any of these, separated by commas: active, dropped.",
)]
pub struct PlanItem {
    /// The campaign whose plan it is.
    #[field(given, campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// Short name, unique in the campaign.
    #[field(given = Slug)]
    #[schema(example = "phat-quang-trong-hoa")]
    pub code: String,
    /// The section's label as printed; gaps and repeats are kept.
    #[field(changes = Line<1, 40>)]
    #[schema(example = "II.2")]
    pub label_as_printed: Option<String>,
    /// The text as printed.
    #[field(changes = Paragraph<5000>)]
    pub text: String,
    /// The kind of activity that carries it out.
    #[field(changes = Line<1, 60>)]
    #[schema(example = "road_labour")]
    pub kind: String,
    /// Place in the plan's order, from 0.
    #[field(changes = Whole<0, 10_000>, sort)]
    pub sort_order: i32,
}

acting! {
    /// An action on a plan item.
    ActOnPlanItem: "Why, for the journal."
}
