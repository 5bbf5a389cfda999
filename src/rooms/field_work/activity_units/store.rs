//! Units' parts in activities in the database.

use super::dto::ActivityUnit;
use crate::access::roles::{Clause, Relation};
use crate::db::sql::Sql;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        // The hamlet is the activity's.
        Relation::OwnHamlet => in_hamlet(clause),
        Relation::Released => Some(in_hamlet(clause)?.and(Sql::text("activity_units.released_at IS NOT NULL"))),
        _ => ActivityUnit::LIES.usually(clause),
    }
}

fn in_hamlet(clause: &Clause) -> Option<Sql> {
    let there = "activity_units.activity_id IN (SELECT a.id FROM activities a WHERE a.commune_id = {} AND a.hamlet_id = {})";
    Some(ActivityUnit::LIES.of_commune(clause)?.and(Sql::of(there, [clause.commune?, clause.hamlet?])))
}
