//! Documents in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::Document;
use crate::access::roles::{Clause, Relation};
use crate::db::schema::journal;
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Write;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        Relation::Issued => {
            let issued = Sql::text("documents.status IN ('issued', 'amended', 'superseded', 'cancelled')");
            Some(Document::LIES.of_commune(clause)?.and(issued).and(meant_for(clause)?))
        }
        // Drafts are the drafter's own matter.
        Relation::PartnerCampaign => {
            let shown = Sql::text("documents.status NOT IN ('draft', 'withdrawn')");
            Some(Document::LIES.of_partner(clause)?.and(shown).and(meant_for(clause)?))
        }
        Relation::Published => Some(Sql::text("documents.published_at IS NOT NULL AND documents.reach = 'commune'")),
        _ => Document::LIES.usually(clause),
    }
}

/// What everybody of the commune may read, and what was sent to the clause's unit or one below it.
fn meant_for(clause: &Clause) -> Option<Sql> {
    let Some(unit) = clause.unit else { return Some(Sql::text("documents.reach = 'commune'")) };
    let sent = "EXISTS (SELECT FROM document_recipients r JOIN units u ON u.commune_id = r.commune_id AND u.id = r.unit_id \
        LEFT JOIN military_units m ON m.id = u.military_unit_id \
        JOIN units o ON o.commune_id = r.commune_id AND (u.id = o.id OR u.military_unit_id <> o.military_unit_id AND m.ancestors @> ARRAY[o.military_unit_id]) \
        WHERE r.commune_id = {} AND r.document_id = documents.id AND r.status <> 'removed' AND o.commune_id = {} AND o.id = {})";
    Some(Sql::of(format!("documents.reach = 'commune' OR (documents.reach = 'recipients' AND {sent})"), [clause.commune?, clause.commune?, unit]))
}

/// Who approved a document last; the journal knows.
pub async fn approver(write: &mut Write, id: Uuid) -> Result<Option<Uuid>> {
    let feed = write.feed;
    let approvals = journal::table.filter(journal::feed_id.eq(feed).and(journal::row_id.eq(id)).and(journal::action.eq("approve")));
    let found: Option<Option<Uuid>> =
        approvals.order((journal::number.desc(), journal::seq.desc())).select(journal::user_id).first(write.connection()).await.optional()?;
    Ok(found.flatten())
}
