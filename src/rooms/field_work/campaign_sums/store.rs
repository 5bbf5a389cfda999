//! A campaign's sums in the database.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Int4, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{CampaignSum, Extent};
use crate::activity_sums::Figure;
use crate::db::Lane;
use crate::db::schema::campaign_sums;
use crate::error::Result;
use crate::journal::Write;
use crate::{random, statement};

statement! {
    /// Adds to the row of the whole campaign and to that of the activity's hamlet, making them first.
    AddPresence(
        commune: Uuid as SqlUuid, activity: Uuid as SqlUuid, version: i64 as BigInt, now: DateTime<Utc> as Timestamptz,
        present: i32 as Int4, man_days: f64 as Double, whole: Uuid as SqlUuid, part: Uuid as SqlUuid,
    ) -> (),
    "INSERT INTO campaign_sums AS t (commune_id, id, version, created_at, updated_at, campaign_id, extent, hamlet_id, present, man_days, figures, military_man_days, status, request_hash)
     SELECT $1, x.id, $3, $4, $4, a.campaign_id, x.extent, x.hamlet_id, $5, $6, '[]', 0, 'kept', ''
     FROM activities a CROSS JOIN LATERAL (VALUES ($7, 'campaign', NULL), ($8, CASE WHEN a.hamlet_id IS NULL THEN 'no_hamlet' ELSE 'hamlet' END, a.hamlet_id)) AS x(id, extent, hamlet_id)
     WHERE a.commune_id = $1 AND a.id = $2
     ON CONFLICT (commune_id, campaign_id, extent, hamlet_id) DO UPDATE
     SET version = excluded.version, updated_at = excluded.updated_at, present = t.present + excluded.present, man_days = t.man_days + excluded.man_days"
}

/// People came to an activity or went, in one statement.
pub async fn add_presence(write: &mut Write, activity: Uuid, present: i32, man_days: f64) -> Result<()> {
    let (whole, part) = (random::id(), random::id());
    let statement = AddPresence { commune: write.feed, activity, version: write.number, now: write.now, present, man_days, whole, part };
    RunQueryDsl::execute(statement, write.connection()).await?;
    write.mark::<CampaignSum>();
    Ok(())
}

/// What the results of a part of a campaign add up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub extent: Extent,
    pub hamlet_id: Option<Uuid>,
    pub figures: Vec<Figure>,
    pub military_man_days: f64,
}

statement! {
    PutFigures(
        commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid, version: i64 as BigInt, now: DateTime<Utc> as Timestamptz, id: Uuid as SqlUuid,
        extent: String as Text, hamlet: Option<Uuid> as Nullable<SqlUuid>, figures: serde_json::Value as Jsonb, military_man_days: f64 as Double,
    ) -> (),
    "INSERT INTO campaign_sums AS t (commune_id, id, version, created_at, updated_at, campaign_id, extent, hamlet_id, present, man_days, figures, military_man_days, status, request_hash)
     VALUES ($1, $5, $3, $4, $4, $2, $6, $7, 0, 0, $8, $9, 'kept', '')
     ON CONFLICT (commune_id, campaign_id, extent, hamlet_id) DO UPDATE
     SET version = excluded.version, updated_at = excluded.updated_at, figures = excluded.figures, military_man_days = excluded.military_man_days"
}

/// Writes figures: of parts that have none any more too, one statement for each row that changes.
pub async fn put_figures(write: &mut Write, campaign: Uuid, there: &[CampaignSum], shares: Vec<Share>) -> Result<()> {
    for share in shares.into_iter().filter(|share| differs(there, share)) {
        let statement = PutFigures {
            commune: write.feed,
            campaign,
            version: write.number,
            now: write.now,
            id: random::id(),
            extent: share.extent.name().into(),
            hamlet: share.hamlet_id,
            figures: serde_json::to_value(&share.figures)?,
            military_man_days: share.military_man_days,
        };
        RunQueryDsl::execute(statement, write.connection()).await?;
        write.mark::<CampaignSum>();
    }
    Ok(())
}

/// Whether the rows that are there say something else.
pub fn differs(there: &[CampaignSum], share: &Share) -> bool {
    match there.iter().find(|row| row.extent == share.extent && row.hamlet_id == share.hamlet_id) {
        Some(row) => row.figures.0 != share.figures || row.military_man_days != share.military_man_days,
        None => !share.figures.is_empty() || share.military_man_days != 0.0,
    }
}

/// All rows of a campaign in the write's commune.
pub async fn in_write(write: &mut Write, campaign: Uuid) -> Result<Vec<CampaignSum>> {
    let commune = write.feed;
    let rows = campaign_sums::table.filter(campaign_sums::commune_id.eq(commune).and(campaign_sums::campaign_id.eq(campaign)));
    Ok(rows.select(CampaignSum::as_select()).load(write.connection()).await?)
}

/// All rows of a campaign; the caller has seen that the campaign is in reach.
pub async fn of_campaign(lane: &Lane, commune: Uuid, campaign: Uuid) -> Result<Vec<CampaignSum>> {
    let connection = lane.connection().await?;
    let rows = campaign_sums::table.filter(campaign_sums::commune_id.eq(commune).and(campaign_sums::campaign_id.eq(campaign)));
    Ok(rows.order((campaign_sums::extent, campaign_sums::hamlet_id)).select(CampaignSum::as_select()).load(&mut &*connection).await?)
}
