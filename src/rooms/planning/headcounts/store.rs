//! Headcounts in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::schema::headcounts;
use crate::error::Result;
use crate::journal::Write;

/// The strength of a unit on a day, when its liaison stated it.
pub async fn on_day(write: &mut Write, campaign: Uuid, unit: Uuid, date: NaiveDate) -> Result<Option<i32>> {
    let commune = write.feed;
    let found: Option<(i32, i32)> = headcounts::table
        .filter(headcounts::commune_id.eq(commune).and(headcounts::campaign_id.eq(campaign)).and(headcounts::unit_id.eq(unit)).and(headcounts::date.eq(date)))
        .select((headcounts::officers, headcounts::soldiers))
        .first(write.connection())
        .await
        .optional()?;
    Ok(found.map(|(officers, soldiers)| officers + soldiers))
}
