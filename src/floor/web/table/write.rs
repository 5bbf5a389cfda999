//! One write from queue to commit, and creations, which are writes that may have been done before.

use serde_json::{Value, json};
use uuid::Uuid;

use super::change::{insert, load};
use super::read::{etag, get, object};
use super::store::Stored;
use crate::access::actor::Actor;
use crate::access::actor::takes_part;
use crate::access::reach::{Policy, Reach, forbidden_but};
use crate::access::roles::{Clause, Grants, Role};
use crate::error::{CONFLICT, Error, ID_TAKEN, Result};
use crate::journal::write::Warning;
use crate::journal::{Seen, Write, feeds};
use crate::said;
use crate::text::Lang;
use crate::web::answer::Answer;
use crate::web::call::Call;

/// One write from queue to commit. `body` gives the status and the row of the answer.
pub async fn write<R: Stored>(call: &Call, feed: Uuid, body: impl AsyncFnOnce(&mut Write) -> Result<(u16, Seen<R>)>) -> Result<Answer> {
    let retry = call.retry()?;
    let service = call.service();
    let _turn = service.queues.enter(feed, call.actor.user_id()).await?;
    let connection = service.database.connection().await?;
    let mut write = Write::begin(connection, feed, (*call.actor).clone(), call.now).await?;
    write.request_id = Some(call.request_id);
    write.epoch.clone_from(&call.epoch);
    let done = async {
        if let Some(retry) = &retry
            && let Some((status, row)) = write.replay(retry).await?
        {
            return Ok((status, load::<R>(&mut write, row).await?, true));
        }
        let (status, seen) = body(&mut write).await?;
        Ok((status, seen, false))
    };
    match done.await {
        Err(error) => {
            write.roll_back().await;
            Err(error)
        }
        Ok((status, seen, replayed)) => {
            let warnings = std::mem::take(&mut write.warnings);
            if write.changed() {
                write.commit(retry, status, seen.row.id()).await?;
                if feed == feeds::ACCOUNTS {
                    service.pulse.forget();
                }
            } else {
                write.roll_back().await;
            }
            let answer = written(call, status, &seen, &warnings)?;
            Ok(if replayed { answer.header("Idempotency-Replayed", "true") } else { answer })
        }
    }
}

/// A write beside the request's own row: in another feed, or as the program itself. `body` gives the row that it was
/// about, and what the caller goes on with.
pub async fn alone<T>(call: &Call, actor: Actor, feed: Uuid, body: impl AsyncFnOnce(&mut Write) -> Result<(Uuid, T)>) -> Result<T> {
    let service = call.service();
    let _turn = service.queues.enter(feed, call.actor.user_id()).await?;
    let mut write = Write::begin(service.database.connection().await?, feed, actor, call.now).await?;
    write.request_id = Some(call.request_id);
    match body(&mut write).await {
        Ok((row, out)) if write.changed() => {
            write.commit(None, 201, row).await?;
            if feed == feeds::ACCOUNTS {
                service.pulse.forget();
            }
            Ok(out)
        }
        Ok((_, out)) => {
            write.roll_back().await;
            Ok(out)
        }
        Err(error) => {
            write.roll_back().await;
            Err(error)
        }
    }
}

fn written<R: Stored>(call: &Call, status: u16, seen: &Seen<R>, warnings: &[Warning]) -> Result<Answer> {
    let mut object = object(call, seen)?;
    if !warnings.is_empty() {
        object.insert("warnings", &warnings.iter().map(|warning| warning_json(warning, call.lang)).collect::<Vec<_>>())?;
    }
    let answer = Answer::written(status, object.into_bytes()).etag(etag(seen, &call.epoch));
    let place = R::POLICY.resource.replace('_', "-");
    Ok(if status == 201 { answer.header("Location", format!("/v1/{place}/{}", seen.row.id())) } else { answer })
}

/// A warning in the caller's language.
pub fn warning_json(warning: &Warning, lang: Lang) -> Value {
    json!({"code": warning.code, "pointer": warning.pointer, "detail": warning.detail.of(lang), "related": warning.related})
}

/// `POST /v1/{things}`. The same id with the same body gives the object as it is now; another body, or an id that
/// somebody else has, is a conflict.
pub async fn create<R: Stored>(call: &Call, feed: Uuid, id: Uuid, body: impl AsyncFnOnce(&mut Write) -> Result<R>) -> Result<Answer> {
    let made = write(call, feed, async |write| {
        let row = body(write).await?;
        Ok((201, insert(write, "create", row).await?))
    });
    or_again::<R>(call, id, made.await).await
}

/// What a creation under a taken id comes to.
pub async fn or_again<R: Stored>(call: &Call, id: Uuid, made: Result<Answer>) -> Result<Answer> {
    match made {
        Err(error) if error.problem() == &ID_TAKEN => again::<R>(call, id).await,
        other => other,
    }
}

async fn again<R: Stored>(call: &Call, id: Uuid) -> Result<Answer> {
    let seen = get::<R>(call, id).await.map_err(|error| if error.status() == 404 { Error::new(&ID_TAKEN) } else { error })?;
    if seen.row.request_hash() != call.request_hash() {
        return Err(Error::new(&CONFLICT)
            .detail(said!("Mã định danh này đã được tạo với nội dung khác", "This id was created with another body"))
            .member("current", object(call, &seen)?.map()?));
    }
    written(call, 200, &seen, &[])
}

/// What the actor may create at all in a commune, before anything is known of the row: 403 for who has no such right
/// there, before it takes a place in the commune's queue.
///
/// One statement on the lane for who has no office: whether the person has anything to do with the commune.
pub async fn may_create(call: &Call, policy: &'static Policy, commune: Option<Uuid>) -> Result<()> {
    has_right(&call.actor, policy, commune)?;
    let reach = Reach::of(&call.actor, policy, commune);
    let office = |clause: &&Clause| clause.role != Role::Member && policy.create.contains(&(clause.role, clause.relation));
    if let (Some(commune), false) = (commune, reach.clauses.iter().any(|clause| office(&clause)))
        && !takes_part(&call.worker.lane, call.user_id()?, commune).await?
    {
        return Err(forbidden_but(policy.create));
    }
    Ok(())
}

/// The same as far as the actor's grants tell.
pub fn has_right(actor: &Actor, policy: &'static Policy, commune: Option<Uuid>) -> Result<()> {
    let reach = Reach::of(actor, policy, commune);
    let any = actor.system.is_some() || reach.clauses.iter().any(|clause| policy.create.contains(&(clause.role, clause.relation)));
    if any { Ok(()) } else { Err(forbidden_but(policy.create)) }
}

/// The right to change a row, before the write takes a place in the queue of its commune; asked once more within. No
/// statement for who has an office there, one for others.
pub async fn may_change<R: Stored>(call: &Call, feed: Uuid, id: Uuid, grants: Grants) -> Result<()> {
    let reach = Reach::of(&call.actor, R::POLICY, None);
    let here = |clause: &Clause| if R::TABLE.shared_feed.is_some() { clause.commune.is_some() } else { clause.commune == Some(feed) };
    if reach.clauses.iter().any(|clause| grants.contains(&(clause.role, clause.relation)) && here(clause)) {
        return Ok(());
    }
    get::<R>(call, id).await?.held.require(grants).map(|_| ())
}
