//! A commune's writers wait here, in the process, before they take a connection: a storm in one commune can take
//! two connections of the pool and fill its own queue, and no other commune notices.
//!
//! Turns go round among the callers that wait, not among their requests: who sends a hundred at once waits behind
//! themselves, and everybody else for one of them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Connections that one commune may hold: one that writes, and one that stands ready behind its lock.
const CONNECTIONS: usize = 2;
/// Writers that may wait in one commune: at a thousand commits a second, half a second's work.
pub const WAITING: usize = 512;
/// Writers of one caller that may wait in one commune: more than a program sends at once that means well.
pub const WAITING_OF_ONE: usize = 64;
/// How long a writer waits for its turn. A request may wait once more for the answer of the database.
const PATIENCE: Duration = Duration::from_secs(3);

/// All queues of a process.
#[derive(Debug, Default, Clone)]
pub struct Queues(Arc<Mutex<HashMap<Uuid, Queue>>>);

#[derive(Debug, Default)]
struct Queue {
    /// Turns under way.
    taken: usize,
    /// Who waits: a lane for each caller, the next one to have a turn first. Those who gave up are closed.
    lanes: VecDeque<(Option<Uuid>, VecDeque<oneshot::Sender<Turn>>)>,
}

/// The right to take a connection and write; ends when dropped.
#[derive(Debug)]
pub struct Turn {
    queues: Queues,
    feed: Uuid,
}

impl Queues {
    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn of a caller (all who have no name are one); 503 when the queue is full or the wait gets too long.
    pub async fn enter(&self, feed: Uuid, caller: Option<Uuid>) -> Result<Turn> {
        let turn = {
            let mut all = self.all();
            let queue = all.entry(feed).or_default();
            if queue.taken < CONNECTIONS {
                queue.taken += 1;
                return Ok(Turn { queues: self.clone(), feed });
            }
            queue.line_up(caller).ok_or_else(Error::unavailable)?
        };
        tokio::time::timeout(PATIENCE, turn).await.map_err(|_| Error::unavailable())?.map_err(Error::internal)
    }

    /// Those who wait or write in all queues, for the metrics.
    pub fn depth(&self) -> usize {
        self.all().values().map(|queue| queue.taken + queue.waiting()).sum()
    }
}

impl Queue {
    fn waiting(&self) -> usize {
        self.lanes.iter().map(|(_, lane)| lane.len()).sum()
    }

    /// A place at the end of the caller's lane; none where there is no room.
    fn line_up(&mut self, caller: Option<Uuid>) -> Option<oneshot::Receiver<Turn>> {
        let own = |queue: &Self| queue.lanes.iter().find(|(of, _)| *of == caller).map_or(0, |(_, lane)| lane.len());
        let full = |queue: &Self| queue.waiting() >= WAITING || own(queue) >= WAITING_OF_ONE;
        if full(self) {
            self.lanes.iter_mut().for_each(|(_, lane)| lane.retain(|waiting| !waiting.is_closed()));
            self.lanes.retain(|(_, lane)| !lane.is_empty());
        }
        if full(self) {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        match self.lanes.iter_mut().find(|(of, _)| *of == caller) {
            Some((_, lane)) => lane.push_back(sender),
            None => self.lanes.push_back((caller, VecDeque::from([sender]))),
        }
        Some(receiver)
    }

    /// Who has the next turn; their caller goes to the end of the line.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        while let Some((caller, mut lane)) = self.lanes.pop_front() {
            let first = std::iter::from_fn(|| lane.pop_front()).find(|waiting| !waiting.is_closed());
            if !lane.is_empty() {
                self.lanes.push_back((caller, lane));
            }
            if first.is_some() {
                return first;
            }
        }
        None
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut all = self.queues.all();
            let Some(queue) = all.get_mut(&self.feed) else { return };
            let next = queue.next();
            if next.is_none() {
                queue.taken -= 1;
                if queue.taken == 0 {
                    all.remove(&self.feed);
                }
            }
            next
        };
        // Who gave up just now drops the turn, which goes on to the next. Not under the lock, for that reason.
        if let Some(next) = next {
            next.send(Turn { queues: self.queues.clone(), feed: self.feed }).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_go_round_among_callers() {
        let queues = Queues::default();
        let feed = Uuid::from_u128(9);
        let (storm, clerk) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
        let held = [queues.enter(feed, storm).await.expect("a turn"), queues.enter(feed, storm).await.expect("a turn")];
        let order = Arc::new(Mutex::new(vec![]));
        let enter = |caller| {
            let (queues, order) = (queues.clone(), order.clone());
            async move {
                let turn = queues.enter(feed, caller).await;
                order.lock().expect("a list").push(turn.is_ok().then_some(caller));
            }
        };
        let waiting = futures::future::join_all((0..WAITING_OF_ONE + 5).map(|_| storm).chain([clerk, clerk]).map(enter));
        tokio::join!(waiting, async { drop(held) });
        let order = order.lock().expect("a list").clone();
        assert_eq!(order.iter().filter(|turn| turn.is_none()).count(), 5, "no room for more of one caller");
        let turns: Vec<_> = order.into_iter().flatten().collect();
        let clerks: Vec<usize> = turns.iter().enumerate().filter(|(_, caller)| **caller == clerk).map(|(i, _)| i).collect();
        assert!(clerks.iter().all(|turn| *turn < 5), "{clerks:?} of {}", turns.len());
        assert_eq!(queues.depth(), 0, "an empty queue is forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_leaves_the_turn_to_others() {
        let queues = Queues::default();
        let feed = Uuid::from_u128(9);
        let held = [queues.enter(feed, None).await.expect("a turn"), queues.enter(feed, None).await.expect("a turn")];
        assert_eq!(queues.enter(feed, None).await.expect_err("waited too long").status(), 503);
        drop(held);
        assert_eq!(queues.depth(), 0);
        queues.enter(feed, None).await.expect("a turn");
    }
}
