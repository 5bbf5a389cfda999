//! Results in the database.

use diesel::prelude::*;
use diesel::sql_types::{Double, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{ActivityResult, Metric, ResultFilter, ResultStatus};
use super::rules::{self, METRES};
use crate::access::relations::{Lies, Sql};
use crate::access::roles::Relation;
use crate::db::Lane;
use crate::db::schema::{metrics, results};
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::statement;
use crate::web::query::ListQuery;

static LIES: Lies = Lies {
    campaign: Some("campaign_id"),
    unit: Some("unit_id"),
    hamlet: Some("hamlet_id"),
    activity: Some("activity_id IN"),
    here: Some(|clause| match clause.relation {
        Relation::OwnHamlet => Some(LIES.of_hamlet(clause)?.and(civil())),
        Relation::Lead => Some(LIES.of_lead(clause)?.and(civil())),
        Relation::OfSide(side) => {
            let covered = match (clause.hamlet, clause.unit, side) {
                (Some(_), ..) => LIES.of_hamlet(clause),
                (None, Some(_), "military") => LIES.of_partner(clause),
                _ => LIES.of_commune(clause),
            };
            Some(covered?.and(Sql::of(format!("results.side = '{side}'"), [])))
        }
        _ => LIES.usually(clause),
    }),
    ..Lies::in_commune("results")
};

/// Soldiers' man-days are for those alone who see military figures.
fn civil() -> Sql {
    Sql::of("results.side = 'local' OR results.metric <> 'man_days'", [])
}

type Rows<S> = results::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<ResultFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(campaign) = filter.campaign_id {
        rows = rows.filter(results::campaign_id.eq(campaign));
    }
    if let Some(activity) = filter.activity_id {
        rows = rows.filter(results::activity_id.eq(activity));
    }
    if let Some(hamlets) = &filter.hamlet_id {
        rows = rows.filter(results::hamlet_id.eq_any(hamlets.0.clone()));
    }
    if let Some(road) = filter.road_registration_id {
        rows = rows.filter(results::road_registration_id.eq(road));
    }
    if let Some(unit) = filter.unit_id {
        rows = rows.filter(results::unit_id.eq(unit));
    }
    if let Some(metric) = &filter.metric {
        rows = rows.filter(results::metric.eq(metric.clone()));
    }
    if let Some(side) = &filter.side {
        rows = rows.filter(results::side.eq_any(side.0.clone()));
    }
    if let Some(status) = &filter.status {
        rows = rows.filter(results::status.eq_any(status.0.clone()));
    }
    rows
}

crate::room_store! {
    table: results, row: ActivityResult, policy: rules::POLICY, lies: LIES,
    filter: ResultFilter => filtered,
    feed: |row| row.commune_id, feed_column: results::commune_id, shared_feed: None, commune_column: results::commune_id,
    place: |row| Place { campaign_id: Some(row.campaign_id), hamlet_id: row.hamlet_id, unit_id: row.unit_id, ..Place::default() }, status: ResultStatus,
    search: none,
    sorts: { "created_at" => created_at: chrono::DateTime<chrono::Utc> },
    constraints: rules::CONSTRAINTS,
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
