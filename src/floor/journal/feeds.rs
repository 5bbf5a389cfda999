//! Feeds and their marks.

use std::cell::RefCell;
use std::rc::Rc;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::db::Lane;
use crate::db::schema::feed_marks;
use crate::error::{Error, Result};
use crate::statement;

/// Communes and military units.
pub const REFERENCE: Uuid = Uuid::from_u128(1);
/// Users and grants. No ETag hangs on it, but every actor in memory does.
pub const ACCOUNTS: Uuid = Uuid::from_u128(2);

statement! {
    /// The first statement of a write, and alone: a row read by the same statement would be older than the lock.
    /// It tells the last day on which the feed takes new rows: that of a commune that ended.
    pub Tick(feed: Uuid as SqlUuid) -> (BigInt, Nullable<Date>),
    "UPDATE feeds SET number = number + 1 WHERE id = $1 RETURNING number, ended_on"
}

statement! {
    /// Takes a tick back under which nothing was noted, in the transaction that ticked: nobody has seen the number.
    pub Untick(feed: Uuid as SqlUuid) -> (),
    "UPDATE feeds SET number = number - 1 WHERE id = $1"
}

/// Kinds with the numbers at which they last changed.
pub type MarkList = Vec<(String, i64)>;

/// Reads of marks, shared by the requests of a worker: who comes while one is under way waits for the next one, which
/// serves all that wait. A read that began before a request came never answers it, so the marks are exact.
#[derive(Clone, Default)]
pub struct Marks(Rc<RefCell<Flight>>);

#[derive(Default)]
struct Flight {
    waiting: Vec<(Uuid, oneshot::Sender<Option<MarkList>>)>,
    under_way: bool,
}

impl Marks {
    /// The numbers at which the kinds last changed in a feed, sorted by kind; a kind that never changed is left out.
    ///
    /// The shared kinds (army units) are read along: a commune's lists may depend on them.
    ///
    /// Read before the answer that it marks: the answer may then be newer than its marks, never older.
    pub async fn read(&self, lane: &Lane, feed: Uuid, kinds: &[&str]) -> Result<MarkList> {
        let (sender, answer) = oneshot::channel();
        let first = {
            let mut flight = self.0.borrow_mut();
            flight.waiting.push((feed, sender));
            !std::mem::replace(&mut flight.under_way, true)
        };
        if first {
            // A task of its own: who asked first may go away, the others still wait.
            tokio::task::spawn_local(self.clone().fly(lane.clone()));
        }
        let mut marks = answer.await.ok().flatten().ok_or_else(Error::unavailable)?;
        marks.retain(|(kind, _)| kinds.contains(&kind.as_str()));
        marks.sort();
        Ok(marks)
    }

    async fn fly(self, lane: Lane) {
        loop {
            let waiting = {
                let mut flight = self.0.borrow_mut();
                flight.under_way = !flight.waiting.is_empty();
                std::mem::take(&mut flight.waiting)
            };
            if waiting.is_empty() {
                return;
            }
            let feeds = waiting.iter().map(|(feed, _)| *feed).collect();
            let marks = of_feeds(&lane, feeds).await.inspect_err(|error| tracing::debug!(code = error.problem().code, "no marks")).ok();
            for (feed, sender) in waiting {
                let own = |marks: &Vec<(Uuid, String, i64)>| {
                    marks.iter().filter(|(of, ..)| *of == feed || *of == REFERENCE).map(|(_, kind, number)| (kind.clone(), *number)).collect()
                };
                sender.send(marks.as_ref().map(own)).ok();
            }
        }
    }
}

/// The marks of feeds as a transaction sees them, sorted.
pub async fn marks_of(connection: &mut AsyncPgConnection, feeds: &[Uuid]) -> Result<MarkList> {
    let marks = feed_marks::table.filter(feed_marks::feed_id.eq_any(feeds.to_vec())).select((feed_marks::kind, feed_marks::number));
    Ok(marks.order((feed_marks::kind, feed_marks::number)).load(connection).await?)
}

async fn of_feeds(lane: &Lane, mut feeds: Vec<Uuid>) -> Result<Vec<(Uuid, String, i64)>> {
    feeds.push(REFERENCE);
    feeds.sort();
    feeds.dedup();
    let connection = lane.connection().await?;
    let marks = feed_marks::table.filter(feed_marks::feed_id.eq_any(feeds)).select((feed_marks::feed_id, feed_marks::kind, feed_marks::number));
    Ok(marks.load(&mut &*connection).await?)
}
