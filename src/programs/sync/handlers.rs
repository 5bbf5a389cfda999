//! What happens when a client synchronises.

use uuid::Uuid;

use super::cursor::{self, Position};
use super::dto::{Asked, Changes, Checksums};
use super::{checksums, delta, first, reach};
use crate::error::{Error, Result};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::Object;

pub async fn sync(call: Call) -> Result<Answer> {
    let page = page(&call, &Asked::sync(&call)?).await?;
    let mut answer = Object::written(b"{}".to_vec());
    answer.put("changes", &page.changes);
    answer.insert("next_cursor", &page.next)?;
    answer.insert("has_more", &page.more)?;
    Ok(Answer::written(200, answer.into_bytes()))
}

/// One page of a sync.
pub struct Page {
    /// By kind.
    pub changes: Object,
    pub empty: bool,
    /// The cursor after it.
    pub next: String,
    pub more: bool,
}

pub async fn page(call: &Call, asked: &Asked) -> Result<Page> {
    // Before anything is read: what the rows are then is at least as new as the reach.
    let reach = reach::fingerprint(&call.worker.lane, &call.actor, asked.commune).await?;
    let (secret, bound) = (&call.service().secret, asked.bound(call));
    let mut at = match &asked.cursor {
        Some(text) => cursor::read(secret, &bound, &call.epoch, &reach, text)?,
        None => begun(call, asked).await?,
    };
    let mut changes = Changes::new(asked);
    if at.first.is_some() {
        at = first::take(call, asked, at, &mut changes).await?;
    }
    let mut more = true;
    if at.first.is_none() {
        (at, more) = delta::take(call, asked, at, &mut changes).await?;
    }
    let next = cursor::write(secret, &bound, &call.epoch, &reach, &at)?;
    Ok(Page { empty: changes.count() == 0, changes: changes.object()?, next, more })
}

/// The cursor of a copy of these kinds that stands at a journal row: what a webhook's event tells its receiver.
pub async fn cursor_at(call: &Call, commune: Uuid, kinds: &[&str], number: i64, seq: i32) -> Result<String> {
    let asked = Asked::of(commune, kinds);
    let reach = reach::fingerprint(&call.worker.lane, &call.actor, commune).await?;
    let newest = first::newest(&call.worker.lane, commune).await?.ok_or_else(Error::not_found)?;
    let at = Position { number, seq, mark: Uuid::nil(), ..newest };
    cursor::write(&call.service().secret, &asked.bound(call), &call.epoch, &reach, &at)
}

/// The position of a copy that holds nothing yet.
async fn begun(call: &Call, asked: &Asked) -> Result<Position> {
    let newest = first::newest(&call.worker.lane, asked.commune).await?.ok_or_else(Error::not_found)?;
    Ok(Position { first: Some(Default::default()), ..newest })
}

pub async fn checksums(call: Call) -> Result<Answer> {
    let asked = Asked::checksums(&call)?;
    let reach = reach::fingerprint(&call.worker.lane, &call.actor, asked.commune).await?;
    let copy = match &asked.cursor {
        Some(text) => Some(cursor::read(&call.service().secret, &asked.bound(&call), &call.epoch, &reach, text)?),
        None => None,
    };
    let items = checksums::of(&call, &asked).await?;
    // After the rows: a change that came between is told.
    let now = first::newest(&call.worker.lane, asked.commune).await?.ok_or_else(Error::not_found)?;
    let changed_since = copy.map(|copy| (copy.number, copy.seq) != (now.number, now.seq) || copy.reference != now.reference || copy.first.is_some());
    Answer::ok(Checksums { items, changed_since })
}
