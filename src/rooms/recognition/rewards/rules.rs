//! Who may do what with rewards, what may become of one, and what it is worth.

use super::dto::Reward;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, Own, OwnHamlet, OwnUnit, PartnerCampaign, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, Public, UnitLiaison, UnitOfficer};
use crate::error::{Constraint, Problem};
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

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "nominated",
    frozen: &["checked", "recommended", "awarded", "presented", "rejected", "withdrawn", "revoked"],
    steps: &[
        Step::new("check", &["nominated"], Some("checked"), OFFICE, Text::new("Thẩm tra hồ sơ", "Check the file")),
        Step::new("recommend", &["checked"], Some("recommended"), OFFICE, Text::new("Ghi kết quả xét của hội đồng", "Record the council's recommendation")),
        Step::new("put_on_decision", &["recommended"], None, OFFICE, Text::new("Đưa vào dự thảo quyết định", "Put on a draft decision")),
        Step::new("take_off_decision", &["recommended"], None, OFFICE, Text::new("Đưa ra khỏi dự thảo quyết định", "Take off the draft decision")),
        Step::new("present", &["awarded"], Some("presented"), OFFICE, Text::new("Trao khen thưởng", "Present")),
        Step::new(
            "record_name_consent",
            &["nominated", "checked", "recommended", "awarded", "presented"],
            None,
            OFFICE,
            Text::new("Ghi nhận đồng ý nêu tên công khai", "Note whether the subject agreed to be named in public"),
        ),
        Step::new("reject", &["nominated", "checked", "recommended"], Some("rejected"), OFFICE, Text::new("Không đề nghị", "Reject")).with(&[Need::Reason]),
        Step::new("withdraw", &["nominated", "checked"], Some("withdrawn"), NOMINATE, Text::new("Rút đề nghị", "Withdraw the nomination")),
        Step::new(
            "revoke",
            &["awarded", "presented"],
            Some("revoked"),
            LEADER,
            Text::new("Hủy bỏ quyết định khen thưởng, thu hồi hiện vật và tiền thưởng", "Revoke"),
        )
        .with(&[Need::Reason, Need::Read]),
    ],
};

pub static POLICY: Policy = Policy {
    resource: "rewards",
    read: READ,
    create: NOMINATE,
    update: NOMINATE,
    fields: Reward::FIELDS,
    lifecycle: &LIFECYCLE,
    follows: &[
        ("award", Text::new("Đã khen thưởng theo quyết định", "Awarded by a decision")),
        ("reassign", Text::new("Chuyển theo hồ sơ được gộp", "Moved with a merged record")),
        ("erase", Text::new("Xóa dữ liệu cá nhân", "Personal data were erased")),
    ],
};

pub static OWN_NOMINATION: Problem =
    Problem::new("own_nomination", 403, "Người đề nghị không tự ban hành quyết định khen thưởng", "Who nominated does not issue the decision");
pub static NO_PARAMETERS: Problem =
    Problem::new("no_award_parameters", 409, "Chưa có mức tiền thưởng cho ngày này", "No award parameters are set for this day");
pub static DISCIPLINED: Problem = Problem::new("under_discipline", 409, "Đối tượng đang bị xem xét kỷ luật", "The subject is under disciplinary review");
pub static NOT_A_DRAFT: Problem =
    Problem::new("not_a_draft_decision", 409, "Phải là dự thảo quyết định chưa ban hành", "Must be a decision that is not issued yet");

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint::taken(
        "rewards_achievement_key",
        "/subject_id",
        "already_nominated",
        Text::new(
            "Thành tích này đã được đề nghị khen; mỗi thành tích chỉ khen một lần",
            "This achievement is nominated already; one achievement is rewarded once",
        ),
    ),
    Constraint::missing(
        "rewards_presented_activity_fkey",
        "/activity_id",
        "no_activity",
        Text::new("Không có hoạt động này trong xã", "The commune has no such activity"),
    ),
];
