//! What happens with units.

use super::dto::{ActOnUnit, CreateUnit, MergeUnit, Unit, UnitKinds, UpdateUnit};
use super::{rules, store};
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};
use crate::{random, said};

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<Unit>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<Unit>(call).await
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateUnit = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let id = input.id.unwrap_or_else(random::id);
    table::create(&call, input.commune_id, id, async |_| Ok(rules::new_unit(input, id, call.now, call.request_hash()))).await
}

/// A unit of the import.
pub async fn add(write: &mut Write, input: CreateUnit) -> Result<Unit> {
    let id = input.id.unwrap_or_else(random::id);
    let row = rules::new_unit(input, id, write.now, vec![]);
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn update(call: Call) -> Result<Answer> {
    let input: UpdateUnit = call.body()?;
    table::update(&call, async |write, before: &Seen<Unit>| {
        let after = rules::changed(before.row.clone(), input);
        if before.held.by(rules::POLICY.create).is_none() {
            rules::check_own(&before.row, &after)?;
        }
        if after.parent_id != before.row.parent_id
            && let Some(parent) = after.parent_id
            && store::lies_below(write, parent, after.id).await?
        {
            return Err(Error::field("/parent_id", "no_unit", said!("Đơn vị không thể nằm dưới chính nó", "A unit cannot lie below itself")));
        }
        Ok(after)
    })
    .await
}

pub async fn act(call: Call) -> Result<Answer> {
    if call.operation.id != "merge_unit" {
        let input: ActOnUnit = call.body()?;
        let acting = Acting { reason: input.reason.map(String::from), occurred_at: None };
        return table::act(&call, acting, async |_, _, after: Unit| Ok(after)).await;
    }
    let MergeUnit { reason, successor_id, valid_to } = call.body()?;
    let acting = Acting { reason: reason.map(String::from), occurred_at: None };
    table::act(&call, acting, async |write, _, mut after: Unit| {
        let successor = store::in_commune(write, successor_id).await?;
        rules::check_successor(&after, successor.as_ref())?;
        (after.successor_id, after.valid_to) = (Some(successor_id), Some(valid_to.into()));
        Ok(after)
    })
    .await
}

pub async fn kinds(call: Call) -> Result<Answer> {
    Answer::ok(UnitKinds { items: store::kinds(&call.worker.lane).await? })
}
