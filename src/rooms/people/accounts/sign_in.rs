//! The ways in and out.

use diesel::prelude::*;
use diesel_async::{AsyncConnection as _, RunQueryDsl};
use uuid::Uuid;

use super::codes::{self, Code};
use super::dto::UserStatus;
use super::passwords::Hasher;
use super::sessions::Device;
use super::sign_in_dto::{Activate, Allowed, ChangePassword, Login, Me, MyClient, MyGrant, Refresh, Sessions};
use super::throttle::Attempt;
use super::{office, passwords, sessions, store};
use crate::access::actor::Actor;
use crate::db::Connection;
use crate::db::schema::{sessions as session_rows, users};
use crate::error::{Error, Result, SIGN_IN_FAILED};
use crate::journal::feeds::ACCOUNTS;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::{metrics, table};

fn signed_in(body: impl serde::Serialize) -> Result<Answer> {
    Ok(Answer::ok(body)?.header("Cache-Control", "no-store"))
}

/// A user of this name with the stored hash: an unknown name gives none and takes the same time later.
async fn account(connection: &mut Connection, username: &str) -> Result<Option<(Uuid, UserStatus, Option<String>)>> {
    let row = users::table.filter(users::username.eq(username)).select((users::id, users::status, users::password_hash));
    Ok(row.first(connection).await.optional()?)
}

pub async fn login(call: Call) -> Result<Answer> {
    let input: Login = call.body()?;
    let service = call.service();
    let username = crate::text::fold(&input.username.0);
    let attempt = Attempt::new(&service.secret, &username, call.address);
    let mut connection = service.database.connection().await?;
    attempt.check(&mut connection, call.now).await?;
    let found = account(&mut connection, &username).await?;
    // The connection waits in the pool while a password is hashed.
    drop(connection);
    let stored = found.as_ref().and_then(|(_, _, hash)| hash.as_deref());
    let right = service.kept::<Hasher>()?.verify(&input.password.0, stored).await?;
    let mut connection = service.database.connection().await?;
    let Some((user, UserStatus::Active, proved)) = found.filter(|_| right) else {
        attempt.failed(&mut connection, call.now).await?;
        metrics::sign_in_failed();
        tracing::warn!(request_id = %call.request_id, "sign-in refused");
        return Err(Error::new(&SIGN_IN_FAILED));
    };
    let keys = service.keys.current();
    let device = Device { id: input.device_id.map(String::from), name: input.device_name.into() };
    let session = sessions::open(&mut connection, &service.secret, &keys, user, proved, &device, call.now).await?;
    attempt.succeeded(&mut connection, call.now).await?;
    tracing::info!(%user, session = %session.session_id, "signed in");
    signed_in(session)
}

/// Statements: the code; then in one transaction its use and its session, with a new password in a write of its own.
pub async fn activate(call: Call) -> Result<Answer> {
    let input: Activate = call.body()?;
    let service = call.service();
    let mut connection = service.database.connection().await?;
    let device = Device { id: input.device_id.map(String::from), name: input.device_name.into() };
    let keys = service.keys.current();
    let found = Code::find(&mut connection, codes::hash(&service.secret, &input.code.0)).await?;
    if let Some(code) = &found
        && let Some(session) = code.again(&mut connection, &service.secret, &keys, &device, call.now).await?
    {
        tracing::info!(user = %code.user, session = %session.session_id, "a lost activation was asked for again");
        return signed_in(session);
    }
    let Some(code) = found.filter(|code| code.is_fresh(call.now)) else {
        metrics::sign_in_failed();
        tracing::warn!(request_id = %call.request_id, "activation refused");
        return Err(codes::refused());
    };
    let session = match &input.new_password {
        None => connection.transaction(async |connection| code.open(connection, &service.secret, &keys, &device, call.now).await).await?,
        Some(password) => {
            passwords::check(&password.0, &code.username, "/new_password")?;
            // Not while a connection is held: the write takes one of its own.
            drop(connection);
            let hash = service.kept::<Hasher>()?.hash(&password.0).await?;
            let by = Actor::system("a person who has a one-time code sets the own password");
            table::alone(&call, by, ACCOUNTS, async |write| {
                office::set_hash(write, code.user, hash).await?;
                store::end_sessions(write, code.user, None, "password_changed").await?;
                let now = write.now;
                Ok((code.user, code.open(write.connection(), &service.secret, &keys, &device, now).await?))
            })
            .await?
        }
    };
    tracing::info!(user = %code.user, session = %session.session_id, "activated");
    signed_in(session)
}

