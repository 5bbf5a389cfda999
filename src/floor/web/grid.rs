//! Who may do what, as a grid that people can read: `danvan policy`. Committed; a change of policy shows in its diff.

use std::fmt::Write as _;

use super::operation::{Caller, Room};
use crate::access::roles::{Class, Relation, Role, classes};

/// One line per operation, with each role's relation.
pub fn print(rooms: &[Room]) -> String {
    let roles: Vec<Role> = Role::ALL.iter().copied().filter(|role| *role != Role::Integration).collect();
    let mut out = String::from("Who may call what, and in which rows. Printed by `danvan policy`.\n");
    for room in rooms {
        let _ = write!(out, "\n{}\n", room.name);
        for operation in &room.operations {
            let _ = writeln!(out, "  {:<34} {:<7}{}", operation.id, operation.method.name(), operation.path);
            if operation.grants.is_empty() {
                let who = match operation.caller {
                    Caller::Anyone => "anybody",
                    Caller::SignedIn => "whoever is signed in, for their own",
                };
                let _ = writeln!(out, "      {who}");
            }
            for role in &roles {
                let relations: Vec<String> = operation.grants.iter().filter(|(r, _)| r == role).map(|(_, relation)| relation.name()).collect();
                if !relations.is_empty() {
                    let _ = writeln!(out, "      {:<18} {}", role.name(), relations.join(", "));
                }
            }
        }
    }
    out.push_str("\nClasses of fields that a role sees in rows that lie so to it\n");
    let mut pairs: Vec<(Role, Relation)> = rooms.iter().filter_map(|room| room.policy).flat_map(|policy| policy.read.iter().copied()).collect();
    pairs.sort();
    pairs.dedup();
    for (role, relation) in pairs {
        let seen = classes(role, relation);
        let names: Vec<&str> =
            [(Class::Public, "public"), (Class::Staff, "staff"), (Class::Contact, "contact"), (Class::Military, "military"), (Class::Sensitive, "sensitive")]
                .into_iter()
                .filter(|(class, _)| seen.has(*class))
                .map(|(_, name)| name)
                .collect();
        let _ = writeln!(out, "  {:<18} {:<34} {}", role.name(), relation.name(), names.join(" "));
    }
    out.push_str("\nFields that are not of class staff\n");
    for policy in rooms.iter().filter_map(|room| room.policy) {
        for (field, class) in policy.fields {
            let _ = writeln!(out, "  {:<18} {:<34} {}", policy.resource, field, format!("{class:?}").to_lowercase());
        }
    }
    out
}
