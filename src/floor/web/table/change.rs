//! What changes a row: load, check, save; PATCH and the actions, which are made of them.

use std::collections::HashSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::acting::Acting;
use super::kept::check_office;
use super::kinds::check_kinds;
use super::read::{etag, get, object};
use super::store::Stored;
use super::write::{may_change, write};
use crate::access::lifecycle::{Need, Step};
use crate::access::reach::{Held, Reach, forbidden_but};
use crate::clock::local_day;
use crate::error::{Error, FieldError, ID_TAKEN, PRECONDITION_FAILED, Result};
use crate::journal::{Seen, Write};
use crate::said;
use crate::text::Text;
use crate::web::answer::Answer;
use crate::web::call::{Call, IfMatch};
use crate::web::operation::Kind;

/// The reach of who writes, in the write's commune where the table's rows lie in communes.
pub fn reach_of<R: Stored>(write: &Write) -> Reach {
    Reach::of(&write.actor, R::POLICY, R::TABLE.within(Some(write.feed)))
}

/// The row read before a write: in reach, or 404.
pub async fn load<R: Stored>(write: &mut Write, id: Uuid) -> Result<Seen<R>> {
    let reach = reach_of::<R>(write);
    let (row, mask) = R::find_for_write(write, &reach, id).await?.ok_or_else(Error::not_found)?;
    Ok(Seen { row, held: reach.held(&mask) })
}

/// Several rows read before a write, those in reach, in one statement.
pub async fn load_many<R: Stored>(write: &mut Write, ids: Vec<Uuid>) -> Result<Vec<Seen<R>>> {
    let reach = reach_of::<R>(write);
    let rows = R::many_for_write(write, &reach, ids).await?;
    Ok(rows.into_iter().map(|(row, mask)| Seen { row, held: reach.held(&mask) }).collect())
}

/// Inserts a row where the actor may: one statement, which judges the row first and tells what the actor is to it.
pub async fn insert<R: Stored>(write: &mut Write, action: &str, mut row: R) -> Result<Seen<R>> {
    check_commune_lives(write).await?;
    row.stamp(write.number, write.now);
    let reach = reach_of::<R>(write);
    let mask = R::insert(write, &reach, Some(R::POLICY.create), &row).await.map_err(|error| explain::<R>(error, &row))?;
    // Once it is known to be new: what is sent again is what it was, whatever is offered now.
    check_kinds(write, None, &row).await?;
    let held = reach.held(&mask.ok_or_else(|| forbidden_but(R::POLICY.create))?);
    let by = held.by(R::POLICY.create).ok_or_else(|| forbidden_but(R::POLICY.create))?.clone();
    write.record(action, R::POLICY, None, &row, Some(&by))?;
    Ok(Seen { row, held })
}

/// A commune that ended takes no new rows from the next day on, and names those that took its place. Told by the tick;
/// a statement only where it ended.
async fn check_commune_lives(write: &mut Write) -> Result<()> {
    use crate::db::schema::communes;
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    let Some(last) = write.ended_on.filter(|last| local_day(write.now) > *last && write.actor.system.is_none()) else { return Ok(()) };
    let commune = write.feed;
    let successors: Vec<Uuid> = communes::table.find(commune).select(communes::successors).first(write.connection()).await.optional()?.unwrap_or_default();
    let names: Vec<String> =
        communes::table.filter(communes::id.eq_any(successors.clone())).order(communes::name).select(communes::name).load(write.connection()).await?;
    let names = if names.is_empty() { "—".to_owned() } else { names.join(", ") };
    let detail = said!("Xã này đã kết thúc ngày {last}; tiếp theo: {names}", "This commune ended on {last}; its place took: {names}");
    let successors: Vec<String> = successors.iter().map(Uuid::to_string).collect();
    Err(Error::field("/commune_id", "commune_ended", detail).member("successors", successors))
}

/// Writes a changed row: one statement, none when nothing changed. The row may not leave the reach of who changes it.
pub async fn save<R: Stored>(write: &mut Write, action: &str, grants: crate::access::roles::Grants, before: &Seen<R>, mut after: R) -> Result<Seen<R>> {
    if serde_json::to_value(&before.row)? == serde_json::to_value(&after)? {
        return Ok(before.clone());
    }
    check_kinds(write, Some(&before.row), &after).await?;
    after.stamp(write.number, write.now);
    let reach = reach_of::<R>(write);
    let mask = R::update(write, &reach, &after).await.map_err(|error| Error::from(error).explain(R::KIND, R::TABLE.taken))?;
    let held = reach.held(&mask);
    if before.held.by(grants).is_some() && (held.by(R::POLICY.read).is_none() || (action == "update" && held.by(grants).is_none())) {
        return Err(Error::forbidden());
    }
    let by = before.held.by(grants).cloned();
    write.record(action, R::POLICY, Some(&before.row), &after, by.as_ref())?;
    Ok(Seen { row: after, held })
}

