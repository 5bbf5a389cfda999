//! What happens with army units.

use super::dto::MilitaryUnit;
use super::{rules, store};
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::web::table::{self, Kept};

impl Kept for MilitaryUnit {
    async fn check(write: &mut Write, before: Option<&Seen<Self>>, mut row: Self) -> Result<Self> {
        let parent = match row.parent_id {
            Some(parent) => table::row::<MilitaryUnit>(write, parent).await?,
            None => None,
        };
        rules::place_below(&mut row, parent.as_ref())?;
        if before.is_some_and(|before| row.ancestors != before.row.ancestors) {
            follow(write, row.clone()).await?;
        }
        Ok(row)
    }
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
