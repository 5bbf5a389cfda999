//! Campaigns in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Campaign, CampaignFilter, CampaignStatus};
use super::rules;
use crate::access::relations::{Lies, Open};
use crate::db::schema::campaigns;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies { campaign: Some("id"), open: Open::Since("published_at"), ..Lies::in_commune("campaigns") };

type Rows<S> = campaigns::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<CampaignFilter>) -> Rows<S> {
    if let Some(status) = &query.filter.status {
        rows = rows.filter(campaigns::status.eq_any(status.0.clone()));
    }
    if let Some(year) = query.filter.year {
        rows = rows.filter(campaigns::year.eq(year));
    }
    if let Some(code) = &query.filter.code {
        rows = rows.filter(campaigns::code.eq(code.clone()));
    }
    rows
}

crate::room_store! {
    table: campaigns, row: Campaign, policy: rules::POLICY, lies: LIES,
    filter: CampaignFilter => filtered,
    feed: |row| row.commune_id, feed_column: campaigns::commune_id, shared_feed: None, commune_column: campaigns::commune_id,
    place: |row| Place { campaign_id: Some(row.id), ..Place::default() }, status: CampaignStatus,
    search: name,
    sorts: { "start_date" => start_date: chrono::NaiveDate, "name" => name: String },
    constraints: rules::CONSTRAINTS,
}

/// A campaign of the write's commune, whoever asks: rules of its parts depend on its period and status.
pub async fn of_write(write: &mut Write, id: Uuid) -> Result<Option<Campaign>> {
    let commune = write.feed;
    let found = campaigns::table.filter(campaigns::commune_id.eq(commune).and(campaigns::id.eq(id))).select(Campaign::as_select());
    Ok(found.first(write.connection()).await.optional()?)
}
