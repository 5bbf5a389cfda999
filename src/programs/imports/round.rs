//! The work behind imports.
//!
//! A few rows are written as they are read, in the import's own write. Many would hold the commune's lock for seconds: they
//! are rehearsed without it and merged in one short transaction; should something that they were judged by have changed in
//! between, they are rehearsed again.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use super::dto::{Import, ImportStatus, RowError};
use super::rows::{self, Outcome};
use super::store::{self, Leased};
use super::table::Row;
use crate::access::actor::Actor;
use crate::access::guard::{Principal, on_behalf};
use crate::error::{Error, Result, UNAVAILABLE};
use crate::journal::Write;
use crate::journal::feeds::ACCOUNTS;
use crate::journal::rehearsal::Rehearsal;
use crate::service::{Service, Worker};
use crate::web::table;

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(500);
/// How long nobody else takes an import up after the last note of how far it is.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Rows that are written under the commune's lock as they are read: some hundred milliseconds.
const AT_ONCE: usize = 100;
/// Rehearsals before it is given up: the commune's data change all the time.
const REHEARSALS: usize = 3;
/// Times that an import is taken up: then there is something in it that the service cannot do.
const ATTEMPTS: i32 = 5;

/// Works for as long as the process serves. Each instance does; they take different imports.
pub async fn run(service: Arc<Service>) {
    let worker = Worker::new(service);
    while !worker.service.draining.load(Ordering::Relaxed) {
        match round(&worker).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(code = error.problem().code, cause = error.cause(), "an import waits; it is taken up again"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// An import to its end; false when none waits. For tests, which hold the time.
pub async fn round(worker: &Rc<Worker>) -> Result<bool> {
    let now = worker.service.clock.now();
    let mut connection = worker.service.database.connection().await?;
    let Some(Leased { import, scopes, rows, notes, attempts }) = store::lease(&mut connection, now, now + LEASE).await? else { return Ok(false) };
    drop(connection);
    let work = Work { worker, import, rows, notes };
    let stopped = if attempts > ATTEMPTS { Err(Error::internal("taken up too often")) } else { work.all(scopes).await };
    match stopped {
        Err(error) if error.status() < 500 || attempts > ATTEMPTS => work.fail(error.problem().code).await?,
        stopped => stopped?,
    }
    Ok(true)
}

struct Work<'w> {
    worker: &'w Rc<Worker>,
    import: Import,
    rows: Vec<Row>,
    /// What was noted of the file when it was read.
    notes: Vec<RowError>,
}

impl Work<'_> {
    async fn all(&self, scopes: Vec<String>) -> Result<()> {
        let (service, import) = (&self.worker.service, &self.import);
        let now = service.clock.now();
        let principal = Principal { user_id: import.user_id, client_id: import.client_id, scopes };
        let actor = (*on_behalf(self.worker, &principal, now).await?.actor).clone();
        import.kind.check_right(&actor, import.commune_id)?;
        if !import.dry_run && self.rows.len() <= AT_ONCE {
            return self.at_once(actor).await;
        }
        for _ in 0..REHEARSALS {
            if self.rehearsed(actor.clone()).await? {
                return Ok(());
            }
        }
        self.fail(UNAVAILABLE.code).await
    }

    fn feed(&self) -> Uuid {
        self.import.kind.feed(self.import.commune_id)
    }

    /// Where it goes to the report how far it is.
    async fn progress(&self, checked: usize) -> Result<bool> {
        let service = &self.worker.service;
        let until = service.clock.now() + LEASE;
        store::progress(&mut *service.database.connection().await?, &self.import, checked, until).await
    }

    async fn at_once(&self, actor: Actor) -> Result<()> {
        let (service, feed) = (&self.worker.service, self.feed());
        let _turn = service.queues.enter(feed, Some(self.import.user_id)).await?;
        let mut write = Write::begin(service.database.connection().await?, feed, actor.clone(), service.clock.now()).await?;
        let outcome = match rows::run(&mut write, &self.import, &self.rows, &self.notes, async |_| Ok(true)).await {
            Ok(outcome) => outcome.unwrap_or_default(),
            Err(error) => {
                write.roll_back().await;
                return Err(error);
            }
        };
        if self.is_refused(&outcome) {
            write.roll_back().await;
            return self.end(actor, ImportStatus::Failed, &outcome).await;
        }
        self.keep(write, ImportStatus::Done, None, &outcome).await
    }

    /// False when it has to be rehearsed again.
    async fn rehearsed(&self, actor: Actor) -> Result<bool> {
        let (service, feed, commune) = (&self.worker.service, self.feed(), self.import.commune_id);
        let connection = service.database.connection().await?;
        let mut rehearsal = Rehearsal::begin(connection, feed, commune, actor.clone(), service.clock.now()).await?;
        let outcome = match rows::run(rehearsal.write(), &self.import, &self.rows, &self.notes, async |checked| self.progress(checked).await).await {
            Ok(Some(outcome)) => outcome,
            stopped => {
                rehearsal.roll_back().await;
                return stopped.map(|_| true);
            }
        };
        if self.import.dry_run || self.is_refused(&outcome) {
            rehearsal.roll_back().await;
            let status = if self.import.dry_run { ImportStatus::Checked } else { ImportStatus::Failed };
            return self.end(actor, status, &outcome).await.map(|()| true);
        }
        let rehearsed = rehearsal.end().await?;
        let _turn = service.queues.enter(feed, Some(self.import.user_id)).await?;
        let mut write = Write::begin(service.database.connection().await?, feed, actor, service.clock.now()).await?;
        let merged = async {
            if rehearsed.is_stale(&mut write, commune, self.import.kind.rests_on()).await? {
                return Ok(false);
            }
            rehearsed.merge(&mut write).await?;
            Ok(true)
        };
        match merged.await {
            Ok(true) => self.keep(write, ImportStatus::Done, None, &outcome).await.map(|()| true),
            done => {
                write.roll_back().await;
                // A row that came in between and has the same code: the next rehearsal says which.
                done.or_else(|error: Error| if error.status() == 409 || error.status() == 422 { Ok(false) } else { Err(error) })
            }
        }
    }

    fn is_refused(&self, outcome: &Outcome) -> bool {
        outcome.imported == 0 || (outcome.refused > 0 && !self.import.skip_errors)
    }

    /// Its end alone, nothing kept.
    async fn end(&self, actor: Actor, status: ImportStatus, outcome: &Outcome) -> Result<()> {
        let problem = (status == ImportStatus::Failed).then_some("rows_refused");
        let _turn = self.worker.service.queues.enter(self.import.commune_id, Some(self.import.user_id)).await?;
        self.keep(self.write(actor).await?, status, problem, outcome).await
    }

    /// It stopped as a whole.
    async fn fail(&self, problem: &'static str) -> Result<()> {
        let actor = Actor::system("an import ends that cannot be carried out: its sender has no right left, or the service cannot do it");
        let _turn = self.worker.service.queues.enter(self.import.commune_id, Some(self.import.user_id)).await?;
        self.keep(self.write(actor).await?, ImportStatus::Failed, Some(problem), &Outcome::default()).await
    }

    async fn write(&self, actor: Actor) -> Result<Write> {
        let service = &self.worker.service;
        Write::begin(service.database.connection().await?, self.import.commune_id, actor, service.clock.now()).await
    }

    /// The import's end, in the write that keeps its rows: it is done once, and if it was stopped nothing is kept.
    async fn keep(&self, mut write: Write, status: ImportStatus, problem: Option<&'static str>, outcome: &Outcome) -> Result<()> {
        let accounts = write.feed == ACCOUNTS;
        match self.mark(&mut write, status, problem, outcome).await {
            Ok(true) => write.commit(None, 200, self.import.id).await?,
            done => {
                write.roll_back().await;
                return done.map(|_| ());
            }
        }
        if accounts {
            self.worker.service.pulse.forget();
        }
        Ok(())
    }

    async fn mark(&self, write: &mut Write, status: ImportStatus, problem: Option<&'static str>, outcome: &Outcome) -> Result<bool> {
        if write.feed != self.import.commune_id {
            write.also(self.import.commune_id).await?;
        }
        let Some(before) =
            store::find(write.connection(), self.import.commune_id, self.import.id).await?.filter(|import| import.status == ImportStatus::Waiting)
        else {
            return Ok(false);
        };
        let kept = if status == ImportStatus::Failed { 0 } else { outcome.imported };
        let after = Import { status, problem: problem.map(str::to_owned), rows_imported: kept, rows_refused: outcome.refused, ..before.clone() };
        table::follow(write, "end", &before, after).await?;
        let checked = outcome.imported + outcome.refused;
        store::end_work(write, &before, checked, &outcome.report).await?;
        Ok(true)
    }
}
