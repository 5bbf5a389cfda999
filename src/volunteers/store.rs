//! Volunteers in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Volunteer, VolunteerFilter, VolunteerStatus};
use super::rules;
use crate::access::reach::Reach;
use crate::access::relations::{LED_ACTIVITIES, Lies, PARTNER_CAMPAIGNS, Sql};
use crate::access::roles::Relation;
use crate::db::schema::volunteers;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies {
    unit: Some("unit_id"),
    hamlet: Some("hamlet_id"),
    user: Some("user_id"),
    here: Some(|clause| match clause.relation {
        // Those who signed up for a campaign in which the unit is partner.
        Relation::PartnerCampaign => {
            let commune = clause.commune?;
            let there =
                format!("volunteers.id IN (SELECT s.volunteer_id FROM sign_ups s WHERE s.commune_id = {{}} AND s.campaign_id IN ({PARTNER_CAMPAIGNS}))");
            Some(LIES.of_commune(clause)?.and(Sql::of(there, [commune, commune, commune, clause.unit?])))
        }
        Relation::Lead => {
            Some(Sql::of(format!("volunteers.id IN (SELECT s.volunteer_id FROM sign_ups s WHERE s.activity_id IN ({LED_ACTIVITIES}))"), [clause.user?]))
        }
        _ => LIES.usually(clause),
    }),
    ..Lies::in_commune("volunteers")
};

type Rows<S> = volunteers::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<VolunteerFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(status) = &filter.status {
        rows = rows.filter(volunteers::status.eq_any(status.0.clone()));
    }
    if let Some(hamlets) = &filter.hamlet_id {
        rows = rows.filter(volunteers::hamlet_id.eq_any(hamlets.0.clone()));
    }
    if let Some(unit) = filter.unit_id {
        rows = rows.filter(volunteers::unit_id.eq(unit));
    }
    if let Some(phone) = &filter.phone {
        rows = rows.filter(volunteers::phone.eq(phone.0.clone()));
    }
    rows
}

crate::room_store! {
    table: volunteers, row: Volunteer, policy: rules::POLICY, lies: LIES,
    filter: VolunteerFilter => filtered,
    feed: |row| row.commune_id, feed_column: volunteers::commune_id, shared_feed: None, commune_column: volunteers::commune_id,
    place: |row| Place { hamlet_id: row.hamlet_id, unit_id: row.unit_id, owner_id: row.user_id, ..Place::default() }, status: VolunteerStatus,
    search: full_name,
    sorts: { "full_name" => full_name: String },
    constraints: rules::CONSTRAINTS,
    follows: { "sign_ups"."volunteer_id" by Owner => id },
}

/// A volunteer of the write's commune, whoever asks.
pub async fn of_write(write: &mut Write, id: Uuid) -> Result<Option<Volunteer>> {
    let commune = write.feed;
    let found = volunteers::table.filter(volunteers::commune_id.eq(commune).and(volunteers::id.eq(id))).select(Volunteer::as_select());
    Ok(found.first(write.connection()).await.optional()?)
}

/// Living records of these names, those that the write's actor may see.
pub async fn called(write: &mut Write, commune: Uuid, folded: Vec<String>) -> Result<Vec<Volunteer>> {
    let reach = Reach::of(&write.actor, &rules::POLICY, None);
    let living = [VolunteerStatus::Active, VolunteerStatus::Unverified, VolunteerStatus::Suspended];
    let found = volunteers::table
        .filter(volunteers::commune_id.eq(commune).and(volunteers::search.eq_any(folded)).and(volunteers::status.eq_any(living)))
        .filter(reach.within(rules::POLICY.read, &LIES))
        .order(volunteers::id.desc())
        .select(Volunteer::as_select());
    Ok(found.load(write.connection()).await?)
}

/// A volunteer with the records that were merged into it, also by way of others.
pub async fn with_merged(write: &mut Write, commune: Uuid, id: Uuid) -> Result<Vec<Volunteer>> {
    let mut found: Vec<Volunteer> = vec![];
    let mut next = vec![id];
    while !next.is_empty() {
        let rows = volunteers::table.filter(volunteers::commune_id.eq(commune).and(volunteers::id.eq_any(next))).order(volunteers::id);
        let rows: Vec<Volunteer> = rows.select(Volunteer::as_select()).load(write.connection()).await?;
        let above: Vec<Option<Uuid>> = rows.iter().map(|row| Some(row.id)).collect();
        found.extend(rows);
        let merged = volunteers::table.filter(volunteers::commune_id.eq(commune).and(volunteers::merged_into.eq_any(above)));
        next = merged.select(volunteers::id).load(write.connection()).await?;
        next.retain(|id| found.iter().all(|row| row.id != *id));
    }
    Ok(found)
}
