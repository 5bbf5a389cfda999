//! Who saw contact and sensitive fields of whom: noted where an object leaves, written aside.
//!
//! No request waits for it: notes go through a bounded queue to one task, which writes many at once. When the queue is
//! full, notes are lost, counted and said in the log: a reader is not refused because the log is slow.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::Insertable;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::actor::Actor;
use super::reach::Held;
use super::roles::Relation;
use crate::db::Database;
use crate::db::schema::reads;
use crate::random;

/// Notes that may wait to be written.
const WAITING: usize = 8_192;
/// Rows of one note; an export makes several.
const NOTED_ROWS: usize = 200;
/// Notes that one statement writes.
const TOGETHER: usize = 500;
/// Times that a failed statement is tried again, a second apart.
const TRIES: u32 = 30;

/// One note: what one request showed of the rows of one resource.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = reads)]
struct Note {
    commune_id: Uuid,
    id: Uuid,
    at: DateTime<Utc>,
    user_id: Option<Uuid>,
    session_id: Option<Uuid>,
    request_id: Uuid,
    operation: String,
    resource: &'static str,
    row_ids: Vec<Uuid>,
    fields: Vec<String>,
}

/// What one request has shown so far.
#[derive(Debug, Clone, Default)]
pub struct Shown(Rc<RefCell<Vec<ShownRows>>>);

#[derive(Debug)]
struct ShownRows {
    commune: Uuid,
    resource: &'static str,
    rows: Vec<Uuid>,
    fields: Vec<String>,
}

impl Shown {
    /// Notes the contact and sensitive fields that an object shows something in. One's own record is no matter of the log.
    pub fn note(&self, held: &Held, feed: Uuid, row: Uuid, fields: &[String]) {
        if fields.is_empty() || held.clauses.iter().any(|clause| clause.relation == Relation::Own) {
            return;
        }
        // Accounts lie in a feed of their own: the commune is the one whose right the reader used.
        let commune = held.clauses.iter().find_map(|clause| clause.commune).unwrap_or(feed);
        let mut shown = self.0.borrow_mut();
        let resource = held.policy.resource;
        let at = shown.iter().position(|rows| rows.commune == commune && rows.resource == resource).unwrap_or_else(|| {
            shown.push(ShownRows { commune, resource, rows: vec![], fields: vec![] });
            shown.len() - 1
        });
        let Some(rows) = shown.get_mut(at) else { return };
        rows.rows.push(row);
        for field in fields {
            if !rows.fields.iter().any(|known| known == field) {
                rows.fields.push(field.clone());
            }
        }
    }
}

/// The request that showed something.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub actor: &'a Actor,
    pub operation: &'a str,
    pub request_id: Uuid,
    pub at: DateTime<Utc>,
}

enum Job {
    Write(Note),
    Flush(oneshot::Sender<()>),
}

/// The way to the task that writes.
#[derive(Debug)]
pub struct ReaderLog {
    jobs: mpsc::Sender<Job>,
    lost: AtomicU64,
}

impl ReaderLog {
    /// Starts the task that writes, on the present runtime.
    pub fn start(database: Database) -> Self {
        let (jobs, queue) = mpsc::channel(WAITING);
        tokio::spawn(work(database, queue));
        Self { jobs, lost: AtomicU64::new(0) }
    }

    /// Hands over what a request has shown; never waits.
    pub fn keep(&self, reading: Reading<'_>, shown: &Shown) {
        for rows in shown.0.take() {
            for row_ids in rows.rows.chunks(NOTED_ROWS) {
                let note = Note {
                    commune_id: rows.commune,
                    id: random::id(),
                    at: reading.at,
                    user_id: reading.actor.user_id(),
                    session_id: reading.actor.session.as_ref().map(|session| session.id),
                    request_id: reading.request_id,
                    operation: reading.operation.to_owned(),
                    resource: rows.resource,
                    row_ids: row_ids.to_vec(),
                    fields: rows.fields.clone(),
                };
                if self.jobs.try_send(Job::Write(note)).is_err() {
                    let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
                    tracing::error!(lost, request_id = %reading.request_id, "the reader log is full: a note is lost");
                }
            }
        }
    }

    /// Notes that were lost since the start.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Waits until all that was handed over is written: at the end of the program, and for tests.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.jobs.send(Job::Flush(done)).await.is_ok() {
            written.await.ok();
        }
    }
}

async fn work(database: Database, mut queue: mpsc::Receiver<Job>) {
    let mut jobs = vec![];
    while queue.recv_many(&mut jobs, TOGETHER).await > 0 {
        let mut notes = vec![];
        let mut waiting = vec![];
        for job in jobs.drain(..) {
            match job {
                Job::Write(note) => notes.push(note),
                Job::Flush(done) => waiting.push(done),
            }
        }
        if !notes.is_empty() {
            write(&database, &notes).await;
        }
        for done in waiting {
            done.send(()).ok();
        }
    }
}

async fn write(database: &Database, notes: &[Note]) {
    use diesel_async::RunQueryDsl as _;
    for _ in 0..TRIES {
        let done = match database.connection().await {
            Ok(mut connection) => diesel::insert_into(reads::table).values(notes).execute(&mut connection).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.problem().code.to_owned()),
        };
        match done {
            Ok(_) => return,
            Err(error) => tracing::warn!(error, "the reader log could not be written; it is tried again"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tracing::error!(lost = notes.len(), "the reader log could not be written: notes are lost");
}
