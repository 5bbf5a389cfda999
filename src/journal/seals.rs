//! Tamper evidence: a chain of hashes over the journal, written within ten seconds of a change.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::db::Database;
use crate::db::schema::{feeds, journal, journal_seals};
use crate::statement;

/// Numbers that one seal covers at most.
const SPAN: i64 = 5_000;

/// A journal row in the form that is hashed: fields in this order, as JSON.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = journal)]
struct Sealed {
    feed_id: Uuid,
    number: i64,
    seq: i32,
    at: DateTime<Utc>,
    occurred_at: Option<DateTime<Utc>>,
    kind: String,
    row_id: Uuid,
    action: String,
    changes: Value,
    reason: Option<String>,
    user_id: Option<Uuid>,
    role: Option<String>,
    acting_for: Option<Uuid>,
    session_id: Option<Uuid>,
    device_id: Option<String>,
    request_id: Option<Uuid>,
    old_campaign_id: Option<Uuid>,
    old_hamlet_id: Option<Uuid>,
    old_unit_id: Option<Uuid>,
    old_owner_id: Option<Uuid>,
    campaign_id: Option<Uuid>,
    hamlet_id: Option<Uuid>,
    unit_id: Option<Uuid>,
    owner_id: Option<Uuid>,
}

/// What one stretch of the journal amounts to.
struct Stretch {
    rows: i64,
    hash: Vec<u8>,
    /// Numbers of the stretch that no row has.
    missing: Vec<i64>,
}

async fn read(connection: &mut AsyncPgConnection, feed: Uuid, from: i64, to: i64, previous: &[u8]) -> anyhow::Result<Stretch> {
    let rows: Vec<Sealed> = journal::table
        .filter(journal::feed_id.eq(feed).and(journal::number.between(from, to)))
        .order((journal::number, journal::seq))
        .select(Sealed::as_select())
        .load(connection)
        .await?;
    let mut hash = Sha256::new();
    hash.update(previous);
    let mut next = from;
    let mut missing = vec![];
    for row in &rows {
        missing.extend(next..row.number);
        next = next.max(row.number + 1);
        hash.update(serde_json::to_vec(row)?);
        hash.update(b"\n");
    }
    missing.extend(next..=to);
    Ok(Stretch { rows: i64::try_from(rows.len())?, hash: hash.finalize().to_vec(), missing })
}

/// Seals what was journalled since the last seals; returns the number of seals made.
///
/// Two instances may do this at once: the second finds the first one's seal and makes none.
pub async fn seal(connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> anyhow::Result<usize> {
    let heads: Vec<(Uuid, i64)> = feeds::table.filter(feeds::number.gt(0)).select((feeds::id, feeds::number)).load(connection).await?;
    let mut made = 0;
    for (feed, head) in heads {
        let last: Option<(i64, Vec<u8>)> = journal_seals::table
            .filter(journal_seals::feed_id.eq(feed))
            .order(journal_seals::to_number.desc())
            .select((journal_seals::to_number, journal_seals::hash))
            .first(connection)
            .await
            .optional()?;
        let (mut done, mut previous) = last.unwrap_or_default();
        while done < head {
            let (from, to) = (done + 1, head.min(done + SPAN));
            let stretch = read(connection, feed, from, to, &previous).await?;
            let row = (
                journal_seals::feed_id.eq(feed),
                journal_seals::from_number.eq(from),
                journal_seals::to_number.eq(to),
                journal_seals::row_count.eq(stretch.rows),
                journal_seals::hash.eq(&stretch.hash),
                journal_seals::sealed_at.eq(now),
            );
            let inserted = diesel::insert_into(journal_seals::table).values(row).on_conflict_do_nothing().execute(connection).await?;
            if inserted == 0 {
                // Another instance sealed a stretch from here, perhaps a shorter one: the next round goes on after it.
                break;
            }
            made += inserted;
            (done, previous) = (to, stretch.hash);
        }
    }
    Ok(made)
}

statement! {
    CountUnsealed() -> BigInt,
    "SELECT coalesce(sum(f.number - coalesce(s.done, 0)), 0)::bigint FROM feeds f LEFT JOIN LATERAL (SELECT max(to_number) AS done FROM journal_seals WHERE feed_id = f.id) AS s ON true"
}

/// Numbers of all feeds that no seal covers yet: how far the background work is behind.
pub async fn unsealed(database: &Database) -> crate::error::Result<i64> {
    let mut connection = database.connection().await?;
    Ok(CountUnsealed {}.get_result(&mut connection).await?)
}

/// What `danvan journal verify` found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub feeds: usize,
    pub seals: usize,
    /// Numbers that were journalled but not sealed yet.
    pub unsealed: i64,
    /// One sentence for each breach.
    pub breaches: Vec<String>,
}

/// Recomputes every seal and looks for numbers without rows.
pub async fn verify(connection: &mut AsyncPgConnection) -> anyhow::Result<Verdict> {
    let heads: Vec<(Uuid, i64)> = feeds::table.order(feeds::id).select((feeds::id, feeds::number)).load(connection).await?;
    let mut verdict = Verdict { feeds: heads.len(), ..Verdict::default() };
    for (feed, head) in heads {
        let seals: Vec<(i64, i64, i64, Vec<u8>)> = journal_seals::table
            .filter(journal_seals::feed_id.eq(feed))
            .order(journal_seals::to_number)
            .select((journal_seals::from_number, journal_seals::to_number, journal_seals::row_count, journal_seals::hash))
            .load(connection)
            .await?;
        let mut previous = vec![];
        let mut next = 1;
        for (from, to, rows, hash) in seals {
            verdict.seals += 1;
            if from != next {
                verdict.breaches.push(format!("feed {feed}: the seals of {next} to {} are missing", from - 1));
            }
            let stretch = read(connection, feed, from, to, &previous).await?;
            if !stretch.missing.is_empty() {
                verdict.breaches.push(format!("feed {feed}: no journal rows of the numbers {:?}", stretch.missing));
            } else if stretch.rows != rows {
                verdict.breaches.push(format!("feed {feed}: {from} to {to} had {rows} rows when sealed and has {}", stretch.rows));
            } else if stretch.hash != hash {
                verdict.breaches.push(format!("feed {feed}: rows of {from} to {to} were changed after they were sealed"));
            }
            (previous, next) = (hash, to + 1);
        }
        if head < next - 1 {
            verdict.breaches.push(format!("feed {feed}: stands at {head}, but {} was sealed", next - 1));
        } else if head >= next {
            verdict.unsealed += head - next + 1;
            let tail = read(connection, feed, next, head, &previous).await?;
            if !tail.missing.is_empty() {
                verdict.breaches.push(format!("feed {feed}: no journal rows of the numbers {:?}", tail.missing));
            }
        }
    }
    Ok(verdict)
}
