//! What happens with recipients.

use uuid::Uuid;

use super::dto::{ActOnDocumentRecipient, CopyStatus, DocumentRecipient};
use super::store;
use crate::documents;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting, Kept};

impl Kept for DocumentRecipient {
    async fn check(_: &mut Write, _: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        Ok(row)
    }
}

pub async fn act(call: Call) -> Result<Answer> {
    let input: ActOnDocumentRecipient = call.body()?;
    let acting = Acting { reason: input.reason.map(String::from), occurred_at: input.occurred_at };
    table::act(&call, acting, async |write, _, mut after: DocumentRecipient| {
        match call.operation.id.as_str() {
            "send_document_recipient" => {
                let document = documents::named(write, after.document_id, "/document_id").await?;
                if !documents::in_force(&document) {
                    return Err(Error::new(&documents::rules::NOT_IN_FORCE));
                }
                after.sent_at = Some(write.now);
            }
            "mark_read_document_recipient" => (after.read_at, after.read_by) = (Some(write.now), write.actor.user_id()),
            _ => {}
        }
        Ok(after)
    })
    .await
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
