//! Road registrations in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{RoadRegistration, RoadRegistrationFilter, RoadStatus};
use super::{checks, rules};
use crate::access::relations::{Lies, Sql};
use crate::access::roles::Relation;
use crate::db::schema::road_registrations;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::{ListQuery, Search};

static LIES: Lies = Lies {
    campaign: Some("campaign_id"),
    hamlet: Some("hamlet_id"),
    activity: Some("activity_ids && ARRAY"),
    here: Some(|clause| match clause.relation {
        // Drafts are the hamlet's own matter.
        Relation::PartnerCampaign => Some(LIES.of_partner(clause)?.and(Sql::of("road_registrations.status <> 'draft'", []))),
        _ => LIES.usually(clause),
    }),
    ..Lies::in_commune("road_registrations")
};

type Rows<S> = road_registrations::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<RoadRegistrationFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(campaign) = filter.campaign_id {
        rows = rows.filter(road_registrations::campaign_id.eq(campaign));
    }
    if let Some(hamlets) = &filter.hamlet_id {
        rows = rows.filter(road_registrations::hamlet_id.eq_any(hamlets.0.clone()));
    }
    if let Some(status) = &filter.status {
        rows = rows.filter(road_registrations::status.eq_any(status.0.clone()));
    }
    if let Some(priority) = &filter.priority {
        rows = rows.filter(road_registrations::priority.eq_any(priority.0.clone()));
    }
    if let Some(activity) = filter.activity_id {
        rows = rows.filter(road_registrations::activity_ids.contains(vec![activity]));
    }
    if let Some(late) = filter.late {
        rows = rows.filter(road_registrations::late.eq(late));
    }
    rows
}

crate::room_store! {
    table: road_registrations, row: RoadRegistration, policy: rules::POLICY, lies: LIES,
    filter: RoadRegistrationFilter => filtered,
    feed: |row| row.commune_id, feed_column: road_registrations::commune_id, shared_feed: None, commune_column: road_registrations::commune_id,
    place: |row| Place { campaign_id: Some(row.campaign_id), hamlet_id: Some(row.hamlet_id), ..Place::default() }, status: RoadStatus,
    search: road_name,
    sorts: { "road_name" => road_name: String, "created_at" => created_at: chrono::DateTime<chrono::Utc> },
    constraints: rules::CONSTRAINTS,
}

/// A registration of the write's commune, whoever asks.
pub async fn of_write(write: &mut Write, id: Uuid) -> Result<Option<RoadRegistration>> {
    let commune = write.feed;
    let found = road_registrations::table.filter(road_registrations::commune_id.eq(commune).and(road_registrations::id.eq(id)));
    Ok(found.select(RoadRegistration::as_select()).first(write.connection()).await.optional()?)
}

/// Other living registrations of the same road in the campaign, in whichever hamlet: of those whose name holds a word
/// of this one's, which are few, those with its key.
pub async fn alike(write: &mut Write, road: &RoadRegistration) -> Result<Vec<RoadRegistration>> {
    let gone = [RoadStatus::Rejected, RoadStatus::Merged, RoadStatus::Withdrawn];
    let key = checks::key(&road.road_name);
    let word = Search::new(key.split(' ').max_by_key(|word| word.len()).unwrap_or_default()).folded;
    let rows = road_registrations::table
        .filter(road_registrations::commune_id.eq(road.commune_id).and(road_registrations::campaign_id.eq(road.campaign_id)))
        .filter(road_registrations::search.like(word).and(road_registrations::id.ne(road.id)))
        .filter(road_registrations::status.ne_all(gone.to_vec()))
        .order(road_registrations::id);
    let mut rows = rows.select(RoadRegistration::as_select()).load(write.connection()).await?;
    rows.retain(|other| checks::key(&other.road_name) == key);
    Ok(rows)
}

/// The roads that are put into an activity and not begun.
pub async fn scheduled_in(write: &mut Write, activity: Uuid) -> Result<Vec<RoadRegistration>> {
    let commune = write.feed;
    let rows = road_registrations::table
        .filter(road_registrations::commune_id.eq(commune).and(road_registrations::activity_ids.contains(vec![activity])))
        .filter(road_registrations::status.eq(RoadStatus::Scheduled))
        .order(road_registrations::id);
    Ok(rows.select(RoadRegistration::as_select()).load(write.connection()).await?)
}
