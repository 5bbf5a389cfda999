//! A list as a table for spreadsheets, or as a calendar: the same filters, reach and field classes, all rows instead of a page.

use actix_web::web::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus};
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use serde_json::Value;

use super::read::{Stored, object};
use crate::clock::local_day;
use crate::error::{Error, Result};
use crate::journal::Seen;
use crate::said;
use crate::web::answer::{Answer, File};
use crate::web::call::Call;
use crate::web::cursor::Position;
use crate::web::operation::Operation;
use crate::web::query::{Format, ListQuery};

/// Rows of one export: what is held in memory, and more than a commune's campaign has.
const MAX_ROWS: usize = 20_000;
/// Rows of one statement: each is a short snapshot.
const PAGE: i64 = 1_000;
/// What of an object is no column.
const NO_COLUMNS: &[&str] = &["allowed_actions", "hidden", "warnings"];

/// Statements: one for each thousand rows. It is whole before the answer begins: what is cut on the way has fewer bytes
/// than announced, and `X-Row-Count` says how many rows there are.
pub async fn export<R: Stored>(call: &Call, mut query: ListQuery<R::Filter>, format: Format) -> Result<Answer> {
    let columns = columns(call.operation);
    if format == Format::Ics && !columns.iter().any(|column| column == "starts_at") {
        let detail = said!("Danh sách này không có giờ", "What this list holds has no beginning and no end");
        return Err(Error::field("?format", "no_calendar", detail));
    }
    let mut rows: Vec<Vec<Value>> = vec![];
    query.limit = PAGE;
    loop {
        let found = R::page(&call.worker.lane, &query).await?;
        let full = i64::try_from(found.len()).is_ok_and(|found| found == PAGE);
        query.after = found.last().map(|(row, _, exact)| Position { k: row.sort_key(&query.sort), i: row.id(), r: *exact });
        if rows.len() + found.len() > MAX_ROWS {
            let detail = said!("Quá {MAX_ROWS} dòng: hãy lọc bớt", "More than {MAX_ROWS} rows: filter the list");
            return Err(Error::field("?format", "too_many_rows", detail));
        }
        for (row, mask, _) in found {
            let mut map = object(call, &Seen { row, held: query.reach.held(&mask) })?;
            rows.push(columns.iter().map(|column| map.remove(column).unwrap_or_default()).collect());
        }
        if !full {
            break;
        }
    }
    let count = rows.len().to_string();
    let resource = call.policy()?.resource.replace('_', "-");
    let (bytes, mime, ending) = match format {
        Format::Csv => (csv(&columns, &rows)?, "text/csv; charset=utf-8; header=present", "csv"),
        Format::Ics => (ics(&columns, &rows).into_bytes(), "text/calendar; charset=utf-8", "ics"),
        Format::Xlsx => (xlsx(&columns, &rows).map_err(Error::internal)?, Format::XLSX, "xlsx"),
    };
    let name = format!("attachment; filename=\"{resource}-{}.{ending}\"", local_day(call.now));
    let answer = Answer::file(File { mime, bytes: Bytes::from(bytes) });
    Ok(answer.header("Content-Disposition", name).header("X-Row-Count", count).header("Cache-Control", "no-store"))
}

/// The fields of a list's objects, in their order: the same for all callers, so that a column never moves.
fn columns(operation: &Operation) -> Vec<String> {
    let Some(response) = operation.response else { return vec![] };
    let mut schemas = vec![];
    let _ = response(&mut schemas);
    let item = schemas.last().map(|(page, _)| page.trim_end_matches("Page").to_owned()).unwrap_or_default();
    let schema = schemas.iter().find(|(name, _)| *name == item).and_then(|(_, schema)| serde_json::to_value(schema).ok());
    let properties = schema.as_ref().and_then(|schema| schema.get("properties")?.as_object());
    properties.into_iter().flat_map(|map| map.keys()).filter(|name| !NO_COLUMNS.contains(&name.as_str())).cloned().collect()
}

/// Words of a cell. A spreadsheet takes text that begins so for a formula: the apostrophe makes it text (OWASP, CSV injection).
fn words(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect::<Vec<_>>().join("; ")
        }
        Value::Bool(_) | Value::Number(_) => return value.to_string(),
        other => other.to_string(),
    };
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text }
}

