//! The write transaction: tick, retry key, load, rules, write, journal, commit.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, TransactionManager as _};
use serde::Serialize;
use serde_json::{Value, to_value};
use uuid::Uuid;

use super::append::{Append, Entry, changes};
use super::{feeds, retention};
use crate::access::actor::Actor;
use crate::access::reach::{Held, Policy};
use crate::access::roles::Clause;
use crate::db::Connection;
use crate::db::schema::idempotency_keys;
use crate::error::{Error, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, Result};
use crate::text::Said;

/// Where a row lies: what reach depends on beside the commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    pub campaign_id: Option<Uuid>,
    pub hamlet_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub owner_id: Option<Uuid>,
}

/// A row of a room's table, which is also the room's object: its JSON is what clients see, less what is hidden.
pub trait Row: Clone + Serialize + Send + 'static {
    /// The table's name, which is also the kind in journal and marks.
    const KIND: &'static str;
    /// Fields with names of people and words about them: their values never go into the journal, whatever their class.
    const PERSONAL: &'static [&'static str];
    fn id(&self) -> Uuid;
    fn feed(&self) -> Uuid;
    fn version(&self) -> i64;
    fn status(&self) -> &'static str;
    /// Sets version and time of change.
    fn stamp(&mut self, version: i64, now: DateTime<Utc>);
    fn place(&self) -> Place;
}

/// A row with what the actor is to it.
#[derive(Debug, Clone)]
pub struct Seen<R> {
    pub row: R,
    pub held: Held,
}

/// Something that the client should know although the write was done.
#[derive(Debug, Clone)]
pub struct Warning {
    pub code: &'static str,
    pub pointer: String,
    pub detail: Said,
    pub related: Vec<Uuid>,
}

/// What a write remembers for its retry.
#[derive(Debug, Clone)]
pub struct Retry {
    pub key: String,
    pub request_hash: Vec<u8>,
}

/// One open write transaction. It has ticked; nothing is kept unless [`Write::commit`] is reached.
pub struct Write {
    /// Taken out when the transaction is ended; see the drop.
    connection: Option<Connection>,
    pub feed: Uuid,
    /// The number of this write: the version of every row that it touches.
    pub number: i64,
    /// The last day on which the feed takes new rows: its commune ended.
    pub ended_on: Option<NaiveDate>,
    pub now: DateTime<Utc>,
    pub actor: Actor,
    pub request_id: Option<Uuid>,
    /// The epoch that tags of this write's answer are of.
    pub epoch: Arc<str>,
    /// The client's time, where it sent one.
    pub occurred_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub warnings: Vec<Warning>,
    pub(super) entries: Vec<Entry>,
    /// Kinds that changed beside what is journalled: sums, which follow from the rows that they count.
    marks: Vec<String>,
}

impl Write {
    /// BEGIN and tick: two statements. A feed that is not there is a commune that is not there.
    pub async fn begin(connection: Connection, feed: Uuid, actor: Actor, now: DateTime<Utc>) -> Result<Self> {
        let mut write = Self::untold(connection, feed, actor, now).await?;
        write.tick(feed).await?;
        Ok(write)
    }

    /// BEGIN without a tick, for what will be rolled back.
    pub(super) async fn untold(connection: Connection, feed: Uuid, actor: Actor, now: DateTime<Utc>) -> Result<Self> {
        let (warnings, entries, marks) = Default::default();
        let mut write = Self {
            connection: Some(connection),
            feed,
            number: 0,
            ended_on: None,
            now,
            actor,
            request_id: None,
            epoch: "".into(),
            occurred_at: None,
            reason: None,
            warnings,
            entries,
            marks,
        };
        <AsyncPgConnection as AsyncConnection>::TransactionManager::begin_transaction(write.connection()).await?;
        Ok(write)
    }

    /// Does something that may be refused while the rest goes on: then all of it is undone, and noted nowhere. Two
    /// statements beside its own.
    pub async fn attempt<T>(&mut self, body: impl AsyncFnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let (entries, warnings, marks) = (self.entries.len(), self.warnings.len(), self.marks.len());
        <AsyncPgConnection as AsyncConnection>::TransactionManager::begin_transaction(self.connection()).await?;
        let done = body(self).await;
        if done.is_ok() {
            <AsyncPgConnection as AsyncConnection>::TransactionManager::commit_transaction(self.connection()).await?;
        } else {
            <AsyncPgConnection as AsyncConnection>::TransactionManager::rollback_transaction(self.connection()).await?;
            self.entries.truncate(entries);
            self.warnings.truncate(warnings);
            self.marks.truncate(marks);
        }
        done
    }

    #[expect(clippy::expect_used, reason = "only the end of the transaction takes it, and that consumes the write")]
    pub fn connection(&mut self) -> &mut AsyncPgConnection {
        self.connection.as_mut().expect("an open write has its connection")
    }

