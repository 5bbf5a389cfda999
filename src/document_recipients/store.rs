//! Recipients in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{CopyStatus, DocumentRecipient, DocumentRecipientFilter};
use super::rules;
use crate::access::relations::Lies;
use crate::db::schema::document_recipients;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies { unit: Some("unit_id"), ..Lies::in_commune("document_recipients") };

type Rows<S> = document_recipients::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<DocumentRecipientFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(document) = filter.document_id {
        rows = rows.filter(document_recipients::document_id.eq(document));
    }
    if let Some(unit) = filter.unit_id {
        rows = rows.filter(document_recipients::unit_id.eq(unit));
    }
    if let Some(status) = &filter.status {
        rows = rows.filter(document_recipients::status.eq_any(status.0.clone()));
    }
    rows
}

crate::room_store! {
    table: document_recipients, row: DocumentRecipient, policy: rules::POLICY, lies: LIES,
    filter: DocumentRecipientFilter => filtered,
    feed: |row| row.commune_id, feed_column: document_recipients::commune_id, shared_feed: None, commune_column: document_recipients::commune_id,
    place: |row| Place { unit_id: row.unit_id, owner_id: Some(row.document_id), ..Place::default() }, status: CopyStatus,
    search: none,
    sorts: { "sort_order" => sort_order: i32 },
    constraints: rules::CONSTRAINTS,
}

/// The recipients of a document, also those taken off.
pub async fn of_document(write: &mut Write, document: Uuid) -> Result<Vec<DocumentRecipient>> {
    let commune = write.feed;
    let rows = document_recipients::table.filter(document_recipients::commune_id.eq(commune).and(document_recipients::document_id.eq(document)));
    Ok(rows.order((document_recipients::sort_order, document_recipients::id)).select(DocumentRecipient::as_select()).load(write.connection()).await?)
}
