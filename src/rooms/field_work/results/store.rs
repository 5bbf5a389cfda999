//! Results in the database.

use diesel::prelude::*;
use diesel::sql_types::{Double, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{ActivityResult, Metric, ResultStatus};
use super::rules::METRES;
use crate::access::roles::{Clause, Relation};
use crate::db::Lane;
use crate::db::schema::{metrics, results};
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Write;
use crate::statement;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        Relation::OwnHamlet => Some(ActivityResult::LIES.of_hamlet(clause)?.and(civil())),
        Relation::Lead => Some(ActivityResult::LIES.of_lead(clause)?.and(civil())),
        Relation::OfSide(side) => {
            let covered = match (clause.hamlet, clause.unit, side) {
                (Some(_), ..) => ActivityResult::LIES.of_hamlet(clause),
                (None, Some(_), "military") => ActivityResult::LIES.of_partner(clause),
                _ => ActivityResult::LIES.of_commune(clause),
            };
            Some(covered?.and(Sql::text(format!("results.side = '{side}'"))))
        }
        _ => ActivityResult::LIES.usually(clause),
    }
}

/// Soldiers' man-days are for those alone who see military figures.
fn civil() -> Sql {
    Sql::text("results.side = 'local' OR results.metric <> 'man_days'")
}

/// All metrics, in their order.
pub async fn metrics_of(lane: &Lane) -> Result<Vec<Metric>> {
    let connection = lane.connection().await?;
    Ok(metrics::table.order((metrics::sort_order, metrics::code)).select(Metric::as_select()).load(&mut &*connection).await?)
}

pub async fn metric(write: &mut Write, code: &str) -> Result<Option<Metric>> {
    Ok(metrics::table.find(code).select(Metric::as_select()).first(write.connection()).await.optional()?)
}

/// Metres that the results of a road add up to.
pub async fn metres_of(write: &mut Write, road: Uuid) -> Result<i32> {
    let commune = write.feed;
    let rows = results::table
        .filter(results::commune_id.eq(commune).and(results::road_registration_id.eq(road)).and(results::metric.eq(METRES)))
        .filter(results::status.ne(ResultStatus::Withdrawn));
    let values: Vec<f64> = rows.select(results::value).load(write.connection()).await?;
    #[expect(clippy::cast_possible_truncation, reason = "metres are whole, and a sum beyond i32 saturates")]
    Ok(values.iter().sum::<f64>() as i32)
}

/// What results add up to: activity, hamlet, side, metric, all of them, the verified ones.
pub type Added = (Uuid, Option<Uuid>, String, String, f64, f64);

statement! {
    /// The results of a campaign, added up as far as its sums need them.
    AddUp(commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid) -> (SqlUuid, Nullable<SqlUuid>, Text, Text, Double, Double),
    "SELECT activity_id, hamlet_id, side, metric, sum(value), coalesce(sum(value) FILTER (WHERE status = 'verified'), 0) FROM results
     WHERE commune_id = $1 AND campaign_id = $2 AND status <> 'withdrawn' GROUP BY activity_id, hamlet_id, side, metric"
}

pub async fn added_up(write: &mut Write, campaign: Uuid) -> Result<Vec<Added>> {
    let statement = AddUp { commune: write.feed, campaign };
    Ok(statement.load(write.connection()).await?)
}

/// What results of units and of kinds of work add up to: unit, work, side, metric, all, verified.
pub type ByUnitAndWork = (Option<Uuid>, Option<String>, String, String, f64, f64);

statement! {
    GroupByUnitAndWork(commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid) -> (Nullable<SqlUuid>, Nullable<Text>, Text, Text, Double, Double),
    "SELECT unit_id, work_type, side, metric, sum(value), coalesce(sum(value) FILTER (WHERE status = 'verified'), 0) FROM results
     WHERE commune_id = $1 AND campaign_id = $2 AND status <> 'withdrawn' GROUP BY unit_id, work_type, side, metric ORDER BY unit_id, work_type, side, metric"
}

/// For a campaign's summary; the caller has seen that the campaign is in reach.
pub async fn by_unit_and_work(lane: &Lane, commune: Uuid, campaign: Uuid) -> Result<Vec<ByUnitAndWork>> {
    let connection = lane.connection().await?;
    Ok(GroupByUnitAndWork { commune, campaign }.load(&mut &*connection).await?)
}

/// The campaigns of a commune that have results.
pub async fn campaigns_with_results(write: &mut Write) -> Result<Vec<Uuid>> {
    let commune = write.feed;
    Ok(results::table.filter(results::commune_id.eq(commune)).select(results::campaign_id).distinct().load(write.connection()).await?)
}

/// The activities of a campaign that have results, withdrawn ones among them: their sums may be stale too.
pub async fn activities_with_results(write: &mut Write, campaign: Uuid) -> Result<Vec<Uuid>> {
    let commune = write.feed;
    let rows = results::table.filter(results::commune_id.eq(commune).and(results::campaign_id.eq(campaign)));
    Ok(rows.select(results::activity_id).distinct().order(results::activity_id).load(write.connection()).await?)
}

/// Other figures of the same activity that are the very same.
pub async fn alike(write: &mut Write, row: &ActivityResult) -> Result<Vec<Uuid>> {
    let same = results::table
        .filter(results::commune_id.eq(row.commune_id).and(results::activity_id.eq(row.activity_id)).and(results::id.ne(row.id)))
        .filter(results::side.eq(row.side).and(results::metric.eq(row.metric.clone())).and(results::value.eq(row.value)))
        .filter(results::hamlet_id.is_not_distinct_from(row.hamlet_id).and(results::unit_id.is_not_distinct_from(row.unit_id)))
        .filter(results::road_registration_id.is_not_distinct_from(row.road_registration_id).and(results::status.ne(ResultStatus::Withdrawn)));
    Ok(same.order(results::id).select(results::id).load(write.connection()).await?)
}
