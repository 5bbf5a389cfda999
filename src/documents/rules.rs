//! Who may do what with documents, and what may become of one.

use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, Issued, OwnUnit, PartnerCampaign, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, Public, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::error::{CONFLICT, Constraint, Problem, VALIDATION_FAILED};
use crate::text::Text;

/// Drafts are the drafter's and the office's; what was issued is everybody's who works in the commune. A partner reads
/// along once a document is in review.
const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, OwnUnit),
    (UnitOfficer, Issued),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, Issued),
    (Observer, Issued),
    (Auditor, InCommune),
    (Public, Published),
];
/// Departments draft their own sub-plans (plan, part III.2.2).
const CREATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit)];
const OFFICE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
const LEADER: Grants = &[(CommuneLeader, InCommune)];

/// The text is not public: plans print personal names. The head of a document is.
const FIELDS: Fields = &[
    ("campaign_id", Class::Public),
    ("kind", Class::Public),
    ("number", Class::Public),
    ("symbol", Class::Public),
    ("place", Class::Public),
    ("issued_on", Class::Public),
    ("year", Class::Public),
    ("issuing_unit_id", Class::Public),
    ("subject", Class::Public),
    ("replaces_id", Class::Public),
    ("replaces_as", Class::Public),
    ("published_at", Class::Public),
    ("reach", Class::Public),
];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "draft",
    frozen: &["in_review", "approved", "issued", "amended", "superseded", "withdrawn", "cancelled"],
    steps: &[
        Step {
            action: "submit",
            from: &["draft", "returned"],
            to: Some("in_review"),
            by: CREATE,
            needs: &[],
            summary: Text::new("Trình duyệt", "Submit for approval"),
        },
        Step {
            action: "return",
            from: &["in_review", "approved"],
            to: Some("returned"),
            by: LEADER,
            needs: &[Need::Reason],
            summary: Text::new("Trả lại để sửa", "Return for changes"),
        },
        Step { action: "approve", from: &["in_review"], to: Some("approved"), by: LEADER, needs: &[Need::Read], summary: Text::new("Duyệt", "Approve") },
        Step {
            action: "issue",
            from: &["approved"],
            to: Some("issued"),
            by: OFFICE,
            needs: &[Need::Read],
            summary: Text::new("Ban hành: ghi số, ngày, người ký", "Issue: record number, day and signer"),
        },
        Step {
            action: "distribute",
            from: &["issued", "amended"],
            to: None,
            by: OFFICE,
            needs: &[],
            summary: Text::new("Gửi đến các nơi nhận", "Send to the recipients"),
        },
        Step {
            action: "publish",
            from: &["issued", "amended", "superseded", "cancelled"],
            to: None,
            by: OFFICE,
            needs: &[],
            summary: Text::new("Công khai phần đầu văn bản", "Make the document's head public"),
        },
        Step {
            action: "withdraw",
            from: &["draft", "in_review", "returned", "approved"],
            to: Some("withdrawn"),
            by: CREATE,
            needs: &[],
            summary: Text::new("Bỏ dự thảo", "Withdraw a draft"),
        },
        Step {
            action: "cancel",
            from: &["issued", "amended"],
            to: Some("cancelled"),
            by: LEADER,
            needs: &[Need::Reason],
            summary: Text::new("Hủy văn bản đã ban hành", "Cancel an issued document"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "documents", read: READ, create: CREATE, update: CREATE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static NOT_IN_FORCE: Problem = Problem {
    code: "not_in_force",
    status: 409,
    title: Text::new("Văn bản được thay thế không còn hiệu lực", "The document that is replaced is not in force"),
};
pub static NOT_FOR_ALL: Problem = Problem {
    code: "not_for_all",
    status: 409,
    title: Text::new(
        "Văn bản chỉ gửi nơi nhận hoặc lưu nội bộ, không công khai được",
        "A document for its recipients, or for the office alone, is not made public",
    ),
};
pub static SIGNER_NOT_ENTITLED: Problem = Problem {
    code: "signer_not_entitled",
    status: 409,
    title: Text::new("Người ký không có quyền ký theo hình thức này", "The signer may not sign in this form"),
};

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "documents_number_key",
        problem: &CONFLICT,
        pointer: "/number",
        code: "number_taken",
        text: Text::new("Số này đã cấp cho văn bản cùng loại trong năm", "A document of this kind has this number in the year"),
    },
    Constraint {
        name: "documents_campaign_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/campaign_id",
        code: "no_campaign",
        text: Text::new("Không có đợt này trong xã", "The commune has no such campaign"),
    },
    Constraint {
        name: "documents_issuing_unit_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/issuing_unit_id",
        code: "no_unit",
        text: Text::new("Không có đơn vị này trong xã", "The commune has no such unit"),
    },
    Constraint {
        name: "documents_drafting_unit_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/drafting_unit_id",
        code: "no_unit",
        text: Text::new("Không có đơn vị này trong xã", "The commune has no such unit"),
    },
    Constraint {
        name: "documents_replaces_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/replaces_id",
        code: "no_document",
        text: Text::new("Không có văn bản này trong xã", "The commune has no such document"),
    },
];
