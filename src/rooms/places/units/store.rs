//! Units in the database.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{UnitFunction, UnitKind, UnitStatus};
use crate::db::Lane;
use crate::db::schema::{unit_kinds, units};
use crate::error::Result;
use crate::journal::Write;
use crate::statement;

/// Whether a commune has all of these units.
pub async fn exist(write: &mut Write, commune: Uuid, ids: &[Uuid]) -> Result<bool> {
    let found: Vec<Uuid> = units::table.filter(units::commune_id.eq(commune).and(units::id.eq_any(ids))).select(units::id).load(write.connection()).await?;
    Ok(ids.iter().all(|id| found.contains(id)))
}

/// Whether a unit works for the commune in this way.
pub async fn has_function(write: &mut Write, unit: Uuid, function: UnitFunction) -> Result<bool> {
    let commune = write.feed;
    let found = units::table.filter(units::commune_id.eq(commune).and(units::id.eq(unit)).and(units::functions.contains(vec![function])));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(write.connection()).await?)
}

/// All kinds, sorted by code.
pub async fn kinds(lane: &Lane) -> Result<Vec<UnitKind>> {
    let connection = lane.connection().await?;
    Ok(unit_kinds::table.order(unit_kinds::code).load(&mut &*connection).await?)
}

/// The living units of the write's commune by their codes.
pub async fn by_code(write: &mut Write) -> Result<HashMap<String, Uuid>> {
    let commune = write.feed;
    let rows = units::table.filter(units::commune_id.eq(commune).and(units::status.eq(UnitStatus::Active))).select((units::code, units::id));
    let found: Vec<(String, Uuid)> = rows.load(write.connection()).await?;
    Ok(found.into_iter().collect())
}

/// Living units of a commune with everything that they are called: code, name, short name, other names.
pub async fn names(write: &mut Write, commune: Uuid) -> Result<Vec<(Uuid, Vec<String>)>> {
    let rows = units::table.filter(units::commune_id.eq(commune).and(units::status.eq(UnitStatus::Active)));
    let rows: Vec<(Uuid, String, String, Vec<String>, Option<String>)> =
        rows.order(units::id).select((units::id, units::code, units::name, units::aliases, units::short_name)).load(write.connection()).await?;
    Ok(rows.into_iter().map(|(id, code, name, others, short)| (id, [code, name].into_iter().chain(others).chain(short).collect())).collect())
}

statement! {
    /// Whether a unit is another one or lies below it. `UNION` forgets what it has seen: a circle ends it.
    LiesBelow(commune: Uuid as SqlUuid, unit: Uuid as SqlUuid, above: Uuid as SqlUuid) -> Bool,
    "WITH RECURSIVE up AS (SELECT id, parent_id FROM units WHERE commune_id = $1 AND id = $2
        UNION SELECT u.id, u.parent_id FROM up JOIN units u ON u.commune_id = $1 AND u.id = up.parent_id)
     SELECT EXISTS (SELECT FROM up WHERE id = $3)"
}

/// Whether a unit is another one or lies below it, as far up as it goes.
pub async fn lies_below(write: &mut Write, unit: Uuid, above: Uuid) -> Result<bool> {
    let commune = write.feed;
    Ok(LiesBelow { commune, unit, above }.get_result(write.connection()).await?)
}
