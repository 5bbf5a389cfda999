//! Who may do what with communes, and what may become of one.

use super::dto::{Commune, CommuneStatus, CreateCommune, UpdateCommune};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{Everywhere, Published};
use crate::access::roles::Role::{PlatformAdmin, Public};
use crate::access::roles::{Class, Fields, Grants};
use crate::db::values::Json;
use crate::error::{CONFLICT, Constraint, Error, Result};
use crate::said;
use crate::text::Text;

const READ: Grants = &[(PlatformAdmin, Everywhere), (Public, Published)];
const CHANGE: Grants = &[(PlatformAdmin, Everywhere)];

const FIELDS: Fields = &[
    ("code", Class::Public),
    ("name", Class::Public),
    ("kind", Class::Public),
    ("province_code", Class::Public),
    ("province_name", Class::Public),
    ("valid_from", Class::Public),
    ("valid_to", Class::Public),
    ("history", Class::Public),
    ("successors", Class::Public),
];

pub static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step {
            action: "rename",
            from: &["active"],
            to: None,
            by: CHANGE,
            needs: &[Need::Reason],
            summary: Text::new("Đổi tên, loại hoặc tỉnh của xã từ một ngày", "Give a commune another name, kind or province from a day on"),
        },
        Step {
            action: "merge",
            from: &["active"],
            to: Some("merged"),
            by: CHANGE,
            needs: &[Need::Reason],
            summary: Text::new("Sáp nhập xã", "Merge a commune into others"),
        },
        Step {
            action: "dissolve",
            from: &["active"],
            to: Some("dissolved"),
            by: CHANGE,
            needs: &[Need::Reason],
            summary: Text::new("Giải thể xã", "Dissolve a commune"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "communes", read: READ, create: CHANGE, update: CHANGE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "communes_code_key",
    problem: &CONFLICT,
    pointer: "/code",
    code: "code_taken",
    text: Text::new("Một xã đang hoạt động đã có mã này", "A living commune has this code"),
}];

pub fn new_commune(input: CreateCommune, id: uuid::Uuid, now: chrono::DateTime<chrono::Utc>, request_hash: Vec<u8>) -> Commune {
    let CreateCommune { id: _, code, name, kind, province_code, province_name, valid_from } = input;
    Commune {
        id,
        version: 0,
        created_at: now,
        updated_at: now,
        code: code.into(),
        name: name.into(),
        kind,
        province_code: province_code.into(),
        province_name: province_name.into(),
        valid_from: valid_from.into(),
        valid_to: None,
        history: Json(vec![]),
        successors: vec![],
        status: CommuneStatus::Active,
        search: String::new(),
        request_hash,
    }
    .with_search()
}

pub fn changed(mut commune: Commune, input: UpdateCommune) -> Commune {
    let UpdateCommune { code, name, province_code, province_name } = input;
    code.apply(&mut commune.code);
    name.apply(&mut commune.name);
    province_code.apply(&mut commune.province_code);
    province_name.apply(&mut commune.province_name);
    commune.with_search()
}

/// Codes are of digits alone.
pub fn check_codes(commune: &Commune) -> Result<()> {
    for (pointer, code) in [("/code", &commune.code), ("/province_code", &commune.province_code)] {
        if !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::field(pointer, "digits_only", said!("Mã chỉ gồm chữ số", "The code consists of digits")));
        }
    }
    Ok(())
}

/// A period ends after it began.
pub fn check_after(day: chrono::NaiveDate, commune: &Commune, pointer: &'static str) -> Result<()> {
    let from = commune.valid_from;
    if day < from {
        return Err(Error::field(pointer, "end_before_start", said!("Phải từ ngày {from} trở đi", "Must be {from} or later")));
    }
    Ok(())
}
