//! Road registrations in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::checks;
use super::dto::{RoadRegistration, RoadStatus};
use crate::access::roles::{Clause, Relation};
use crate::db::schema::road_registrations;
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Write;
use crate::web::query::Search;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        // Drafts are the hamlet's own matter.
        Relation::PartnerCampaign => Some(RoadRegistration::LIES.of_partner(clause)?.and(Sql::text("road_registrations.status <> 'draft'"))),
        _ => RoadRegistration::LIES.usually(clause),
    }
}

/// Other living registrations of the same road in the campaign, in whichever hamlet: of those whose name holds a word
/// of this one's, which are few, those with its key.
pub async fn alike(write: &mut Write, road: &RoadRegistration) -> Result<Vec<RoadRegistration>> {
    let gone = [RoadStatus::Rejected, RoadStatus::Merged, RoadStatus::Withdrawn];
    let key = checks::key(&road.road_name);
    let words = Search::new(key.split(' ').max_by_key(|word| word.len()).unwrap_or_default()).words;
    let rows = road_registrations::table
        .filter(road_registrations::commune_id.eq(road.commune_id).and(road_registrations::campaign_id.eq(road.campaign_id)))
        .filter(road_registrations::search.like(words.concat()).and(road_registrations::id.ne(road.id)))
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