fn explain<R: Stored>(error: diesel::result::Error, row: &R) -> Error {
    use diesel::result::{DatabaseErrorKind, Error as E};
    if let E::DatabaseError(DatabaseErrorKind::UniqueViolation, info) = &error {
        let name = info.constraint_name().unwrap_or_default();
        if name == format!("{}_id_key", R::KIND) || name == format!("{}_pkey", R::KIND) {
            return Error::new(&ID_TAKEN).member("id", row.id().to_string());
        }
    }
    Error::from(error).explain(R::KIND, R::TABLE.taken)
}

/// 412 with the current object and what changed since, unless the version is the one that was read.
pub async fn check_version<R: Stored>(call: &Call, write: &mut Write, seen: &Seen<R>, expected: IfMatch) -> Result<()> {
    let since = match expected {
        IfMatch::Whatever => return Ok(()),
        IfMatch::Version(version) if version == seen.row.version() => return Ok(()),
        IfMatch::Version(version) => version,
        IfMatch::Nothing => 0,
    };
    let changed = changed_since(write, seen.row.id(), since).await?;
    let visible: HashSet<String> = changed.into_iter().filter(|name| seen.held.sees(name)).map(|name| format!("/{name}")).collect();
    let mut visible: Vec<String> = visible.into_iter().collect();
    visible.sort();
    Err(Error::new(&PRECONDITION_FAILED).member("current", object(call, seen)?.map()?).member("changed", visible).header("ETag", etag(seen, &write.epoch)))
}

async fn changed_since(write: &mut Write, row: Uuid, since: i64) -> Result<Vec<String>> {
    use crate::db::schema::journal;
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    let feed = write.feed;
    let changes: Vec<Value> = journal::table
        .filter(journal::feed_id.eq(feed).and(journal::row_id.eq(row)).and(journal::number.gt(since)))
        .select(journal::changes)
        .load(write.connection())
        .await?;
    Ok(changes.iter().filter_map(Value::as_object).flat_map(|map| map.keys().cloned()).collect())
}

/// The feed of a row, remembered since it never changes: else one statement more per write.
pub async fn feed_of<R: Stored>(call: &Call, id: Uuid) -> Result<Uuid> {
    let feeds = &call.service().feeds;
    if let Some(feed) = feeds.get(&(R::KIND, id)) {
        return Ok(feed);
    }
    let feed = R::feed_of(&call.worker.lane, id).await?.ok_or_else(Error::not_found)?;
    feeds.insert((R::KIND, id), feed);
    Ok(feed)
}

/// `PATCH /v1/{things}/{id}`: `body` makes the changed row of the one that was read.
pub async fn update<R: Stored>(call: &Call, body: impl AsyncFnOnce(&mut Write, &Seen<R>) -> Result<R>) -> Result<Answer> {
    update_then(call, body, async |_, _, _| Ok(())).await
}

/// The same, with something to do once the row is written; it gets the row before and after.
pub async fn update_then<R: Stored>(
    call: &Call,
    body: impl AsyncFnOnce(&mut Write, &Seen<R>) -> Result<R>,
    then: impl AsyncFnOnce(&mut Write, &R, &R) -> Result<()>,
) -> Result<Answer> {
    let id = call.id()?;
    let expected = call.if_match(true)?;
    let feed = feed_of::<R>(call, id).await?;
    may_change::<R>(call, feed, id, R::POLICY.update).await?;
    write(call, feed, async |write| {
        let before = load::<R>(write, id).await?;
        before.held.require(R::POLICY.update)?;
        check_sent(call, &before.held)?;
        check_version(call, write, &before, expected).await?;
        if R::POLICY.lifecycle.frozen.contains(&before.row.status()) {
            return Err(wrong_state(&before, Text::new("Sửa", "Change")));
        }
        let after = body(write, &before).await?;
        check_office(&before, &after)?;
        let seen = save(write, "update", R::POLICY.update, &before, after).await?;
        if write.changed() {
            then(write, &before.row, &seen.row).await?;
        }
        Ok((200, seen))
    })
    .await
}

/// What one may not see one may not write: else the answer would tell whether the value was the same.
pub fn check_sent(call: &Call, held: &Held) -> Result<()> {
    let sent: Map<String, Value> = call.body()?;
    let hidden = sent.keys().filter(|name| !held.sees(name));
    let errors: Vec<FieldError> = hidden
        .map(|name| {
            FieldError::new(
                format!("/{name}"),
                "hidden_field",
                said!("Không được sửa trường không được xem", "A field that is hidden from you is not yours to change"),
            )
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::forbidden().with_errors(errors)) }
}

