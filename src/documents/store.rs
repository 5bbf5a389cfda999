//! Documents in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Document, DocumentFilter, DocumentReach, DocumentStatus};
use super::rules;
use crate::access::reach::{Predicate, always, both, fixed};
use crate::access::roles::{Clause, Relation};
use crate::db::schema::{documents, journal};
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::partner_campaigns;
use crate::web::query::ListQuery;

/// Documents for all who work in the commune, and those of which a unit (or one below it) has a copy.
fn meant_for(commune: Uuid, unit: Option<Uuid>) -> Predicate<documents::table> {
    match unit {
        None => Box::new(documents::reach.eq(DocumentReach::Commune).nullable()),
        Some(unit) => fixed(
            &[
                "(documents.reach = 'commune' OR (documents.reach = 'recipients' AND EXISTS (SELECT FROM document_recipients r JOIN units u ON u.commune_id = r.commune_id AND u.id = r.unit_id LEFT JOIN military_units m ON m.id = u.military_unit_id JOIN units o ON o.commune_id = r.commune_id AND (u.id = o.id OR m.ancestors @> ARRAY[o.military_unit_id]) WHERE r.commune_id = documents.commune_id AND r.document_id = documents.id AND r.status <> 'removed' AND o.commune_id = ",
                " AND o.id = ",
                ")))",
            ],
            vec![commune, unit],
        ),
    }
}

fn clause(clause: &Clause) -> Predicate<documents::table> {
    let (commune, unit) = (clause.commune.unwrap_or_default(), clause.unit.unwrap_or_default());
    let in_commune = || -> Predicate<documents::table> { Box::new(documents::commune_id.eq(commune).nullable()) };
    let holds: Predicate<documents::table> = match clause.relation {
        Relation::InCommune => in_commune(),
        Relation::OwnUnit => both(in_commune(), Some(Box::new(documents::drafting_unit_id.eq(unit)))),
        Relation::Issued => {
            let issued = [DocumentStatus::Issued, DocumentStatus::Amended, DocumentStatus::Superseded, DocumentStatus::Cancelled];
            both(both(in_commune(), Some(Box::new(documents::status.eq_any(issued.to_vec()).nullable()))), Some(meant_for(commune, clause.unit)))
        }
        Relation::PartnerCampaign => {
            let drafts = [DocumentStatus::Draft, DocumentStatus::Withdrawn];
            let partners = both(
                fixed(partner_campaigns!("documents.campaign_id"), vec![commune, commune, unit]),
                Some(Box::new(documents::status.ne_all(drafts.to_vec()).nullable())),
            );
            both(partners, Some(meant_for(commune, clause.unit)))
        }
        Relation::Published => Box::new(documents::published_at.is_not_null().and(documents::reach.eq(DocumentReach::Commune)).nullable()),
        _ => always(false),
    };
    both(holds, clause.campaign.map(|campaign| -> Predicate<documents::table> { Box::new(documents::campaign_id.eq(campaign)) }))
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
    table: documents, row: Document, policy: rules::POLICY, clause: clause,
    filter: DocumentFilter => filtered,
    feed: |row| row.commune_id, feed_column: documents::commune_id, shared_feed: None, commune_column: documents::commune_id,
    place: |row| Place { campaign_id: row.campaign_id, unit_id: row.drafting_unit_id, ..Place::default() }, status: DocumentStatus,
    search: subject,
    sorts: { "created_at" => created_at: chrono::DateTime<chrono::Utc> },
    depends: ["military_units", "documents", "campaigns", "units", "document_recipients"], constraints: rules::CONSTRAINTS,
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
