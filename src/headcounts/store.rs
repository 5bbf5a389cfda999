//! Headcounts in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Headcount, HeadcountFilter, HeadcountStatus};
use super::rules;
use crate::access::relations::Lies;
use crate::db::schema::headcounts;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies { campaign: Some("campaign_id"), unit: Some("unit_id"), ..Lies::in_commune("headcounts") };

type Rows<S> = headcounts::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<HeadcountFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(campaign) = filter.campaign_id {
        rows = rows.filter(headcounts::campaign_id.eq(campaign));
    }
    if let Some(unit) = filter.unit_id {
        rows = rows.filter(headcounts::unit_id.eq(unit));
    }
    if let Some(first) = filter.date_from {
        rows = rows.filter(headcounts::date.ge(first.0));
    }
    if let Some(last) = filter.date_to {
        rows = rows.filter(headcounts::date.le(last.0));
    }
    rows
}

crate::room_store! {
    table: headcounts, row: Headcount, policy: rules::POLICY, lies: LIES,
    filter: HeadcountFilter => filtered,
    feed: |row| row.commune_id, feed_column: headcounts::commune_id, shared_feed: None, commune_column: headcounts::commune_id,
    place: |row| Place { campaign_id: Some(row.campaign_id), unit_id: Some(row.unit_id), ..Place::default() }, status: HeadcountStatus,
    search: none,
    sorts: { "date" => date: NaiveDate },
    constraints: rules::CONSTRAINTS,
}

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
