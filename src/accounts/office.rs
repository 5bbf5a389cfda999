//! What the command line and the import do with accounts, as the program itself.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{CreateGrant, CreateUser, GrantRow, GrantStatus, IssuedCode, User};
use super::handlers::CODE_LIFE;
use super::{passwords, rules, sign_in, store};
use crate::access::keys::Secret;
use crate::db::schema::users;
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::random;
use crate::web::store as table;

pub async fn by_name(write: &mut Write, username: &str) -> Result<Option<User>> {
    Ok(users::table.filter(users::username.eq(username)).select(User::as_select()).first(write.connection()).await.optional()?)
}

pub async fn add(write: &mut Write, input: CreateUser) -> Result<User> {
    let id = input.id.unwrap_or_else(random::id);
    let row = rules::new_user(input, id, write.now, vec![]);
    rules::check_username(&row)?;
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn grant(write: &mut Write, input: CreateGrant) -> Result<GrantRow> {
    let id = input.id.unwrap_or_else(random::id);
    let row = rules::new_grant(input, id, write.now, vec![]);
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
    let hash = passwords::Hasher::start().map_err(crate::error::Error::internal)?.hash(password).await?;
    let before: Seen<User> = table::load(write, user.id).await?;
    let mut after = before.row.clone();
    (after.password_hash, after.password_changed_at) = (Some(hash), Some(write.now));
    table::save(write, "set_password", rules::USERS.update, &before, after).await?;
    store::end_sessions(write, user.id, "password_changed").await
}

/// A one-time code, which the journal names without its value.
pub async fn issue_code(write: &mut Write, secret: &Secret, user: &User, issuer: Uuid) -> Result<IssuedCode> {
    let code = random::code(10);
    let expires_at = write.now + CODE_LIFE;
    store::put_code(write, user.id, issuer, sign_in::code_hash(secret, &code), expires_at).await?;
    write.record("issue_code", &rules::USERS, Some(user), user, None)?;
    Ok(IssuedCode { code, expires_at })
}
