//! No request waits above five seconds: a database that does not answer, or a table that somebody holds, is told as 503 and
//! holds up nobody else.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::call::Call;
use super::limits::is_export;
use crate::error::{Error, Result};

/// What an ordinary request has.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is many requests' work, or a whole file.
const LONG: Duration = Duration::from_secs(60);
/// Such operations; each stops by itself where one step of it was not answered.
const LONG_ONES: &[&str] = &["batch", "check_in_many", "create_import", "undo_import"];
/// How long reads of a room are refused after one of them waited for a lock in vain; then one tries again.
const OPEN: Duration = Duration::from_secs(1);

/// The rooms whose tables somebody holds: their reads are refused at once for a moment, since each would hold the lane.
#[derive(Debug, Default)]
pub struct Circuits(RefCell<HashMap<&'static str, Instant>>);

impl Circuits {
    fn check(&self, room: &'static str) -> Result<()> {
        let mut open = self.0.borrow_mut();
        match open.get(room) {
            Some(until) if Instant::now() < *until => Err(Error::unavailable()),
            Some(_) => {
                // The one that tries; should it fail, the others have been refused meanwhile.
                open.insert(room, Instant::now() + OPEN);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn open(&self, room: &'static str) {
        self.0.borrow_mut().insert(room, Instant::now() + OPEN);
    }

    fn close(&self, room: &'static str) {
        self.0.borrow_mut().remove(room);
    }
}

fn patience(call: &Call) -> Duration {
    if is_export(call) || LONG_ONES.contains(&call.operation.id.as_str()) { LONG } else { PATIENCE }
}

/// Waits for a handler as long as its operation has.
pub async fn keep(call: &Call, handler: impl Future<Output = Result<Answer>>) -> Result<Answer> {
    let room = Some(call.operation.room).filter(|_| !call.operation.writes());
    let worker = &call.worker;
    if let Some(room) = room {
        worker.circuits.check(room)?;
    }
    let Ok(done) = tokio::time::timeout(patience(call), handler).await else {
        tracing::warn!(operation = call.operation.id, "the database did not answer in time");
        // A read that waited so long waited for the lane. A write may have waited for its turn or for a hash, which is nobody
        // else's trouble: the pool is asked whether it still speaks.
        match room {
            Some(_) => worker.lane.abandon(),
            None => call.service().database.suspect(),
        }
        return Err(Error::unavailable());
    };
    match (room, &done) {
        (Some(room), Ok(_)) => worker.circuits.close(room),
        (Some(room), Err(error)) if error.is_locked() => {
            worker.circuits.open(room);
            // Those who wait behind it on this connection are told to come again, and find another one.
            worker.lane.abandon();
        }
        // What ended with the lane says nothing of the room.
        _ => {}
    }
    done
}
