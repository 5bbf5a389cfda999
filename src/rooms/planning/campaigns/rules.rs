//! Who may do what with campaigns, and what may become of one.

use super::dto::Campaign;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, PartnerCampaign, Published, WithFunction};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, Public, UnitLiaison, UnitOfficer};
use crate::error::{Constraint, Problem};
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, InCommune),
    (UnitOfficer, WithFunction("military_affairs")),
    (UnitOfficer, WithFunction("public_security")),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, InCommune),
    (Observer, InCommune),
    (Auditor, InCommune),
    (Public, Published),
];
const CREATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
const UPDATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitLiaison, PartnerCampaign)];
const LEADER: Grants = &[(CommuneLeader, InCommune)];
const OFFICE: Grants = CREATE;

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "draft",
    frozen: &["archived", "cancelled"],
    steps: &[
        Step::new("adopt", &["draft"], Some("planned"), LEADER, Text::new("Triển khai kế hoạch", "Adopt the plan")).with(&[Need::Read]),
        Step::new(
            "open_preparation",
            &["planned"],
            Some("preparing"),
            OFFICE,
            Text::new("Mở chuẩn bị: đăng ký tuyến đường, tình nguyện viên, đội", "Open the preparation: roads, volunteers and teams register"),
        ),
        Step::new("start", &["preparing"], Some("running"), LEADER, Text::new("Ra quân", "Launch the campaign")),
        Step::new("suspend", &["planned", "preparing", "running"], Some("suspended"), LEADER, Text::new("Tạm dừng", "Suspend")).with(&[Need::Reason]),
        Step::new("resume", &["suspended"], None, LEADER, Text::new("Tiếp tục sau khi tạm dừng", "Resume after a suspension")),
        Step::new("begin_closing", &["running"], Some("closing"), OFFICE, Text::new("Bắt đầu tổng kết", "Begin to close")),
        Step::new("close", &["closing"], Some("closed"), LEADER, Text::new("Kết thúc đợt", "Close the campaign")).with(&[Need::Read]),
        Step::new("reopen", &["closed"], Some("closing"), LEADER, Text::new("Mở lại", "Reopen")).with(&[Need::Reason]),
        Step::new("archive", &["closed"], Some("archived"), OFFICE, Text::new("Lưu trữ", "Archive")),
        Step::new("cancel", &["draft", "planned", "preparing"], Some("cancelled"), LEADER, Text::new("Hủy đợt", "Cancel the campaign")).with(&[Need::Reason]),
        Step::new("publish", &["planned", "preparing", "running", "suspended", "closing", "closed"], None, OFFICE, Text::new("Công khai", "Make public")),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "campaigns", read: READ, create: CREATE, update: UPDATE, fields: Campaign::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

pub static TOO_EARLY: Problem = Problem::new("campaign_too_early", 409, "Chưa đến ngày bắt đầu", "The first day has not come");

pub static NO_PLAN: Problem = Problem::new("plan_not_issued", 409, "Kế hoạch của đợt chưa được ban hành", "The campaign's plan is not issued");

/// Closing with something open needs a word.
pub static STILL_OPEN: Problem = Problem::new("still_open", 409, "Đợt còn việc chưa xong", "Something of the campaign is still open");

pub static CONSTRAINTS: &[Constraint] = &[Constraint::taken(
    "campaigns_code_key",
    "/code",
    "code_taken",
    Text::new("Mã này đã dùng cho một đợt khác trong xã", "Another campaign of the commune has this code"),
)];
