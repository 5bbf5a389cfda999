//! Going through the rows of an import: each by itself, so that one that is refused leaves the others as they are.

use serde_json::{Map, Value};

use super::cells;
use super::columns::Column;
use super::dto::{Import, ImportKind, RowError, StoredReport};
use super::kinds::Lookup;
use super::names::Names;
use super::table::{BEYOND, Row};
use crate::error::{Error, Result};
use crate::journal::Write;
use crate::said;

/// Errors that a report holds.
const MAX_ERRORS: usize = 1_000;
/// Rows that are written under one savepoint, and between two notes of how far it is.
const PORTION: usize = 50;

/// What the rows came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub imported: i32,
    pub refused: i32,
    pub report: StoredReport,
}

impl Outcome {
    fn refuse(&mut self, errors: Vec<RowError>) {
        self.refused += 1;
        for error in errors {
            if self.report.errors.len() < MAX_ERRORS {
                self.report.errors.push(error);
            } else {
                self.report.left_out += 1;
            }
        }
    }
}

/// Goes through all rows; `progress` is told how far it is, and says whether it goes on. None: it was stopped.
///
/// Statements: those of the rooms' doors for each row, two for each portion. A portion in which a row is refused is done
/// again row by row, two statements more for each.
pub async fn run(
    write: &mut Write,
    import: &Import,
    rows: &[Row],
    notes: &[RowError],
    progress: impl AsyncFn(usize) -> Result<bool>,
) -> Result<Option<Outcome>> {
    let mut lookup = import.kind.lookup(write, import, rows).await?;
    // What was noted of the file stands before what is noted of its rows.
    let mut outcome = Outcome { report: StoredReport { warnings: notes.to_vec(), ..StoredReport::default() }, ..Outcome::default() };
    for (i, portion) in rows.chunks(PORTION).enumerate() {
        if i > 0 && !progress(i * PORTION).await? {
            return Ok(None);
        }
        // Each time that there is twice as much.
        if i.is_power_of_two() {
            write.plan_anew().await?;
        }
        let (before_lookup, before) = (lookup.clone(), outcome.clone());
        let together = write.attempt(async |write| {
            for row in portion {
                one(write, import, row, &mut lookup, &mut outcome).await?;
            }
            Ok(())
        });
        match together.await {
            Ok(()) => continue,
            // What is wrong with the service is not wrong with a row.
            Err(error) if error.status() >= 500 => return Err(error),
            Err(_) => (lookup, outcome) = (before_lookup, before),
        }
        for row in portion {
            match write.attempt(async |write| one(write, import, row, &mut lookup, &mut outcome).await).await {
                Err(error) if error.status() >= 500 => return Err(error),
                Err(error) => outcome.refuse(explain(import.kind, row.0, &error)),
                Ok(()) => {}
            }
        }
    }
    Ok(Some(outcome))
}

/// One row. What its cells make impossible is noted; what its room refuses is the error.
async fn one(write: &mut Write, import: &Import, (number, cells): &Row, lookup: &mut Lookup, outcome: &mut Outcome) -> Result<()> {
    match body(import.kind, import, *number, cells, &lookup.names) {
        Err(errors) => outcome.refuse(errors),
        Ok(body) => {
            import.kind.add(write, import, body, lookup).await?;
            outcome.imported += 1;
        }
    }
    for warning in std::mem::take(&mut write.warnings) {
        if outcome.report.warnings.len() < MAX_ERRORS {
            let column = column_of(import.kind, &warning.pointer);
            outcome.report.warnings.push(RowError::new(*number, column.map(|c| c.path), warning.code, warning.detail));
        }
    }
    Ok(())
}

/// The body that a row's cells make, or all that is wrong with them.
fn body(kind: ImportKind, import: &Import, row: u32, cells: &Map<String, Value>, names: &Names) -> Result<Value, Vec<RowError>> {
    let mut body = kind.body(import);
    let mut errors = vec![];
    if cells.contains_key(BEYOND) {
        let detail = said!(
            "Dòng có ô nằm ngoài các cột có tên; hãy để mỗi giá trị trong một ô, dưới tên cột",
            "The row has cells under no heading; put each value into one cell below its heading"
        );
        errors.push(RowError::new(row, None, "beyond_headings", detail));
    }
    let row_day = cells.get("/date").and_then(cells::day_of);
    for column in kind.columns() {
        match cells.get(column.path).map(|cell| cells::value(column.shape, cell, names, row_day)) {
            Some(Ok(value)) => put(&mut body, column.path, value),
            Some(Err((code, detail))) => errors.push(RowError::new(row, Some(column.path), code, detail)),
            None if column.required => errors.push(RowError::new(row, Some(column.path), "required", said!("Không được để trống", "May not be empty"))),
            None => {}
        }
    }
    if errors.is_empty() { Ok(body) } else { Err(errors) }
}

/// Sets what a JSON Pointer names, making the objects on the way.
fn put(body: &mut Value, path: &str, value: Value) {
    let mut place = body;
    for name in path.split('/').skip(1) {
        place = match (place, name.parse::<usize>()) {
            (Value::Array(items), Ok(i)) if i < items.len() => match items.get_mut(i) {
                Some(item) => item,
                None => return,
            },
            (Value::Object(map), _) => map.entry(name).or_insert_with(|| Value::Object(Map::new())),
            _ => return,
        };
    }
    *place = value;
}

/// The column that an error points to: of the very field, of what it is part of, or of a part of it.
fn column_of(kind: ImportKind, pointer: &str) -> Option<&'static Column> {
    let within = |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let columns = || kind.columns().iter();
    if pointer.is_empty() {
        return None;
    }
    columns().find(|c| c.path == pointer).or_else(|| columns().find(|c| within(c.path, pointer))).or_else(|| columns().find(|c| within(pointer, c.path)))
}

fn explain(kind: ImportKind, row: u32, error: &Error) -> Vec<RowError> {
    let fields = error.field_errors();
    if fields.is_empty() {
        return vec![RowError::new(row, None, error.problem().code, error.said())];
    }
    fields.iter().map(|field| RowError::new(row, column_of(kind, &field.pointer).map(|c| c.path), field.code, field.detail.clone())).collect()
}
