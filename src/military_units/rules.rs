//! Who may do what with army units.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{CreateMilitaryUnit, MilitaryUnit, MilitaryUnitStatus};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{Everywhere, Published};
use crate::access::roles::Role::{PlatformAdmin, Public};
use crate::access::roles::{Class, Fields, Grants};
use crate::error::{Error, Result};
use crate::said;
use crate::text::Text;

/// Names of units are public, as the plans print them; nothing else of a unit is kept here.
const READ: Grants = &[(PlatformAdmin, Everywhere), (Public, Published)];
const CHANGE: Grants = &[(PlatformAdmin, Everywhere)];

const FIELDS: Fields = &[
    ("name", Class::Public),
    ("short_name", Class::Public),
    ("aliases", Class::Public),
    ("kind", Class::Public),
    ("parent_id", Class::Public),
    ("ancestors", Class::Public),
];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step {
            action: "deactivate",
            from: &["active"],
            to: Some("inactive"),
            by: CHANGE,
            needs: &[Need::Reason],
            summary: Text::new("Ngừng dùng đơn vị quân đội", "Retire an army unit"),
        },
        Step {
            action: "reactivate",
            from: &["inactive"],
            to: Some("active"),
            by: CHANGE,
            needs: &[],
            summary: Text::new("Dùng lại đơn vị quân đội", "Take an army unit up again"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "military_units", read: READ, create: CHANGE, update: CHANGE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub fn new_military_unit(input: CreateMilitaryUnit, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> MilitaryUnit {
    let CreateMilitaryUnit { id: _, name, short_name, aliases, kind, parent_id } = input;
    MilitaryUnit {
        id,
        version: 0,
        created_at: now,
        updated_at: now,
        name: name.into(),
        short_name: short_name.map(String::from),
        aliases: aliases.map(|names| names.0.into_iter().map(String::from).collect()).unwrap_or_default(),
        kind,
        parent_id,
        ancestors: vec![id],
        status: MilitaryUnitStatus::Active,
        search: String::new(),
        request_hash,
    }
    .with_search()
}

/// Puts a unit below its parent; a unit cannot lie below itself.
pub fn place_below(unit: &mut MilitaryUnit, parent: Option<&MilitaryUnit>) -> Result<()> {
    let above = match (unit.parent_id, parent) {
        (None, _) => vec![],
        (Some(_), Some(parent)) if !parent.ancestors.contains(&unit.id) => parent.ancestors.clone(),
        _ => {
            return Err(Error::field(
                "/parent_id",
                "no_parent",
                said!("Phải là một đơn vị khác, không nằm dưới đơn vị này", "Must be another unit that does not lie below this one"),
            ));
        }
    };
    unit.ancestors = [vec![unit.id], above].concat();
    Ok(())
}
