//! What happens with accounts.

use chrono::TimeDelta;

use super::dto::{ActOnUser, CreateUser, GrantRow, UpdateUser, User};
use super::{cover, grants, office, rules, store};
use crate::access::roles::Role;
use crate::clock::local_day;
use crate::error::{Error, Result};
use crate::journal::feeds::ACCOUNTS;
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, New as _, Patch as _};
use crate::{communes, random, said};

/// How long a one-time code works.
pub const CODE_LIFE: TimeDelta = TimeDelta::hours(48);

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateUser = call.body()?;
    table::may_create(&call, &rules::USERS, None).await?;
    if input.home_commune_id.is_none() && !call.actor.has_role(Role::PlatformAdmin) {
        return Err(Error::field("/home_commune_id", "required", said!("Cần nêu xã quản lý tài khoản", "Name the commune that keeps the account")));
    }
    let id = input.id.unwrap_or_else(random::id);
    table::create(&call, ACCOUNTS, id, async |write| {
        let row = input.row(id, call.now, call.request_hash());
        rules::check_username(&row)?;
        if let Some(home) = row.home_commune_id
            && communes::ended(write, home, local_day(write.now)).await?
        {
            let detail = said!(
                "Xã này đã sáp nhập hoặc giải thể: tạo tài khoản ở xã tiếp nhận",
                "This commune has ended: make the account in the one that took its place"
            );
            return Err(Error::field("/home_commune_id", "commune_ended", detail));
        }
        Ok(row)
    })
    .await
}

pub async fn update(call: Call) -> Result<Answer> {
    let sent: UpdateUser = call.body()?;
    table::update(&call, async |write, before: &Seen<User>| {
        if call.actor.user_id() != Some(before.row.id) {
            let grants = store::grants_of(write, before.row.id).await?;
            cover::require_cover_of_user(&write.actor, &before.row, &grants)?;
        }
        Ok(sent.onto(before.row.clone()))
    })
    .await
}

/// The rights of the account that somebody acts on, which have to be covered by the own ones.
async fn covered(write: &mut Write, user: &User) -> Result<Vec<GrantRow>> {
    let theirs = store::grants_of(write, user.id).await?;
    cover::require_cover_of_user(&write.actor, user, &theirs)?;
    Ok(theirs)
}

pub async fn disable(call: Call, body: ActOnUser) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: User| {
        let theirs = covered(write, &after).await?;
        grants::keep_a_leader(write, &theirs).await?;
        grants::warn_of_led(write, after.id).await?;
        store::void_codes(write, after.id).await?;
        store::end_sessions(write, after.id, None, "user_disabled").await?;
        Ok(after)
    })
    .await
}

pub async fn enable(call: Call, body: ActOnUser) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: User| {
        covered(write, &after).await?;
        Ok(after)
    })
    .await
}

pub async fn issue_code(call: Call, body: ActOnUser) -> Result<Answer> {
    let user = call.user_id()?;
    table::act_secretly(&call, body.into(), async |write, before: &Seen<User>, after| {
        covered(write, &after).await?;
        let code = office::issue_code(write, &call.service().secret, &before.row, user).await?;
        Ok((after, code))
    })
    .await
}

/// The sessions of the phone that is gone end.
pub async fn replace_phone(call: Call, body: ActOnUser) -> Result<Answer> {
    let user = call.user_id()?;
    table::act_secretly(&call, body.into(), async |write, before: &Seen<User>, after| {
        covered(write, &after).await?;
        store::end_sessions(write, after.id, None, "phone_lost").await?;
        let code = office::issue_code(write, &call.service().secret, &before.row, user).await?;
        Ok((after, code))
    })
    .await
}
