//! From cells to rows: which column a cell is of, and how much there may be.

use serde_json::{Map, Value};

use super::columns::Column;
use super::dto::ImportKind;
use super::rules::MAX_ROWS;
use crate::error::{Error, FieldError, Result};
use crate::said;
use crate::text::Said;

const MAX_COLUMNS: usize = 100;
/// Bytes of all cells together: a spreadsheet names a text once and points to it from any number of cells, so that what it
/// takes unpacked says nothing of what it takes here.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// A row as the spreadsheet numbers it, with its cells by the paths of their columns; empty ones are left out.
pub type Row = (u32, Map<String, Value>);

pub fn refused(code: &'static str, detail: Said) -> Error {
    Error::field("", code, detail)
}

/// A table under way: the first line that says something has the headings, and of those after it only what stands under a
/// heading is kept.
pub struct Table {
    kind: ImportKind,
    /// The headings by their places, with the number of their line.
    headings: (u32, Vec<Value>),
    /// The columns by their places, once the headings are whole.
    columns: Option<Vec<Option<&'static Column>>>,
    rows: Vec<Row>,
    text: usize,
}

impl Table {
    pub fn new(kind: ImportKind) -> Self {
        Self { kind, headings: (0, vec![]), columns: None, rows: vec![], text: 0 }
    }

    /// The next cell, line after line; its value is made only where it is kept.
    pub fn cell(&mut self, line: u32, place: usize, value: impl FnOnce() -> Result<Value>) -> Result<()> {
        if self.columns.is_none() && !self.headings.1.is_empty() && self.headings.0 != line {
            self.columns = Some(columns(self.headings.0, &self.headings.1, self.kind)?);
        }
        let Some(columns) = &self.columns else { return self.heading(line, place, value()?) };
        // What has no heading is nobody's.
        let Some(column) = columns.get(place).copied().flatten() else { return Ok(()) };
        let value = self.counted(value()?)?;
        if value.is_null() {
            return Ok(());
        }
        if self.rows.last().is_none_or(|(last, _)| *last != line) {
            // With the headings.
            check_size(self.rows.len() + 2, 0)?;
            self.rows.push((line, Map::new()));
        }
        if let Some((_, cells)) = self.rows.last_mut() {
            cells.insert(column.path.to_owned(), value);
        }
        Ok(())
    }

    fn heading(&mut self, line: u32, place: usize, value: Value) -> Result<()> {
        let value = self.counted(value)?;
        if value.is_null() {
            return Ok(());
        }
        check_size(0, place.saturating_add(1))?;
        self.headings.0 = line;
        if self.headings.1.len() <= place {
            self.headings.1.resize(place + 1, Value::Null);
        }
        if let Some(there) = self.headings.1.get_mut(place) {
            *there = value;
        }
        Ok(())
    }

    fn counted(&mut self, value: Value) -> Result<Value> {
        self.text += value.as_str().map_or(0, str::len);
        if self.text > MAX_TEXT {
            let most = MAX_TEXT / (1024 * 1024);
            return Err(refused("too_much_text", said!("Các ô có quá {most} MiB chữ", "The cells have more than {most} MiB of text")));
        }
        Ok(value)
    }

    pub fn end(self) -> Result<Vec<Row>> {
        let (line, headings) = &self.headings;
        if headings.is_empty() {
            return Err(refused("empty_file", said!("Tệp không có dòng nào", "The file has no rows")));
        }
        if self.columns.is_none() {
            columns(*line, headings, self.kind)?;
        }
        if self.rows.is_empty() {
            return Err(refused("empty_file", said!("Tệp chỉ có dòng tên cột", "The file has headings alone")));
        }
        Ok(self.rows)
    }
}

/// The columns in the file's order; cells without a heading are nobody's.
fn columns(row: u32, headings: &[Value], kind: ImportKind) -> Result<Vec<Option<&'static Column>>> {
    let mut errors = vec![];
    let mut found: Vec<Option<&'static Column>> = vec![];
    for heading in headings {
        let Some(heading) = heading.as_str().map(str::trim).filter(|heading| !heading.is_empty()) else {
            found.push(None);
            continue;
        };
        let column = kind.columns().iter().find(|column| column.is_called(heading));
        let twice = column.is_some_and(|column| found.iter().flatten().any(|other| other.path == column.path));
        let short: String = heading.chars().take(60).collect();
        if twice {
            errors.push(FieldError::new(
                format!("/{row}/{short}"),
                "duplicate_column",
                said!("Cột \"{short}\" có hai lần", "The column \"{short}\" is there twice"),
            ));
        } else if column.is_none() {
            let (vi, en) = (names(kind, |name| name.vi), names(kind, |name| name.en));
            let detail = said!("Không có cột \"{short}\"; các cột: {vi}", "There is no column \"{short}\"; the columns are: {en}");
            errors.push(FieldError::new(format!("/{row}/{short}"), "unknown_column", detail));
        }
        found.push(column.filter(|_| !twice));
    }
    for column in kind.columns().iter().filter(|column| column.required) {
        if !found.iter().flatten().any(|there| there.path == column.path) {
            let (vi, en) = (column.name.vi, column.name.en);
            errors.push(FieldError::new(format!("/{row}/{vi}"), "missing_column", said!("Thiếu cột \"{vi}\"", "The column \"{en}\" is missing")));
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(Error::fields(errors)) }
}

fn names(kind: ImportKind, language: fn(&crate::text::Text) -> &'static str) -> String {
    kind.columns().iter().map(|column| language(&column.name)).collect::<Vec<_>>().join(", ")
}

pub fn check_size(rows: usize, columns: usize) -> Result<()> {
    if rows > MAX_ROWS + 1 {
        return Err(refused("too_many_rows", said!("Tối đa {MAX_ROWS} dòng trong một tệp", "At most {MAX_ROWS} rows in a file")));
    }
    if columns > MAX_COLUMNS {
        return Err(refused("too_many_columns", said!("Tối đa {MAX_COLUMNS} cột", "At most {MAX_COLUMNS} columns")));
    }
    Ok(())
}
