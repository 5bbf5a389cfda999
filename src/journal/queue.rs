//! A commune's writers wait here, in the process, before they take a connection: a storm in one commune can take
//! two connections of the pool and fill its own queue, and no other commune notices.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::error::{Error, Result};

/// Connections that one commune may hold: one that writes, and one that stands ready behind its lock.
const CONNECTIONS: usize = 2;
/// Writers that may wait in one commune: at a thousand commits a second, half a second's work.
pub const WAITING: usize = 512;
/// How long a writer waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// All queues of a process.
#[derive(Debug, Default)]
pub struct Queues(Mutex<HashMap<Uuid, Arc<Queue>>>);

#[derive(Debug)]
struct Queue {
    connections: Arc<Semaphore>,
    /// Those who wait or write: an empty queue is forgotten.
    inside: AtomicUsize,
}

/// The right to take a connection and write; ends when dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    queues: &'a Queues,
    feed: Uuid,
    queue: Arc<Queue>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Queues {
    /// Waits for a turn; 503 when the queue is full or the wait gets too long.
    pub async fn enter(&self, feed: Uuid) -> Result<Turn<'_>> {
        let queue = {
            let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let queue =
                queues.entry(feed).or_insert_with(|| Arc::new(Queue { connections: Arc::new(Semaphore::new(CONNECTIONS)), inside: AtomicUsize::new(0) }));
            queue.inside.fetch_add(1, Ordering::Relaxed);
            queue.clone()
        };
        let mut turn = Turn { queues: self, feed, queue, permit: None };
        if turn.queue.inside.load(Ordering::Relaxed) > WAITING + CONNECTIONS {
            return Err(Error::unavailable());
        }
        let wait = tokio::time::timeout(PATIENCE, turn.queue.connections.clone().acquire_owned());
        turn.permit = Some(wait.await.map_err(|_| Error::unavailable())?.map_err(Error::internal)?);
        Ok(turn)
    }

    /// Those who wait or write in all queues, for the metrics.
    pub fn depth(&self) -> usize {
        let queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues.values().map(|queue| queue.inside.load(Ordering::Relaxed)).sum()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        drop(self.permit.take());
        let mut queues = self.queues.0.lock().unwrap_or_else(PoisonError::into_inner);
        if self.queue.inside.fetch_sub(1, Ordering::Relaxed) == 1 {
            queues.remove(&self.feed);
        }
    }
}
