//! Activities in the database.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Activity, ActivityFilter, ActivityStatus};
use super::rules;
use crate::access::relations::{Lies, Open, Sql};
use crate::access::roles::Relation;
use crate::db::schema::activities;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies {
    campaign: Some("campaign_id"),
    hamlet: Some("hamlet_id"),
    open: Open::Since("published_at"),
    here: Some(|clause| match clause.relation {
        Relation::Lead => {
            let works = "EXISTS (SELECT FROM campaigns k WHERE k.commune_id = activities.commune_id AND k.id = activities.campaign_id AND k.status NOT IN ('closed', 'archived', 'cancelled'))";
            Some(Sql::of(format!("activities.lead_user_id = {{}} AND {works}"), [clause.user?]))
        }
        _ => LIES.usually(clause),
    }),
    ..Lies::in_commune("activities")
};

type Rows<S> = activities::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<ActivityFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(campaign) = filter.campaign_id {
        rows = rows.filter(activities::campaign_id.eq(campaign));
    }
    if let Some(status) = &filter.status {
        rows = rows.filter(activities::status.eq_any(status.0.clone()));
    }
    if let Some(kind) = &filter.kind {
        rows = rows.filter(activities::kind.eq_any(kind.0.clone()));
    }
    if let Some(hamlets) = &filter.hamlet_id {
        rows = rows.filter(activities::hamlet_id.eq_any(hamlets.0.clone()));
    }
    if let Some(item) = filter.plan_item_id {
        rows = rows.filter(activities::plan_item_id.eq(item));
    }
    if let Some(first) = filter.date_from {
        rows = rows.filter(activities::date.ge(first.0));
    }
    if let Some(last) = filter.date_to {
        rows = rows.filter(activities::date.le(last.0));
    }
    rows
}

crate::room_store! {
    table: activities, row: Activity, policy: rules::POLICY, lies: LIES,
    filter: ActivityFilter => filtered,
    feed: |row| row.commune_id, feed_column: activities::commune_id, shared_feed: None, commune_column: activities::commune_id,
    place: |row| Place { campaign_id: Some(row.campaign_id), hamlet_id: row.hamlet_id, owner_id: row.lead_user_id, ..Place::default() }, status: ActivityStatus,
    search: title,
    sorts: { "sort_at" => sort_at: DateTime<Utc>, "title" => title: String },
    constraints: rules::CONSTRAINTS,
}

/// An activity of the write's commune, whoever asks.
pub async fn of_write(write: &mut Write, id: Uuid) -> Result<Option<Activity>> {
    let commune = write.feed;
    let found = activities::table.filter(activities::commune_id.eq(commune).and(activities::id.eq(id))).select(Activity::as_select());
    Ok(found.first(write.connection()).await.optional()?)
}

/// The set activities of a commune that may meet another one in time.
pub async fn around(write: &mut Write, date: NaiveDate) -> Result<Vec<Activity>> {
    let commune = write.feed;
    let set = [ActivityStatus::Scheduled, ActivityStatus::Open, ActivityStatus::InProgress];
    let found = activities::table
        .filter(activities::commune_id.eq(commune).and(activities::date.eq(date)).and(activities::status.eq_any(set)))
        .order(activities::sort_at);
    Ok(found.select(Activity::as_select()).load(write.connection()).await?)
}
