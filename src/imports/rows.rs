//! Going through the rows of an import: each by itself, so that one that is refused leaves the others as they are.

use serde_json::{Map, Value};

use super::cells::{self, Names};
use super::columns::Column;
use super::dto::{Import, ImportKind, RowError, StoredReport};
use super::sheet::Row;
use crate::error::{Error, Result};
use crate::journal::Write;
use crate::said;

/// Errors that a report holds.
const MAX_ERRORS: usize = 1_000;
/// Rows between two notes of how far it is.
pub const STRIDE: usize = 100;

/// What the rows came to.
#[derive(Debug, Default)]
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
pub async fn run(write: &mut Write, import: &Import, rows: &[Row], progress: impl AsyncFn(usize) -> Result<bool>) -> Result<Option<Outcome>> {
    let kind = import.kind;
    let mut lookup = kind.lookup(write, import, rows).await?;
    let mut outcome = Outcome::default();
    for (i, (number, cells)) in rows.iter().enumerate() {
        if i > 0 && i.is_multiple_of(STRIDE) && !progress(i).await? {
            return Ok(None);
        }
        match body(kind, import, *number, cells, &lookup.names) {
            Err(errors) => outcome.refuse(errors),
            Ok(body) => match write.attempt(async |write| kind.add(write, import, body, &mut lookup).await).await {
                Ok(()) => outcome.imported += 1,
                // What is wrong with the service is not wrong with the row.
                Err(error) if error.status() >= 500 => return Err(error),
                Err(error) => outcome.refuse(explain(kind, *number, &error)),
            },
        }
        for warning in std::mem::take(&mut write.warnings) {
            if outcome.report.warnings.len() < MAX_ERRORS {
                outcome.report.warnings.push(RowError::new(*number, column_of(kind, &warning.pointer).map(|c| c.path), warning.code, warning.detail));
            }
        }
    }
    Ok(Some(outcome))
}

/// The body that a row's cells make, or all that is wrong with them.
fn body(kind: ImportKind, import: &Import, row: u32, cells: &Map<String, Value>, names: &Names) -> Result<Value, Vec<RowError>> {
    let mut body = kind.body(import);
    let mut errors = vec![];
    for column in kind.columns() {
        match cells.get(column.path).map(|cell| cells::value(column.shape, cell, names)) {
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
