//! What happens with hamlets.

use uuid::Uuid;

use super::dto::{CreateHamlet, EndHamlet, Hamlet, SucceedHamlet, UpdateHamlet};
use super::{rules, store};
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};
use crate::{accounts, random};

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<Hamlet>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<Hamlet>(call).await
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateHamlet = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let id = input.id.unwrap_or_else(random::id);
    table::create(&call, input.commune_id, id, async |_| Ok(rules::new_hamlet(input, id, call.now, call.request_hash()))).await
}

/// A hamlet of the import.
pub async fn add(write: &mut Write, input: CreateHamlet) -> Result<Hamlet> {
    let id = input.id.unwrap_or_else(random::id);
    let row = rules::new_hamlet(input, id, write.now, vec![]);
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn update(call: Call) -> Result<Answer> {
    let input: UpdateHamlet = call.body()?;
    table::update(&call, async |_, before: &Seen<Hamlet>| {
        let after = rules::changed(before.row.clone(), input);
        if before.held.by(rules::POLICY.create).is_none() {
            rules::check_head(&before.row, &after)?;
        }
        rules::check_end(&after)?;
        Ok(after)
    })
    .await
}

pub async fn act(call: Call) -> Result<Answer> {
    let (acting, valid_to, successor) = if call.operation.id == "dissolve_hamlet" {
        let EndHamlet { reason, valid_to, occurred_at } = call.body()?;
        (Acting { reason: reason.map(String::from), occurred_at }, valid_to, None)
    } else {
        let SucceedHamlet { reason, valid_to, successor_id, occurred_at } = call.body()?;
        (Acting { reason: reason.map(String::from), occurred_at }, valid_to, Some(successor_id))
    };
    let last: chrono::NaiveDate = valid_to.into();
    let answer = table::act(&call, acting, async |write, _, mut after: Hamlet| {
        after.valid_to = Some(last);
        rules::check_end(&after)?;
        if let Some(successor) = successor {
            let found = store::in_commune(write, successor).await?;
            rules::check_successor(&after, found.as_ref())?;
            after.successors = vec![successor];
            pass_on(write, after.id, successor).await?;
        }
        Ok(after)
    })
    .await?;
    // The accounts are another feed. When this fails the whole action is asked for again, and comes here again.
    let hamlet = call.id()?;
    // The day that stands: done again with another day it changed nothing.
    let last = table::get::<Hamlet>(&call, hamlet).await?.row.valid_to.unwrap_or(last);
    accounts::end_with_hamlet(&call, table::feed_of::<Hamlet>(&call, hamlet).await?, hamlet, last).await?;
    Ok(answer)
}

/// What was merged into this hamlet before now lies in its successor too: heads read transitively.
async fn pass_on(write: &mut Write, ended: Uuid, successor: Uuid) -> Result<()> {
    for row in store::predecessors(write, ended).await? {
        let before = table::load::<Hamlet>(write, row.id).await?;
        let mut after = row;
        after.successors.push(successor);
        table::save(write, "update", rules::POLICY.create, &before, after).await?;
    }
    Ok(())
}
