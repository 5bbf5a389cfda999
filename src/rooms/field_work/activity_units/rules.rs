//! Who may do what with units' parts in activities.

use super::dto::ActivityUnit;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, OwnHamlet, OwnUnit, PartnerCampaign, Released, WithFunction};
use crate::access::roles::Role::{CommuneLeader, CommuneOfficer, HamletHead, Observer, UnitLiaison, UnitOfficer};
use crate::error::Constraint;
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, InCommune),
    (UnitOfficer, OwnUnit),
    (UnitOfficer, WithFunction("military_affairs")),
    (UnitOfficer, WithFunction("public_security")),
    (UnitLiaison, PartnerCampaign),
    (UnitLiaison, OwnUnit),
    (HamletHead, OwnHamlet),
    (HamletHead, Released),
    (Observer, InCommune),
];
const WRITE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (UnitLiaison, OwnUnit)];
const OWN: Grants = &[(UnitOfficer, OwnUnit), (UnitLiaison, OwnUnit)];
/// The office too: a small unit may answer by phone.
const ANSWER: Grants = WRITE;

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "asked",
    frozen: &[],
    steps: &[
        Step::new("confirm", &["asked", "declined"], Some("confirmed"), ANSWER, Text::new("Xác nhận tham gia", "Confirm that the unit comes")),
        Step::new("decline", &["asked", "confirmed"], Some("declined"), ANSWER, Text::new("Từ chối tham gia", "Decline")).with(&[Need::Reason]),
        Step::new("release", &["asked", "confirmed"], None, OWN, Text::new("Thông báo quân số cho trưởng thôn/ấp", "Let the hamlet's head see the numbers")),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "activity_units", read: READ, create: WRITE, update: WRITE, fields: ActivityUnit::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

pub static CONSTRAINTS: &[Constraint] = &[Constraint::taken(
    "activity_units_role_key",
    "/role",
    "already_there",
    Text::new("Đơn vị đã có vai trò này trong hoạt động", "The unit has this part in the activity already"),
)];
