//! Imports in the database, and the work on them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Int4, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use super::dto::{Import, ImportStatus, RowError, StoredReport};
use super::table::{Row, Sheet};
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

/// Puts the rows where the work is done, and what was noted of the file into the report.
pub async fn put_work(write: &mut Write, import: &Import, scopes: Vec<String>, sheet: Sheet) -> Result<()> {
    let report = StoredReport { warnings: sheet.notes, ..StoredReport::default() };
    let row = (
        import_work::import_id.eq(import.id),
        import_work::commune_id.eq(import.commune_id),
        import_work::scopes.eq(scopes),
        import_work::rows.eq(serde_json::to_value(sheet.rows)?),
        import_work::report.eq(serde_json::to_value(report)?),
        import_work::made_at.eq(write.now),
    );
    diesel::insert_into(import_work::table).values(row).execute(write.connection()).await?;
    Ok(())
}

statement! {
    /// The imports of all communes that wait longest: the one statement of a look in which none does.
    Waiting(now: DateTime<Utc> as Timestamptz) -> (SqlUuid, SqlUuid),
    "SELECT commune_id, import_id FROM import_work WHERE ended_at IS NULL AND (leased_until > $1) IS NOT TRUE ORDER BY made_at LIMIT 8"
}

statement! {
    /// Takes an import up for a while, if nobody else has.
    Take(commune: Uuid as SqlUuid, import: Uuid as SqlUuid, now: DateTime<Utc> as Timestamptz, until: DateTime<Utc> as Timestamptz)
        -> (Array<Text>, Jsonb, Jsonb, Int4),
    "UPDATE import_work SET leased_until = $4, attempts = attempts + 1, rows_checked = 0
     WHERE commune_id = $1 AND import_id = $2 AND ended_at IS NULL AND (leased_until > $3) IS NOT TRUE RETURNING scopes, rows, report, attempts"
}

/// An import with its work, taken up for a while.
pub struct Leased {
    pub import: Import,
    pub scopes: Vec<String>,
    pub rows: Vec<Row>,
    /// What was noted of the file when it was read.
    pub notes: Vec<RowError>,
    pub attempts: i32,
}

/// Takes the import that waits longest, for a while. No row is locked to look for it: rows of communes may lie on several servers.
pub async fn lease(connection: &mut AsyncPgConnection, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Option<Leased>> {
    let waiting: Vec<(Uuid, Uuid)> = Waiting { now }.load(connection).await?;
    for (commune, import) in waiting {
        let taken: Option<(Vec<String>, Value, Value, i32)> = Take { commune, import, now, until }.get_result(connection).await.optional()?;
        let Some((scopes, rows, report, attempts)) = taken else { continue };
        let (rows, StoredReport { warnings: notes, .. }) = (serde_json::from_value(rows)?, serde_json::from_value(report)?);
        return Ok(find(connection, commune, import).await?.map(|import| Leased { import, scopes, rows, notes, attempts }));
    }
    Ok(None)
}

fn work(commune: Uuid, import: Uuid) -> OfImport {
    import_work::table.filter(import_work::commune_id.eq(commune).and(import_work::import_id.eq(import)))
}
type OfImport =
    diesel::dsl::Filter<import_work::table, diesel::dsl::And<diesel::dsl::Eq<import_work::commune_id, Uuid>, diesel::dsl::Eq<import_work::import_id, Uuid>>>;

/// Notes how far it is; false when it is over already: it was cancelled, or somebody else took it up.
pub async fn progress(connection: &mut AsyncPgConnection, import: &Import, checked: usize, until: DateTime<Utc>) -> Result<bool> {
    let row = work(import.commune_id, import.id).filter(import_work::ended_at.is_null());
    let far = (import_work::rows_checked.eq(i32::try_from(checked).unwrap_or(i32::MAX)), import_work::leased_until.eq(until));
    Ok(diesel::update(row).set(far).execute(connection).await? == 1)
}

/// The import as it is, whoever asks.
pub async fn find(connection: &mut AsyncPgConnection, commune: Uuid, id: Uuid) -> Result<Option<Import>> {
    Ok(imports::table.find((commune, id)).select(Import::as_select()).first(connection).await.optional()?)
}

/// The work is over; the rows are personal data and go.
pub async fn end_work(write: &mut Write, import: &Import, checked: i32, report: &StoredReport) -> Result<()> {
    let ended = (
        import_work::rows.eq(json!([])),
        import_work::ended_at.eq(write.now),
        import_work::rows_checked.eq(checked),
        import_work::report.eq(serde_json::to_value(report)?),
    );
    diesel::update(work(import.commune_id, import.id)).set(ended).execute(write.connection()).await?;
    Ok(())
}

/// How far it is and what came of it; nothing once it was swept.
pub async fn report(lane: &Lane, import: &Import) -> Result<Option<(i32, StoredReport)>> {
    let connection = lane.connection().await?;
    let found: Option<(i32, Value)> =
        work(import.commune_id, import.id).select((import_work::rows_checked, import_work::report)).first(&mut &*connection).await.optional()?;
    Ok(found.map(|(checked, report)| serde_json::from_value(report).map(|report| (checked, report))).transpose()?)
}
