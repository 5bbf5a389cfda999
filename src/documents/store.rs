//! Documents in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Document, DocumentFilter, DocumentStatus};
use super::rules;
use crate::access::relations::{Lies, Sql};
use crate::access::roles::{Clause, Relation};
use crate::db::schema::{documents, journal};
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies {
    campaign: Some("campaign_id"),
    unit: Some("drafting_unit_id"),
    here: Some(|clause| match clause.relation {
        Relation::Issued => {
            let issued = Sql::of("documents.status IN ('issued', 'amended', 'superseded', 'cancelled')", []);
            Some(LIES.of_commune(clause)?.and(issued).and(meant_for(clause)?))
        }
        // Drafts are the drafter's own matter.
        Relation::PartnerCampaign => {
            let shown = Sql::of("documents.status NOT IN ('draft', 'withdrawn')", []);
            Some(LIES.of_partner(clause)?.and(shown).and(meant_for(clause)?))
        }
        Relation::Published => Some(Sql::of("documents.published_at IS NOT NULL AND documents.reach = 'commune'", [])),
        _ => LIES.usually(clause),
    }),
    ..Lies::in_commune("documents")
};

/// What everybody of the commune may read, and what was sent to the clause's unit or one below it.
fn meant_for(clause: &Clause) -> Option<Sql> {
    let Some(unit) = clause.unit else { return Some(Sql::of("documents.reach = 'commune'", [])) };
    let sent = "EXISTS (SELECT FROM document_recipients r JOIN units u ON u.commune_id = r.commune_id AND u.id = r.unit_id \
        LEFT JOIN military_units m ON m.id = u.military_unit_id \
        JOIN units o ON o.commune_id = r.commune_id AND (u.id = o.id OR u.military_unit_id <> o.military_unit_id AND m.ancestors @> ARRAY[o.military_unit_id]) \
        WHERE r.commune_id = documents.commune_id AND r.document_id = documents.id AND r.status <> 'removed' AND o.commune_id = {} AND o.id = {})";
    Some(Sql::of(format!("documents.reach = 'commune' OR (documents.reach = 'recipients' AND {sent})"), [clause.commune?, unit]))
}

type Rows<S> = documents::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<DocumentFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(campaign) = filter.campaign_id {
        rows = rows.filter(documents::campaign_id.eq(campaign));
    }
    if let Some(kind) = &filter.kind {
        rows = rows.filter(documents::kind.eq_any(kind.0.clone()));
    }
    if let Some(status) = &filter.status {
        rows = rows.filter(documents::status.eq_any(status.0.clone()));
    }
    if let Some(year) = filter.year {
        rows = rows.filter(documents::year.eq(year));
    }
    if let Some(number) = filter.number {
        rows = rows.filter(documents::number.eq(number));
    }
    rows
}

crate::room_store! {
    table: documents, row: Document, policy: rules::POLICY, lies: LIES,
    filter: DocumentFilter => filtered,
    feed: |row| row.commune_id, feed_column: documents::commune_id, shared_feed: None, commune_column: documents::commune_id,
    place: |row| Place { campaign_id: row.campaign_id, unit_id: row.drafting_unit_id, ..Place::default() }, status: DocumentStatus,
    search: subject,
    sorts: { "created_at" => created_at: chrono::DateTime<chrono::Utc> },
    constraints: rules::CONSTRAINTS,
    follows: { "document_recipients"."status" by Owner => id },
}

/// A document of the write's commune, whoever asks.
pub async fn of_write(write: &mut Write, id: Uuid) -> Result<Option<Document>> {
    let commune = write.feed;
    let found = documents::table.filter(documents::commune_id.eq(commune).and(documents::id.eq(id))).select(Document::as_select());
    Ok(found.first(write.connection()).await.optional()?)
}

/// Who approved a document last; the journal knows.
pub async fn approver(write: &mut Write, id: Uuid) -> Result<Option<Uuid>> {
    let feed = write.feed;
    let approvals = journal::table.filter(journal::feed_id.eq(feed).and(journal::row_id.eq(id)).and(journal::action.eq("approve")));
    let found: Option<Option<Uuid>> =
        approvals.order((journal::number.desc(), journal::seq.desc())).select(journal::user_id).first(write.connection()).await.optional()?;
    Ok(found.flatten())
}
