//! What happens with plan items.

use super::dto::{ActOnPlanItem, PlanItem};
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting, Kept};

impl Kept for PlanItem {
    async fn check(_: &mut Write, _: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        Ok(row)
    }
}

pub async fn act(call: Call) -> Result<Answer> {
    let input: ActOnPlanItem = call.body()?;
    let acting = Acting { reason: input.reason.map(String::from), occurred_at: None };
    table::act(&call, acting, async |_, _, after: PlanItem| Ok(after)).await
}