/// RFC 4180, in UTF-8 with its mark, by which spreadsheets know it.
fn csv(columns: &[String], rows: &[Vec<Value>]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(columns).map_err(Error::internal)?;
    for row in rows {
        writer.write_record(row.iter().map(words)).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

/// Text is written as text and never as a formula; numbers as numbers.
fn xlsx(columns: &[String], rows: &[Vec<Value>]) -> std::result::Result<Vec<u8>, XlsxError> {
    /// What a cell of the format holds at most.
    const MAX_CELL: usize = 32_767;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = CellFormat::new().set_bold();
    for (column, name) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, column, name, &head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (line, row) in (1_u32..).zip(rows) {
        for (column, value) in (0_u16..).zip(row) {
            match (value, value.as_f64()) {
                (Value::Null, _) => {}
                (_, Some(number)) => {
                    sheet.write_number(line, column, number)?;
                }
                (Value::Bool(whether), _) => {
                    sheet.write_boolean(line, column, *whether)?;
                }
                _ => {
                    let text: String = words(value).chars().take(MAX_CELL).collect();
                    sheet.write_string(line, column, text)?;
                }
            }
        }
    }
    book.save_to_buffer()
}

/// Objects as a calendar.
pub fn calendar<R: Stored>(call: &Call, seen: &[Seen<R>]) -> Result<Vec<u8>> {
    let columns = ["id", "version", "updated_at", "starts_at", "ends_at", "date", "title", "public_title", "kind", "place", "status"].map(String::from);
    let mut rows = vec![];
    for one in seen {
        let mut map = object(call, one)?;
        rows.push(columns.iter().map(|column| map.remove(column).unwrap_or_default()).collect());
    }
    Ok(ics(&columns, &rows).into_bytes())
}

/// A calendar: rows with hours, and rows with a day alone as whole days; a row without a day is left out. What was called
/// off stays in it, marked, so that subscribers see it go.
fn ics(columns: &[String], rows: &[Vec<Value>]) -> String {
    let place = |name: &str| columns.iter().position(|column| column == name);
    let mut calendar = Calendar::new();
    for row in rows {
        let field = |name: &str| place(name).and_then(|at| row.get(at)).unwrap_or(&Value::Null);
        let text = |name: &str| field(name).as_str().filter(|text| !text.is_empty());
        let moment = |name: &str| text(name).and_then(|text| text.parse::<DateTime<Utc>>().ok());
        let mut event = Event::new();
        match (moment("starts_at"), moment("ends_at"), text("date").and_then(|day| day.parse::<NaiveDate>().ok())) {
            (Some(from), Some(to), _) => event.starts(from).ends(to),
            (_, _, Some(day)) => event.all_day(day),
            _ => continue,
        };
        event.uid(&format!("{}@danvan", text("id").unwrap_or_default()));
        event.summary(text("title").or(text("public_title")).or(text("kind")).unwrap_or_default());
        if let Some(name) = field("place").get("name").and_then(Value::as_str) {
            event.location(name);
        }
        if let Some(at) = moment("updated_at") {
            event.timestamp(at).last_modified(at);
        }
        event.sequence(field("version").as_u64().and_then(|version| u32::try_from(version).ok()).unwrap_or_default());
        event.status(match text("status") {
            Some("cancelled") => EventStatus::Cancelled,
            Some("postponed" | "draft") => EventStatus::Tentative,
            _ => EventStatus::Confirmed,
        });
        calendar.push(event.done());
    }
    calendar.done().to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cases = [
            (json!("=1+1"), "'=1+1"),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!("-2+3"), "'-2+3"),
            (json!("+84"), "'+84"),
            (json!("\t=x"), "'\t=x"),
            (json!(-5), "-5"),
            (json!(true), "true"),
            (json!(null), ""),
            (json!(["Ấp 1", "Ấp 2"]), "Ấp 1; Ấp 2"),
            (json!({"kind": "hamlet"}), "{\"kind\":\"hamlet\"}"),
        ];
        for (value, expected) in cases {
            assert_eq!(words(&value), expected);
        }
    }
}
