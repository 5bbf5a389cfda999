//! Volunteers in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Volunteer, VolunteerFilter, VolunteerStatus};
use super::rules;
use crate::access::reach::{Predicate, Reach, always, both, fixed};
use crate::access::roles::{Clause, Relation};
use crate::db::schema::volunteers;
use crate::error::Result;
use crate::former_hamlets;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

fn clause(clause: &Clause) -> Predicate<volunteers::table> {
    // A grant for one campaign reaches nothing that is not of that campaign.
    if clause.campaign.is_some() {
        return always(false);
    }
    let (commune, unit, user) = (clause.commune.unwrap_or_default(), clause.unit.unwrap_or_default(), clause.user.unwrap_or_default());
    let in_commune = || Box::new(volunteers::commune_id.eq(commune).nullable());
    match clause.relation {
        Relation::InCommune => in_commune(),
        Relation::OwnUnit => both(in_commune(), Some(Box::new(volunteers::unit_id.eq(unit)))),
        Relation::OwnHamlet => both(in_commune(), Some(Box::new(volunteers::hamlet_id.eq(clause.hamlet)))),
        Relation::FormerHamlet => fixed(former_hamlets!("volunteers.hamlet_id"), vec![commune, clause.hamlet.unwrap_or_default()]),
        Relation::Own => Box::new(volunteers::user_id.eq(user)),
        // Those who signed up for a campaign in which the unit is partner.
        Relation::PartnerCampaign => fixed(
            &[
                "volunteers.id IN (SELECT s.volunteer_id FROM sign_ups s JOIN campaigns k ON k.commune_id = s.commune_id AND k.id = s.campaign_id WHERE s.commune_id = ",
                " AND k.partner_unit_ids && ARRAY(SELECT u.id FROM units u JOIN military_units m ON m.id = u.military_unit_id JOIN units o ON o.commune_id = u.commune_id AND m.ancestors @> ARRAY[o.military_unit_id] WHERE o.commune_id = ",
                " AND o.id = ",
                "))",
            ],
            vec![commune, commune, unit],
        ),
        Relation::Lead => fixed(
            &[
                "volunteers.id IN (SELECT s.volunteer_id FROM sign_ups s JOIN activities a ON a.commune_id = s.commune_id AND a.id = s.activity_id JOIN campaigns k ON k.commune_id = a.commune_id AND k.id = a.campaign_id WHERE a.lead_user_id = ",
                " AND k.status NOT IN ('closed', 'archived', 'cancelled'))",
            ],
            vec![user],
        ),
        _ => always(false),
    }
}

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
    table: volunteers, row: Volunteer, policy: rules::POLICY, clause: clause,
    filter: VolunteerFilter => filtered,
    feed: |row| row.commune_id, feed_column: volunteers::commune_id, shared_feed: None, commune_column: volunteers::commune_id,
    place: |row| Place { hamlet_id: row.hamlet_id, unit_id: row.unit_id, owner_id: row.user_id, ..Place::default() }, status: VolunteerStatus,
    search: full_name,
    sorts: { "full_name" => full_name: String },
    depends: ["military_units", "volunteers", "sign_ups", "activities", "campaigns", "hamlets", "units"], constraints: rules::CONSTRAINTS,
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
        .filter(reach.within(rules::POLICY.read, clause))
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
