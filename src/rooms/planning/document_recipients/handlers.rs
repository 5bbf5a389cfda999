//! What happens with recipients.

use uuid::Uuid;

use super::dto::{ActOnDocumentRecipient, CopyStatus, DocumentRecipient};
use super::store;
use crate::documents;
use crate::documents::Document;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Kept};

impl Kept for DocumentRecipient {
    async fn check(_: &mut Write, _: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        Ok(row)
    }
}

pub async fn send(call: Call, body: ActOnDocumentRecipient) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: DocumentRecipient| {
        let document = table::named::<Document>(write, after.document_id, "/document_id").await?;
        if !documents::in_force(&document) {
            return Err(Error::new(&documents::rules::NOT_IN_FORCE));
        }
        Ok(DocumentRecipient { sent_at: Some(write.now), ..after })
    })
    .await
}

pub async fn mark_read(call: Call, body: ActOnDocumentRecipient) -> Result<Answer> {
    let read = async |write: &mut Write, _: &Seen<_>, after| Ok(DocumentRecipient { read_at: Some(write.now), read_by: write.actor.user_id(), ..after });
    table::act(&call, body.into(), read).await
}

/// A document goes out: every copy that is still listed is sent.
pub async fn send_all(write: &mut Write, document: Uuid) -> Result<()> {
    for row in store::of_document(write, document).await?.into_iter().filter(|row| row.status == CopyStatus::Listed) {
        let sent = DocumentRecipient { status: CopyStatus::Sent, sent_at: Some(write.now), ..row.clone() };
        table::follow(write, "send", &row, sent).await?;
    }
    Ok(())
}

/// The units that get a copy of a document.
pub async fn units_of(write: &mut Write, document: Uuid) -> Result<Vec<Uuid>> {
    let rows = store::of_document(write, document).await?;
    Ok(rows.into_iter().filter(|row| row.status != CopyStatus::Removed).filter_map(|row| row.unit_id).collect())
}
