//! Communes in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Commune, CommuneFilter, CommuneStatus};
use super::rules;
use crate::access::relations::{Lies, Open};
use crate::db::schema::{communes, feeds};
use crate::error::Result;
use crate::journal::feeds::REFERENCE;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies { open: Open::All, ..Lies::shared("communes") };

fn filtered<S>(
    mut rows: communes::BoxedQuery<'static, diesel::pg::Pg, S>,
    query: &ListQuery<CommuneFilter>,
) -> communes::BoxedQuery<'static, diesel::pg::Pg, S> {
    if let Some(code) = &query.filter.code {
        rows = rows.filter(communes::code.eq(code.clone()));
    }
    if let Some(code) = &query.filter.province_code {
        rows = rows.filter(communes::province_code.eq(code.clone()));
    }
    if let Some(status) = &query.filter.status {
        rows = rows.filter(communes::status.eq_any(status.0.clone()));
    }
    rows
}

crate::room_store! {
    table: communes, row: Commune, policy: rules::POLICY, lies: LIES,
    filter: CommuneFilter => filtered,
    feed: |_| REFERENCE, feed_column: REFERENCE.into_sql::<diesel::sql_types::Uuid>(), shared_feed: Some(REFERENCE), commune_column: communes::id,
    place: |_| Place::default(), status: CommuneStatus,
    search: name,
    sorts: { "name" => name: String, "code" => code: String },
    constraints: rules::CONSTRAINTS,
}

/// The clock of a new commune.
pub async fn open_feed(write: &mut Write, commune: Uuid) -> Result<()> {
    diesel::insert_into(feeds::table).values(feeds::id.eq(commune)).on_conflict_do_nothing().execute(write.connection()).await?;
    Ok(())
}

/// The last day on which a commune takes new rows.
pub async fn close_feed(write: &mut Write, commune: Uuid, last: chrono::NaiveDate) -> Result<()> {
    diesel::update(feeds::table.find(commune)).set(feeds::ended_on.eq(last)).execute(write.connection()).await?;
    Ok(())
}

/// Whether a commune ended before a day.
pub async fn ended(write: &mut Write, commune: Uuid, day: chrono::NaiveDate) -> Result<bool> {
    let ended = feeds::table.filter(feeds::id.eq(commune).and(feeds::ended_on.lt(day)));
    Ok(diesel::select(diesel::dsl::exists(ended)).get_result(write.connection()).await?)
}

/// The living commune of a code.
pub async fn living(write: &mut Write, code: &str) -> Result<Option<Uuid>> {
    let found = communes::table.filter(communes::code.eq(code).and(communes::status.eq(CommuneStatus::Active))).select(communes::id);
    Ok(found.first(write.connection()).await.optional()?)
}
