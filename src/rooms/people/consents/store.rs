//! Consents in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Consent, ConsentPurpose, ConsentStatus};
use crate::access::relations::own_records;
use crate::access::roles::{Clause, Relation};
use crate::db::Lane;
use crate::db::schema::consents;
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Write;
use crate::web::table;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        // Hamlet and person are the volunteer's.
        Relation::OwnHamlet => {
            let there = "consents.volunteer_id IN (SELECT v.id FROM volunteers v WHERE v.commune_id = {} AND v.hamlet_id = {})";
            Some(Consent::LIES.of_commune(clause)?.and(Sql::of(there, [clause.commune?, clause.hamlet?])))
        }
        Relation::Own => Some(Sql::around("consents.volunteer_id IN (", own_records(clause)?, ")")),
        _ => Consent::LIES.usually(clause),
    }
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
        let after = Consent { guardian: None, ..before.clone() };
        table::follow(write, "erase", &before, after).await?;
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
