//! From pages to events, for as long as the caller may see them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::web::Bytes;
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
            let event = format!("id: {}\nevent: changes\ndata: {{\"changes\":{},\"has_more\":{}}}\n\n", page.next, page.changes.text(), page.more);
            if !deliver(&sender, event).await {
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
    call.admit_anew().await?;
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

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    /// The clock stands still and goes on by itself when everybody waits.
    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_dropped_and_a_patient_one_is_not() {
        let (sender, mut receiver) = mpsc::channel(1);
        assert!(deliver(&sender, "id: 1\n\n".into()).await, "the first page waits in the channel");
        let begun = Instant::now();
        assert!(!deliver(&sender, "id: 2\n\n".into()).await, "nobody took it");
        assert_eq!(begun.elapsed(), PATIENCE);
        // What was delivered is whole, and its cursor is where the reader goes on; what was not is left out.
        drop(sender);
        assert_eq!(receiver.recv().await.as_deref(), Some(&b"id: 1\n\n"[..]));
        assert_eq!(receiver.recv().await, None);

        let (sender, mut receiver) = mpsc::channel(1);
        let reader = async {
            let mut read = 0;
            while receiver.recv().await.is_some() {
                read += 1;
                tokio::time::sleep(PATIENCE - Duration::from_secs(1)).await;
            }
            read
        };
        let writer = async {
            for page in 0..5 {
                assert!(deliver(&sender, format!("id: {page}\n\n")).await, "{page}");
            }
            drop(sender);
        };
        assert_eq!(tokio::join!(reader, writer).0, 5, "as slow as may be");
        // A reader who went away is noticed at once.
        let (sender, receiver) = mpsc::channel(1);
        drop(receiver);
        let begun = Instant::now();
        assert!(!deliver(&sender, "id: 1\n\n".into()).await);
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
