//! Who may do what with plan items.

use super::dto::PlanItem;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, PartnerCampaign};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, UnitLiaison, UnitOfficer};
use crate::error::Constraint;
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

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step::new("drop", &["active"], Some("dropped"), OFFICE, Text::new("Bỏ nội dung khỏi kế hoạch", "Drop an item from the plan")).with(&[Need::Reason]),
        Step::new("restore", &["dropped"], Some("active"), OFFICE, Text::new("Đưa nội dung trở lại kế hoạch", "Take an item back into the plan")),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "plan_items", read: READ, create: OFFICE, update: OFFICE, fields: PlanItem::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

pub static CONSTRAINTS: &[Constraint] =
    &[Constraint::taken("plan_items_code_key", "/code", "code_taken", Text::new("Mã này đã dùng trong đợt", "Another item of the campaign has this code"))];
