//! Who may do what with activities, and what may become of one.

use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{FormerHamlet, InCommune, Lead, OwnHamlet, PartnerCampaign, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, Public, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::error::{CONFLICT, Constraint, Problem, VALIDATION_FAILED};
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, InCommune),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, InCommune),
    (HamletHead, OwnHamlet),
    (HamletHead, FormerHamlet),
    (Observer, InCommune),
    (Auditor, InCommune),
    (Member, Lead),
    (Public, Published),
];
/// The others propose drafts, which the office schedules.
const CREATE: Grants =
    &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, InCommune), (UnitLiaison, PartnerCampaign), (HamletHead, OwnHamlet)];
const UPDATE: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, OwnHamlet),
    (HamletHead, FormerHamlet),
    (Member, Lead),
];
pub const OFFICE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
const OFFICE_OR_LEAD: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (Member, Lead)];
/// Those on the spot. A head acts on activities of the own hamlet alone.
const ON_THE_SPOT: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, OwnHamlet),
    (HamletHead, FormerHamlet),
    (Member, Lead),
];
/// Those who may take presence, of those who may see the activity; a unit's officer takes it of the own people.
pub const PRESENCE: Grants =
    &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, InCommune), (HamletHead, OwnHamlet), (HamletHead, FormerHamlet), (Member, Lead)];
const FINISH: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitLiaison, PartnerCampaign), (Member, Lead)];
/// Who may ask the office to put it off.
const ASK: Grants = &[(HamletHead, OwnHamlet), (HamletHead, FormerHamlet), (UnitLiaison, PartnerCampaign), (Member, Lead)];
const POSTPONE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitLiaison, PartnerCampaign)];

const FIELDS: Fields = &[
    ("campaign_id", Class::Public),
    ("code", Class::Public),
    ("kind", Class::Public),
    ("public_title", Class::Public),
    ("date", Class::Public),
    ("session", Class::Public),
    ("starts_at", Class::Public),
    ("ends_at", Class::Public),
    ("place", Class::Public),
    ("hamlet_id", Class::Public),
    ("work_types", Class::Public),
    ("capacity", Class::Public),
    ("preparation", Class::Public),
    ("published_at", Class::Public),
    ("outcome", Class::Public),
    ("continues_id", Class::Public),
    ("moved", Class::Public),
];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "draft",
    frozen: &[],
    steps: &[
        Step { action: "schedule", from: &["draft"], to: Some("scheduled"), by: OFFICE, needs: &[], summary: Text::new("Xếp lịch", "Schedule") },
        Step {
            action: "open",
            from: &["scheduled"],
            to: Some("open"),
            by: OFFICE_OR_LEAD,
            needs: &[],
            summary: Text::new("Mở đăng ký tham gia", "Open for sign-ups"),
        },
        Step {
            action: "close_sign_ups",
            from: &["open"],
            to: Some("scheduled"),
            by: OFFICE_OR_LEAD,
            needs: &[],
            summary: Text::new("Đóng đăng ký tham gia", "Close for sign-ups"),
        },
        Step {
            action: "start", from: &["scheduled", "open"], to: Some("in_progress"), by: ON_THE_SPOT, needs: &[], summary: Text::new("Bắt đầu", "Start")
        },
        Step { action: "finish", from: &["in_progress"], to: Some("done"), by: FINISH, needs: &[], summary: Text::new("Kết thúc", "Finish") },
        Step {
            action: "verify",
            from: &["done"],
            to: Some("verified"),
            by: OFFICE,
            needs: &[Need::Read],
            summary: Text::new("Xác nhận kết quả", "Verify the results"),
        },
        Step {
            action: "correct",
            from: &["done"],
            to: Some("in_progress"),
            by: OFFICE,
            needs: &[Need::Reason],
            summary: Text::new("Mở lại để sửa", "Take up again to correct"),
        },
        Step {
            action: "postpone",
            from: &["scheduled", "open"],
            to: Some("postponed"),
            by: POSTPONE,
            needs: &[Need::Reason],
            summary: Text::new("Hoãn", "Postpone"),
        },
        Step {
            action: "ask_to_postpone",
            from: &["scheduled", "open"],
            to: None,
            by: ASK,
            needs: &[Need::Reason],
            summary: Text::new("Đề nghị hoãn", "Ask the office to postpone"),
        },
        Step {
            action: "decline_postponement",
            from: &["scheduled", "open"],
            to: None,
            by: OFFICE,
            needs: &[],
            summary: Text::new("Không hoãn theo đề nghị", "Decline to postpone"),
        },
        Step {
            action: "reschedule",
            from: &["postponed", "scheduled", "open"],
            to: Some("scheduled"),
            by: OFFICE,
            needs: &[],
            summary: Text::new("Dời lịch", "Set a new day or time"),
        },
        Step {
            action: "cancel",
            from: &["draft", "scheduled", "open", "postponed"],
            to: Some("cancelled"),
            by: OFFICE,
            needs: &[Need::Reason],
            summary: Text::new("Hủy", "Cancel"),
        },
        Step {
            action: "publish",
            from: &["scheduled", "open", "in_progress", "done", "verified", "postponed"],
            to: None,
            by: OFFICE,
            needs: &[],
            summary: Text::new("Công khai", "Make public"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "activities", read: READ, create: CREATE, update: UPDATE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static NOT_READY: Problem =
    Problem { code: "campaign_not_ready", status: 409, title: Text::new("Đợt chưa mở hoặc đã kết thúc", "The campaign is not open for this") };
pub static ASK_OFFICE: Problem =
    Problem { code: "ask_the_office", status: 409, title: Text::new("Cần văn phòng xã quyết định", "The commune's office decides this") };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "activities_code_key",
        problem: &CONFLICT,
        pointer: "/code",
        code: "code_taken",
        text: Text::new("Mã này đã dùng trong đợt", "Another activity of the campaign has this code"),
    },
    Constraint {
        name: "activities_plan_item_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/plan_item_id",
        code: "no_plan_item",
        text: Text::new("Không có nội dung kế hoạch này trong xã", "The commune has no such plan item"),
    },
    Constraint {
        name: "activities_hamlet_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/hamlet_id",
        code: "no_hamlet",
        text: Text::new("Không có ấp này trong xã", "The commune has no such hamlet"),
    },
    Constraint {
        name: "activities_lead_user_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/lead_user_id",
        code: "no_user",
        text: Text::new("Không có tài khoản này", "There is no such user"),
    },
    Constraint {
        name: "activities_continues_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/continues_id",
        code: "no_activity",
        text: Text::new("Không có hoạt động này trong xã", "The commune has no such activity"),
    },
];