/// Stores a new password's hash and ends the user's sessions but for one.
async fn set_password(call: &Call, actor: Actor, user: Uuid, hash: String, but: Option<Uuid>) -> Result<()> {
    table::alone(call, actor, ACCOUNTS, async |write| {
        office::set_hash(write, user, hash).await?;
        store::end_sessions(write, user, but, "password_changed").await?;
        Ok((user, ()))
    })
    .await
}

pub async fn refresh(call: Call) -> Result<Answer> {
    let input: Refresh = call.body()?;
    let service = call.service();
    let mut connection = service.database.connection().await?;
    let refreshed = sessions::refresh(&mut connection, &service.secret, &service.keys.current(), &input.refresh_token.0, call.now).await?;
    if refreshed.ended {
        service.pulse.forget();
    }
    signed_in(refreshed.answer?)
}

/// Ends a session of one's own.
async fn end(call: &Call, session: Uuid, reason: &'static str) -> Result<usize> {
    let user = call.user_id()?;
    let service = call.service();
    let mut connection = service.database.connection().await?;
    let ended = sessions::end(&mut connection, session_rows::id.eq(session).and(session_rows::user_id.eq(user)), reason, call.now).await?;
    service.pulse.forget();
    Ok(ended)
}

pub async fn logout(call: Call) -> Result<Answer> {
    if let Some(session) = &call.actor.session {
        end(&call, session.id, "logout").await?;
    }
    Ok(Answer::empty())
}

pub async fn me(call: Call) -> Result<Answer> {
    let (Some(person), Some(session)) = (&call.actor.person, &call.actor.session) else { return Err(Error::new(&crate::error::UNAUTHENTICATED)) };
    let operations: Vec<_> = call.service().rooms.iter().flat_map(|room| &room.operations).collect();
    let allows = |role| {
        let pairs = operations.iter().flat_map(|operation| operation.grants.iter().map(move |pair| (operation, pair)));
        pairs.filter(|(_, pair)| pair.0 == role).map(|(operation, pair)| Allowed { operation: operation.id.clone(), relation: pair.1.name() }).collect()
    };
    let grants = call.actor.grants.iter().map(|grant| MyGrant {
        id: grant.id,
        role: grant.role,
        commune_id: grant.commune_id,
        unit_id: grant.unit_id,
        hamlet_id: grant.hamlet_id,
        campaign_id: grant.campaign_id,
        valid_from: grant.valid_from,
        valid_to: grant.valid_to,
        acting_for: grant.acting_for,
        allows: allows(grant.role),
    });
    let me = Me {
        user_id: person.id,
        username: person.username.clone(),
        display_name: person.display_name.clone(),
        session_id: session.id,
        api_client: call.actor.client.as_ref().map(|client| MyClient { id: client.id, name: client.name.clone(), scopes: client.scopes.clone() }),
        grants: grants.collect(),
    };
    Answer::ok(me)
}

pub async fn my_sessions(call: Call) -> Result<Answer> {
    let connection = call.worker.lane.connection().await?;
    Answer::ok(Sessions { items: sessions::of_user(&connection, call.user_id()?).await? })
}

pub async fn revoke_my_session(call: Call) -> Result<Answer> {
    match end(&call, call.id()?, "revoked").await? {
        0 => Err(Error::not_found()),
        _ => Ok(Answer::empty()),
    }
}

pub async fn change_password(call: Call) -> Result<Answer> {
    let input: ChangePassword = call.body()?;
    let (Some(person), Some(session)) = (&call.actor.person, &call.actor.session) else { return Err(Error::new(&crate::error::UNAUTHENTICATED)) };
    passwords::check(&input.new_password.0, &person.username, "/new_password")?;
    let service = call.service();
    let attempt = Attempt::new(&service.secret, &person.username, call.address);
    let mut connection = service.database.connection().await?;
    attempt.check(&mut connection, call.now).await?;
    let stored = account(&mut connection, &person.username).await?.and_then(|(_, _, hash)| hash);
    drop(connection);
    let right = match (&stored, &input.current_password) {
        // Who signed in just now: a stolen token must not become a lasting way in.
        (None, _) => sessions::began_after(&mut *service.database.connection().await?, session.id, call.now - sessions::FRESH).await?,
        (Some(hash), Some(current)) => service.kept::<Hasher>()?.verify(&current.0, Some(hash)).await?,
        (Some(_), None) => false,
    };
    if !right {
        attempt.failed(&mut *service.database.connection().await?, call.now).await?;
        return Err(Error::new(&SIGN_IN_FAILED));
    }
    let hash = service.kept::<Hasher>()?.hash(&input.new_password.0).await?;
    set_password(&call, (*call.actor).clone(), person.id, hash, Some(session.id)).await?;
    tracing::info!(user = %person.id, "password changed");
    Ok(Answer::empty())
}
