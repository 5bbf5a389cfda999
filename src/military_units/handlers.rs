//! What happens with army units.

use super::dto::{ActOnMilitaryUnit, CreateMilitaryUnit, MilitaryUnit, UpdateMilitaryUnit};
use super::{rules, store};
use crate::error::Result;
use crate::journal::feeds::REFERENCE;
use crate::journal::{Seen, Write};
use crate::random;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<MilitaryUnit>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<MilitaryUnit>(call).await
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateMilitaryUnit = call.body()?;
    table::may_create(&call, &rules::POLICY, None).await?;
    let id = input.id.unwrap_or_else(random::id);
    table::create(&call, REFERENCE, id, async |write| placed(write, rules::new_military_unit(input, id, call.now, call.request_hash())).await).await
}

/// An army unit of the import.
pub async fn add(write: &mut Write, input: CreateMilitaryUnit) -> Result<MilitaryUnit> {
    let id = input.id.unwrap_or_else(random::id);
    let row = placed(write, rules::new_military_unit(input, id, write.now, vec![])).await?;
    Ok(table::insert(write, "create", row).await?.row)
}

async fn placed(write: &mut Write, mut row: MilitaryUnit) -> Result<MilitaryUnit> {
    let parent = match row.parent_id {
        Some(parent) => store::find(write, parent).await?,
        None => None,
    };
    rules::place_below(&mut row, parent.as_ref())?;
    Ok(row)
}

pub async fn update(call: Call) -> Result<Answer> {
    let UpdateMilitaryUnit { name, short_name, aliases, parent_id } = call.body()?;
    table::update(&call, async |write, before: &Seen<MilitaryUnit>| {
        let mut after = before.row.clone();
        name.apply(&mut after.name);
        short_name.apply(&mut after.short_name);
        if let Some(aliases) = aliases.0 {
            after.aliases = aliases.0.into_iter().map(String::from).collect();
        }
        parent_id.apply(&mut after.parent_id);
        let after = placed(write, after.with_search()).await?;
        if after.ancestors != before.row.ancestors {
            follow(write, after.clone()).await?;
        }
        Ok(after)
    })
    .await
}

/// What lies below a unit that moved follows it.
async fn follow(write: &mut Write, moved: MilitaryUnit) -> Result<()> {
    let mut parents = vec![moved];
    while let Some(parent) = parents.pop() {
        for row in store::below(write, parent.id).await? {
            let before = table::load::<MilitaryUnit>(write, row.id).await?;
            let mut after = row;
            rules::place_below(&mut after, Some(&parent))?;
            table::save(write, "update", rules::POLICY.update, &before, after.clone()).await?;
            parents.push(after);
        }
    }
    Ok(())
}

pub async fn act(call: Call) -> Result<Answer> {
    let input: ActOnMilitaryUnit = call.body()?;
    let acting = Acting { reason: input.reason.map(String::from), occurred_at: None };
    table::act(&call, acting, async |_, _, after: MilitaryUnit| Ok(after)).await
}
