//! Who may do what with campaigns, and what may become of one.

use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, PartnerCampaign, Published, WithFunction};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, Public, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::error::{CONFLICT, Constraint, Problem};
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

const FIELDS: Fields = &[
    ("code", Class::Public),
    ("name", Class::Public),
    ("year", Class::Public),
    ("movement", Class::Public),
    ("start_date", Class::Public),
    ("end_date", Class::Public),
    ("partner_unit_ids", Class::Public),
    ("purposes", Class::Public),
    ("requirements", Class::Public),
    ("day_sessions", Class::Public),
    ("published_at", Class::Public),
    ("lodging", Class::Military),
];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "draft",
    frozen: &["archived", "cancelled"],
    steps: &[
        Step {
            action: "adopt",
            from: &["draft"],
            to: Some("planned"),
            by: LEADER,
            needs: &[Need::Read],
            summary: Text::new("Thông qua kế hoạch", "Adopt the plan"),
        },
        Step {
            action: "open_preparation",
            from: &["planned"],
            to: Some("preparing"),
            by: OFFICE,
            needs: &[],
            summary: Text::new("Mở chuẩn bị: đăng ký tuyến đường, tình nguyện viên, đội", "Open the preparation: roads, volunteers and teams register"),
        },
        Step { action: "start", from: &["preparing"], to: Some("running"), by: LEADER, needs: &[], summary: Text::new("Ra quân", "Launch the campaign") },
        Step {
            action: "suspend",
            from: &["planned", "preparing", "running"],
            to: Some("suspended"),
            by: LEADER,
            needs: &[Need::Reason],
            summary: Text::new("Tạm dừng", "Suspend"),
        },
        Step {
            action: "resume",
            from: &["suspended"],
            to: None,
            by: LEADER,
            needs: &[],
            summary: Text::new("Tiếp tục sau khi tạm dừng", "Resume after a suspension"),
        },
        Step {
            action: "begin_closing",
            from: &["running"],
            to: Some("closing"),
            by: OFFICE,
            needs: &[],
            summary: Text::new("Bắt đầu tổng kết", "Begin to close"),
        },
        Step {
            action: "close",
            from: &["closing"],
            to: Some("closed"),
            by: LEADER,
            needs: &[Need::Read],
            summary: Text::new("Kết thúc đợt", "Close the campaign"),
        },
        Step { action: "reopen", from: &["closed"], to: Some("closing"), by: LEADER, needs: &[Need::Reason], summary: Text::new("Mở lại", "Reopen") },
        Step { action: "archive", from: &["closed"], to: Some("archived"), by: OFFICE, needs: &[], summary: Text::new("Lưu trữ", "Archive") },
        Step {
            action: "cancel",
            from: &["draft", "planned", "preparing"],
            to: Some("cancelled"),
            by: LEADER,
            needs: &[Need::Reason],
            summary: Text::new("Hủy đợt", "Cancel the campaign"),
        },
        Step {
            action: "publish",
            from: &["planned", "preparing", "running", "suspended", "closing", "closed"],
            to: None,
            by: OFFICE,
            needs: &[],
            summary: Text::new("Công khai", "Make public"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "campaigns", read: READ, create: CREATE, update: UPDATE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static TOO_EARLY: Problem =
    Problem { code: "campaign_too_early", status: 409, title: Text::new("Chưa đến ngày bắt đầu", "The first day has not come") };

pub static NO_PLAN: Problem =
    Problem {
        code: "plan_not_issued", status: 409, title: Text::new("Kế hoạch của đợt chưa được ban hành", "The campaign's plan is not issued")
    };

/// Closing with something open needs a word.
pub static STILL_OPEN: Problem =
    Problem { code: "still_open", status: 409, title: Text::new("Đợt còn việc chưa xong", "Something of the campaign is still open") };

pub static CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "campaigns_code_key",
    problem: &CONFLICT,
    pointer: "/code",
    code: "code_taken",
    text: Text::new("Mã này đã dùng cho một đợt khác trong xã", "Another campaign of the commune has this code"),
}];
