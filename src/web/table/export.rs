//! A list as one file: the same filters, reach and field classes, all rows instead of a page.

use actix_web::web::Bytes;
use serde_json::{Map, Value};

use super::files::Rows;
use super::read::{Stored, object};
use crate::clock::local_day;
use crate::error::{Error, Result};
use crate::journal::Seen;
use crate::said;
use crate::web::answer::{Answer, File};
use crate::web::call::Call;
use crate::web::cursor::Position;
use crate::web::format::Format;
use crate::web::query::ListQuery;

/// Rows of one export: what is held in memory, and more than a commune's campaign has.
const MAX_ROWS: usize = 20_000;
/// Rows of one statement: each is a short snapshot.
const PAGE: i64 = 1_000;

/// Objects, each with its place in the list's order.
pub type Page = Vec<(Map<String, Value>, Position)>;

/// Statements: one for each thousand rows. It is whole before the answer begins: what is cut on the way has fewer bytes
/// than announced, and `X-Row-Count` says how many rows there are.
pub async fn export<F>(call: &Call, mut query: ListQuery<F>, format: Format, page: impl AsyncFn(&ListQuery<F>) -> Result<Page>) -> Result<Answer> {
    let mut rows = Rows { columns: call.operation.columns.clone(), values: vec![] };
    query.limit = PAGE;
    loop {
        let found = page(&query).await?;
        let full = i64::try_from(found.len()).is_ok_and(|found| found == PAGE);
        if rows.values.len() + found.len() > MAX_ROWS {
            let detail = said!("Quá {MAX_ROWS} dòng: hãy lọc bớt", "More than {MAX_ROWS} rows: filter the list");
            return Err(Error::field("?format", "too_many_rows", detail));
        }
        for (mut object, at) in found {
            rows.values.push(rows.columns.iter().map(|column| object.remove(column).unwrap_or_default()).collect());
            query.after = Some(at);
        }
        if !full {
            break;
        }
    }
    let count = rows.values.len().to_string();
    let name = call.operation.path.rsplit('/').next().unwrap_or_default();
    let name = format!("attachment; filename=\"{name}-{}.{}\"", local_day(call.now), format.name());
    let answer = Answer::file(File { mime: format.content_type(), bytes: Bytes::from(rows.file(format)?) });
    Ok(answer.header("Content-Disposition", name).header("X-Row-Count", count).header("Cache-Control", "no-store"))
}

/// Objects as a calendar.
pub fn calendar<R: Stored>(call: &Call, seen: &[Seen<R>]) -> Result<Vec<u8>> {
    let columns =
        ["id", "version", "updated_at", "starts_at", "ends_at", "date", "title", "public_title", "kind", "place", "status"].map(String::from).to_vec();
    let mut rows = Rows { columns, values: vec![] };
    for one in seen {
        let mut object = object(call, one)?;
        rows.values.push(rows.columns.iter().map(|column| object.remove(column).unwrap_or_default()).collect());
    }
    rows.file(Format::Ics)
}
