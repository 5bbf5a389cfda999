//! Who may do what with units.

use super::dto::{Unit, UnitStatus};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{Everywhere, InCommune, OwnUnit, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, PlatformAdmin, Public, UnitLiaison, UnitOfficer};
use crate::error::{Constraint, Error, Result};
use crate::said;
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, InCommune),
    (UnitOfficer, OwnUnit),
    (UnitLiaison, InCommune),
    (UnitLiaison, OwnUnit),
    (HamletHead, InCommune),
    (Observer, InCommune),
    (Auditor, InCommune),
    (PlatformAdmin, Everywhere),
    (Public, Published),
];
const CREATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
/// A unit's own people, and those of an army unit above it, keep its contacts.
const UPDATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (UnitLiaison, OwnUnit)];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step::new("deactivate", &["active"], Some("inactive"), CREATE, Text::new("Ngừng hoạt động đơn vị", "Retire a unit")).with(&[Need::Reason]),
        Step::new("reactivate", &["inactive"], Some("active"), CREATE, Text::new("Đưa đơn vị hoạt động lại", "Take a unit up again")),
        Step::new("merge", &["active", "inactive"], Some("merged"), CREATE, Text::new("Sáp nhập đơn vị vào đơn vị khác", "Merge a unit into another"))
            .with(&[Need::Reason]),
    ],
};

pub static POLICY: Policy = Policy { resource: "units", read: READ, create: CREATE, update: UPDATE, fields: Unit::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint::taken(
        "units_code_key",
        "/code",
        "code_taken",
        Text::new("Mã này đã dùng cho một đơn vị khác trong xã", "Another unit of the commune has this code"),
    ),
    Constraint::taken(
        "units_military_unit_key",
        "/military_unit_id",
        "already_there",
        Text::new("Xã đã có đơn vị quân đội này", "The commune has this army unit already"),
    ),
    Constraint::missing(
        "units_kind_fkey",
        "/kind",
        "unknown_value",
        Text::new("Không có loại đơn vị này; xem /v1/unit-kinds", "There is no such kind; see /v1/unit-kinds"),
    ),
    Constraint::missing("units_parent_fkey", "/parent_id", "no_unit", Text::new("Không có đơn vị này trong xã", "The commune has no such unit")),
];

/// The one that takes a unit's place works and is another one.
pub fn check_successor(unit: &Unit, successor: Option<&Unit>) -> Result<()> {
    match successor {
        Some(other) if other.status == UnitStatus::Active && other.id != unit.id => Ok(()),
        _ => Err(Error::field(
            "/successor_id",
            "no_working_unit",
            said!("Phải là một đơn vị khác đang hoạt động trong cùng xã", "Must be another working unit of the same commune"),
        )),
    }
}
