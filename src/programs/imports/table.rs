//! From lines of cells to rows: where the headings are, which column a cell is of, and how much there may be.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::cells::ERROR;
use super::columns::{Column, heading_of, is_beside, is_ordinal};
use super::dto::{ImportKind, RowError};
use super::endings;
use super::rules::MAX_ROWS;
use crate::error::{Error, FieldError, Result};
use crate::said;
use crate::text::Said;

pub const MAX_COLUMNS: usize = 100;
/// Lines in which the headings are looked for: above them stand the sender and a title.
pub const LOOK: usize = 10;
/// Bytes of all cells together: a spreadsheet names a text once and points to it from any number of cells, so that what it
/// takes unpacked says nothing of what it takes here.
const MAX_TEXT: usize = 16 * 1024 * 1024;
/// Notes of one file.
const MAX_NOTES: usize = 200;

/// A row as the spreadsheet numbers it, with its cells by the paths of their columns; empty ones are left out.
pub type Row = (u32, Map<String, Value>);

/// In place of a column's path: the row has cells under no heading.
pub const BEYOND: &str = "";

pub fn refused(code: &'static str, detail: Said) -> Error {
    Error::field("", code, detail)
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Sheet {
    pub rows: Vec<Row>,
    /// What was passed over, and what looks wrong.
    pub notes: Vec<RowError>,
}

impl Sheet {
    pub fn note(&mut self, row: u32, path: Option<&str>, code: &str, detail: Said) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(RowError::new(row, path, code, detail));
        }
    }
}

/// What a place in the lines is.
#[derive(Debug, Clone)]
enum Slot {
    /// Under no heading.
    Nothing,
    Column(&'static Column),
    /// Passed over: the number of the row.
    Ordinal,
    /// Passed over, and told where it says something.
    Beside(String, bool),
    /// Unknown: refused where it says something.
    Unknown(String, bool),
}

/// Cells of a line that say something, by their places.
pub type Line = (u32, Vec<(usize, Value)>);

/// A table under way.
pub struct Table<'d> {
    kind: ImportKind,
    /// Headings of what files of the service's own have beside what is read.
    describing: &'d HashSet<String>,
    /// The lines above the headings, until these are found.
    above: Vec<Line>,
    line: Line,
    headings: Option<(u32, Vec<Slot>)>,
    sheet: Sheet,
    text: usize,
}

impl<'d> Table<'d> {
    pub fn new(kind: ImportKind, describing: &'d HashSet<String>) -> Self {
        Self { kind, describing, above: vec![], line: (0, vec![]), headings: None, sheet: Sheet::default(), text: 0 }
    }

    /// The next cell, line after line.
    pub fn cell(&mut self, line: u32, place: usize, value: Value) -> Result<()> {
        if value.is_null() {
            return Ok(());
        }
        if self.line.0 != line {
            self.end_line()?;
            self.line.0 = line;
        }
        self.text += value.as_str().map_or(0, str::len);
        check_text(self.text)?;
        if place >= MAX_COLUMNS {
            return Err(refused("too_many_columns", said!("Tối đa {MAX_COLUMNS} cột", "At most {MAX_COLUMNS} columns")));
        }
        self.line.1.push((place, value));
        Ok(())
    }

    fn end_line(&mut self) -> Result<()> {
        let line = std::mem::take(&mut self.line);
        if line.1.is_empty() {
            return Ok(());
        }
        if self.headings.is_some() {
            return self.row(line);
        }
        let whole = is_whole(self.kind, &line);
        self.above.push(line);
        if whole || self.above.len() == LOOK { self.settle() } else { Ok(()) }
    }

    /// Takes that of the first lines for the headings that has most of them; those after it are rows.
    fn settle(&mut self) -> Result<()> {
        let lines = std::mem::take(&mut self.above);
        let known = |line: &Line| known(self.kind, line);
        // The first of those that are alike.
        let Some((at, _)) = lines.iter().enumerate().rev().max_by_key(|(_, line)| known(line)) else { return Ok(()) };
        let mut lines = lines.into_iter().skip(at);
        let Some(headings) = lines.next() else { return Ok(()) };
        self.headings = Some((headings.0, self.slots(&headings)?));
        lines.try_for_each(|line| self.row(line))
    }

    /// What each place is; wrong headings are refused at once.
    fn slots(&self, (row, cells): &Line) -> Result<Vec<Slot>> {
        let mut errors = vec![];
        let mut slots: Vec<Slot> = vec![];
        for (place, cell) in cells {
            let heading = cell.as_str().map(str::trim).unwrap_or_default();
            let short: String = heading.chars().take(60).collect();
            let column = self.kind.columns().iter().find(|column| column.is_called(heading));
            let slot = match column {
                Some(column) if slots.iter().any(|slot| matches!(slot, Slot::Column(other) if other.path == column.path)) => {
                    errors.push(FieldError::new(
                        format!("/{row}/{short}"),
                        "duplicate_column",
                        said!("Cột \"{short}\" có hai lần", "The column \"{short}\" is there twice"),
                    ));
                    Slot::Nothing
                }
                Some(column) => Slot::Column(column),
                None if is_ordinal(heading) => Slot::Ordinal,
                None if is_beside(heading) || self.describing.contains(&heading_of(heading)) => Slot::Beside(short, false),
                None => Slot::Unknown(short, false),
            };
            slots.resize(*place, Slot::Nothing);
            slots.push(slot);
        }
        for column in self.kind.columns().iter().filter(|column| column.required) {
            if !slots.iter().any(|slot| matches!(slot, Slot::Column(there) if there.path == column.path)) {
                let (vi, en) = (column.name.vi, column.name.en);
                errors.push(FieldError::new(format!("/{row}/{vi}"), "missing_column", said!("Thiếu cột \"{vi}\"", "The column \"{en}\" is missing")));
            }
        }
        if !errors.is_empty() {
            errors.extend(slots.iter().filter_map(|slot| unknown(self.kind, *row, slot)));
        }
        if errors.is_empty() { Ok(slots) } else { Err(Error::fields(errors)) }
    }

