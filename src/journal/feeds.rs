//! Feeds and their marks.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::Lane;
use crate::db::schema::feed_marks;
use crate::error::Result;
use crate::statement;

/// Communes and military units.
pub const REFERENCE: Uuid = Uuid::from_u128(1);
/// Users and grants. No ETag hangs on it, but every actor in memory does.
pub const ACCOUNTS: Uuid = Uuid::from_u128(2);

statement! {
    /// The first statement of a write, and alone: a row read by the same statement would be older than the lock.
    pub Tick(feed: Uuid as SqlUuid) -> BigInt,
    "UPDATE feeds SET number = number + 1 WHERE id = $1 RETURNING number"
}

/// The numbers at which the kinds last changed in a feed, sorted by kind; a kind that never changed is left out.
///
/// The shared kinds (army units) are read along: a commune's lists may depend on them.
///
/// Read before the answer that it marks: the answer may then be newer than its marks, never older.
pub async fn marks(lane: &Lane, feed: Uuid, kinds: &[&str]) -> Result<Vec<(String, i64)>> {
    let connection = lane.connection().await?;
    let mut marks: Vec<(String, i64)> =
        feed_marks::table.filter(feed_marks::feed_id.eq_any([feed, REFERENCE])).select((feed_marks::kind, feed_marks::number)).load(&mut &*connection).await?;
    marks.retain(|(kind, _)| kinds.contains(&kind.as_str()));
    marks.sort();
    Ok(marks)
}
