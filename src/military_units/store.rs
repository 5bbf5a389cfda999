//! Army units in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{MilitaryUnit, MilitaryUnitFilter, MilitaryUnitStatus};
use super::rules;
use crate::access::relations::{Lies, Open};
use crate::db::schema::military_units;
use crate::error::Result;
use crate::journal::feeds::REFERENCE;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies { open: Open::All, ..Lies::shared("military_units") };

type Rows<S> = military_units::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<MilitaryUnitFilter>) -> Rows<S> {
    if let Some(kind) = &query.filter.kind {
        rows = rows.filter(military_units::kind.eq_any(kind.0.clone()));
    }
    if let Some(parent) = query.filter.parent_id {
        rows = rows.filter(military_units::parent_id.eq(parent));
    }
    if let Some(status) = &query.filter.status {
        rows = rows.filter(military_units::status.eq_any(status.0.clone()));
    }
    rows
}

crate::room_store! {
    table: military_units, row: MilitaryUnit, policy: rules::POLICY, lies: LIES,
    filter: MilitaryUnitFilter => filtered,
    feed: |_| REFERENCE, feed_column: REFERENCE.into_sql::<diesel::sql_types::Uuid>(), shared_feed: Some(REFERENCE), commune_column: military_units::id,
    place: |_| Place::default(), status: MilitaryUnitStatus,
    search: name,
    sorts: { "name" => name: String },
    constraints: &[],
}

/// A unit by id.
pub async fn find(write: &mut Write, id: Uuid) -> Result<Option<MilitaryUnit>> {
    Ok(military_units::table.find(id).select(MilitaryUnit::as_select()).first(write.connection()).await.optional()?)
}

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
