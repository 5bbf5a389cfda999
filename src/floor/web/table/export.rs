//! A list as one file: the same filters, reach and field classes, all rows instead of a page.

use std::time::Duration;

use actix_web::web::Bytes;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use super::files::File;
use super::read::object;
use super::store::Stored;
use super::tables::Reader;
use crate::clock::local_day;
use crate::error::{Error, Result};
use crate::journal::Seen;
use crate::said;
use crate::text::Text;
use crate::web::answer::{self, Answer};
use crate::web::call::Call;
use crate::web::cursor::Position;
use crate::web::format::Format;
use crate::web::named::Names;
use crate::web::query::{ListQuery, MAX_LIMIT};

/// Rows of one export: more than a commune's campaign has.
const MAX_ROWS: usize = 20_000;
/// Text of one export, in bytes, for the memory of a small machine: rows may be long.
const MAX_TEXT: usize = 48 << 20;
/// Rows of one statement: each is a short snapshot, and what is in memory as a whole.
const PAGE: i64 = MAX_LIMIT;
/// Exports that a process makes at once of those who have a token, and of those who have none; others wait.
static TURNS: Semaphore = Semaphore::const_new(3);
static PUBLIC_TURNS: Semaphore = Semaphore::const_new(1);
/// How long one waits for a turn.
const PATIENCE: Duration = Duration::from_secs(3);

/// Objects, each with its place in the list's order.
pub type Page = Vec<(Map<String, Value>, Position)>;

/// Statements: one for each 200 rows, for people one more for each kind that they name. It is whole before the answer
/// begins: what is cut on the way has fewer bytes than announced, and `X-Row-Count` says how many rows there are.
pub async fn export(call: &Call, mut query: ListQuery, format: Format, page: impl AsyncFn(&ListQuery) -> Result<Page>) -> Result<Answer> {
    let turns = if call.actor.person.is_some() { &TURNS } else { &PUBLIC_TURNS };
    let _turn = tokio::time::timeout(PATIENCE, turns.acquire()).await.map_err(|_| Error::unavailable())?.map_err(Error::internal)?;
    let columns = call.operation.columns.clone();
    let reader = if query.people { Reader::People(call.lang) } else { Reader::Program };
    let mut file = File::new(format, columns.clone(), reader, call.operation.summary.of(call.lang))?;
    let (mut rows, mut text, mut names) = (0, 0, Names::default());
    query.limit = PAGE;
    loop {
        let found = page(&query).await?;
        let full = i64::try_from(found.len()).is_ok_and(|found| found == PAGE);
        rows += found.len();
        if query.people {
            let objects: Vec<_> = found.iter().map(|(object, _)| object).collect();
            names.learn(call, query.commune, &columns.people, &objects).await?;
        }
        for (object, at) in found {
            text += object.values().map(weight).sum::<usize>();
            if rows > MAX_ROWS || text > MAX_TEXT {
                let detail = said!("Quá {MAX_ROWS} dòng, hoặc quá dài: hãy lọc bớt", "More than {MAX_ROWS} rows, or too long: filter the list");
                return Err(Error::field("?format", "too_many_rows", detail));
            }
            file.push(object, &names)?;
            query.after = Some(at);
        }
        if !full {
            break;
        }
    }
    let name = call.operation.path.rsplit('/').next().unwrap_or_default();
    let name = format!("attachment; filename=\"{name}-{}.{}\"", local_day(call.now), format.name());
    let count = file.rows().to_string();
    // Packing a table takes as long as making it: not on the thread that others wait for.
    let bytes = tokio::task::spawn_blocking(move || file.end()).await.map_err(Error::internal)??;
    let answer = Answer::file(answer::File { mime: format.content_type(), bytes: Bytes::from(bytes) });
    Ok(answer.header("Content-Disposition", name).header("X-Row-Count", count))
}

/// About how long a value is as text.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(map) => map.values().map(weight).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 10,
    }
}

const CALENDAR: Text = Text::new("Lịch công tác dân vận", "Civic campaign calendar");

/// Objects as a calendar.
pub fn calendar<R: Stored>(call: &Call, seen: &[Seen<R>]) -> Result<Vec<u8>> {
    let mut file = File::ics(CALENDAR.of(call.lang));
    for one in seen {
        file.push(object(call, one)?.map()?, &Names::default())?;
    }
    file.end()
}
