//! The schema as a database has it that keeps communes apart: each table of communes in four parts by commune, in plain
//! Postgres. A statement that leaves the commune out reads them all, which `auto_explain` tells.

use std::collections::{BTreeMap, BTreeSet};

use danvan::db::supervise::{OWNER, SERVICE};
use danvan::db::{connect_plainly, migrations};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use serde_json::Value;

use super::postgres::{secret_file, server, url};

/// Tables that all communes share.
pub const SHARED: &[&str] = &["communes", "users", "grants", "api_clients", "military_units", "unit_kinds", "kinds", "metrics", "award_parameters"];
/// Tables that no commune's rows refer to: where the service signs people in and keeps its keys.
pub const LOCAL: &[&str] = &[
    "sessions",
    "sign_in_codes",
    "calendar_links",
    "throttles",
    "known_networks",
    "signing_keys",
    "check_in_keys",
    "epochs",
    "schema_tolerance",
    "__diesel_schema_migrations",
];
/// Tables that lie in parts by a feed, which has its commune's id.
const BY_FEED: &[(&str, &str)] =
    &[("feeds", "id"), ("feed_marks", "feed_id"), ("journal", "feed_id"), ("journal_seals", "feed_id"), ("idempotency_keys", "feed_id")];
const PARTS: usize = 4;

/// What a table lies in parts by; none where it does not.
pub fn key_of(table: &str) -> Option<&'static str> {
    if SHARED.contains(&table) || LOCAL.contains(&table) {
        return None;
    }
    Some(BY_FEED.iter().find(|(name, _)| *name == table).map_or("commune_id", |(_, key)| key))
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    text: String,
    #[diesel(sql_type = Bool)]
    whole: bool,
}

async fn said(owner: &mut AsyncPgConnection, what: &str) -> Vec<Said> {
    diesel::sql_query(what).load(owner).await.expect("the catalogue answers")
}

/// A migrated database in parts, whose service tells each plan.
pub async fn database(name: &str) -> String {
    migrations::prepare(&server().0, name).await.expect("role and database");
    migrations::migrate(&url(OWNER, name), Some(SERVICE)).await.expect("migrations");
    let mut owner = connect_plainly(&url(OWNER, name)).await.expect("the database answers");
    let references = said(
        &mut owner,
        "SELECT conrelid::regclass::text AS table, conname::text AS name, pg_get_constraintdef(oid) AS text, true AS whole
         FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace",
    )
    .await;
    let mut steps: Vec<String> = references.iter().map(|Said { table, name, .. }| format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).collect();
    let tables = said(
        &mut owner,
        "SELECT relname::text AS table, relname::text AS name, '' AS text, true AS whole FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    )
    .await;
    for Said { table, .. } in tables {
        let Some(key) = key_of(&table) else { continue };
        // A key that does not name what the table lies in parts by becomes a plain index: another one keeps what it kept, as
        // a test of the catalogue holds.
        let indexes = said(
            &mut owner,
            &format!(
                "SELECT '{table}' AS table, coalesce(c.conname, r.relname)::text AS name,
                    CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid) ELSE pg_get_constraintdef(c.oid) END AS text,
                    c.oid IS NOT NULL AS whole
                 FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
                 WHERE i.indrelid = '{table}'::regclass"
            ),
        )
        .await;
        steps.push(format!("CREATE TABLE parted (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED) PARTITION BY HASH ({key})"));
        steps.extend((0..PARTS).map(|part| format!("CREATE TABLE {table}_s{part} PARTITION OF parted FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})")));
        steps.push(format!("INSERT INTO parted SELECT * FROM {table}"));
        steps.push(format!("DROP TABLE {table}"));
        steps.push(format!("ALTER TABLE parted RENAME TO {table}"));
        for Said { name, text, whole, .. } in indexes {
            let columns = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(columns, _)| columns.to_owned()).expect("an index has columns");
            let named = columns.split(", ").any(|column| column == key);
            steps.push(match (whole, named) {
                (true, true) => format!("ALTER TABLE {table} ADD CONSTRAINT {name} {text}"),
                (true, false) => format!("CREATE INDEX {name} ON {table} ({columns})"),
                (false, true) => text,
                (false, false) => text.replace("CREATE UNIQUE INDEX", "CREATE INDEX"),
            });
        }
    }
    steps.extend(references.iter().map(|Said { table, name, text, .. }| format!("ALTER TABLE {table} ADD CONSTRAINT {name} {text}")));
    for step in steps {
        owner.batch_execute(&step).await.unwrap_or_else(|error| panic!("{step}: {error}"));
    }
    // Such a database numbers the indexes of the parts.
    let indexes = said(
        &mut owner,
        "SELECT c.relname::text AS table, p.relname || '_' || 102000 + row_number() OVER () AS name, '' AS text, true AS whole
         FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'i' JOIN pg_class p ON p.oid = i.inhparent",
    )
    .await;
    for Said { table, name, .. } in indexes {
        owner.batch_execute(&format!("ALTER INDEX {table} RENAME TO {name}")).await.expect("another name");
    }
    // The rights on the new tables.
    migrations::migrate(&url(OWNER, name), Some(SERVICE)).await.expect("the rights");
    for setting in [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_format = json",
        // So that the plan is made for the values, and names the parts that they lie in.
        "plan_cache_mode = force_custom_plan",
    ] {
        owner.batch_execute(&format!("ALTER ROLE {SERVICE} IN DATABASE {name} SET {setting}")).await.expect("a setting");
    }
    name.to_owned()
}

/// A statement with the tables of which it read several parts that are not the same commune's.
pub type Apart = BTreeMap<String, BTreeSet<String>>;

/// What the plans of this run say: all statements, and those that are not about one commune.
pub fn plans() -> (BTreeSet<String>, Apart) {
    let log = std::fs::read_to_string(secret_file().with_file_name("postgresql.log")).expect("the server's log");
    let (mut all, mut apart) = (BTreeSet::new(), Apart::new());
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        if !(line.contains("LOG:  duration: ") && line.ends_with("plan:")) {
            continue;
        }
        let mut text = String::new();
        while let Some(line) = lines.next_if(|line| line.starts_with('\t')) {
            text.push_str(line);
            text.push('\n');
        }
        let Ok(plan) = serde_json::from_str::<Value>(&text) else { panic!("a plan that cannot be read: {text}") };
        let statement = plan["Query Text"].as_str().expect("a plan has its statement").to_owned();
        let mut parts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        parts_of(&plan["Plan"], &mut parts);
        let suffixes: BTreeSet<&String> = parts.values().flatten().collect();
        if suffixes.len() > 1 {
            apart.entry(statement.clone()).or_default().extend(parts.into_keys());
        }
        all.insert(statement);
    }
    (all, apart)
}

/// The parts that a plan reads, by table.
fn parts_of(plan: &Value, parts: &mut BTreeMap<String, BTreeSet<String>>) {
    if let Some(relation) = plan["Relation Name"].as_str()
        && let Some((table, part)) = relation.rsplit_once("_s")
        && part.parse::<usize>().is_ok()
    {
        parts.entry(table.to_owned()).or_default().insert(part.to_owned());
    }
    for below in plan["Plans"].as_array().into_iter().flatten() {
        parts_of(below, parts);
    }
}
