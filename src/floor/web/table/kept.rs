//! What follows from a record alone: creations and changes of what its fields say, with the room's own check, and actions
//! that change the status and nothing else.

use std::cell::RefCell;

use serde::Serialize;

use super::acting::Acting;
use super::change::{act, update};
use super::insert;
use super::record::{Changed, Created, New as _, Patch as _};
use super::store::Stored;
use super::write::{create, may_create};
use crate::error::{Error, FieldError, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::{random, said};

/// What has to be true of a row that is made or changed, however it is sent: over HTTP, in an import, by the demo.
#[expect(async_fn_in_trait, reason = "handlers stay on their worker's thread")]
pub trait Kept: Stored {
    /// The row as it is to be written, or why it is not; `before` is none for a new one.
    async fn check(write: &mut Write, before: Option<&Seen<Self>>, row: Self) -> Result<Self>;
}

/// A creation as the record's fields say.
pub async fn create_of<R: Kept + Created>(call: Call) -> Result<Answer> {
    let sent: R::New = call.body()?;
    let feed = sent.feed();
    may_create(&call, R::POLICY, R::TABLE.within(Some(feed))).await?;
    let id = sent.id().unwrap_or_else(random::id);
    create(&call, feed, id, async |write| R::check(write, None, sent.row(id, call.now, call.request_hash())).await).await
}

/// What the office decides nobody else changes who may change the row.
pub(super) fn check_office<R: Stored>(before: &Seen<R>, after: &R) -> Result<()> {
    if R::OFFICE.is_empty() || before.held.by(R::POLICY.create).is_some() {
        return Ok(());
    }
    let (was, is) = (serde_json::to_value(&before.row)?, serde_json::to_value(after)?);
    let changed = R::OFFICE.iter().filter(|name| was.get(**name) != is.get(**name));
    let text = || said!("Chỉ văn phòng xã được sửa trường này", "Only the commune's office may change this field");
    let errors: Vec<FieldError> = changed.map(|name| FieldError::new(format!("/{name}"), "office_only", text())).collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::forbidden().with_errors(errors)) }
}

/// The same within a write: of an import, of the demo.
pub async fn add<R: Kept + Created>(write: &mut Write, sent: R::New) -> Result<R> {
    let id = sent.id().unwrap_or_else(random::id);
    let row = sent.row(id, write.now, vec![]);
    let row = R::check(write, None, row).await?;
    Ok(insert(write, "create", row).await?.row)
}

/// A change as the record's fields say.
pub async fn update_of<R: Kept + Changed>(call: Call) -> Result<Answer> {
    let sent: R::Patch = call.body()?;
    update(&call, async |write, before: &Seen<R>| R::check(write, Some(before), sent.onto(before.row.clone())).await).await
}

/// An action that answers a secret. It is shown once: its answer carries neither tag nor object.
pub async fn act_secretly<R: Stored, S: Serialize>(
    call: &Call,
    acting: Acting,
    body: impl AsyncFnOnce(&mut Write, &Seen<R>, R) -> Result<(R, S)>,
) -> Result<Answer> {
    let issued = RefCell::new(None);
    let answer = act(call, acting, async |write, before, after| {
        let (after, secret) = body(write, before, after).await?;
        *issued.borrow_mut() = Some(secret);
        Ok(after)
    });
    let answer = answer.await?;
    match issued.into_inner() {
        Some(secret) => Ok(Answer::ok(secret)?.header("Cache-Control", "no-store")),
        None => Ok(answer),
    }
}

/// An action that changes the status alone.
pub async fn step<R: Stored, B: Into<Acting>>(call: Call, body: B) -> Result<Answer> {
    act(&call, body.into(), async |_, _, after: R| Ok(after)).await
}
