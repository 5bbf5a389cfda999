//! What the command line and the demo do with accounts as the program itself, and imports with the rights of who sent them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{CreateGrant, CreateUser, GrantRow, GrantStatus, IssuedCode, User, UserStatus};
use super::handlers::CODE_LIFE;
use super::{codes, passwords, rules, store};
use crate::access::keys::Secret;
use crate::access::roles::Role;
use crate::db::schema::{sessions, users};
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::random;
use crate::web::table::{self, New as _, Record as _};

/// What stands in place of an erased name.
pub const ERASED: &str = "(đã ẩn danh)";

pub async fn by_name(write: &mut Write, username: &str) -> Result<Option<User>> {
    Ok(users::table.filter(users::username.eq(username)).select(User::as_select()).first(write.connection()).await.optional()?)
}

/// An account that the write's actor may read; accounts lie in a feed of their own.
pub async fn in_reach(write: &mut Write, id: Uuid) -> Result<Option<User>> {
    store::in_reach(write, id).await
}

/// The rights as a leader that a user holds in a commune on a day: for each, whether it stands in for somebody.
pub async fn leads_as(write: &mut Write, user: Uuid, commune: Uuid, day: chrono::NaiveDate) -> Result<Vec<bool>> {
    let grants = store::grants_of(write, user).await?.into_iter().filter(|grant| grant.role == Role::CommuneLeader && grant.commune_id == Some(commune));
    let on_that_day = grants.filter(|grant| grant.valid_from <= day && grant.valid_to.is_none_or(|last| day <= last));
    Ok(on_that_day.map(|grant| grant.acting_for.is_some()).collect())
}

pub async fn add(write: &mut Write, input: CreateUser) -> Result<User> {
    let id = input.id.unwrap_or_else(random::id);
    let row = input.row(id, write.now, vec![]);
    rules::check_username(&row)?;
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn grant(write: &mut Write, input: CreateGrant) -> Result<GrantRow> {
    let id = input.id.unwrap_or_else(random::id);
    let row = GrantRow { given_by: write.actor.user_id(), ..input.row(id, write.now, vec![]) };
    rules::check_shape(&row)?;
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn revoke(write: &mut Write, id: Uuid) -> Result<GrantRow> {
    let before: Seen<GrantRow> = table::load(write, id).await?;
    let mut after = before.row.clone();
    after.status = GrantStatus::Revoked;
    Ok(table::save(write, "revoke", rules::GRANTS.update, &before, after).await?.row)
}

/// Sets a password and ends all sessions.
pub async fn set_password(write: &mut Write, user: &User, password: &str) -> Result<()> {
    passwords::check(password, &user.username, "/password")?;
    let hash = passwords::Hasher::start().map_err(Error::internal)?.hash(password).await?;
    set_hash(write, user.id, hash).await?;
    store::end_sessions(write, user.id, None, "password_changed").await
}

/// Writes the hash of a new password into the account.
pub async fn set_hash(write: &mut Write, user: Uuid, hash: String) -> Result<()> {
    let before: Seen<User> = table::load(write, user).await?;
    let mut after = before.row.clone();
    (after.password_hash, after.password_changed_at) = (Some(hash), Some(write.now));
    table::save(write, "set_password", rules::USERS.update, &before, after).await?;
    Ok(())
}

/// Ends what lets somebody in: sessions, unused codes, the password. The account stays.
pub async fn shut_out(write: &mut Write, user: Uuid, reason: &'static str) -> Result<()> {
    let before: User = users::table.find(user).select(User::as_select()).first(write.connection()).await?;
    store::void_codes(write, user).await?;
    store::end_sessions(write, user, None, reason).await?;
    if before.password_hash.is_none() {
        return Ok(());
    }
    let after = User { password_hash: None, password_changed_at: None, ..before.clone() };
    table::follow(write, "clear_password", &before, after).await
}

/// Shuts the account of a person whose data are erased: no name, no phone, no way in. An account that holds more than
/// a volunteer's right is an official's, and stays.
pub async fn erase(write: &mut Write, user: Uuid) -> Result<()> {
    let Some(before) = table::found::<User>(write, user).await? else { return Ok(()) };
    let grants = store::grants_of(write, user).await?;
    if before.row.status == UserStatus::Disabled && before.row.phone.is_none() || grants.iter().any(|grant| grant.role != Role::Volunteer) {
        return Ok(());
    }
    for grant in grants {
        revoke(write, grant.id).await?;
    }
    let after = User { display_name: ERASED.into(), phone: None, password_hash: None, status: UserStatus::Disabled, ..before.row.clone() };
    table::save(write, "erase", rules::USERS.update, &before, after.derived()).await?;
    store::void_codes(write, user).await?;
    store::end_sessions(write, user, None, "user_disabled").await?;
    store::forget_devices(write, user).await
}

/// Stores a hash for an account that was made in the same write.
pub async fn store_password(write: &mut Write, user: Uuid, hash: String) -> Result<()> {
    let now = write.now;
    diesel::update(users::table.find(user)).set((users::password_hash.eq(hash), users::password_changed_at.eq(now))).execute(write.connection()).await?;
    Ok(())
}

/// A one-time code, which the journal names without its value.
pub async fn issue_code(write: &mut Write, secret: &Secret, user: &User, issuer: Uuid) -> Result<IssuedCode> {
    let code = random::code(10);
    let expires_at = write.now + CODE_LIFE;
    store::put_code(write, user.id, issuer, codes::hash(secret, &code), expires_at).await?;
    write.record("issue_code", &rules::USERS, Some(user), user, None)?;
    Ok(IssuedCode { code, expires_at })
}

/// A person who gets an account through a volunteer's record.
#[derive(Debug)]
pub struct Newcomer {
    pub user_id: Uuid,
    pub commune_id: Uuid,
    pub display_name: String,
    pub volunteer_id: Uuid,
}

/// Makes the account with the right of a volunteer where it is missing, and issues a code.
pub async fn newcomer(write: &mut Write, secret: &Secret, person: &Newcomer, inviter: Option<Uuid>) -> Result<IssuedCode> {
    let there: Option<User> = users::table.find(person.user_id).select(User::as_select()).first(write.connection()).await.optional()?;
    let user = match there {
        Some(user) => {
            // An account that holds more than a volunteer's rights is not the inviter's to open.
            if store::grants_of(write, user.id).await?.iter().any(|grant| grant.role != Role::Volunteer) {
                return Err(Error::forbidden());
            }
            user
        }
        None => {
            let short: String = person.volunteer_id.simple().to_string().chars().rev().take(12).collect();
            let body = serde_json::json!({"id": person.user_id, "home_commune_id": person.commune_id, "username": format!("tnv-{short}"), "display_name": person.display_name});
            let user = add(write, serde_json::from_value(body)?).await?;
            let body = serde_json::json!({"user_id": user.id, "role": "volunteer", "commune_id": person.commune_id});
            grant(write, serde_json::from_value(body)?).await?;
            user
        }
    };
    issue_code(write, secret, &user, inviter.unwrap_or(user.id)).await
}

/// Whether somebody has signed in with this account already.
pub async fn was_used(write: &mut Write, user: Uuid) -> Result<bool> {
    let used = sessions::table.filter(sessions::user_id.eq(user));
    Ok(diesel::select(diesel::dsl::exists(used)).get_result(write.connection()).await?)
}
