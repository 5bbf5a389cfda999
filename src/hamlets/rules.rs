//! Who may do what with hamlets, and what may become of one.

use super::dto::{CreateHamlet, Hamlet, HamletStatus, UpdateHamlet};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{Everywhere, InCommune, OwnHamlet, Published};
use crate::access::roles::Role::{CommuneLeader, CommuneOfficer, HamletHead, PlatformAdmin, Public};
use crate::access::roles::{Class, Fields, Grants, Relation, Role};
use crate::db::values::Json;
use crate::error::{CONFLICT, Constraint, Error, FieldError, Result};
use crate::said;
use crate::text::Text;

/// Names of places are public; the commune's people see what the office keeps.
const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (Role::UnitOfficer, InCommune),
    (Role::UnitLiaison, InCommune),
    (HamletHead, InCommune),
    (HamletHead, OwnHamlet),
    (HamletHead, Relation::FormerHamlet),
    (Role::Observer, InCommune),
    (Role::Auditor, InCommune),
    (PlatformAdmin, Everywhere),
    (Public, Published),
];
const CREATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
/// A head edits counts, meeting house with its place on the map, and phone of the own hamlet; see [`check_head`].
const UPDATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (HamletHead, OwnHamlet)];

const FIELDS: Fields = &[
    ("code", Class::Public),
    ("name", Class::Public),
    ("alternative_names", Class::Public),
    ("kind", Class::Public),
    ("sort_order", Class::Public),
    ("geometry", Class::Public),
    ("valid_from", Class::Public),
    ("valid_to", Class::Public),
    ("successors", Class::Public),
    ("contact_phone", Class::Contact),
];

pub static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step {
            action: "merge",
            from: &["active"],
            to: Some("merged"),
            by: CREATE,
            needs: &[Need::Reason],
            summary: Text::new("Sáp nhập ấp vào ấp khác", "Merge a hamlet into another"),
        },
        Step {
            action: "rename",
            from: &["active"],
            to: Some("renamed"),
            by: CREATE,
            needs: &[Need::Reason],
            summary: Text::new("Thay ấp bằng ấp mang tên mới", "Replace a hamlet by one of a new name"),
        },
        Step {
            action: "dissolve",
            from: &["active"],
            to: Some("dissolved"),
            by: CREATE,
            needs: &[Need::Reason],
            summary: Text::new("Giải thể ấp", "Dissolve a hamlet"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "hamlets", read: READ, create: CREATE, update: UPDATE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "hamlets_code_key",
    problem: &CONFLICT,
    pointer: "/code",
    code: "code_taken",
    text: Text::new("Mã này đã dùng cho một ấp khác trong xã", "Another hamlet of the commune has this code"),
}];

/// The row that a request asks for.
pub fn new_hamlet(input: CreateHamlet, id: uuid::Uuid, now: chrono::DateTime<chrono::Utc>, request_hash: Vec<u8>) -> Hamlet {
    let CreateHamlet {
        id: _,
        commune_id,
        code,
        name,
        alternative_names,
        kind,
        sort_order,
        household_count,
        population,
        meeting_house,
        geometry,
        contact_phone,
        valid_from,
    } = input;
    Hamlet {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        code: code.into(),
        name: name.into(),
        alternative_names: alternative_names.map(|names| names.0.into_iter().map(String::from).collect()).unwrap_or_default(),
        kind,
        sort_order: sort_order.into(),
        household_count: household_count.map(i32::from),
        population: population.map(i32::from),
        meeting_house: meeting_house.map(String::from),
        geometry: geometry.map(Json),
        contact_phone: contact_phone.map(String::from),
        valid_from: valid_from.map(Into::into),
        valid_to: None,
        successors: vec![],
        status: HamletStatus::Active,
        search: String::new(),
        request_hash,
    }
    .with_search()
}

/// The row with the changes.
pub fn changed(mut hamlet: Hamlet, input: UpdateHamlet) -> Hamlet {
    let UpdateHamlet { code, name, alternative_names, kind, sort_order, household_count, population, meeting_house, geometry, contact_phone, valid_from } =
        input;
    code.apply(&mut hamlet.code);
    name.apply(&mut hamlet.name);
    if let Some(names) = alternative_names.0 {
        hamlet.alternative_names = names.0.into_iter().map(String::from).collect();
    }
    kind.apply(&mut hamlet.kind);
    sort_order.apply(&mut hamlet.sort_order);
    household_count.apply(&mut hamlet.household_count);
    population.apply(&mut hamlet.population);
    meeting_house.apply(&mut hamlet.meeting_house);
    if let Some(geometry) = geometry.0 {
        hamlet.geometry = geometry.map(Json);
    }
    contact_phone.apply(&mut hamlet.contact_phone);
    valid_from.apply(&mut hamlet.valid_from);
    hamlet.with_search()
}

/// A head may not change what the office decides.
pub fn check_head(before: &Hamlet, after: &Hamlet) -> Result<()> {
    let offices = [
        ("/code", before.code == after.code),
        ("/name", before.name == after.name),
        ("/alternative_names", before.alternative_names == after.alternative_names),
        ("/kind", before.kind == after.kind),
        ("/sort_order", before.sort_order == after.sort_order),
        ("/valid_from", before.valid_from == after.valid_from),
    ];
    let errors: Vec<FieldError> = offices
        .into_iter()
        .filter(|(_, same)| !same)
        .map(|(pointer, _)| {
            FieldError::new(pointer, "office_only", said!("Chỉ văn phòng xã được sửa trường này", "Only the commune's office may change this field"))
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::forbidden().with_errors(errors)) }
}

/// A hamlet ends after it began.
pub fn check_end(hamlet: &Hamlet) -> Result<()> {
    match (hamlet.valid_from, hamlet.valid_to) {
        (Some(from), Some(to)) if to < from => {
            Err(Error::field("/valid_to", "end_before_start", said!("Ngày kết thúc phải từ {from} trở đi", "The end must be {from} or later")))
        }
        _ => Ok(()),
    }
}

/// The one that takes a hamlet's place lives and is another one.
pub fn check_successor(hamlet: &Hamlet, successor: Option<&Hamlet>) -> Result<()> {
    match successor {
        Some(other) if other.status == HamletStatus::Active && other.id != hamlet.id => Ok(()),
        _ => Err(Error::field(
            "/successor_id",
            "no_living_hamlet",
            said!("Phải là một ấp khác đang hoạt động trong cùng xã", "Must be another living hamlet of the same commune"),
        )),
    }
}
