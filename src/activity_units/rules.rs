//! Who may do what with units' parts in activities.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{ActivityUnit, Confirmation, CreateActivityUnit};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, OwnHamlet, OwnUnit, PartnerCampaign, Released, WithFunction};
use crate::access::roles::Role::{CommuneLeader, CommuneOfficer, HamletHead, Observer, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::error::{CONFLICT, Constraint, VALIDATION_FAILED};
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

const FIELDS: Fields = &[("headcount_planned", Class::Military), ("headcount_actual", Class::Military)];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "asked",
    frozen: &[],
    steps: &[
        Step {
            action: "confirm",
            from: &["asked", "declined"],
            to: Some("confirmed"),
            by: ANSWER,
            needs: &[],
            summary: Text::new("Xác nhận tham gia", "Confirm that the unit comes"),
        },
        Step {
            action: "decline",
            from: &["asked", "confirmed"],
            to: Some("declined"),
            by: ANSWER,
            needs: &[Need::Reason],
            summary: Text::new("Từ chối tham gia", "Decline"),
        },
        Step {
            action: "release",
            from: &["asked", "confirmed"],
            to: None,
            by: OWN,
            needs: &[],
            summary: Text::new("Cho trưởng ấp xem số người", "Let the hamlet's head see the numbers"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "activity_units", read: READ, create: WRITE, update: WRITE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "activity_units_role_key",
        problem: &CONFLICT,
        pointer: "/role",
        code: "already_there",
        text: Text::new("Đơn vị đã có vai trò này trong hoạt động", "The unit has this part in the activity already"),
    },
    Constraint {
        name: "activity_units_unit_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/unit_id",
        code: "no_unit",
        text: Text::new("Không có đơn vị này trong xã", "The commune has no such unit"),
    },
];

pub fn new_activity_unit(input: CreateActivityUnit, id: Uuid, campaign_id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> ActivityUnit {
    let CreateActivityUnit { id: _, commune_id, activity_id, unit_id, role, headcount_planned } = input;
    ActivityUnit {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        campaign_id,
        activity_id,
        unit_id,
        role,
        headcount_planned: headcount_planned.map(i32::from),
        headcount_actual: None,
        released_at: None,
        status: Confirmation::Asked,
        request_hash,
    }
}
