//! Who may do what with rewards, what may become of one, and what it is worth.

use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, Own, OwnHamlet, OwnUnit, PartnerCampaign, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, Public, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::error::{CONFLICT, Constraint, Problem, VALIDATION_FAILED};
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, OwnUnit),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, OwnHamlet),
    (Observer, InCommune),
    (Auditor, InCommune),
    (Member, Own),
    (Public, Published),
];
const NOMINATE: Grants =
    &[(CommuneOfficer, InCommune), (CommuneLeader, InCommune), (HamletHead, OwnHamlet), (UnitOfficer, OwnUnit), (UnitLiaison, PartnerCampaign)];
const OFFICE: Grants = &[(CommuneOfficer, InCommune), (CommuneLeader, InCommune)];
const LEADER: Grants = &[(CommuneLeader, InCommune)];

/// Names and achievements are public where the subject agreed; money and what the office found are not.
const FIELDS: Fields = &[
    ("campaign_id", Class::Public),
    ("activity_id", Class::Public),
    ("subject_type", Class::Public),
    ("subject_name", Class::Public),
    ("subject_class", Class::Public),
    ("achievement", Class::Public),
    ("kind", Class::Public),
    ("form", Class::Public),
    ("decision_id", Class::Public),
    ("presented_on", Class::Public),
    ("check_result", Class::Sensitive),
];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "nominated",
    frozen: &["checked", "recommended", "awarded", "presented", "rejected", "withdrawn", "revoked"],
    steps: &[
        Step {
            action: "check", from: &["nominated"], to: Some("checked"), by: OFFICE, needs: &[], summary: Text::new("Thẩm tra hồ sơ", "Check the file")
        },
        Step {
            action: "recommend",
            from: &["checked"],
            to: Some("recommended"),
            by: OFFICE,
            needs: &[],
            summary: Text::new("Ghi kết quả xét của hội đồng", "Record the council's recommendation"),
        },
        Step {
            action: "put_on_decision",
            from: &["recommended"],
            to: None,
            by: OFFICE,
            needs: &[],
            summary: Text::new("Đưa vào dự thảo quyết định", "Put on a draft decision"),
        },
        Step {
            action: "take_off_decision",
            from: &["recommended"],
            to: None,
            by: OFFICE,
            needs: &[],
            summary: Text::new("Đưa ra khỏi dự thảo quyết định", "Take off the draft decision"),
        },
        Step { action: "present", from: &["awarded"], to: Some("presented"), by: OFFICE, needs: &[], summary: Text::new("Trao khen thưởng", "Present") },
        Step {
            action: "record_name_consent",
            from: &["nominated", "checked", "recommended", "awarded", "presented"],
            to: None,
            by: OFFICE,
            needs: &[],
            summary: Text::new("Ghi nhận đồng ý nêu tên công khai", "Note whether the subject agreed to be named in public"),
        },
        Step {
            action: "reject",
            from: &["nominated", "checked", "recommended"],
            to: Some("rejected"),
            by: OFFICE,
            needs: &[Need::Reason],
            summary: Text::new("Không đề nghị", "Reject"),
        },
        Step {
            action: "withdraw",
            from: &["nominated", "checked"],
            to: Some("withdrawn"),
            by: NOMINATE,
            needs: &[],
            summary: Text::new("Rút đề nghị", "Withdraw the nomination"),
        },
        Step {
            action: "revoke",
            from: &["awarded", "presented"],
            to: Some("revoked"),
            by: LEADER,
            needs: &[Need::Reason, Need::Read],
            summary: Text::new("Hủy khen thưởng, thu hồi", "Revoke"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "rewards", read: READ, create: NOMINATE, update: NOMINATE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static OWN_NOMINATION: Problem = Problem {
    code: "own_nomination",
    status: 403,
    title: Text::new("Người đề nghị không tự ban hành quyết định khen", "Who nominated does not issue the decision"),
};
pub static NO_PARAMETERS: Problem =
    Problem {
        code: "no_award_parameters", status: 409, title: Text::new("Chưa có mức tiền thưởng cho ngày này", "No award parameters are set for this day")
    };
pub static DISCIPLINED: Problem =
    Problem {
        code: "under_discipline", status: 409, title: Text::new("Đối tượng đang bị xem xét kỷ luật", "The subject is under disciplinary review")
    };
pub static NOT_A_DRAFT: Problem = Problem {
    code: "not_a_draft_decision",
    status: 409,
    title: Text::new("Phải là dự thảo quyết định chưa ban hành", "Must be a decision that is not issued yet"),
};

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "rewards_achievement_key",
        problem: &CONFLICT,
        pointer: "/subject_id",
        code: "already_nominated",
        text: Text::new(
            "Thành tích này đã được đề nghị khen; mỗi thành tích chỉ khen một lần",
            "This achievement is nominated already; one achievement is rewarded once",
        ),
    },
    Constraint {
        name: "rewards_campaign_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/campaign_id",
        code: "no_campaign",
        text: Text::new("Không có đợt này trong xã", "The commune has no such campaign"),
    },
    Constraint {
        name: "rewards_activity_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/activity_id",
        code: "no_activity",
        text: Text::new("Không có hoạt động này trong xã", "The commune has no such activity"),
    },
    Constraint {
        name: "rewards_hamlet_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/hamlet_id",
        code: "no_hamlet",
        text: Text::new("Không có ấp này trong xã", "The commune has no such hamlet"),
    },
    Constraint {
        name: "rewards_presented_activity_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/activity_id",
        code: "no_activity",
        text: Text::new("Không có hoạt động này trong xã", "The commune has no such activity"),
    },
];
