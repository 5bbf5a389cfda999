//! Tamper evidence: a chain over the journal, written within ten seconds of a change, each seal with the service's secret:
//! who has the database, and not the secret's file, makes none that holds. What was cut off at the end together with its
//! seals shows against the heads that `danvan journal heads` printed before.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::access::keys::Secret;
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
    /// Spans of numbers that no row has.
    missing: Vec<(i64, i64)>,
}

impl Stretch {
    /// `[3, 7-9]`; of many the first.
    fn gaps(&self) -> String {
        let said = |&(from, to): &(i64, i64)| if from == to { from.to_string() } else { format!("{from}-{to}") };
        let some: Vec<String> = self.missing.iter().take(20).map(said).collect();
        format!("[{}{}]", some.join(", "), if self.missing.len() > some.len() { ", ..." } else { "" })
    }
}

/// What a stretch is sealed with.
enum Seal<'a> {
    /// Made before seals had a key.
    Plain,
    Keyed(&'a Secret),
}

async fn read(connection: &mut AsyncPgConnection, seal: &Seal<'_>, feed: Uuid, from: i64, to: i64, previous: &[u8]) -> anyhow::Result<Stretch> {
    let rows: Vec<Sealed> = journal::table
        .filter(journal::feed_id.eq(feed).and(journal::number.between(from, to)))
        .order((journal::number, journal::seq))
        .select(Sealed::as_select())
        .load(connection)
        .await?;
    let mut hash = Sha256::new();
    if let Seal::Plain = seal {
        hash.update(previous);
    }
    let mut next = from;
    let mut missing = vec![];
    for row in &rows {
        if row.number > next {
            missing.push((next, row.number - 1));
        }
        next = next.max(row.number + 1);
        hash.update(serde_json::to_vec(row)?);
        hash.update(b"\n");
    }
    if next <= to {
        missing.push((next, to));
    }
    let digest = hash.finalize();
    let hash = match seal {
        Seal::Plain => digest.to_vec(),
        Seal::Keyed(secret) => secret.mac("journal-seal", &[feed.as_bytes(), previous, &from.to_be_bytes(), &to.to_be_bytes(), &digest]).to_vec(),
    };
    Ok(Stretch { rows: i64::try_from(rows.len())?, hash, missing })
}

