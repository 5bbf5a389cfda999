//! Who may do what with activities, and what may become of one.

use super::dto::Activity;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{FormerHamlet, InCommune, Lead, OwnHamlet, PartnerCampaign, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, Public, UnitLiaison, UnitOfficer};
use crate::error::{Constraint, Problem};
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

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "draft",
    frozen: &[],
    steps: &[
        Step::new("schedule", &["draft"], Some("scheduled"), OFFICE, Text::new("Xếp lịch", "Schedule")),
        Step::new("open", &["scheduled"], Some("open"), OFFICE_OR_LEAD, Text::new("Mở đăng ký tham gia", "Open for sign-ups")),
        Step::new("close_sign_ups", &["open"], Some("scheduled"), OFFICE_OR_LEAD, Text::new("Đóng đăng ký tham gia", "Close for sign-ups")),
        Step::new("start", &["scheduled", "open"], Some("in_progress"), ON_THE_SPOT, Text::new("Bắt đầu", "Start")),
        Step::new("finish", &["in_progress"], Some("done"), FINISH, Text::new("Kết thúc", "Finish")),
        Step::new("verify", &["done"], Some("verified"), OFFICE, Text::new("Xác nhận kết quả", "Verify the results")).with(&[Need::Read]),
        Step::new("correct", &["done"], Some("in_progress"), OFFICE, Text::new("Mở lại để sửa", "Take up again to correct")).with(&[Need::Reason]),
        Step::new("postpone", &["scheduled", "open"], Some("postponed"), POSTPONE, Text::new("Hoãn", "Postpone")).with(&[Need::Reason]),
        Step::new("ask_to_postpone", &["scheduled", "open"], None, ASK, Text::new("Đề nghị hoãn", "Ask the office to postpone")).with(&[Need::Reason]),
        Step::new("decline_postponement", &["scheduled", "open"], None, OFFICE, Text::new("Không hoãn theo đề nghị", "Decline to postpone")),
        Step::new("reschedule", &["postponed", "scheduled", "open"], Some("scheduled"), OFFICE, Text::new("Dời lịch", "Set a new day or time")),
        Step::new("cancel", &["draft", "scheduled", "open", "postponed"], Some("cancelled"), OFFICE, Text::new("Hủy", "Cancel")).with(&[Need::Reason]),
        Step::new("publish", &["scheduled", "open", "in_progress", "done", "verified", "postponed"], None, OFFICE, Text::new("Công khai", "Make public")),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "activities", read: READ, create: CREATE, update: UPDATE, fields: Activity::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

pub static NOT_READY: Problem = Problem::new("campaign_not_ready", 409, "Đợt chưa mở hoặc đã kết thúc", "The campaign is not open for this");
pub static ASK_OFFICE: Problem = Problem::new("ask_the_office", 409, "Cần văn phòng xã quyết định", "The commune's office decides this");

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint::taken("activities_code_key", "/code", "code_taken", Text::new("Mã này đã dùng trong đợt", "Another activity of the campaign has this code")),
    Constraint::missing(
        "activities_continues_fkey",
        "/continues_id",
        "no_activity",
        Text::new("Không có hoạt động này trong xã", "The commune has no such activity"),
    ),
];
