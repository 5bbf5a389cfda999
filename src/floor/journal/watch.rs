//! Who waits for a commune's next number: one statement every fifth of a second and worker, however many wait, and none
//! while nobody does. `NOTIFY` would be quicker by some milliseconds, but its commits stand in one line for all communes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use tokio::sync::watch;
use uuid::Uuid;

use super::feeds::REFERENCE;
use crate::db::Lane;
use crate::db::schema::feeds;
use crate::error::Result;

/// Time between two looks.
const ROUND: Duration = Duration::from_millis(200);

/// The numbers of a commune's feed and of the reference feed.
pub type Heads = (i64, i64);

/// The feeds that somebody of a worker waits for.
#[derive(Clone, Default)]
pub struct Watch(Rc<RefCell<Watched>>);

#[derive(Default)]
struct Watched {
    feeds: HashMap<Uuid, watch::Sender<Heads>>,
    under_way: bool,
}

impl Watch {
    /// Tells each new number from now on; several in a row are told once.
    pub fn follow(&self, lane: &Lane, feed: Uuid) -> watch::Receiver<Heads> {
        let (receiver, begin) = {
            let mut watched = self.0.borrow_mut();
            let receiver = watched.feeds.entry(feed).or_insert_with(|| watch::channel((0, 0)).0).subscribe();
            (receiver, !std::mem::replace(&mut watched.under_way, true))
        };
        if begin {
            tokio::task::spawn_local(self.clone().look(lane.clone()));
        }
        receiver
    }

    async fn look(self, lane: Lane) {
        loop {
            let wanted: Vec<Uuid> = {
                let mut watched = self.0.borrow_mut();
                watched.feeds.retain(|_, sender| sender.receiver_count() > 0);
                watched.under_way = !watched.feeds.is_empty();
                watched.feeds.keys().copied().collect()
            };
            if wanted.is_empty() {
                return;
            }
            match heads(&lane, wanted).await {
                Ok(numbers) => self.tell(&numbers),
                Err(error) => tracing::debug!(code = error.problem().code, "no heads"),
            }
            tokio::time::sleep(ROUND).await;
        }
    }

    fn tell(&self, numbers: &HashMap<Uuid, i64>) {
        let reference = numbers.get(&REFERENCE).copied().unwrap_or_default();
        for (feed, sender) in &self.0.borrow().feeds {
            let now = (numbers.get(feed).copied().unwrap_or_default(), reference);
            sender.send_if_modified(|known| std::mem::replace(known, now) != now);
        }
    }
}

async fn heads(lane: &Lane, mut wanted: Vec<Uuid>) -> Result<HashMap<Uuid, i64>> {
    wanted.push(REFERENCE);
    let connection = lane.connection().await?;
    let rows: Vec<(Uuid, i64)> = feeds::table.filter(feeds::id.eq_any(wanted)).select((feeds::id, feeds::number)).load(&mut &*connection).await?;
    Ok(rows.into_iter().collect())
}
