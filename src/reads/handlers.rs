//! What happens with the reader log: it is read.

use serde_json::json;

use super::dto::{ReadFilter, ReadPage};
use super::store;
use crate::error::{Error, Result};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::cursor::Position;
use crate::web::query::ListQuery;

/// One statement. No tag: the log grows with every reading.
pub async fn list(call: Call) -> Result<Answer> {
    let mut query: ListQuery<ReadFilter> = ListQuery::parse(&call)?;
    let commune = query.commune.ok_or_else(|| Error::internal("the reader log is a commune's"))?;
    // A grant for one campaign reaches nothing that is not of that campaign.
    if query.reach.clauses.iter().all(|clause| clause.campaign.is_some()) {
        return Err(Error::forbidden());
    }
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    query.limit += 1;
    let mut items = store::page(&call.worker.lane, commune, &query).await?;
    let more = items.len() > wanted;
    items.truncate(wanted);
    let next_cursor = match items.last() {
        Some(last) if more => Some(query.cursor(&call, Position { k: json!(last.at), i: last.id, r: false })?),
        _ => None,
    };
    Answer::ok(ReadPage { items, next_cursor })
}
