//! Rows as a table that spreadsheets open: for programs the fields as they are, for people what they say.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate, Timelike as _};
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, FormatAlign, Workbook, Worksheet, XlsxError};
use serde_json::{Map, Value};

use super::cells::{Cell, plain, shown, unarmed};
use crate::error::{Error, Result};
use crate::said;
use crate::text::{Lang, Text};
use crate::web::columns::Columns;
use crate::web::named::Names;

/// Whom a table is for.
#[derive(Debug, Clone, Copy)]
pub enum Reader {
    Program,
    /// In this language.
    People(Lang),
}

/// A table under way.
pub struct Table {
    columns: Arc<Columns>,
    reader: Reader,
    rows: u32,
    body: Body,
}

#[expect(clippy::large_enum_variant, reason = "there is one for each export")]
enum Body {
    Csv(csv::Writer<Vec<u8>>),
    Xlsx(Sheet),
}

impl Table {
    pub fn csv(columns: Arc<Columns>, reader: Reader) -> Result<Self> {
        // With decimal commas cells stand between semicolons: a spreadsheet in Vietnamese opens it in columns.
        let separator = if matches!(reader, Reader::People(Lang::Vi)) { b';' } else { b',' };
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).delimiter(separator).from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(headings(&columns, &reader)).map_err(Error::internal)?;
        Ok(Self { columns, reader, rows: 0, body: Body::Csv(writer) })
    }

    pub fn xlsx(columns: Arc<Columns>, reader: Reader, title: &str) -> Result<Self> {
        let sheet = Sheet::new(&reader, title, &headings(&columns, &reader)).map_err(Error::internal)?;
        Ok(Self { columns, reader, rows: 0, body: Body::Xlsx(sheet) })
    }

    pub fn rows(&self) -> u32 {
        self.rows
    }

    pub fn push(&mut self, object: &Map<String, Value>, names: &Names) -> Result<()> {
        self.rows += 1;
        let cells: Vec<Cell> = match self.reader {
            Reader::Program => self.columns.data.iter().map(|field| plain(object.get(field).unwrap_or(&Value::Null))).collect(),
            Reader::People(lang) => {
                let number = Cell::Number(f64::from(self.rows), self.rows.to_string());
                std::iter::once(number).chain(self.columns.people.iter().map(|column| shown(column, object, names, lang))).collect()
            }
        };
        let lang = match self.reader {
            Reader::Program => None,
            Reader::People(lang) => Some(lang),
        };
        match &mut self.body {
            Body::Csv(writer) => writer.write_record(cells.iter().map(|cell| cell.in_csv(lang))).map_err(Error::internal),
            Body::Xlsx(sheet) => sheet.row(self.rows, &cells).map_err(|error| refused(self.rows, error)),
        }
    }

    pub fn end(self) -> Result<Vec<u8>> {
        match self.body {
            Body::Csv(writer) => writer.into_inner().map_err(Error::internal),
            Body::Xlsx(sheet) => sheet.end(self.rows).map_err(Error::internal),
        }
    }
}

fn headings(columns: &Columns, reader: &Reader) -> Vec<String> {
    match reader {
        Reader::Program => columns.data.clone(),
        Reader::People(lang) => {
            let own = columns.people.iter().map(|column| column.heading.of(*lang).to_owned());
            std::iter::once(ORDINAL.of(*lang).to_owned()).chain(own).collect()
        }
    }
}

/// The first column for people: the row's place in the list, by which one speaks of it.
const ORDINAL: Text = Text::new("STT", "No.");
fn refused(line: u32, error: XlsxError) -> Error {
    match error {
        XlsxError::MaxStringLengthExceeded => {
            let detail = said!("Dòng {line} có ô quá dài đối với xlsx: dùng csv", "Row {line} has a cell that is too long for xlsx: take csv");
            Error::field("?format", "cell_too_long", detail)
        }
        error => Error::internal(error),
    }
}

/// Width of a column in letters, at least and at most.
const WIDTHS: (usize, usize) = (6, 48);
/// ISO 216 A4, as spreadsheets number papers.
const A4: u8 = 9;