/// `POST /v1/{things}/{id}/actions/{action}`: right, version and status as the table says, then `body`, which may
/// change more than the status.
pub async fn act<R: Stored>(call: &Call, acting: Acting, body: impl AsyncFnOnce(&mut Write, &Seen<R>, R) -> Result<R>) -> Result<Answer> {
    act_then(call, acting, body, async |_, _, _| Ok(())).await
}

/// The same, with something to do once the row is written: sums that count it before and after.
pub async fn act_then<R: Stored>(
    call: &Call,
    acting: Acting,
    body: impl AsyncFnOnce(&mut Write, &Seen<R>, R) -> Result<R>,
    then: impl AsyncFnOnce(&mut Write, &R, &R) -> Result<()>,
) -> Result<Answer> {
    let Kind::Act(step) = call.operation.kind else { return Err(Error::internal("not an action")) };
    let id = call.id()?;
    if step.needs(Need::Reason) && acting.reason.is_none() {
        return Err(Error::field("/reason", "required", said!("Cần nêu lý do", "Give a reason")));
    }
    let expected = call.if_match(step.needs(Need::Read))?;
    let feed = feed_of::<R>(call, id).await?;
    may_change::<R>(call, feed, id, step.by).await?;
    write(call, feed, async |write| {
        (write.reason, write.occurred_at) = (acting.reason, acting.occurred_at);
        let before = load::<R>(write, id).await?;
        before.held.require(step.by)?;
        if done_before(step, before.row.status()) {
            return Ok((200, before));
        }
        check_version(call, write, &before, expected).await?;
        let after = stepped(step, &before)?;
        check_another(write, step, &before.row)?;
        let after = body(write, &before, after).await?;
        let seen = save(write, step.action, step.by, &before, after).await?;
        if write.changed() {
            then(write, &before.row, &seen.row).await?;
        }
        Ok((200, seen))
    })
    .await
}

/// Who did a thing does not confirm it.
fn check_another<R: Stored>(write: &Write, step: &Step, row: &R) -> Result<()> {
    let by = |need: &Need| matches!(need, Need::Another(field, _) if row.reference(field).is_some_and(|id| Some(id) == write.actor.user_id()));
    match step.needs.iter().find(|need| by(need)) {
        Some(Need::Another(_, problem)) => Err(Error::new(problem)),
        _ => Ok(()),
    }
}

/// The row in the status that a step leads to; 409 from where it does not begin.
pub fn stepped<R: Stored>(step: &Step, before: &Seen<R>) -> Result<R> {
    if !step.from.contains(&before.row.status()) {
        return Err(wrong_state(before, step.label()));
    }
    let mut after = before.row.clone();
    if let Some(to) = step.to {
        after.set_status(to);
    }
    Ok(after)
}

fn wrong_state<R: Stored>(seen: &Seen<R>, what: Text) -> Error {
    let status = seen.row.status();
    seen.held.wrong_state(what, status, R::status_label(status).unwrap_or(Text::new("", "")))
}

/// The row that an action is about, when right, status and version allow it now: for what has to be done in another
/// feed before the row's own write, which asks the same again.
pub async fn ready<R: Stored>(call: &Call) -> Result<Seen<R>> {
    let Kind::Act(step) = call.operation.kind else { return Err(Error::internal("not an action")) };
    let seen = get::<R>(call, call.id()?).await?;
    seen.held.require(step.by)?;
    let status = seen.row.status();
    if !step.from.contains(&status) && !done_before(step, status) {
        return Err(wrong_state(&seen, step.label()));
    }
    match call.if_match(step.needs(Need::Read))? {
        IfMatch::Whatever => Ok(seen),
        IfMatch::Version(version) if version == seen.row.version() => Ok(seen),
        _ => Err(Error::new(&PRECONDITION_FAILED).member("current", object(call, &seen)?.map()?)),
    }
}

/// Lead person and head both press start: the second finds it done.
pub fn done_before(step: &Step, status: &str) -> bool {
    step.to == Some(status) && !step.from.contains(&status)
}

/// Inserts a row that follows from another change: no right of its own is asked for.
pub async fn append<R: Stored>(write: &mut Write, action: &str, mut row: R) -> Result<R> {
    row.stamp(write.number, write.now);
    let reach = reach_of::<R>(write);
    R::insert(write, &reach, None, &row).await.map_err(|error| explain::<R>(error, &row))?;
    write.record(action, R::POLICY, None, &row, None)?;
    Ok(row)
}

/// Writes a row that follows from another change: no right of its own is asked for, the journal names the action.
pub async fn follow<R: Stored>(write: &mut Write, action: &str, before: &R, mut after: R) -> Result<()> {
    after.stamp(write.number, write.now);
    let reach = reach_of::<R>(write);
    R::update(write, &reach, &after).await.map_err(|error| Error::from(error).explain(R::KIND, R::TABLE.taken))?;
    write.record(action, R::POLICY, Some(before), &after, None)
}
