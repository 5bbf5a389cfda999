//! Lists of what was written down and stays as it is: the journal, the reader log. They are read as a whole or not at all.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::export::export;
use super::read::with_link;
use crate::error::{Error, Result};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::cursor::Position;
use crate::web::query::ListQuery;

/// One statement, one more for `count`. No tag: a log grows all the time.
pub async fn log<E: Serialize>(
    call: &Call,
    mut query: ListQuery,
    page: impl AsyncFn(&ListQuery) -> Result<Vec<(E, Position)>>,
    total: impl AsyncFn() -> Result<i64>,
) -> Result<Answer> {
    if let Some(format) = query.format {
        return export(call, query, format, async |query| page(query).await?.into_iter().map(|(entry, at)| Ok((object(&entry)?, at))).collect()).await;
    }
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    query.limit += 1;
    let mut found = page(&query).await?;
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = match found.last() {
        Some((_, at)) if more => Some(query.cursor(call, at.clone())?),
        _ => None,
    };
    let items = found.iter().map(|(entry, _)| object(entry).map(Value::Object)).collect::<Result<Vec<Value>>>()?;
    let mut body = Map::from_iter([("items".into(), json!(items)), ("next_cursor".into(), json!(next))]);
    if query.count {
        body.insert("total".into(), json!(total().await?));
    }
    let answer = Answer::ok(body)?;
    Ok(with_link(call, answer, next.as_deref()))
}

fn object<E: Serialize>(entry: &E) -> Result<Map<String, Value>> {
    match serde_json::to_value(entry)? {
        Value::Object(map) => Ok(map),
        _ => Err(Error::internal("an entry is an object")),
    }
}
