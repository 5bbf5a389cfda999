//! Units' parts in activities in the database.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _};

use super::dto::{ActivityUnit, ActivityUnitFilter, Confirmation};
use super::rules;
use crate::access::relations::{Lies, Sql};
use crate::access::roles::{Clause, Relation};
use crate::db::schema::activity_units;
use crate::journal::Place;
use crate::web::query::ListQuery;

static LIES: Lies = Lies {
    campaign: Some("campaign_id"),
    unit: Some("unit_id"),
    here: Some(|clause| match clause.relation {
        // The hamlet is the activity's.
        Relation::OwnHamlet => in_hamlet(clause),
        Relation::Released => Some(in_hamlet(clause)?.and(Sql::of("activity_units.released_at IS NOT NULL", []))),
        _ => LIES.usually(clause),
    }),
    ..Lies::in_commune("activity_units")
};

fn in_hamlet(clause: &Clause) -> Option<Sql> {
    let there = "activity_units.activity_id IN (SELECT a.id FROM activities a WHERE a.commune_id = {} AND a.hamlet_id = {})";
    Some(LIES.of_commune(clause)?.and(Sql::of(there, [clause.commune?, clause.hamlet?])))
}

type Rows<S> = activity_units::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<ActivityUnitFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(campaign) = filter.campaign_id {
        rows = rows.filter(activity_units::campaign_id.eq(campaign));
    }
    if let Some(activity) = filter.activity_id {
        rows = rows.filter(activity_units::activity_id.eq(activity));
    }
    if let Some(unit) = filter.unit_id {
        rows = rows.filter(activity_units::unit_id.eq(unit));
    }
    if let Some(status) = &filter.status {
        rows = rows.filter(activity_units::status.eq_any(status.0.clone()));
    }
    rows
}

crate::room_store! {
    table: activity_units, row: ActivityUnit, policy: rules::POLICY, lies: LIES,
    filter: ActivityUnitFilter => filtered,
    feed: |row| row.commune_id, feed_column: activity_units::commune_id, shared_feed: None, commune_column: activity_units::commune_id,
    place: |row| Place { campaign_id: Some(row.campaign_id), unit_id: Some(row.unit_id), ..Place::default() }, status: Confirmation,
    search: none,
    sorts: { "created_at" => created_at: DateTime<Utc> },
    constraints: rules::CONSTRAINTS,
    follows: { "activities"."hamlet_id" by Row => activity_id },
}
