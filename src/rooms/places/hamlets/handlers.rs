//! What happens with hamlets.

use chrono::NaiveDate;
use uuid::Uuid;

use super::dto::{EndHamlet, Hamlet, SucceedHamlet};
use super::{rules, store};
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting, Kept};

impl Kept for Hamlet {
    async fn check(_: &mut Write, before: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        if before.is_some() {
            rules::check_end(&row)?;
        }
        Ok(row)
    }
}

pub async fn dissolve(call: Call, body: EndHamlet) -> Result<Answer> {
    end(call, body.acting(), body.valid_to.into(), None).await
}

pub async fn succeed(call: Call, body: SucceedHamlet) -> Result<Answer> {
    end(call, body.acting(), body.valid_to.into(), Some(body.successor_id)).await
}

async fn end(call: Call, acting: Acting, last: NaiveDate, successor: Option<Uuid>) -> Result<Answer> {
    table::act(&call, acting, async |write, _, mut after: Hamlet| {
        after.valid_to = Some(last);
        rules::check_end(&after)?;
        if let Some(successor) = successor {
            let found = table::row::<Hamlet>(write, successor).await?;
            rules::check_successor(&after, found.as_ref())?;
            after.successors = vec![successor];
            pass_on(write, after.id, successor).await?;
        }
        Ok(after)
    })
    .await
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
