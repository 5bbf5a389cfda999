//! What can be synchronised.

use std::sync::LazyLock;

use crate::rooms;
use crate::web::table::Source;

pub static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(rooms::sources);

pub fn named(kind: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.kind == kind)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::access::roles::Clause;

    /// Rows of communes lie apart by communes where the database is spread over several servers: a sub-select that leaves the
    /// commune out asks all of them. Each table that a condition reads names it, or joins one that does.
    #[test]
    fn conditions_name_the_commune_on_every_table() {
        let some = Some(Uuid::nil());
        let mut asked = 0;
        for source in SOURCES.iter().filter(|source| !source.shared) {
            for (role, relation) in source.policy.pairs() {
                let clause =
                    Clause { role, relation, commune: some, unit: some, hamlet: some, campaign: None, user: some, client: some, acting_for: None, pin: some };
                let sql = source.lies.reached(&clause);
                let words: Vec<&str> = sql.as_text().split_whitespace().collect();
                let read = |at: usize| {
                    let before = words.get(at)?.trim_start_matches(|c: char| !c.is_alphabetic());
                    let (table, alias) = (words.get(at + 1)?, words.get(at + 2)?);
                    (matches!(before, "FROM" | "JOIN") && *table != "military_units").then_some((*table, *alias))
                };
                let read: Vec<(&str, &str)> = (0..words.len()).filter_map(read).collect();
                let bound = |alias: &str| sql.as_text().contains(&format!("{alias}.commune_id = {{}}"));
                let equal = |one: &str, other: &str| sql.as_text().contains(&format!("{one}.commune_id = {other}.commune_id"));
                for (table, alias) in &read {
                    asked += 1;
                    let joined = read.iter().any(|(_, other)| bound(other) && (equal(alias, other) || equal(other, alias)));
                    assert!(bound(alias) || joined, "{} by {relation:?}: {table} {alias} without its commune in {}", source.kind, sql.as_text());
                }
            }
        }
        assert!(asked > 30, "{asked}");
    }
}
