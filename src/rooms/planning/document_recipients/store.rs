//! Recipients in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::DocumentRecipient;
use crate::db::schema::document_recipients;
use crate::error::Result;
use crate::journal::Write;

/// The recipients of a document, also those taken off.
pub async fn of_document(write: &mut Write, document: Uuid) -> Result<Vec<DocumentRecipient>> {
    let commune = write.feed;
    let rows = document_recipients::table.filter(document_recipients::commune_id.eq(commune).and(document_recipients::document_id.eq(document)));
    Ok(rows.order((document_recipients::sort_order, document_recipients::id)).select(DocumentRecipient::as_select()).load(write.connection()).await?)
}
