//! What is kept for a while only: retry keys, throttles, sessions and codes, deliveries, the reader log.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
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

statement! {
    RetryKeys(before: DateTime<Utc> as Timestamptz) -> (),
    "DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(SELECT ctid FROM idempotency_keys WHERE made_at < $1 LIMIT 5000))"
}
statement! {
    Failures(before: DateTime<Utc> as Timestamptz) -> (),
    "DELETE FROM throttles WHERE ctid = ANY(ARRAY(SELECT ctid FROM throttles WHERE last_failure_at < $1 LIMIT 5000))"
}
statement! {
    Networks(before: DateTime<Utc> as Timestamptz) -> (),
    "DELETE FROM known_networks WHERE ctid = ANY(ARRAY(SELECT ctid FROM known_networks WHERE seen_at < $1 LIMIT 5000))"
}
statement! {
    Codes(before: DateTime<Utc> as Timestamptz) -> (),
    "DELETE FROM sign_in_codes WHERE ctid = ANY(ARRAY(SELECT ctid FROM sign_in_codes WHERE expires_at < $1 LIMIT 5000))"
}
statement! {
    /// Those that ended, and those that may not go on any more.
    Sessions(before: DateTime<Utc> as Timestamptz) -> (),
    "DELETE FROM sessions WHERE id = ANY(ARRAY(SELECT s.id FROM sessions s WHERE s.last_used_at < $1 AND coalesce(s.ended_at, s.last_used_at) < $1
       AND NOT EXISTS (SELECT FROM sign_in_codes c WHERE c.session_id = s.id) LIMIT 5000))"
}
statement! {
    Deliveries(before: DateTime<Utc> as Timestamptz) -> (),
    "DELETE FROM webhook_deliveries WHERE ctid = ANY(ARRAY(SELECT ctid FROM webhook_deliveries WHERE ended_at < $1 LIMIT 5000))"
}
statement! {
    ImportWork(before: DateTime<Utc> as Timestamptz) -> (),
    "DELETE FROM import_work WHERE ctid = ANY(ARRAY(SELECT ctid FROM import_work WHERE ended_at < $1 LIMIT 5000))"
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
    macro_rules! portions {
        ($kind:literal, $statement:expr) => {
            for _ in 0..MOST {
                match removed($statement.execute(connection).await) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        failed.push(($kind, error));
                        break;
                    }
                }
            }
        };
    }
    portions!("retry keys", RetryKeys { before: now - RETRY_KEYS });
    portions!("failures", Failures { before: now - FAILURES });
    portions!("networks", Networks { before: now - NETWORKS });
    // A session is kept while a code names it.
    portions!("codes", Codes { before: now - CODES });
    portions!("sessions", Sessions { before: now - SESSIONS });
    portions!("deliveries", Deliveries { before: now - DELIVERIES });
    portions!("import work", ImportWork { before: now - DELIVERIES });
    for _ in 0..MOST {
        let gone: QueryResult<i64> = Reads {}.get_result(connection).await;
        match removed(gone.map(|gone| usize::try_from(gone).unwrap_or(0))) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                failed.push(("reads", error));
                break;
            }
        }
    }
    failed
}

/// Whether there may be more.
fn removed(done: QueryResult<usize>) -> QueryResult<bool> {
    done.map(|gone| gone >= PORTION)
}
