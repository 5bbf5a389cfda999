//! Who may do what with army units.

use super::dto::MilitaryUnit;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{Everywhere, Published};
use crate::access::roles::Role::{PlatformAdmin, Public};
use crate::error::{Error, Result};
use crate::said;
use crate::text::Text;

/// Names of units are public, as the plans print them; nothing else of a unit is kept here.
const READ: Grants = &[(PlatformAdmin, Everywhere), (Public, Published)];
const CHANGE: Grants = &[(PlatformAdmin, Everywhere)];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step::new("deactivate", &["active"], Some("inactive"), CHANGE, Text::new("Ngừng dùng đơn vị quân đội", "Retire an army unit")).with(&[Need::Reason]),
        Step::new("reactivate", &["inactive"], Some("active"), CHANGE, Text::new("Dùng lại đơn vị quân đội", "Take an army unit up again")),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "military_units", read: READ, create: CHANGE, update: CHANGE, fields: MilitaryUnit::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

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
