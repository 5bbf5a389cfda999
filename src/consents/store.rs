//! Consents in the database.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Consent, ConsentFilter, ConsentPurpose, ConsentStatus};
use super::rules;
use crate::access::relations::{Lies, OWN_RECORDS, Sql};
use crate::access::roles::Relation;
use crate::db::Lane;
use crate::db::schema::consents;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;
use crate::web::table;

static LIES: Lies = Lies {
    here: Some(|clause| match clause.relation {
        // Hamlet and person are the volunteer's.
        Relation::OwnHamlet => {
            let there = "consents.volunteer_id IN (SELECT v.id FROM volunteers v WHERE v.commune_id = {} AND v.hamlet_id = {})";
            Some(LIES.of_commune(clause)?.and(Sql::of(there, [clause.commune?, clause.hamlet?])))
        }
        Relation::Own => Some(Sql::of(format!("consents.volunteer_id IN ({OWN_RECORDS})"), [clause.user?])),
        _ => LIES.usually(clause),
    }),
    ..Lies::in_commune("consents")
};

type Rows<S> = consents::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<ConsentFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(volunteer) = filter.volunteer_id {
        rows = rows.filter(consents::volunteer_id.eq(volunteer));
    }
    if let Some(purpose) = &filter.purpose {
        rows = rows.filter(consents::purpose.eq_any(purpose.0.clone()));
    }
    if let Some(status) = &filter.status {
        rows = rows.filter(consents::status.eq_any(status.0.clone()));
    }
    rows
}

crate::room_store! {
    table: consents, row: Consent, policy: rules::POLICY, lies: LIES,
    filter: ConsentFilter => filtered,
    feed: |row| row.commune_id, feed_column: consents::commune_id, shared_feed: None, commune_column: consents::commune_id,
    place: |row| Place { owner_id: Some(row.volunteer_id), ..Place::default() }, status: ConsentStatus,
    search: none,
    sorts: { "given_at" => given_at: DateTime<Utc> },
    constraints: rules::CONSTRAINTS,
    follows: { "volunteers"."hamlet_id" by Row => volunteer_id },
}

/// Whether a guardian's consent to take part stands.
pub async fn guardian_consented(write: &mut Write, volunteer: Uuid) -> Result<bool> {
    let commune = write.feed;
    let standing = consents::table
        .filter(consents::commune_id.eq(commune).and(consents::volunteer_id.eq(volunteer)).and(consents::purpose.eq(ConsentPurpose::Participation)))
        .filter(consents::status.eq(ConsentStatus::Given).and(consents::guardian.is_not_null()));
    Ok(diesel::select(diesel::dsl::exists(standing)).get_result(write.connection()).await?)
}

/// Guardians are erased with the person; that there was a consent stays.
pub async fn erase(write: &mut Write, volunteer: Uuid) -> Result<()> {
    let commune = write.feed;
    let own = consents::table.filter(consents::commune_id.eq(commune).and(consents::volunteer_id.eq(volunteer)).and(consents::guardian.is_not_null()));
    let rows: Vec<Consent> = own.order(consents::id).select(Consent::as_select()).load(write.connection()).await?;
    for before in rows {
        let after = Consent { guardian: None, version: write.number, updated_at: write.now, ..before.clone() };
        diesel::update(consents::table.filter(consents::id.eq(after.id))).set(&after).execute(write.connection()).await?;
        write.record("erase", &rules::POLICY, Some(&before), &after, None)?;
    }
    Ok(())
}

/// The consents of a volunteer, whoever may see them.
pub async fn of_volunteer(lane: &Lane, commune: Uuid, volunteer: Uuid) -> Result<Vec<Uuid>> {
    let connection = lane.connection().await?;
    let rows = consents::table.filter(consents::commune_id.eq(commune).and(consents::volunteer_id.eq(volunteer))).order(consents::id);
    Ok(rows.select(consents::id).load(&mut &*connection).await?)
}

/// Two records of a person became one: the consents go along, but for those to which the other stands already.
pub async fn reassign(write: &mut Write, from: Uuid, into: Uuid) -> Result<()> {
    let commune = write.feed;
    let rows = consents::table.filter(consents::commune_id.eq(commune).and(consents::volunteer_id.eq_any([from, into]))).order(consents::id);
    let (moving, there): (Vec<Consent>, Vec<Consent>) =
        rows.select(Consent::as_select()).load::<Consent>(write.connection()).await?.into_iter().partition(|row| row.volunteer_id == from);
    let standing =
        |row: &Consent| row.status == ConsentStatus::Given && there.iter().any(|own| own.purpose == row.purpose && own.status == ConsentStatus::Given);
    for before in moving.into_iter().filter(|row| !standing(row)) {
        table::follow(write, "reassign", &before, Consent { volunteer_id: into, ..before.clone() }).await?;
    }
    Ok(())
}
