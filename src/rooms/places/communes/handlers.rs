//! What happens with communes.

use super::dto::{Commune, EndCommune, FormerName, RenameCommune};
use super::{rules, store};
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Kept, Record as _};

impl Kept for Commune {
    async fn check(write: &mut Write, before: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        rules::check_codes(&row)?;
        if before.is_none() {
            store::open_feed(write, row.id).await?;
        }
        Ok(row)
    }
}

pub async fn end(call: Call, body: EndCommune) -> Result<Answer> {
    let acting = body.acting();
    let EndCommune { valid_to, successors, .. } = body;
    let valid_to = valid_to.into();
    table::act(&call, acting, async |write, _, mut after: Commune| {
        rules::check_after(valid_to, &after, "/valid_to")?;
        after.valid_to = Some(valid_to);
        after.successors = successors.map(|ids| ids.0.into_iter().map(|id| id.0).collect()).unwrap_or_default();
        store::close_feed(write, after.id, valid_to).await?;
        Ok(after)
    })
    .await
}

pub async fn rename(call: Call, body: RenameCommune) -> Result<Answer> {
    let acting = body.acting();
    let RenameCommune { valid_from, name, kind, province_code, province_name, .. } = body;
    let valid_from: chrono::NaiveDate = valid_from.into();
    table::act(&call, acting, async |_, _, mut after: Commune| {
        rules::check_after(valid_from, &after, "/valid_from")?;
        let last = valid_from.pred_opt().unwrap_or(valid_from);
        after.history.0.push(FormerName { name: after.name, kind: after.kind, province_name: after.province_name, valid_to: last });
        (after.name, after.kind, after.province_code, after.province_name) = (name.into(), kind, province_code.into(), province_name.into());
        after.valid_from = valid_from;
        rules::check_codes(&after)?;
        Ok(after.derived())
    })
    .await
}
