//! What happens with rights.

use super::dto::{ActOnUser, CreateGrant, GrantRow, UpdateGrant};
use super::rules::{self, Extent};
use super::store;
use crate::access::roles::Role;
use crate::error::{Error, Result};
use crate::journal::feeds::ACCOUNTS;
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};
use crate::{hamlets, random, said};

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<GrantRow>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<GrantRow>(call).await
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateGrant = call.body()?;
    table::may_create(&call, &rules::GRANTS, None).await?;
    let id = input.id.unwrap_or_else(random::id);
    let row = rules::new_grant(input, id, call.now, call.request_hash());
    rules::check_shape(&row)?;
    table::create(&call, ACCOUNTS, id, async |write| {
        check(write, &row).await?;
        Ok(row)
    })
    .await
}

/// A right that comes with an account of an import.
pub async fn give(write: &mut Write, input: CreateGrant) -> Result<()> {
    let row = rules::new_grant(input, random::id(), write.now, vec![]);
    rules::check_shape(&row)?;
    check(write, &row).await?;
    table::insert(write, "create", row).await?;
    Ok(())
}

async fn check(write: &mut Write, row: &GrantRow) -> Result<()> {
    rules::require_cover(&write.actor, Extent::from(row))?;
    // Whoever gives a right reaches the account through it: only its own commune's office may begin that.
    let home = store::home_of(write, row.user_id).await?;
    if home != row.commune_id && !write.actor.has_role(Role::PlatformAdmin) {
        return Err(Error::field("/user_id", "no_user", said!("Xã này không quản lý tài khoản đó", "The commune does not keep this account")));
    }
    store::void_codes(write, row.user_id).await?;
    if let (Some(commune), Some(hamlet)) = (row.commune_id, row.hamlet_id)
        && !hamlets::exists(write, commune, hamlet).await?
    {
        return Err(Error::field("/hamlet_id", "no_hamlet", said!("Không có ấp này trong xã", "The commune has no such hamlet")));
    }
    Ok(())
}

pub async fn update(call: Call) -> Result<Answer> {
    let UpdateGrant { valid_to } = call.body()?;
    table::update(&call, async |write, before: &Seen<GrantRow>| {
        let mut after = before.row.clone();
        valid_to.apply(&mut after.valid_to);
        rules::check_shape(&after)?;
        rules::require_cover(&write.actor, Extent::from(&after))?;
        Ok(after)
    })
    .await
}

pub async fn act(call: Call) -> Result<Answer> {
    let input: ActOnUser = call.body()?;
    let acting = Acting { reason: input.reason.map(String::from), occurred_at: None };
    table::act(&call, acting, async |write, _, after: GrantRow| {
        // Taking a right away asks for the same kind of right, not for a longer term.
        let term = write.actor.grants.iter().filter_map(|own| own.valid_to).max();
        rules::require_cover(&write.actor, Extent { valid_to: term.or(after.valid_to), ..Extent::from(&after) })?;
        Ok(after)
    })
    .await
}
