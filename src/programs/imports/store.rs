//! Imports in the database, and the work on them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Int4, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use super::dto::{Import, ImportStatus, StoredReport};
use super::table::Row;
use crate::db::Lane;
use crate::db::schema::{import_work, imports};
use crate::error::Result;
use crate::journal::Write;
use crate::statement;

/// Imports of the write's commune that are not over.
pub async fn waiting(write: &mut Write) -> Result<i64> {
    let commune = write.feed;
    let rows = imports::table.filter(imports::commune_id.eq(commune).and(imports::status.eq(ImportStatus::Waiting)));
    Ok(rows.count().get_result(write.connection()).await?)
}

/// Puts the rows where the work is done.
pub async fn put_work(write: &mut Write, import: &Import, scopes: Vec<String>, rows: &[Row]) -> Result<()> {
    let row = (
        import_work::import_id.eq(import.id),
        import_work::commune_id.eq(import.commune_id),
        import_work::scopes.eq(scopes),
        import_work::rows.eq(serde_json::to_value(rows)?),
        import_work::made_at.eq(write.now),
    );
    diesel::insert_into(import_work::table).values(row).execute(write.connection()).await?;
    Ok(())
}

statement! {
    /// Takes the import that waits longest, for a while.
    pub Lease(now: DateTime<Utc> as Timestamptz, until: DateTime<Utc> as Timestamptz) -> (SqlUuid, Array<Text>, Jsonb, Int4),
    "UPDATE import_work SET leased_until = $2, attempts = attempts + 1, rows_checked = 0 WHERE import_id = (
        SELECT import_id FROM import_work WHERE ended_at IS NULL AND (leased_until > $1) IS NOT TRUE ORDER BY made_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING import_id, scopes, rows, attempts"
}

/// Notes how far it is; false when it is over already: it was cancelled, or somebody else took it up.
pub async fn progress(connection: &mut AsyncPgConnection, import: Uuid, checked: usize, until: DateTime<Utc>) -> Result<bool> {
    let row = import_work::table.filter(import_work::import_id.eq(import).and(import_work::ended_at.is_null()));
    let far = (import_work::rows_checked.eq(i32::try_from(checked).unwrap_or(i32::MAX)), import_work::leased_until.eq(until));
    Ok(diesel::update(row).set(far).execute(connection).await? == 1)
}

/// The import as it is, whoever asks.
pub async fn find(connection: &mut AsyncPgConnection, id: Uuid) -> Result<Option<Import>> {
    Ok(imports::table.filter(imports::id.eq(id)).select(Import::as_select()).first(connection).await.optional()?)
}

/// The work is over; the rows are personal data and go.
pub async fn end_work(write: &mut Write, import: Uuid, checked: i32, report: &StoredReport) -> Result<()> {
    let ended = (
        import_work::rows.eq(json!([])),
        import_work::ended_at.eq(write.now),
        import_work::rows_checked.eq(checked),
        import_work::report.eq(serde_json::to_value(report)?),
    );
    diesel::update(import_work::table.find(import)).set(ended).execute(write.connection()).await?;
    Ok(())
}

/// How far it is and what came of it; nothing once it was swept.
pub async fn report(lane: &Lane, import: Uuid) -> Result<Option<(i32, StoredReport)>> {
    let connection = lane.connection().await?;
    let found: Option<(i32, Value)> =
        import_work::table.find(import).select((import_work::rows_checked, import_work::report)).first(&mut &*connection).await.optional()?;
    Ok(found.map(|(checked, report)| serde_json::from_value(report).map(|report| (checked, report))).transpose()?)
}
