//! Presence counted anew from the activities' sums: what `danvan check` compares with, and what `--fix` writes.

use diesel::sql_types::{BigInt, Double, Int4, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::dto::CampaignSum;
use crate::error::Result;
use crate::journal::Write;
use crate::{random, statement};

type Counted = (Uuid, String, Option<Uuid>, i32, f64, i32, f64);

statement! {
    /// Rows whose presence is not the sum of their activities'.
    Differing(commune: Uuid as SqlUuid) -> (SqlUuid, Text, Nullable<SqlUuid>, Int4, Double, Int4, Double),
    "SELECT campaign_id, extent, hamlet_id, sum(counted)::int, sum(counted_days)::double precision, sum(kept)::int, sum(kept_days)::double precision FROM (
        SELECT s.campaign_id, x.extent, x.hamlet_id, s.present AS counted, s.man_days AS counted_days, 0 AS kept, 0::double precision AS kept_days
        FROM activity_sums s JOIN activities a ON a.commune_id = s.commune_id AND a.id = s.id
        CROSS JOIN LATERAL (VALUES ('campaign', NULL), (CASE WHEN a.hamlet_id IS NULL THEN 'no_hamlet' ELSE 'hamlet' END, a.hamlet_id)) AS x(extent, hamlet_id)
        WHERE s.commune_id = $1
        UNION ALL
        SELECT t.campaign_id, t.extent, t.hamlet_id, 0, 0, t.present, t.man_days FROM campaign_sums t WHERE t.commune_id = $1
     ) AS both_sides GROUP BY campaign_id, extent, hamlet_id
     HAVING sum(counted) <> sum(kept) OR sum(counted_days) <> sum(kept_days)
     ORDER BY campaign_id, extent, hamlet_id"
}

/// One sentence for each row that is wrong.
pub async fn differences(connection: &mut AsyncPgConnection, commune: Uuid) -> Result<Vec<String>> {
    let rows: Vec<Counted> = Differing { commune }.load(connection).await?;
    let said = |(campaign, extent, hamlet, counted, counted_days, kept, kept_days): Counted| {
        let place = hamlet.map_or(extent, |hamlet| format!("hamlet {hamlet}"));
        format!("campaign {campaign}, {place}: (present, man-days) are {:?}, counted {:?}", (kept, kept_days), (counted, counted_days))
    };
    Ok(rows.into_iter().map(said).collect())
}

statement! {
    Put(
        commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid, version: i64 as BigInt, now: chrono::DateTime<chrono::Utc> as Timestamptz, id: Uuid as SqlUuid,
        extent: String as Text, hamlet: Option<Uuid> as Nullable<SqlUuid>, present: i32 as Int4, man_days: f64 as Double,
    ) -> (),
    "INSERT INTO campaign_sums (commune_id, id, version, created_at, updated_at, campaign_id, extent, hamlet_id, present, man_days, figures, military_man_days, status, request_hash)
     VALUES ($1, $5, $3, $4, $4, $2, $6, $7, $8, $9, '[]', 0, 'kept', '')
     ON CONFLICT (commune_id, campaign_id, extent, hamlet_id) DO UPDATE
     SET version = excluded.version, updated_at = excluded.updated_at, present = excluded.present, man_days = excluded.man_days"
}

/// Writes what was counted where it differs; the activities' sums come first.
pub async fn fix(write: &mut Write) -> Result<()> {
    let commune = write.feed;
    let rows: Vec<Counted> = Differing { commune }.load(write.connection()).await?;
    for (campaign, extent, hamlet, present, man_days, ..) in rows {
        let put = Put { commune, campaign, version: write.number, now: write.now, id: random::id(), extent, hamlet, present, man_days };
        RunQueryDsl::execute(put, write.connection()).await?;
        write.mark::<CampaignSum>();
    }
    Ok(())
}
