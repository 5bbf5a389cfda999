//! Plan items in the database.

use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use super::dto::{PlanItem, PlanItemFilter, PlanItemStatus};
use super::rules;
use crate::access::relations::Lies;
use crate::db::schema::plan_items;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies { campaign: Some("campaign_id"), ..Lies::in_commune("plan_items") };

type Rows<S> = plan_items::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<PlanItemFilter>) -> Rows<S> {
    if let Some(campaign) = query.filter.campaign_id {
        rows = rows.filter(plan_items::campaign_id.eq(campaign));
    }
    if let Some(status) = &query.filter.status {
        rows = rows.filter(plan_items::status.eq_any(status.0.clone()));
    }
    rows
}

crate::room_store! {
    table: plan_items, row: PlanItem, policy: rules::POLICY, lies: LIES,
    filter: PlanItemFilter => filtered,
    feed: |row| row.commune_id, feed_column: plan_items::commune_id, shared_feed: None, commune_column: plan_items::commune_id,
    place: |row| Place { campaign_id: Some(row.campaign_id), ..Place::default() }, status: PlanItemStatus,
    search: none,
    sorts: { "sort_order" => sort_order: i32 },
    constraints: rules::CONSTRAINTS,
}

/// Plan items of a campaign with what they are called: code and the label in print.
pub async fn names(write: &mut Write, campaign: Uuid) -> Result<Vec<(Uuid, Vec<String>)>> {
    let rows = plan_items::table.filter(plan_items::campaign_id.eq(campaign)).order(plan_items::id);
    let rows: Vec<(Uuid, String, Option<String>)> =
        rows.select((plan_items::id, plan_items::code, plan_items::label_as_printed)).load(write.connection()).await?;
    Ok(rows.into_iter().map(|(id, code, label)| (id, [code].into_iter().chain(label).collect())).collect())
}
