//! What is kept for a while only: retry keys, throttles, the reader log.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::schema::{idempotency_keys, import_work, reads, throttles, webhook_deliveries};

/// How long a retry finds its first result: phones come back after the campaign.
pub const RETRY_KEYS: TimeDelta = TimeDelta::days(30);
/// How long failures of signing in count.
pub const FAILURES: TimeDelta = TimeDelta::days(1);

/// How long a webhook's deliveries can be looked at and sent again after they ended, and the report of an import.
pub const DELIVERIES: TimeDelta = TimeDelta::days(30);

/// How long it is kept who saw personal data.
pub const READS: TimeDelta = TimeDelta::days(730);

/// Removes what is past its time; a background job calls it hourly.
pub async fn sweep(connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    let keys = diesel::delete(idempotency_keys::table.filter(idempotency_keys::made_at.lt(now - RETRY_KEYS))).execute(connection).await?;
    let failures = diesel::delete(throttles::table.filter(throttles::last_failure_at.lt(now - FAILURES))).execute(connection).await?;
    let deliveries = diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::ended_at.lt(now - DELIVERIES))).execute(connection).await?;
    let imports = diesel::delete(import_work::table.filter(import_work::ended_at.lt(now - DELIVERIES))).execute(connection).await?;
    let reads = diesel::delete(reads::table.filter(reads::at.lt(now - READS))).execute(connection).await?;
    Ok(keys + failures + deliveries + imports + reads)
}
