//! Who may do what with plan items.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{CreatePlanItem, PlanItem, PlanItemStatus};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, PartnerCampaign};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, UnitLiaison, UnitOfficer};
use crate::access::roles::{Fields, Grants};
use crate::error::{CONFLICT, Constraint, VALIDATION_FAILED};
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, InCommune),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, InCommune),
    (Observer, InCommune),
    (Auditor, InCommune),
];
const OFFICE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];

/// Nothing of it is public: plans print personal names.
const FIELDS: Fields = &[];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step {
            action: "drop",
            from: &["active"],
            to: Some("dropped"),
            by: OFFICE,
            needs: &[Need::Reason],
            summary: Text::new("Bỏ nội dung khỏi kế hoạch", "Drop an item from the plan"),
        },
        Step {
            action: "restore",
            from: &["dropped"],
            to: Some("active"),
            by: OFFICE,
            needs: &[],
            summary: Text::new("Đưa nội dung trở lại kế hoạch", "Take an item back into the plan"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "plan_items", read: READ, create: OFFICE, update: OFFICE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "plan_items_code_key",
        problem: &CONFLICT,
        pointer: "/code",
        code: "code_taken",
        text: Text::new("Mã này đã dùng trong đợt", "Another item of the campaign has this code"),
    },
    Constraint {
        name: "plan_items_campaign_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/campaign_id",
        code: "no_campaign",
        text: Text::new("Không có đợt này trong xã", "The commune has no such campaign"),
    },
];

pub fn new_plan_item(input: CreatePlanItem, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> PlanItem {
    let CreatePlanItem { id: _, commune_id, campaign_id, code, label_as_printed, text, kind, sort_order } = input;
    PlanItem {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        campaign_id,
        code: code.into(),
        label_as_printed: label_as_printed.map(String::from),
        text: text.into(),
        kind: kind.into(),
        sort_order: sort_order.into(),
        status: PlanItemStatus::Active,
        request_hash,
    }
}
