//! Campaigns in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::Campaign;
use crate::db::schema::campaigns;
use crate::error::Result;
use crate::journal::Write;

/// A campaign of the write's commune, whoever asks: rules of its parts depend on its period and status.
pub async fn of_write(write: &mut Write, id: Uuid) -> Result<Option<Campaign>> {
    let commune = write.feed;
    let found = campaigns::table.filter(campaigns::commune_id.eq(commune).and(campaigns::id.eq(id))).select(Campaign::as_select());
    Ok(found.first(write.connection()).await.optional()?)
}
