//! Plan items in the database.

use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::db::schema::plan_items;
use crate::error::Result;
use crate::journal::Write;

/// Plan items of a campaign with what they are called: code and the label in print.
pub async fn names(write: &mut Write, campaign: Uuid) -> Result<Vec<(Uuid, Vec<String>)>> {
    let rows = plan_items::table.filter(plan_items::campaign_id.eq(campaign)).order(plan_items::id);
    let rows: Vec<(Uuid, String, Option<String>)> =
        rows.select((plan_items::id, plan_items::code, plan_items::label_as_printed)).load(write.connection()).await?;
    Ok(rows.into_iter().map(|(id, code, label)| (id, [code].into_iter().chain(label).collect())).collect())
}
