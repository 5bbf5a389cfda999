//! What happens when a client listens.

use serde::Serialize;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::events;
use crate::error::{Error, Result, UNAUTHENTICATED};
use crate::sync;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::tickets;

/// A ticket for a stream.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreamTicket {
    /// Goes into the query of `/v1/stream`.
    pub ticket: String,
    /// Seconds for which it begins a stream.
    pub expires_in: i64,
}

/// No statement.
pub async fn ticket(call: Call) -> Result<Answer> {
    let authorization = call.headers.authorization.as_deref().ok_or_else(|| Error::new(&UNAUTHENTICATED))?;
    let ticket = tickets::write(&call.service().secret, authorization, call.now)?;
    Ok(Answer::ok(StreamTicket { ticket, expires_in: tickets::LIFE.num_seconds() })?.header("Cache-Control", "no-store"))
}

/// Streams that one worker holds open; memory for each is one page.
const MAX_OPEN: usize = 2_000;
/// The first page is made before the answer begins, so that what is wrong with the request is a problem document.
pub async fn stream(call: Call) -> Result<Answer> {
    let mut query = sync::Asked::sync(&call)?;
    if let Some(last) = call.headers.last_event_id.as_deref().filter(|last| !last.is_empty()) {
        query.cursor = Some(last.to_owned());
    }
    let share = call.service().streams.take(&call)?;
    let open = call.worker.streams.clone();
    if std::rc::Rc::strong_count(&open) > MAX_OPEN {
        return Err(Error::too_many(30));
    }
    // Before the page: what is committed after it is told.
    let heads = call.worker.watch.follow(&call.worker.lane, query.commune);
    let page = sync::page(&call, &query).await?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_local(async move {
        let _open = (open, share);
        events::send(call, query, page, heads, sender).await;
    });
    Ok(Answer::events(receiver))
}
