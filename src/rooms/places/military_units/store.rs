//! Army units in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{MilitaryUnit, MilitaryUnitStatus};
use crate::db::schema::military_units;
use crate::error::Result;
use crate::journal::Write;

/// The living unit of exactly this name.
pub async fn by_name(write: &mut Write, name: &str) -> Result<Option<Uuid>> {
    let rows = military_units::table.filter(military_units::name.eq(name.to_owned()).and(military_units::status.eq(MilitaryUnitStatus::Active)));
    Ok(rows.order(military_units::id).select(military_units::id).first(write.connection()).await.optional()?)
}

/// The units right below one.
pub async fn below(write: &mut Write, id: Uuid) -> Result<Vec<MilitaryUnit>> {
    let rows = military_units::table.filter(military_units::parent_id.eq(id)).order(military_units::id);
    Ok(rows.select(MilitaryUnit::as_select()).load(write.connection()).await?)
}

/// Living units with everything that they are called.
pub async fn names(write: &mut Write) -> Result<Vec<(Uuid, Vec<String>)>> {
    let rows = military_units::table.filter(military_units::status.eq(MilitaryUnitStatus::Active)).order(military_units::id);
    let rows: Vec<(Uuid, String, Option<String>, Vec<String>)> =
        rows.select((military_units::id, military_units::name, military_units::short_name, military_units::aliases)).load(write.connection()).await?;
    Ok(rows.into_iter().map(|(id, name, short, aliases)| (id, [name].into_iter().chain(short).chain(aliases).collect())).collect())
}
