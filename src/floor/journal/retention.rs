//! What is kept for a while only: retry keys, throttles, sessions and codes, deliveries, the reader log.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::statement;

/// How long a retry finds its first result: phones come back after the campaign.
pub const RETRY_KEYS: TimeDelta = TimeDelta::days(30);
/// How long failures of signing in count.
pub const FAILURES: TimeDelta = TimeDelta::days(1);
/// How long a network is known from which somebody signed in.
pub const NETWORKS: TimeDelta = TimeDelta::days(60);
/// How long it can be seen that a session was there, after it ended or was last used; longer than one may rest.
pub const SESSIONS: TimeDelta = TimeDelta::days(180);
/// How long a code is kept after it ended.
pub const CODES: TimeDelta = TimeDelta::days(30);
/// How long a webhook's deliveries can be looked at and sent again after they ended, and the report of an import.
pub const DELIVERIES: TimeDelta = TimeDelta::days(30);

/// Rows that one statement removes: some ten milliseconds.
const PORTION: usize = 5_000;
/// Statements of one kind in one round: what is left goes in the next one, an hour later.
const MOST: usize = 200;

/// What is removed of a table.
struct Kept {
    table: &'static str,
    /// The key by which rows are removed; a place on disk names no row where a table lies in parts.
    key: &'static str,
    /// The times from which it is kept; each of them has to lie so far back.
    from: &'static [&'static str],
    so_long: TimeDelta,
    /// What else has to hold of a row.
    also: &'static str,
}

/// A session is kept while a code names it: codes first.
const KEPT: &[Kept] = &[
    Kept { table: "idempotency_keys", key: "feed_id, user_id, key", from: &["made_at"], so_long: RETRY_KEYS, also: "" },
    Kept { table: "throttles", key: "subject", from: &["last_failure_at"], so_long: FAILURES, also: "" },
    Kept { table: "known_networks", key: "subject", from: &["seen_at"], so_long: NETWORKS, also: "" },
    Kept { table: "sign_in_codes", key: "id", from: &["expires_at"], so_long: CODES, also: "" },
    Kept {
        table: "sessions",
        key: "id",
        from: &["last_used_at", "coalesce(ended_at, last_used_at)"],
        so_long: SESSIONS,
        also: " AND NOT EXISTS (SELECT FROM sign_in_codes c WHERE c.session_id = sessions.id)",
    },
    Kept { table: "webhook_deliveries", key: "commune_id, webhook_id, id", from: &["ended_at"], so_long: DELIVERIES, also: "" },
    Kept { table: "import_work", key: "commune_id, import_id", from: &["ended_at"], so_long: DELIVERIES, also: "" },
];

/// A portion of what is past its time.
struct Past<'k> {
    kept: &'k Kept,
    before: DateTime<Utc>,
}

impl QueryId for Past<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Pg> for Past<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Kept { table, key, from, also, .. } = self.kept;
        let past = |out: &mut AstPass<'_, 'b, Pg>| {
            for time in *from {
                out.push_sql(&format!(" AND {time} < "));
                out.push_bind_param::<Timestamptz, _>(&self.before)?;
            }
            QueryResult::Ok(())
        };
        out.push_sql(&format!("DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE true"));
        past(&mut out)?;
        out.push_sql(&format!("{also} LIMIT {PORTION})"));
        // Once more of the row as it is now: it may have been used while this waited for it.
        past(&mut out)
    }
}

statement! {
    /// The two years are the function's: the service's role removes no row of it otherwise.
    Reads() -> BigInt,
    "SELECT sweep_reads(5000)"
}

/// Removes what is past its time, in portions, each kind by itself: a backlog of one stops no other. The kinds that failed;
/// a background job calls it hourly.
pub async fn sweep(connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Vec<(&'static str, diesel::result::Error)> {
    let mut failed = vec![];
    for kept in KEPT {
        for _ in 0..MOST {
            let past = Past { kept, before: now - kept.so_long };
            if !goes_on(kept.table, past.execute(connection).await, &mut failed) {
                break;
            }
        }
    }
    for _ in 0..MOST {
        let gone: QueryResult<i64> = Reads {}.get_result(connection).await;
        if !goes_on("reads", gone.map(|gone| usize::try_from(gone).unwrap_or(0)), &mut failed) {
            break;
        }
    }
    failed
}

/// Whether there may be more; what stopped it is noted.
fn goes_on(kind: &'static str, done: QueryResult<usize>, failed: &mut Vec<(&'static str, diesel::result::Error)>) -> bool {
    match done {
        Ok(gone) => gone >= PORTION,
        Err(error) => {
            failed.push((kind, error));
            false
        }
    }
}
