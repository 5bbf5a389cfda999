//! Who may do what with units.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{CreateUnit, Unit, UnitStatus, UpdateUnit};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{Everywhere, InCommune, OwnUnit, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, PlatformAdmin, Public, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::error::{CONFLICT, Constraint, Error, FieldError, Result, VALIDATION_FAILED};
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
/// A unit's own people, and those of an army unit above it, keep its contacts; see [`check_own`].
const UPDATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (UnitLiaison, OwnUnit)];

/// The public sees names and kinds alone.
const FIELDS: Fields = &[
    ("code", Class::Public),
    ("name", Class::Public),
    ("short_name", Class::Public),
    ("kind", Class::Public),
    ("contact_phone", Class::Contact),
    ("liaison_contact", Class::Military),
];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step {
            action: "deactivate",
            from: &["active"],
            to: Some("inactive"),
            by: CREATE,
            needs: &[Need::Reason],
            summary: Text::new("Ngừng hoạt động đơn vị", "Retire a unit"),
        },
        Step {
            action: "reactivate",
            from: &["inactive"],
            to: Some("active"),
            by: CREATE,
            needs: &[],
            summary: Text::new("Đưa đơn vị hoạt động lại", "Take a unit up again"),
        },
        Step {
            action: "merge",
            from: &["active", "inactive"],
            to: Some("merged"),
            by: CREATE,
            needs: &[Need::Reason],
            summary: Text::new("Sáp nhập đơn vị vào đơn vị khác", "Merge a unit into another"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "units", read: READ, create: CREATE, update: UPDATE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "units_code_key",
        problem: &CONFLICT,
        pointer: "/code",
        code: "code_taken",
        text: Text::new("Mã này đã dùng cho một đơn vị khác trong xã", "Another unit of the commune has this code"),
    },
    Constraint {
        name: "units_military_unit_key",
        problem: &CONFLICT,
        pointer: "/military_unit_id",
        code: "already_there",
        text: Text::new("Xã đã có đơn vị quân đội này", "The commune has this army unit already"),
    },
    Constraint {
        name: "units_kind_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/kind",
        code: "unknown_value",
        text: Text::new("Không có loại đơn vị này; xem /v1/unit-kinds", "There is no such kind; see /v1/unit-kinds"),
    },
    Constraint {
        name: "units_parent_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/parent_id",
        code: "no_unit",
        text: Text::new("Không có đơn vị này trong xã", "The commune has no such unit"),
    },
    Constraint {
        name: "units_military_unit_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/military_unit_id",
        code: "no_military_unit",
        text: Text::new("Không có đơn vị quân đội này", "There is no such army unit"),
    },
];

pub fn new_unit(input: CreateUnit, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> Unit {
    let CreateUnit {
        id: _,
        commune_id,
        code,
        name,
        short_name,
        aliases,
        kind,
        functions,
        parent_id,
        military_unit_id,
        agency_code,
        contact_name,
        contact_phone,
        liaison_contact,
        valid_from,
    } = input;
    Unit {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        code: code.into(),
        name: name.into(),
        short_name: short_name.map(String::from),
        aliases: aliases.map(|names| names.0.into_iter().map(String::from).collect()).unwrap_or_default(),
        kind: kind.into(),
        functions: functions.map(|f| f.0).unwrap_or_default(),
        parent_id,
        military_unit_id,
        agency_code: agency_code.map(String::from),
        contact_name: contact_name.map(String::from),
        contact_phone: contact_phone.map(String::from),
        liaison_contact: liaison_contact.map(String::from),
        valid_from: valid_from.map(Into::into),
        valid_to: None,
        successor_id: None,
        status: UnitStatus::Active,
        search: String::new(),
        request_hash,
    }
    .with_search()
}

pub fn changed(mut unit: Unit, input: UpdateUnit) -> Unit {
    let UpdateUnit { code, name, short_name, aliases, kind, functions, parent_id, agency_code, contact_name, contact_phone, liaison_contact } = input;
    code.apply(&mut unit.code);
    name.apply(&mut unit.name);
    short_name.apply(&mut unit.short_name);
    if let Some(aliases) = aliases.0 {
        unit.aliases = aliases.0.into_iter().map(String::from).collect();
    }
    kind.apply(&mut unit.kind);
    if let Some(functions) = functions.0 {
        unit.functions = functions.0;
    }
    parent_id.apply(&mut unit.parent_id);
    agency_code.apply(&mut unit.agency_code);
    contact_name.apply(&mut unit.contact_name);
    contact_phone.apply(&mut unit.contact_phone);
    liaison_contact.apply(&mut unit.liaison_contact);
    unit.with_search()
}

/// They change its contacts and nothing else.
pub fn check_own(before: &Unit, after: &Unit) -> Result<()> {
    let others = [
        ("/code", before.code == after.code),
        ("/name", before.name == after.name),
        ("/short_name", before.short_name == after.short_name),
        ("/aliases", before.aliases == after.aliases),
        ("/kind", before.kind == after.kind),
        ("/functions", before.functions == after.functions),
        ("/parent_id", before.parent_id == after.parent_id),
        ("/agency_code", before.agency_code == after.agency_code),
    ];
    let errors: Vec<FieldError> = others
        .into_iter()
        .filter(|(_, same)| !same)
        .map(|(pointer, _)| {
            FieldError::new(pointer, "office_only", said!("Chỉ văn phòng xã được sửa trường này", "Only the commune's office may change this field"))
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::forbidden().with_errors(errors)) }
}

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
