//! Communes in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::CommuneStatus;
use crate::db::schema::{communes, feeds};
use crate::error::Result;
use crate::journal::Write;

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
