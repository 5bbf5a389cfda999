//! What happens with communes.

use super::dto::{Commune, CreateCommune, EndCommune, FormerName, RenameCommune, UpdateCommune};
use super::{rules, store};
use crate::error::Result;
use crate::journal::feeds::REFERENCE;
use crate::journal::{Seen, Write};
use crate::random;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<Commune>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<Commune>(call).await
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateCommune = call.body()?;
    table::may_create(&call, &rules::POLICY, None).await?;
    let id = input.id.unwrap_or_else(random::id);
    table::create(&call, REFERENCE, id, async |write| {
        let row = rules::new_commune(input, id, call.now, call.request_hash());
        rules::check_codes(&row)?;
        store::open_feed(write, id).await?;
        Ok(row)
    })
    .await
}

/// A commune of the import, with its clock.
pub async fn add(write: &mut Write, input: CreateCommune) -> Result<Commune> {
    let id = input.id.unwrap_or_else(random::id);
    let row = rules::new_commune(input, id, write.now, vec![]);
    rules::check_codes(&row)?;
    store::open_feed(write, id).await?;
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn update(call: Call) -> Result<Answer> {
    let input: UpdateCommune = call.body()?;
    table::update(&call, async |_, before: &Seen<Commune>| {
        let after = rules::changed(before.row.clone(), input);
        rules::check_codes(&after)?;
        Ok(after)
    })
    .await
}

pub async fn act(call: Call) -> Result<Answer> {
    if call.operation.id == "rename_commune" {
        return rename(call).await;
    }
    let EndCommune { reason, valid_to, successors } = call.body()?;
    let valid_to = valid_to.into();
    let acting = Acting { reason: reason.map(String::from), occurred_at: None };
    table::act(&call, acting, async |write, _, mut after: Commune| {
        rules::check_after(valid_to, &after, "/valid_to")?;
        after.valid_to = Some(valid_to);
        after.successors = successors.map(|ids| ids.0.into_iter().map(|id| id.0).collect()).unwrap_or_default();
        store::close_feed(write, after.id, valid_to).await?;
        Ok(after)
    })
    .await
}

async fn rename(call: Call) -> Result<Answer> {
    let RenameCommune { reason, valid_from, name, kind, province_code, province_name } = call.body()?;
    let valid_from: chrono::NaiveDate = valid_from.into();
    let acting = Acting { reason: reason.map(String::from), occurred_at: None };
    table::act(&call, acting, async |_, _, mut after: Commune| {
        rules::check_after(valid_from, &after, "/valid_from")?;
        let last = valid_from.pred_opt().unwrap_or(valid_from);
        after.history.0.push(FormerName { name: after.name, kind: after.kind, province_name: after.province_name, valid_to: last });
        (after.name, after.kind, after.province_code, after.province_name) = (name.into(), kind, province_code.into(), province_name.into());
        after.valid_from = valid_from;
        rules::check_codes(&after)?;
        Ok(after.with_search())
    })
    .await
}
