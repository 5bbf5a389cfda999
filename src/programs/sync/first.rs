//! A first sync: the tables, by id. What changes meanwhile comes with the delta that follows, since its position is
//! taken before the first row is read.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Int4, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::cursor::{Position, mark_of};
use super::dto::{Asked, Changes};
use crate::db::Lane;
use crate::error::Result;
use crate::statement;
use crate::web::call::Call;

statement! {
    /// The newest number of a commune's feed with its last row; last that of the shared feed.
    Newest(commune: Uuid as SqlUuid) -> (BigInt, Int4, Nullable<SqlUuid>, Nullable<Timestamptz>, Bool),
    "(SELECT f.number, coalesce(j.seq, 0), j.row_id, j.at, false FROM feeds f LEFT JOIN journal j ON j.feed_id = f.id AND j.number = f.number
      WHERE f.id = $1 ORDER BY j.seq DESC NULLS LAST LIMIT 1)
     UNION ALL
     (SELECT number, 0, NULL, NULL, true FROM feeds WHERE id = '00000000-0000-0000-0000-000000000001')"
}

/// Where a copy that is begun now stands; none for a commune that is not there.
pub async fn newest(lane: &Lane, commune: Uuid) -> Result<Option<Position>> {
    let connection = lane.connection().await?;
    type Found = (i64, i32, Option<Uuid>, Option<DateTime<Utc>>, bool);
    let found: Vec<Found> = Newest { commune }.load(&mut &*connection).await?;
    let of = |shared: bool| found.iter().find(|found| found.4 == shared);
    let mark = |row: Option<Uuid>, at: Option<DateTime<Utc>>| row.zip(at).map(|(row, at)| mark_of(row, at)).unwrap_or_default();
    let reference = of(true).map_or(0, |found| found.0);
    Ok(of(false).map(|&(number, seq, row, at, _)| Position { number, seq, mark: mark(row, at), reference, first: None }))
}

/// Goes on from a position; at the end of the last kind the position is that of a delta.
pub async fn take(call: &Call, asked: &Asked, mut at: Position, changes: &mut Changes) -> Result<Position> {
    let (kind, mut after) = at.first.take().unwrap_or_default();
    let begun = asked.sources.iter().position(|source| source.kind == kind).unwrap_or(0);
    for source in asked.sources.iter().skip(begun) {
        loop {
            let room = asked.limit - changes.count();
            if room <= 0 {
                at.first = Some((source.kind.into(), after));
                return Ok(at);
            }
            let rows = (source.after)(call.clone(), asked.commune, after, room).await?;
            let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == room);
            after = rows.last().map_or(after, |row| row.id);
            changes.upsert(source, rows)?;
            if !full {
                break;
            }
        }
        after = Uuid::nil();
    }
    Ok(at)
}
