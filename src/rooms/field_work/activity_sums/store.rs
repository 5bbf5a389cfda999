//! Sums in the database.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Int4, Jsonb, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{ActivitySum, Figure, Tally};
use crate::access::relations::pinned;
use crate::access::roles::{Clause, Relation};
use crate::activities::Activity;
use crate::campaign_sums;
use crate::db::schema::activity_sums;
use crate::db::sql::Sql;
use crate::db::values::Json;
use crate::error::Result;
use crate::journal::Write;
use crate::statement;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        Relation::Published => {
            let published = "a.commune_id = activity_sums.commune_id AND a.id = activity_sums.id AND a.published_at IS NOT NULL)";
            Some(Sql::around("EXISTS (SELECT FROM activities a WHERE ", pinned(clause, "a"), published))
        }
        _ => ActivitySum::LIES.usually(clause),
    }
}

/// Seats that sign-ups take; none before the first.
pub async fn seats_taken(write: &mut Write, activity: Uuid) -> Result<i32> {
    let commune = write.feed;
    let found: Option<i32> = activity_sums::table.find((commune, activity)).select(activity_sums::seats_taken).first(write.connection()).await.optional()?;
    Ok(found.unwrap_or(0))
}

statement! {
    /// Adds to an activity's sums, making them first: nothing is counted anew, however many have signed up.
    Add(
        commune: Uuid as SqlUuid, activity: Uuid as SqlUuid, version: i64 as BigInt, now: DateTime<Utc> as Timestamptz,
        seats_taken: i32 as Int4, waiting: i32 as Int4, pending: i32 as Int4, present: i32 as Int4, man_days: f64 as Double,
    ) -> (),
    "INSERT INTO activity_sums AS t (commune_id, id, version, created_at, updated_at, campaign_id, hamlet_id, seats_taken, waiting, pending, present, man_days, status, request_hash)
     SELECT a.commune_id, a.id, $3, $4, $4, a.campaign_id, a.hamlet_id, $5, $6, $7, $8, $9, 'kept', '' FROM activities a WHERE a.commune_id = $1 AND a.id = $2
     ON CONFLICT (commune_id, id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at,
        seats_taken = t.seats_taken + excluded.seats_taken, waiting = t.waiting + excluded.waiting, pending = t.pending + excluded.pending,
        present = t.present + excluded.present, man_days = t.man_days + excluded.man_days"
}

/// Adds what changed; one statement, and one for the campaign's sums when people came or went.
pub async fn add(write: &mut Write, activity: Uuid, change: Tally) -> Result<()> {
    if change.is_nothing() {
        return Ok(());
    }
    let Tally { seats_taken, waiting, pending, present, man_days } = change;
    let statement = Add { commune: write.feed, activity, version: write.number, now: write.now, seats_taken, waiting, pending, present, man_days };
    RunQueryDsl::execute(statement, write.connection()).await?;
    write.mark::<ActivitySum>();
    if change.is_presence() {
        campaign_sums::add_presence(write, activity, present, man_days).await?;
    }
    Ok(())
}

/// An activity was put into another hamlet: its sums go along, and the campaign's are counted anew.
pub async fn move_to(write: &mut Write, activity: &Activity) -> Result<()> {
    let (commune, version, now) = (write.feed, write.number, write.now);
    let row = activity_sums::table.find((commune, activity.id));
    let set = (activity_sums::hamlet_id.eq(activity.hamlet_id), activity_sums::version.eq(version), activity_sums::updated_at.eq(now));
    let moved = diesel::update(row).set(set).execute(write.connection()).await?;
    if moved > 0 {
        write.mark::<ActivitySum>();
        campaign_sums::fix(write).await?;
    }
    Ok(())
}

statement! {
    PutFigures(
        commune: Uuid as SqlUuid, activity: Uuid as SqlUuid, version: i64 as BigInt, now: DateTime<Utc> as Timestamptz,
        figures: serde_json::Value as Jsonb, military_man_days: f64 as Double,
    ) -> (),
    "INSERT INTO activity_sums AS t (commune_id, id, version, created_at, updated_at, campaign_id, hamlet_id, seats_taken, waiting, pending, present, man_days, figures, military_man_days, status, request_hash)
     SELECT a.commune_id, a.id, $3, $4, $4, a.campaign_id, a.hamlet_id, 0, 0, 0, 0, 0, $5, $6, 'kept', '' FROM activities a WHERE a.commune_id = $1 AND a.id = $2
     ON CONFLICT (commune_id, id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at,
        figures = excluded.figures, military_man_days = excluded.military_man_days
     WHERE (t.figures, t.military_man_days) IS DISTINCT FROM (excluded.figures, excluded.military_man_days)"
}

/// Writes what an activity's results add up to; nothing when it is the same.
pub async fn put_figures(write: &mut Write, activity: Uuid, figures: Vec<Figure>, military_man_days: f64) -> Result<()> {
    let figures = serde_json::to_value(figures)?;
    let statement = PutFigures { commune: write.feed, activity, version: write.number, now: write.now, figures, military_man_days };
    if RunQueryDsl::execute(statement, write.connection()).await? > 0 {
        write.mark::<ActivitySum>();
    }
    Ok(())
}

/// What is kept of an activity's results; none before the first.
pub async fn figures_of(write: &mut Write, activity: Uuid) -> Result<Option<(Vec<Figure>, f64)>> {
    let commune = write.feed;
    let kept = activity_sums::table.find((commune, activity)).select((activity_sums::figures, activity_sums::military_man_days));
    let found: Option<(Json<Vec<Figure>>, f64)> = kept.first(write.connection()).await.optional()?;
    Ok(found.map(|(figures, days)| (figures.0, days)))
}
