//! Who may do what with documents, and what may become of one.

use super::dto::Document;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, Issued, OwnUnit, PartnerCampaign, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, Public, UnitLiaison, UnitOfficer};
use crate::error::{Constraint, Problem};
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

/// Kinds that rules hang on; the operator may add others (`/v1/kinds`).
pub const PLAN: &str = "plan";
pub const DECISION: &str = "decision";
pub const MINUTES: &str = "minutes";

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "draft",
    frozen: &["in_review", "approved", "issued", "amended", "superseded", "withdrawn", "cancelled"],
    steps: &[
        Step::new("submit", &["draft", "returned"], Some("in_review"), CREATE, Text::new("Trình phê duyệt", "Submit for approval")),
        Step::new("return", &["in_review", "approved"], Some("returned"), LEADER, Text::new("Trả lại để sửa", "Return for changes")).with(&[Need::Reason]),
        Step::new("approve", &["in_review"], Some("approved"), LEADER, Text::new("Duyệt", "Approve")).with(&[Need::Read]),
        Step::new(
            "issue",
            &["approved"],
            Some("issued"),
            OFFICE,
            Text::new("Ban hành: cấp số, ngày tháng năm, người ký", "Issue: record number, day and signer"),
        )
        .with(&[Need::Read]),
        Step::new("distribute", &["issued", "amended"], None, OFFICE, Text::new("Gửi đến các nơi nhận", "Send to the recipients")),
        Step::new(
            "publish",
            &["issued", "amended", "superseded", "cancelled"],
            None,
            OFFICE,
            Text::new("Công khai số, ngày, trích yếu văn bản", "Make the document's head public"),
        ),
        Step::new("withdraw", &["draft", "in_review", "returned", "approved"], Some("withdrawn"), CREATE, Text::new("Bỏ dự thảo", "Withdraw a draft")),
        Step::new("cancel", &["issued", "amended"], Some("cancelled"), LEADER, Text::new("Thu hồi, bãi bỏ văn bản đã ban hành", "Cancel an issued document"))
            .with(&[Need::Reason]),
    ],
};

pub static POLICY: Policy = Policy {
    resource: "documents",
    read: READ,
    create: CREATE,
    update: CREATE,
    fields: Document::FIELDS,
    lifecycle: &LIFECYCLE,
    follows: &[
        ("amends", Text::new("Được văn bản khác sửa đổi, bổ sung", "Amended by another document")),
        ("supersedes", Text::new("Được văn bản khác thay thế", "Superseded by another document")),
        ("put_on_reward", Text::new("Đưa một đề nghị khen thưởng vào dự thảo", "A nomination was put on the draft")),
        ("take_off_reward", Text::new("Đưa một đề nghị khen thưởng ra khỏi dự thảo", "A nomination was taken off the draft")),
    ],
};

pub static NOT_IN_FORCE: Problem =
    Problem::new("not_in_force", 409, "Văn bản được thay thế không còn hiệu lực", "The document that is replaced is not in force");
pub static NOT_FOR_ALL: Problem = Problem::new(
    "not_for_all",
    409,
    "Văn bản chỉ gửi nơi nhận hoặc lưu nội bộ, không công khai được",
    "A document for its recipients, or for the office alone, is not made public",
);
pub static SIGNER_NOT_ENTITLED: Problem =
    Problem::new("signer_not_entitled", 409, "Người ký không có quyền ký theo hình thức này", "The signer may not sign in this form");

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint::taken(
        "documents_number_key",
        "/number",
        "number_taken",
        Text::new("Số này đã cấp cho văn bản cùng loại trong năm", "A document of this kind has this number in the year"),
    ),
    Constraint::missing(
        "documents_replaces_fkey",
        "/replaces_id",
        "no_document",
        Text::new("Không có văn bản này trong xã", "The commune has no such document"),
    ),
];
