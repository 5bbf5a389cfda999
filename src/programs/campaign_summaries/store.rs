//! What a summary is made of: one statement for each source, sent together. The caller has seen that the campaign is in
//! reach; which military figures go out is the handler's matter.

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Bool, Date, Double, Int4, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::db::Lane;
use crate::error::Result;
use crate::statement;

/// Day, hamlet, status, target, present, man-days, figures, soldiers' man-days, whether it is public.
pub type Scheduled = (Option<NaiveDate>, Option<Uuid>, String, Option<Value>, i32, f64, Value, f64, bool);

statement! {
    Schedule(commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid)
        -> (Nullable<Date>, Nullable<SqlUuid>, Text, Nullable<Jsonb>, Int4, Double, Jsonb, Double, Bool),
    "SELECT a.date, a.hamlet_id, a.status, nullif(a.course->'target', 'null'), coalesce(s.present, 0), coalesce(s.man_days, 0), coalesce(s.figures, '[]'), coalesce(s.military_man_days, 0),
        a.published_at IS NOT NULL
     FROM activities a LEFT JOIN activity_sums s ON s.commune_id = a.commune_id AND s.id = a.id
     WHERE a.commune_id = $1 AND a.campaign_id = $2 AND a.status NOT IN ('draft', 'cancelled') ORDER BY a.date, a.id"
}

/// The campaign's set activities, each with its sums: at most some hundred rows.
pub async fn schedule(lane: &Lane, commune: Uuid, campaign: Uuid) -> Result<Vec<Scheduled>> {
    let connection = lane.connection().await?;
    Ok(Schedule { commune, campaign }.load(&mut &*connection).await?)
}

/// Hamlet, registered, accepted, done, confirmed, metres accepted, metres done.
pub type RoadsOfHamlet = (Uuid, i64, i64, i64, i64, i64, i64);

statement! {
    CountRoads(commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid) -> (SqlUuid, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt),
    "SELECT hamlet_id, count(*), count(*) FILTER (WHERE status NOT IN ('submitted', 'returned')), count(*) FILTER (WHERE status IN ('done', 'confirmed')),
        count(*) FILTER (WHERE status = 'confirmed'), coalesce(sum(accepted_length_m), 0), coalesce(sum(done_length_m), 0)
     FROM road_registrations WHERE commune_id = $1 AND campaign_id = $2 AND status NOT IN ('draft', 'rejected', 'merged', 'withdrawn') GROUP BY hamlet_id"
}

pub async fn roads(lane: &Lane, commune: Uuid, campaign: Uuid) -> Result<Vec<RoadsOfHamlet>> {
    let connection = lane.connection().await?;
    Ok(CountRoads { commune, campaign }.load(&mut &*connection).await?)
}

/// Unit, people planned, people who came.
pub type People = (Uuid, i64, i64);

statement! {
    CountPeople(commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid) -> (SqlUuid, BigInt, BigInt),
    "SELECT unit_id, coalesce(sum(headcount_planned), 0), coalesce(sum(headcount_actual), 0) FROM activity_units
     WHERE commune_id = $1 AND campaign_id = $2 AND status <> 'declined' GROUP BY unit_id"
}

pub async fn people(lane: &Lane, commune: Uuid, campaign: Uuid) -> Result<Vec<People>> {
    let connection = lane.connection().await?;
    Ok(CountPeople { commune, campaign }.load(&mut &*connection).await?)
}