    /// What an earlier request under the same key left: its status and row. A key of another request is refused.
    pub async fn replay(&mut self, retry: &Retry) -> Result<Option<(u16, Uuid)>> {
        let Some(caller) = self.actor.caller_id() else { return Ok(None) };
        let found: Option<(Vec<u8>, i16, Uuid)> = idempotency_keys::table
            .find((self.feed, caller, &retry.key))
            .filter(idempotency_keys::made_at.gt(self.now - retention::RETRY_KEYS))
            .select((idempotency_keys::request_hash, idempotency_keys::status, idempotency_keys::row_id))
            .first(self.connection())
            .await
            .optional()?;
        match found {
            Some((hash, _, _)) if hash != retry.request_hash => Err(Error::new(&IDEMPOTENCY_KEY_REUSED)),
            Some((_, status, row)) => Ok(Some((u16::try_from(status).unwrap_or(200), row))),
            None => Ok(None),
        }
    }

    /// Notes a change for the journal; `by` is the clause that gave the right.
    pub fn record<R: Row>(&mut self, action: &str, policy: &Policy, before: Option<&R>, after: &R, by: Option<&Clause>) -> Result<()> {
        let old = before.map(to_value).transpose()?.unwrap_or(Value::Null);
        let new = to_value(after)?;
        let entry = Entry {
            occurred_at: self.occurred_at,
            // What the program does as itself, or somebody with its leave, is nobody's role.
            role: by.filter(|_| self.actor.system.is_none()).map(|clause| clause.role.name()),
            acting_for: by.and_then(|clause| clause.acting_for),
            ..self.entry(R::KIND, after.id(), action, changes(policy.fields, R::PERSONAL, &old, &new))
        };
        self.entries.push(entry.place(before.map(Row::place).unwrap_or_default(), after.place()));
        Ok(())
    }

    /// Says that rows of a kind changed that are no information of their own: lists of it are read anew, the journal
    /// keeps the rows that they were computed from.
    pub fn mark<R: Row>(&mut self) {
        if !self.marks.iter().any(|kind| kind == R::KIND) {
            self.marks.push(R::KIND.into());
        }
    }

    /// Whether anything was changed: a write that changed nothing takes no number.
    pub fn changed(&self) -> bool {
        !self.entries.is_empty()
    }

    pub fn warn(&mut self, code: &'static str, pointer: impl Into<String>, detail: Said, related: Vec<Uuid>) {
        self.warnings.push(Warning { code, pointer: pointer.into(), detail, related });
    }

    /// Goes on in another feed within the same transaction: what was noted so far is journalled under the first one.
    /// Only the program's own work does this (import, demo), always the shared feeds before a commune's.
    pub async fn also(&mut self, feed: Uuid) -> Result<()> {
        if self.changed() {
            self.append(None, 0, None).await?;
        } else {
            // A number without a row in the journal would look like one that was taken out.
            let first = self.feed;
            RunQueryDsl::execute(feeds::Untick { feed: first }, self.connection()).await?;
        }
        self.entries.clear();
        self.marks.clear();
        self.tick(feed).await
    }

    async fn tick(&mut self, feed: Uuid) -> Result<()> {
        let ticked: Option<(i64, Option<NaiveDate>)> = feeds::Tick { feed }.get_result(self.connection()).await.optional()?;
        let (number, ended_on) = ticked.ok_or_else(|| Error::new(&NOT_FOUND))?;
        (self.feed, self.number, self.ended_on) = (feed, number, ended_on);
        Ok(())
    }

    /// Journal, marks and retry key in one statement, then COMMIT.
    pub async fn commit(mut self, retry: Option<Retry>, status: u16, row: Uuid) -> Result<()> {
        self.append(retry, status, Some(row)).await?;
        <AsyncPgConnection as AsyncConnection>::TransactionManager::commit_transaction(self.connection()).await?;
        // Back to the pool.
        drop(self.connection.take());
        Ok(())
    }

    async fn append(&mut self, retry: Option<Retry>, status: u16, row: Option<Uuid>) -> Result<()> {
        let session = self.actor.session.clone();
        let append = Append {
            entries: to_value(&self.entries)?,
            feed: self.feed,
            number: self.number,
            at: self.now,
            user_id: self.actor.user_id(),
            caller_id: self.actor.caller_id(),
            session_id: session.as_ref().map(|s| s.id),
            device_id: session.and_then(|s| s.device_id),
            request_id: self.request_id,
            key: retry.as_ref().map(|r| r.key.clone()),
            key_hash: retry.map(|r| r.request_hash),
            key_status: i16::try_from(status).ok(),
            key_row: row,
            marks: self.marks.clone(),
        };
        RunQueryDsl::execute(append, self.connection()).await?;
        Ok(())
    }

    /// ROLLBACK: the tick is undone too.
    pub async fn roll_back(mut self) {
        let done = <AsyncPgConnection as AsyncConnection>::TransactionManager::rollback_transaction(self.connection()).await;
        match done {
            Ok(()) => drop(self.connection.take()),
            Err(error) => tracing::debug!(%error, "rollback failed; the connection is closed"),
        }
    }
}

/// A write that is dropped on its way (a client's connection was reset, a handler panicked) holds its commune's lock:
/// its connection is closed, which ends the transaction at once, and does not go back to the pool.
impl Drop for Write {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Connection::take(connection));
        }
    }
}
