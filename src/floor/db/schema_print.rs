//! Prints `schema.rs` from a migrated database: `danvan schema`. A test fails when the committed file differs.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The joins that stores use by name.
const JOINS: &[(&str, &str, &str)] = &[("sessions", "user_id", "users")];

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    #[diesel(sql_type = Bool)]
    key: bool,
}

/// The `diesel::table!` declarations of all tables, sorted by name.
pub async fn print(connection: &mut AsyncPgConnection) -> Result<String> {
    let columns: Vec<Column> = sql_query(
        "SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS kind, NOT a.attnotnull AS nullable,
            a.attnum = ANY(i.indkey) AS key
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
         JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
         WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relname NOT LIKE '\\_\\_%'
         ORDER BY c.relname, a.attnum",
    )
    .load(connection)
    .await?;
    let mut out = String::from("// Printed by `danvan schema`; not edited by hand.\n");
    let mut tables: Vec<&str> = columns.iter().map(|column| column.table.as_str()).collect();
    tables.dedup();
    for table in &tables {
        let own: Vec<&Column> = columns.iter().filter(|column| column.table == *table).collect();
        // Rooms find rows by id; the key's other column is the commune, by which tables can be spread.
        let keys: Vec<&str> = own.iter().filter(|column| column.key).map(|column| column.name.as_str()).collect();
        let _ = write!(out, "\ndiesel::table! {{\n    {table} ({}) {{\n", keys.join(", "));
        for column in own {
            let kind = rust_type(&column.kind)?;
            let kind = if column.nullable { format!("Nullable<{kind}>") } else { kind };
            let _ = writeln!(out, "        {} -> {kind},", column.name);
        }
        out.push_str("    }\n}\n");
    }
    for (child, column, parent) in JOINS {
        let _ = write!(out, "\ndiesel::joinable!({child} -> {parent} ({column}));");
    }
    let _ = write!(out, "\ndiesel::allow_tables_to_appear_in_same_query!({});\n", tables.join(", "));
    Ok(out)
}

fn rust_type(kind: &str) -> Result<String> {
    if let Some(inner) = kind.strip_suffix("[]") {
        return Ok(format!("Array<{}>", rust_type(inner)?));
    }
    Ok(match kind {
        "uuid" => "Uuid",
        "text" => "Text",
        "bigint" => "Int8",
        "integer" => "Int4",
        "smallint" => "Int2",
        "boolean" => "Bool",
        "bytea" => "Bytea",
        "jsonb" => "Jsonb",
        "date" => "Date",
        "double precision" => "Double",
        "timestamp with time zone" => "Timestamptz",
        other => bail!("no Rust type for {other}"),
    }
    .into())
}
