//! What happens with units.

use super::dto::{MergeUnit, Unit, UnitKinds};
use super::{rules, store};
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::said;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Kept};

impl Kept for Unit {
    async fn check(write: &mut Write, before: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        let Some(before) = before else { return Ok(row) };
        if row.parent_id != before.row.parent_id
            && let Some(parent) = row.parent_id
            && store::lies_below(write, parent, row.id).await?
        {
            return Err(Error::field("/parent_id", "no_unit", said!("Đơn vị không thể nằm dưới chính nó", "A unit cannot lie below itself")));
        }
        Ok(row)
    }
}

pub async fn merge(call: Call, body: MergeUnit) -> Result<Answer> {
    table::act(&call, body.acting(), async |write, _, mut after: Unit| {
        let successor = table::row::<Unit>(write, body.successor_id).await?;
        rules::check_successor(&after, successor.as_ref())?;
        (after.successor_id, after.valid_to) = (Some(body.successor_id), Some(body.valid_to.into()));
        Ok(after)
    })
    .await
}

pub async fn kinds(call: Call) -> Result<Answer> {
    Answer::ok(UnitKinds { items: store::kinds(&call.worker.lane).await? })
}
