//! Volunteers in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Volunteer, VolunteerStatus};
use super::rules;
use crate::access::reach::Reach;
use crate::access::relations::{PARTNER_CAMPAIGNS, led_activities, pinned};
use crate::access::roles::{Clause, Relation};
use crate::db::schema::volunteers;
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Write;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        // Those who signed up for a campaign in which the unit is partner.
        Relation::PartnerCampaign => {
            let commune = clause.commune?;
            let there =
                format!("volunteers.id IN (SELECT s.volunteer_id FROM sign_ups s WHERE s.commune_id = {{}} AND s.campaign_id IN ({PARTNER_CAMPAIGNS}))");
            Some(Volunteer::LIES.of_commune(clause)?.and(Sql::of(there, [commune, commune, commune, clause.unit?])))
        }
        Relation::Lead => {
            let mut led = Sql::around("volunteers.id IN (SELECT s.volunteer_id FROM sign_ups s WHERE ", pinned(clause, "s"), "");
            led.add(Sql::around("s.activity_id IN (", led_activities(clause)?, "))"));
            Some(led)
        }
        _ => Volunteer::LIES.usually(clause),
    }
}

/// Living records of these names, those that the write's actor may see.
pub async fn called(write: &mut Write, commune: Uuid, folded: Vec<String>) -> Result<Vec<Volunteer>> {
    let reach = Reach::of(&write.actor, &rules::POLICY, Some(commune));
    let living = [VolunteerStatus::Active, VolunteerStatus::Unverified, VolunteerStatus::Suspended];
    let found = volunteers::table
        .filter(volunteers::commune_id.eq(commune).and(volunteers::search.eq_any(folded)).and(volunteers::status.eq_any(living)))
        .filter(reach.within(rules::POLICY.read, Volunteer::LIES))
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