/// Seals what was journalled since the last seals; returns the number of seals made.
///
/// Two instances may do this at once: the second finds the first one's seal and makes none.
pub async fn seal(connection: &mut AsyncPgConnection, secret: &Secret, now: DateTime<Utc>) -> anyhow::Result<usize> {
    let heads: Vec<(Uuid, i64)> = feeds::table.filter(feeds::number.gt(0)).select((feeds::id, feeds::number)).load(connection).await?;
    let mut made = 0;
    for (feed, head) in heads {
        let last: Option<(i64, Vec<u8>)> = journal_seals::table
            // One that reaches beyond the feed was not made by us: `verify` names it, and sealing goes on without it.
            .filter(journal_seals::feed_id.eq(feed).and(journal_seals::to_number.le(head)))
            .order(journal_seals::to_number.desc())
            .select((journal_seals::to_number, journal_seals::hash))
            .first(connection)
            .await
            .optional()?;
        let (mut done, mut previous) = last.unwrap_or_default();
        while done < head {
            let (from, to) = (done + 1, head.min(done + SPAN));
            let stretch = read(connection, &Seal::Keyed(secret), feed, from, to, &previous).await?;
            let row = (
                journal_seals::feed_id.eq(feed),
                journal_seals::from_number.eq(from),
                journal_seals::to_number.eq(to),
                journal_seals::row_count.eq(stretch.rows),
                journal_seals::hash.eq(&stretch.hash),
                journal_seals::sealed_at.eq(now),
                journal_seals::keyed.eq(true),
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
    "SELECT coalesce(sum(f.number - coalesce(s.done, 0)), 0)::bigint FROM feeds f LEFT JOIN LATERAL (SELECT max(to_number) AS done FROM journal_seals WHERE feed_id = f.id AND to_number <= f.number) AS s ON true"
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
    /// Seals that were made before seals had a key: they prove nothing against who owns the database.
    pub plain: usize,
    /// Numbers that were journalled but not sealed yet.
    pub unsealed: i64,
    /// One sentence for each breach.
    pub breaches: Vec<String>,
}

/// Recomputes every seal and looks for numbers without rows.
pub async fn verify(connection: &mut AsyncPgConnection, secret: &Secret) -> anyhow::Result<Verdict> {
    let heads: Vec<(Uuid, i64)> = feeds::table.order(feeds::id).select((feeds::id, feeds::number)).load(connection).await?;
    let mut verdict = Verdict { feeds: heads.len(), ..Verdict::default() };
    for (feed, head) in heads {
        let seals: Vec<(i64, i64, i64, Vec<u8>, bool)> = journal_seals::table
            .filter(journal_seals::feed_id.eq(feed))
            .order(journal_seals::to_number)
            .select((journal_seals::from_number, journal_seals::to_number, journal_seals::row_count, journal_seals::hash, journal_seals::keyed))
            .load(connection)
            .await?;
        let mut previous = vec![];
        let (mut next, mut was_keyed) = (1, false);
        for (from, to, rows, hash, keyed) in seals {
            verdict.seals += 1;
            if was_keyed && !keyed {
                verdict.breaches.push(format!("feed {feed}: the seal of {from} to {to} was made without the secret"));
            }
            was_keyed |= keyed;
            verdict.plain += usize::from(!keyed);
            if from != next {
                verdict.breaches.push(format!("feed {feed}: the seals of {next} to {} are missing", from - 1));
            }
            let stretch = read(connection, &if keyed { Seal::Keyed(secret) } else { Seal::Plain }, feed, from, to, &previous).await?;
            if !stretch.missing.is_empty() {
                verdict.breaches.push(format!("feed {feed}: no journal rows of the numbers {}", stretch.gaps()));
            } else if stretch.rows != rows {
                verdict.breaches.push(format!("feed {feed}: {from} to {to} had {rows} rows when sealed and has {}", stretch.rows));
            } else if stretch.hash != hash {
                verdict.breaches.push(format!("feed {feed}: rows of {from} to {to} were changed after they were sealed, or sealed with another secret"));
            }
            (previous, next) = (hash, to + 1);
        }
        if head < next - 1 {
            verdict.breaches.push(format!("feed {feed}: stands at {head}, but {} was sealed", next - 1));
        } else if head >= next {
            verdict.unsealed += head - next + 1;
            let tail = read(connection, &Seal::Plain, feed, next, head, &previous).await?;
            if !tail.missing.is_empty() {
                verdict.breaches.push(format!("feed {feed}: no journal rows of the numbers {}", tail.gaps()));
            }
        }
    }
    Ok(verdict)
}

/// The last seal of each feed: the feed, its number, the seal in hexadecimal. Kept elsewhere they prove later that nothing
/// before them was cut off or made anew.
pub async fn heads(connection: &mut AsyncPgConnection) -> anyhow::Result<Vec<(Uuid, i64, String)>> {
    let seals: Vec<(Uuid, i64, Vec<u8>)> = journal_seals::table
        .distinct_on(journal_seals::feed_id)
        .order((journal_seals::feed_id, journal_seals::to_number.desc()))
        .select((journal_seals::feed_id, journal_seals::to_number, journal_seals::hash))
        .load(connection)
        .await?;
    Ok(seals.into_iter().map(|(feed, number, hash)| (feed, number, hash.iter().map(|byte| format!("{byte:02x}")).collect())).collect())
}

/// Heads that were printed before against the seals that are there: one sentence for each that is gone or another one.
pub async fn compare(connection: &mut AsyncPgConnection, kept: &[(Uuid, i64, String)]) -> anyhow::Result<Vec<String>> {
    let mut breaches = vec![];
    for (feed, number, kept) in kept {
        let found: Option<Vec<u8>> = journal_seals::table.find((feed, number)).select(journal_seals::hash).first(connection).await.optional()?;
        let found: Option<String> = found.map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect());
        if found.as_ref() != Some(kept) {
            breaches.push(format!("feed {feed}: the seal of {number} is {}", if found.is_some() { "another one than was kept" } else { "gone" }));
        }
    }
    Ok(breaches)
}