/// A worksheet that can be read and printed as it is.
struct Sheet {
    book: Workbook,
    /// For programs nothing is laid out.
    people: bool,
    widths: Vec<usize>,
    day: CellFormat,
    moment: CellFormat,
    text: CellFormat,
}

impl Sheet {
    fn new(reader: &Reader, title: &str, headings: &[String]) -> std::result::Result<Self, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let mut head = CellFormat::new().set_bold();
        if let Reader::People(lang) = reader {
            head = head.set_text_wrap().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
            lay_out(sheet, *lang, title)?;
        }
        for (column, heading) in (0_u16..).zip(headings) {
            sheet.write_string_with_format(0, column, heading, &head)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let top = || CellFormat::new().set_align(FormatAlign::Top);
        // A heading may take two lines.
        let widths = headings.iter().map(|heading| heading.chars().count().div_ceil(2)).collect();
        Ok(Self {
            book,
            people: matches!(reader, Reader::People(..)),
            widths,
            day: top().set_num_format("dd/mm/yyyy"),
            moment: top().set_num_format("dd/mm/yyyy hh:mm"),
            text: top().set_text_wrap(),
        })
    }

    /// Text is written as text and never as a formula, numbers as numbers, days as days.
    fn row(&mut self, line: u32, cells: &[Cell]) -> std::result::Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for ((column, cell), width) in (0_u16..).zip(cells).zip(&mut self.widths) {
            match cell {
                Cell::Empty => continue,
                Cell::Number(number, _) if self.people => sheet.write_number_with_format(line, column, *number, &self.text)?,
                Cell::Number(number, _) => sheet.write_number(line, column, *number)?,
                Cell::Bool(whether) => sheet.write_boolean(line, column, *whether)?,
                Cell::Text(text) if self.people => sheet.write_string_with_format(line, column, text, &self.text)?,
                // Programs write it on into other files.
                Cell::Text(text) => sheet.write_string(line, column, unarmed(text))?,
                Cell::Day(day) => sheet.write_datetime_with_format(line, column, excel_day(*day)?, &self.day)?,
                Cell::Moment(at) => {
                    let seconds = f64::from(at.second());
                    let at = excel_day(at.date())?.and_hms(hour(at.hour())?, u8::try_from(at.minute()).unwrap_or(0), seconds)?;
                    sheet.write_datetime_with_format(line, column, at, &self.moment)?
                }
            };
            *width = (*width).max(cell.text(None).chars().count());
        }
        Ok(())
    }

    fn end(mut self, rows: u32) -> std::result::Result<Vec<u8>, XlsxError> {
        if self.people {
            let sheet = self.book.worksheet_from_index(0)?;
            for (column, width) in (0_u16..).zip(&self.widths) {
                let width = u8::try_from(width.saturating_add(2).clamp(WIDTHS.0, WIDTHS.1)).unwrap_or(u8::MAX);
                sheet.set_column_width(column, f64::from(width))?;
            }
            let last = u16::try_from(self.widths.len().saturating_sub(1)).unwrap_or(u16::MAX);
            sheet.autofilter(0, 0, rows, last)?;
        }
        self.book.save_to_buffer()
    }
}

/// A4 landscape, one page wide, the headings on each page, the title above and the page's number below.
fn lay_out(sheet: &mut Worksheet, lang: Lang, title: &str) -> std::result::Result<(), XlsxError> {
    let page = Text::new("Trang", "Page").of(lang);
    sheet.set_name(Text::new("Danh sách", "List").of(lang))?;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.7, 0.6, 0.3, 0.3);
    sheet.set_header(format!("&C&B{}", title.replace('&', "&&"))).set_footer(format!("&C{page} &P/&N"));
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

/// Spreadsheets know no day before 1900; what is kept is never earlier.
fn excel_day(day: NaiveDate) -> std::result::Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(0), u8::try_from(day.month()).unwrap_or(0), u8::try_from(day.day()).unwrap_or(0))
}

fn hour(hour: u32) -> std::result::Result<u16, XlsxError> {
    u16::try_from(hour).map_err(|_| XlsxError::DateTimeParseError(hour.to_string()))
}
