//! A write tried out: the rooms' own doors and rules, in a transaction that ticks nothing, holds up nobody and is never
//! kept. What it would have written can be merged into a real write afterwards, in a statement for each table.
//!
//! For work of thousands of rows: in a write of its own it would hold its commune's lock for seconds.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Jsonb, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use serde_json::Value;
use uuid::Uuid;

use super::append::Entry;
use super::feeds::{self, MarkList};
use super::write::Write;
use crate::access::actor::Actor;
use crate::db::Connection;
use crate::error::{Error, Result};

/// A write that will not be kept.
pub struct Rehearsal {
    write: Write,
    /// How far the kinds were before anything was read.
    marks: MarkList,
}

impl Rehearsal {
    /// BEGIN and the marks: two statements.
    pub async fn begin(connection: Connection, feed: Uuid, commune: Uuid, actor: Actor, now: DateTime<Utc>) -> Result<Self> {
        let mut write = Write::untold(connection, feed, actor, now).await?;
        let marks = feeds::marks_of(write.connection(), &[feed, commune]).await?;
        Ok(Self { write, marks })
    }

    pub fn write(&mut self) -> &mut Write {
        &mut self.write
    }

    /// ROLLBACK, once the rows that were made are read: a statement for each table.
    pub async fn end(mut self) -> Result<Rehearsed> {
        let entries = self.write.take_entries();
        if entries.iter().any(|entry| entry.action != "create") {
            return Err(Error::internal("only creations can be merged later"));
        }
        let mut kinds: Vec<&'static str> = vec![];
        for entry in &entries {
            if !kinds.contains(&entry.kind) {
                kinds.push(entry.kind);
            }
        }
        let mut tables = vec![];
        for kind in kinds {
            let ids = entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.row_id).collect();
            let rows: Vec<Value> = Copy { kind, ids }.load(self.write.connection()).await?;
            tables.push((kind, Value::Array(rows)));
        }
        self.write.roll_back().await;
        Ok(Rehearsed { tables, entries, marks: self.marks })
    }

    pub async fn roll_back(self) {
        self.write.roll_back().await;
    }
}

/// What a rehearsal would have written.
pub struct Rehearsed {
    /// Those that others refer to first.
    tables: Vec<(&'static str, Value)>,
    entries: Vec<Entry>,
    marks: MarkList,
}

impl Rehearsed {
    /// Whether something that it was decided by has changed since: then it has to be rehearsed again. `kinds` are those
    /// that it read; asked under the lock.
    pub async fn is_stale(&self, write: &mut Write, commune: Uuid, kinds: &[&str]) -> Result<bool> {
        let feed = write.feed;
        let now = feeds::marks_of(write.connection(), &[feed, commune]).await?;
        let of = |marks: &MarkList| -> MarkList { marks.iter().filter(|(kind, _)| kinds.contains(&kind.as_str())).cloned().collect() };
        Ok(of(&self.marks) != of(&now))
    }

    /// Writes it, under the number of the write: two statements for each table, the journal at the commit.
    pub async fn merge(self, write: &mut Write) -> Result<()> {
        for (kind, rows) in self.tables {
            let paste = Paste { kind, rows, number: write.number };
            RunQueryDsl::execute(paste, write.connection()).await?;
            // The next table's rows refer to these.
            write.plan_anew().await?;
        }
        write.add_entries(self.entries);
        Ok(())
    }
}

impl Write {
    /// Lets the database plan anew. Plans are kept, those of foreign keys too, and one that was made while a table was small
    /// may walk all rows of the commune: after some thousand new rows in one transaction that is seconds, since statistics
    /// come only later.
    pub async fn plan_anew(&mut self) -> Result<()> {
        Ok(self.connection().batch_execute("DISCARD PLANS").await?)
    }

    fn take_entries(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    /// Goes on with what was noted elsewhere.
    fn add_entries(&mut self, entries: Vec<Entry>) {
        for mut entry in entries {
            entry.seq = i32::try_from(self.entries.len()).unwrap_or(i32::MAX);
            self.entries.push(entry);
        }
    }
}

/// Rows as they are stored, with what no client sees.
struct Copy {
    kind: &'static str,
    ids: Vec<Uuid>,
}

impl Query for Copy {
    type SqlType = Jsonb;
}
impl QueryId for Copy {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Pg> for Copy {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT to_jsonb(t) FROM ");
        out.push_sql(self.kind);
        out.push_sql(" AS t WHERE t.id = ANY(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}

/// The same rows, with another version.
struct Paste {
    kind: &'static str,
    rows: Value,
    number: i64,
}

impl QueryId for Paste {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Pg> for Paste {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut push = |pieces: &[&str]| pieces.iter().for_each(|piece| out.push_sql(piece));
        push(&["INSERT INTO ", self.kind, " SELECT p.* FROM jsonb_array_elements("]);
        out.push_bind_param::<Jsonb, _>(&self.rows)?;
        let mut push = |pieces: &[&str]| pieces.iter().for_each(|piece| out.push_sql(piece));
        push(&[") AS r(image) CROSS JOIN LATERAL jsonb_populate_record(NULL::", self.kind, ", r.image || jsonb_build_object('version', "]);
        out.push_bind_param::<BigInt, _>(&self.number)?;
        out.push_sql("::bigint)) AS p");
        Ok(())
    }
}
