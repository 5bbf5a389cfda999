//! The sums counted anew: what `danvan check` compares them with, and what `--fix` writes.

use diesel::sql_types::{BigInt, Double, Int4, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::dto::ActivitySum;
use crate::error::Result;
use crate::journal::Write;
use crate::statement;

type Counts = (SqlUuid, Int4, Int4, Int4, Int4, Double, Nullable<Int4>, Nullable<Int4>, Nullable<Int4>, Nullable<Int4>, Nullable<Double>);
type Counted = (Uuid, i32, i32, i32, i32, f64, Option<i32>, Option<i32>, Option<i32>, Option<i32>, Option<f64>);

statement! {
    /// Activities whose sums are not what their sign-ups count for; named members count with their group.
    Differing(commune: Uuid as SqlUuid) -> Counts,
    "SELECT c.id, c.seats_taken, c.waiting, c.pending, c.present, c.man_days, t.seats_taken, t.waiting, t.pending, t.present, t.man_days FROM (
        SELECT a.commune_id, a.id,
            coalesce(sum(s.headcount_signed_up) FILTER (WHERE s.status IN ('confirmed', 'checked_in', 'attended') AND NOT s.walk_in AND s.group_id IS NULL), 0)::int AS seats_taken,
            coalesce(sum(s.headcount_signed_up) FILTER (WHERE s.status = 'waitlisted' AND s.group_id IS NULL), 0)::int AS waiting,
            coalesce(sum(s.headcount_signed_up) FILTER (WHERE s.status = 'pending' AND s.group_id IS NULL), 0)::int AS pending,
            coalesce(sum(coalesce(s.headcount_present, 1)) FILTER (WHERE s.status IN ('checked_in', 'attended') AND s.group_id IS NULL), 0)::int AS present,
            coalesce(sum(s.man_days) FILTER (WHERE s.status = 'attended'), 0)::double precision AS man_days
        FROM activities a LEFT JOIN sign_ups s ON s.commune_id = a.commune_id AND s.activity_id = a.id WHERE a.commune_id = $1 GROUP BY a.commune_id, a.id
     ) AS c LEFT JOIN activity_sums t ON t.commune_id = $1 AND t.id = c.id
     WHERE (c.seats_taken, c.waiting, c.pending, c.present, c.man_days)
        IS DISTINCT FROM (coalesce(t.seats_taken, 0), coalesce(t.waiting, 0), coalesce(t.pending, 0), coalesce(t.present, 0), coalesce(t.man_days, 0))
     ORDER BY c.id"
}

/// One sentence for each activity whose sums are wrong.
pub async fn differences(connection: &mut AsyncPgConnection, commune: Uuid) -> Result<Vec<String>> {
    let rows: Vec<Counted> = Differing { commune }.load(connection).await?;
    let said = |(id, seats, waiting, pending, present, days, kept_seats, kept_waiting, kept_pending, kept_present, kept_days): Counted| {
        let kept = (kept_seats.unwrap_or(0), kept_waiting.unwrap_or(0), kept_pending.unwrap_or(0), kept_present.unwrap_or(0), kept_days.unwrap_or(0.0));
        format!("activity {id}: (seats, waiting, pending, present, man-days) are {kept:?}, counted {:?}", (seats, waiting, pending, present, days))
    };
    Ok(rows.into_iter().map(said).collect())
}

statement! {
    Put(
        commune: Uuid as SqlUuid, activity: Uuid as SqlUuid, version: i64 as BigInt, now: chrono::DateTime<chrono::Utc> as Timestamptz,
        seats_taken: i32 as Int4, waiting: i32 as Int4, pending: i32 as Int4, present: i32 as Int4, man_days: f64 as Double,
    ) -> (),
    "INSERT INTO activity_sums (commune_id, id, version, created_at, updated_at, campaign_id, hamlet_id, seats_taken, waiting, pending, present, man_days, status, request_hash)
     SELECT a.commune_id, a.id, $3, $4, $4, a.campaign_id, a.hamlet_id, $5, $6, $7, $8, $9, 'kept', '' FROM activities a WHERE a.commune_id = $1 AND a.id = $2
     ON CONFLICT (commune_id, id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at, hamlet_id = excluded.hamlet_id,
        seats_taken = excluded.seats_taken, waiting = excluded.waiting, pending = excluded.pending, present = excluded.present, man_days = excluded.man_days"
}

/// Writes what was counted where it differs.
pub async fn fix(write: &mut Write) -> Result<()> {
    let commune = write.feed;
    let rows: Vec<Counted> = Differing { commune }.load(write.connection()).await?;
    for (activity, seats_taken, waiting, pending, present, man_days, ..) in rows {
        let put = Put { commune, activity, version: write.number, now: write.now, seats_taken, waiting, pending, present, man_days };
        RunQueryDsl::execute(put, write.connection()).await?;
        write.mark::<ActivitySum>();
    }
    Ok(())
}