    fn row(&mut self, (number, cells): Line) -> Result<()> {
        let Some((_, slots)) = &mut self.headings else { return Ok(()) };
        // Words in the place of a row's number, and nothing else: a title between the rows, or a total.
        let alone = cells.len() == 1;
        let mut row = Map::new();
        for (place, value) in cells {
            match slots.get_mut(place) {
                Some(Slot::Column(column)) => _ = row.insert(column.path.to_owned(), value),
                Some(Slot::Ordinal) if alone && value.is_string() => _ = row.insert(BEYOND.to_owned(), value),
                Some(Slot::Ordinal) => {}
                Some(Slot::Beside(_, said) | Slot::Unknown(_, said)) => *said = true,
                Some(Slot::Nothing) | None => _ = row.insert(BEYOND.to_owned(), value),
            }
        }
        if !row.is_empty() {
            if self.sheet.rows.len() >= MAX_ROWS {
                return Err(refused("too_many_rows", said!("Tối đa {MAX_ROWS} dòng trong một tệp", "At most {MAX_ROWS} rows in a file")));
            }
            self.sheet.rows.push((number, row));
        }
        Ok(())
    }

    /// Writes the value of merged cells into every row that they cover: rows and place are counted from 0, as files do.
    pub fn fill(&mut self, mut merged: Vec<((u32, u32), usize)>) -> Result<()> {
        self.end_line()?;
        if self.headings.is_none() {
            self.settle()?;
        }
        let Some((_, slots)) = &self.headings else { return Ok(()) };
        merged.sort_by_key(|((start, _), place)| (*place, *start));
        // No cell is merged twice; a file that says so is not gone through again and again.
        let mut filled: Option<(usize, u32)> = None;
        for ((start, end), place) in merged {
            let overlaps = filled.is_some_and(|(column, until)| column == place && start <= until);
            let Some(Slot::Column(column)) = slots.get(place).filter(|_| !overlaps) else { continue };
            filled = Some((place, end));
            let rows = &mut self.sheet.rows;
            let from = rows.partition_point(|(number, _)| *number <= start);
            let Some((first, value)) = rows.get(from).and_then(|(number, row)| Some((*number, row.get(column.path)?.clone()))) else { continue };
            if first != start + 1 {
                continue;
            }
            let long = value.as_str().map_or(0, str::len);
            for (_, row) in rows.iter_mut().skip(from + 1).take_while(|(number, _)| *number <= end + 1) {
                if !row.contains_key(column.path) {
                    self.text += long;
                    check_text(self.text)?;
                    row.insert(column.path.to_owned(), value.clone());
                }
            }
        }
        Ok(())
    }

    pub fn end(mut self) -> Result<Sheet> {
        self.end_line()?;
        if self.headings.is_none() {
            self.settle()?;
        }
        let Some((line, slots)) = &self.headings else {
            return Err(refused("empty_file", said!("Tệp không có dòng nào", "The file has no rows")));
        };
        let unknown: Vec<FieldError> =
            slots.iter().filter(|slot| matches!(slot, Slot::Unknown(_, true))).filter_map(|slot| unknown(self.kind, *line, slot)).collect();
        if !unknown.is_empty() {
            return Err(Error::fields(unknown));
        }
        for slot in slots {
            if let Slot::Beside(name, true) = slot {
                let detail = said!("Cột \"{name}\" không được nhập", "The column \"{name}\" is not taken");
                self.sheet.note(*line, None, "column_not_taken", detail);
            }
        }
        endings::pass_over(self.kind, &mut self.sheet);
        if self.sheet.rows.is_empty() {
            return Err(refused("empty_file", said!("Tệp chỉ có dòng tên cột", "The file has headings alone")));
        }
        Ok(self.sheet)
    }
}

fn check_text(bytes: usize) -> Result<()> {
    let most = MAX_TEXT / (1024 * 1024);
    if bytes > MAX_TEXT {
        Err(refused("too_much_text", said!("Các ô có quá {most} MiB chữ", "The cells have more than {most} MiB of text")))
    } else {
        Ok(())
    }
}

/// How many of a line's cells name a column.
pub fn known(kind: ImportKind, line: &Line) -> usize {
    let named = |cell: &Value| cell.as_str().is_some_and(|heading| kind.columns().iter().any(|column| column.is_called(heading)));
    line.1.iter().filter(|(_, cell)| named(cell)).count()
}

/// Whether a line names every column that is required.
fn is_whole(kind: ImportKind, line: &Line) -> bool {
    let there = |column: &Column| line.1.iter().any(|(_, cell)| cell.as_str().is_some_and(|heading| column.is_called(heading)));
    kind.columns().iter().filter(|column| column.required).all(there)
}

fn unknown(kind: ImportKind, row: u32, slot: &Slot) -> Option<FieldError> {
    let Slot::Unknown(short, _) = slot else { return None };
    let names = |language: fn(&crate::text::Text) -> &'static str| kind.columns().iter().map(|column| language(&column.name)).collect::<Vec<_>>().join(", ");
    let (vi, en) = (names(|name| name.vi), names(|name| name.en));
    let detail = said!("Không có cột \"{short}\"; các cột: {vi}", "There is no column \"{short}\"; the columns are: {en}");
    Some(FieldError::new(format!("/{row}/{short}"), "unknown_column", detail))
}

/// A cell that is a spreadsheet's error.
pub fn error(words: &str) -> Value {
    json!({ERROR: words})
}
