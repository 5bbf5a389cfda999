//! From pages to events, for as long as the caller may see them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::web::Bytes;
use serde_json::json;
use tokio::sync::{mpsc, watch};

use crate::access::guard::admit;
use crate::error::Result;
use crate::journal::watch::Heads;
use crate::sync::{self, Asked, Page};
use crate::web::call::Call;

/// How often it is asked whether the caller may still listen, and whether the process is about to end.
const ROUND: Duration = Duration::from_secs(1);
/// Rounds between two signs of life: proxies cut lines that are silent for a minute.
const HEARTBEAT: u32 = 15;
/// How long a reader may leave a page unread. Its cursor is good for the next time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends pages until the reader goes, is too slow, or may not read any more.
pub async fn send(mut call: Call, mut asked: Asked, mut page: Page, mut heads: watch::Receiver<Heads>, sender: mpsc::Sender<Bytes>) {
    loop {
        if !page.empty || page.more || asked.cursor.is_none() {
            let data = json!({"changes": page.changes, "has_more": page.more});
            if !deliver(&sender, format!("id: {}\nevent: changes\ndata: {data}\n\n", page.next)).await {
                return;
            }
        }
        asked.cursor = Some(page.next.clone());
        if !page.more && !wait(&mut heads, &sender, &call).await {
            return;
        }
        page = match again(&mut call, &asked).await {
            Ok(page) => page,
            Err(error) => {
                let name = if error.status() == 410 { "resync" } else { "end" };
                let problem = error.document(call.lang, &call.request_id.to_string());
                deliver(&sender, format!("event: {name}\ndata: {problem}\n\n")).await;
                return;
            }
        };
    }
}

/// Who asks is settled anew before each page: a right that ended shows no more rows.
async fn again(call: &mut Call, asked: &Asked) -> Result<Page> {
    call.now = call.service().clock.now();
    let admitted = admit(&call.worker, call.headers.authorization.as_deref(), call.now).await?;
    (call.actor, call.epoch) = (admitted.actor, admitted.epoch);
    sync::page(call, asked).await
}

/// Until the commune's number moves; false when the stream is over.
async fn wait(heads: &mut watch::Receiver<Heads>, sender: &mpsc::Sender<Bytes>, call: &Call) -> bool {
    let mut rounds = 0;
    loop {
        let moved = tokio::time::timeout(ROUND, heads.changed());
        tokio::select! {
            moved = moved => match moved {
                Ok(moved) => return moved.is_ok(),
                Err(_) if call.service().draining.load(Ordering::Relaxed) => return false,
                Err(_) => {
                    // A token that ended, or a right: noticed without a change too.
                    if admit(&call.worker, call.headers.authorization.as_deref(), call.service().clock.now()).await.is_err() {
                        return true;
                    }
                    rounds += 1;
                    if rounds % HEARTBEAT == 0 && !deliver(sender, ":\n\n".into()).await {
                        return false;
                    }
                }
            },
            () = sender.closed() => return false,
        }
    }
}

async fn deliver(sender: &mpsc::Sender<Bytes>, text: String) -> bool {
    matches!(tokio::time::timeout(PATIENCE, sender.send(Bytes::from(text))).await, Ok(Ok(())))
}
