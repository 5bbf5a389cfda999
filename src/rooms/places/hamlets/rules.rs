//! Who may do what with hamlets, and what may become of one.

use super::dto::{Hamlet, HamletStatus};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{Everywhere, InCommune, OwnHamlet, Published};
use crate::access::roles::Role::{CommuneLeader, CommuneOfficer, HamletHead, PlatformAdmin, Public};
use crate::access::roles::{Clause, Grants, Relation, Role};
use crate::db::sql::Sql;
use crate::error::{Constraint, Error, Result};
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
/// A head edits counts, meeting house with its place on the map, and phone of the own hamlet.
const UPDATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (HamletHead, OwnHamlet)];

pub static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step::new("merge", &["active"], Some("merged"), CREATE, Text::new("Sáp nhập thôn/ấp vào thôn/ấp khác", "Merge a hamlet into another"))
            .with(&[Need::Reason]),
        Step::new("rename", &["active"], Some("renamed"), CREATE, Text::new("Thay thôn/ấp bằng thôn/ấp mang tên mới", "Replace a hamlet by one of a new name"))
            .with(&[Need::Reason]),
        Step::new("dissolve", &["active"], Some("dissolved"), CREATE, Text::new("Giải thể thôn/ấp", "Dissolve a hamlet")).with(&[Need::Reason]),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "hamlets", read: READ, create: CREATE, update: UPDATE, fields: Hamlet::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

pub static CONSTRAINTS: &[Constraint] = &[Constraint::taken(
    "hamlets_code_key",
    "/code",
    "code_taken",
    Text::new("Mã này đã dùng cho một thôn/ấp khác trong xã", "Another hamlet of the commune has this code"),
)];

/// Heads read what was merged into their hamlet.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        Relation::FormerHamlet => Some(Hamlet::LIES.of_commune(clause)?.and(Sql::of("hamlets.successors @> ARRAY[{}]", [clause.hamlet?]))),
        _ => Hamlet::LIES.usually(clause),
    }
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
            said!("Phải là một thôn/ấp khác đang hoạt động trong cùng xã", "Must be another living hamlet of the same commune"),
        )),
    }
}
