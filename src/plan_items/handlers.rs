//! What happens with plan items.

use super::dto::{ActOnPlanItem, CreatePlanItem, PlanItem, UpdatePlanItem};
use super::rules;
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::random;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<PlanItem>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<PlanItem>(call).await
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreatePlanItem = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let id = input.id.unwrap_or_else(random::id);
    table::create(&call, input.commune_id, id, async |_| Ok(rules::new_plan_item(input, id, call.now, call.request_hash()))).await
}

/// A plan item of the import.
pub async fn add(write: &mut Write, input: CreatePlanItem) -> Result<PlanItem> {
    let id = input.id.unwrap_or_else(random::id);
    let row = rules::new_plan_item(input, id, write.now, vec![]);
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn update(call: Call) -> Result<Answer> {
    let UpdatePlanItem { label_as_printed, text, kind, sort_order } = call.body()?;
    table::update(&call, async |_, before: &Seen<PlanItem>| {
        let mut after = before.row.clone();
        label_as_printed.apply(&mut after.label_as_printed);
        text.apply(&mut after.text);
        kind.apply(&mut after.kind);
        sort_order.apply(&mut after.sort_order);
        Ok(after)
    })
    .await
}

pub async fn act(call: Call) -> Result<Answer> {
    let input: ActOnPlanItem = call.body()?;
    let acting = Acting { reason: input.reason.map(String::from), occurred_at: None };
    table::act(&call, acting, async |_, _, after: PlanItem| Ok(after)).await
}
