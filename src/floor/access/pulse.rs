//! What every instance must notice within two seconds: changed rights, ended sessions, another epoch.
//!
//! One statement, at most once a second and only while requests come; all requests that wait share its answer.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::tokens::ACCESS_TOKEN_LIFE;
use crate::clock::Clock;
use crate::db::Lane;
use crate::error::{Error, Result};
use crate::statement;

/// How old an answer may be. Together with a statement's own time it stays below the promised two seconds.
const MAX_AGE: Duration = Duration::from_secs(1);

/// How long a reading may take: a database that does not answer is told before anybody waits long.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// One reading.
#[derive(Debug)]
pub struct Beat {
    began: Instant,
    /// The number of the `accounts` feed: a person in memory is valid while it stands.
    pub accounts: i64,
    /// Numbers count from zero again in another epoch: after a restore, a promotion, or `danvan epoch new`.
    pub epoch: Arc<str>,
    /// Sessions that ended while an access token of theirs may still be alive.
    pub ended: HashSet<Uuid>,
}

statement! {
    ReadPulse(since: chrono::DateTime<chrono::Utc> as Timestamptz) -> (BigInt, Text, Array<SqlUuid>),
    "SELECT (SELECT number FROM feeds WHERE id = '00000000-0000-0000-0000-000000000002'),
        concat_ws('.', (SELECT system_identifier FROM pg_control_system()),
            CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END,
            (SELECT oid FROM pg_database WHERE datname = current_database()), (SELECT id FROM epochs ORDER BY made_at DESC, id LIMIT 1)),
        ARRAY(SELECT id FROM sessions WHERE ended_at > $1)"
}

/// The newest reading, shared by a process.
#[derive(Debug, Default)]
pub struct Pulse {
    latest: Mutex<Option<Arc<Beat>>>,
    /// When the last reading failed.
    failed: Mutex<Option<Instant>>,
    turn: tokio::sync::Mutex<()>,
}

impl Pulse {
    /// A reading that is at most a second old.
    pub async fn beat(&self, lane: &Lane, clock: &Clock) -> Result<Arc<Beat>> {
        if let Some(beat) = self.fresh() {
            return Ok(beat);
        }
        let came = Instant::now();
        let _turn = self.turn.lock().await;
        if let Some(beat) = self.fresh() {
            return Ok(beat);
        }
        // Who waited for a reading that failed shares the failure: one after the other they would wait for minutes.
        let failed = || self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed().is_some_and(|failed| failed >= came) {
            return Err(Error::unavailable());
        }
        let began = Instant::now();
        let since = clock.now() - ACCESS_TOKEN_LIFE - chrono::TimeDelta::minutes(5);
        let read = async {
            let connection = lane.connection().await?;
            let read: (i64, String, Vec<Uuid>) = ReadPulse { since }.get_result(&mut &*connection).await?;
            Ok(read)
        };
        let read = tokio::time::timeout(PATIENCE, read).await.unwrap_or_else(|_| {
            lane.abandon();
            Err(Error::unavailable())
        });
        let (accounts, epoch, ended) = read.inspect_err(|_: &Error| *failed() = Some(Instant::now()))?;
        let beat = Arc::new(Beat { began, accounts, epoch: epoch.into(), ended: ended.into_iter().collect() });
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(beat.clone());
        Ok(beat)
    }

    /// Forgets the reading: this process itself changed rights or ended a session.
    pub fn forget(&self) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn fresh(&self) -> Option<Arc<Beat>> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.as_ref().filter(|beat| beat.began.elapsed() < MAX_AGE).cloned()
    }
}
