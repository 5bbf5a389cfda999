//! From the bytes of a file to rows of cells. What a file claims is not believed: sizes are counted while unpacking, cells
//! are read one by one, and formulas are nothing but the value that the spreadsheet last saw.

use std::io::{Cursor, Read as _};

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, Xlsx};
use serde_json::{Value, json};

use super::dto::ImportKind;
use super::table::{Row, Table, check_size, refused};
use crate::error::{Error, Result};
use crate::said;

/// Unpacked bytes of a spreadsheet: some ten times of what five thousand full rows take.
const MAX_UNPACKED: u64 = 32 * 1024 * 1024;
/// Files in a spreadsheet, which is an archive.
const MAX_ENTRIES: usize = 500;
const MAX_CELL: usize = 5_000;

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Csv,
    Xlsx,
}

impl FileKind {
    /// By the type that was sent; bytes of no type are a spreadsheet when they are an archive.
    pub fn of(media: &str, bytes: &[u8]) -> Self {
        let csv = if media.trim_start().starts_with("application/octet-stream") {
            !bytes.starts_with(b"PK\x03\x04")
        } else {
            media.trim_start().starts_with("text/csv")
        };
        if csv { Self::Csv } else { Self::Xlsx }
    }
}

/// Reads a file whole; an error of the table points to `/row/heading`.
pub fn read(bytes: &[u8], file: FileKind, kind: ImportKind) -> Result<Vec<Row>> {
    let mut table = Table::new(kind);
    match file {
        FileKind::Csv => csv(bytes, &mut table)?,
        FileKind::Xlsx => xlsx(bytes, &mut table)?,
    }
    table.end()
}

/// One cell; too long a text is the row's matter later, but is not carried along whole.
fn text(row: u32, words: &str) -> Result<Value> {
    let words = words.trim();
    if words.len() > MAX_CELL && words.chars().count() > MAX_CELL {
        return Err(Error::field(format!("/{row}"), "too_long", said!("Một ô dài quá {MAX_CELL} ký tự", "A cell has more than {MAX_CELL} characters")));
    }
    Ok(if words.is_empty() { Value::Null } else { json!(words) })
}

fn csv(bytes: &[u8], table: &mut Table) -> Result<()> {
    let unreadable = || refused("not_utf8", said!("Tệp không phải UTF-8; hãy lưu bằng \"CSV UTF-8\"", "The file is not UTF-8; save it as \"CSV UTF-8\""));
    let decoded = match bytes {
        [0xFF, 0xFE, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).filter_map(|two| Some(u16::from_le_bytes(two.try_into().ok()?))).collect();
            String::from_utf16(&units).map_err(|_| unreadable())?
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] | rest => std::str::from_utf8(rest).map_err(|_| unreadable())?.to_owned(),
    };
    if decoded.contains('\0') {
        return Err(unreadable());
    }
    // Spreadsheets of a language in which the comma is for decimals separate by semicolons.
    let first = decoded.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let separator = [b';', b'\t', b','].into_iter().max_by_key(|separator| first.bytes().filter(|b| b == separator).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(decoded.as_bytes());
    let mut row = 0_u32;
    let mut lines = 0;
    for record in reader.records() {
        let record = record.map_err(|_| refused("malformed_file", said!("Tệp CSV hỏng", "The CSV file is broken")))?;
        // The reader passes over empty lines, which a spreadsheet counts; it begins a record before them, and in the middle
        // of the end of the line before.
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        let rest = decoded.as_bytes().get(start..).unwrap_or_default();
        let ends = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
        let in_the_middle = rest.first() == Some(&b'\n') && start > 0 && decoded.as_bytes().get(start - 1) == Some(&b'\r');
        row += 1 + u32::try_from(ends).unwrap_or(0) - u32::from(in_the_middle);
        lines += 1;
        check_size(lines, record.len())?;
        for (place, cell) in record.iter().enumerate() {
            table.cell(row, place, || text(row, unquoted(cell)))?;
        }
    }
    Ok(())
}

/// The apostrophe that an export puts before what would be a formula.
fn unquoted(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => rest,
        _ => cell,
    }
}

fn xlsx(bytes: &[u8], table: &mut Table) -> Result<()> {
    let broken = || refused("malformed_file", said!("Tệp không phải XLSX hoặc đã hỏng", "The file is no XLSX, or it is broken"));
    check_unpacked(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let name = book.sheet_names().first().cloned().ok_or_else(broken)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| broken())?;
    while let Some(cell) = cells.next_cell().map_err(|_| broken())? {
        let (row, column) = cell.get_position();
        let (row, place) = (row.saturating_add(1), usize::try_from(column).unwrap_or(usize::MAX));
        table.cell(row, place, || {
            Ok(match cell.get_value() {
                DataRef::Empty => Value::Null,
                DataRef::Int(number) => json!(number),
                DataRef::Float(number) => number_of(*number),
                DataRef::String(words) => text(row, unquoted(words))?,
                DataRef::SharedString(words) => text(row, unquoted(words))?,
                DataRef::Bool(whether) => json!(whether),
                DataRef::DateTime(at) => json!(moment(at)),
                DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => text(row, words)?,
                DataRef::Error(_) => json!(Data::from(cell.get_value().clone()).to_string()),
            })
        })?;
    }
    Ok(())
}

/// Whole numbers are stored as such: a year is 1990 and not 1990.0.
fn number_of(number: f64) -> Value {
    let text = number.to_string();
    text.parse::<i64>().map_or_else(|_| json!(number), |whole| json!(whole))
}

fn moment(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// Unpacks all of an archive into nothing, and stops at the limit: its own word on sizes may be false.
fn check_unpacked(bytes: &[u8]) -> Result<()> {
    let broken = || refused("malformed_file", said!("Tệp không phải XLSX hoặc đã hỏng", "The file is no XLSX, or it is broken"));
    let most = MAX_UNPACKED / (1024 * 1024);
    let bomb = || refused("too_large_unpacked", said!("Tệp bung ra quá {most} MiB", "Unpacked, the file has more than {most} MiB"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if archive.len() > MAX_ENTRIES {
        return Err(bomb());
    }
    let mut left = MAX_UNPACKED;
    for i in 0..archive.len() {
        let entry = archive.by_index(i).map_err(|_| broken())?;
        left -= std::io::copy(&mut entry.take(left), &mut std::io::sink()).map_err(|_| broken())?;
        if left == 0 {
            return Err(bomb());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::rules::MAX_ROWS;

    fn code(read: Result<Vec<Row>>) -> &'static str {
        read.expect_err("refused").field_errors().first().map_or("", |error| error.code)
    }

    #[test]
    fn csv_is_read_as_spreadsheets_write_it() {
        let comma = "\u{feff}Mã,Tên,Loại,Thứ tự\r\nap-9,\"Ấp \"\"9\"\", Phú\nLý\",Ấp,9\r\n\r\n,,,\r\n \r\nap-10,'=Ấp,ap,10\r\n";
        let rows = read(comma.as_bytes(), FileKind::Csv, ImportKind::Hamlets).expect("a table");
        assert_eq!(rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [2, 6], "as the spreadsheet numbers them");
        assert_eq!(rows[0].1["/name"], "Ấp \"9\", Phú\nLý");
        assert_eq!(rows[1].1["/name"], "=Ấp");
        let lf = read(comma.replace("\r\n", "\n").as_bytes(), FileKind::Csv, ImportKind::Hamlets).expect("a table");
        assert_eq!(lf.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [2, 6]);
        let semicolon = comma.replace("\u{feff}", "").replace(',', ";");
        assert_eq!(read(semicolon.as_bytes(), FileKind::Csv, ImportKind::Hamlets).expect("a table").len(), 2);
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("Code\tName\tKind\tOrder *\nap-9\tẤp 9\tap\t9".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read(&utf16, FileKind::Csv, ImportKind::Hamlets).expect("a table")[0].1["/name"], "Ấp 9");
        assert_eq!(code(read(b"M\xe3,T\xean", FileKind::Csv, ImportKind::Hamlets)), "not_utf8");
        assert_eq!(code(read(b"", FileKind::Csv, ImportKind::Hamlets)), "empty_file");
        assert_eq!(code(read("Mã,Mã,Tên,Loại,Thứ tự\n".as_bytes(), FileKind::Csv, ImportKind::Hamlets)), "duplicate_column");
        assert_eq!(code(read("Mã,Màu,Tên,Loại,Thứ tự\n".as_bytes(), FileKind::Csv, ImportKind::Hamlets)), "unknown_column");
        assert_eq!(code(read("Mã,Tên\nap-9,x\n".as_bytes(), FileKind::Csv, ImportKind::Hamlets)), "missing_column");
        let long = format!("Mã,Tên,Loại,Thứ tự\n{}", "a,b,c,1\n".repeat(MAX_ROWS + 1));
        assert_eq!(code(read(long.as_bytes(), FileKind::Csv, ImportKind::Hamlets)), "too_many_rows");
    }

    proptest::proptest! {
        /// Whatever is sent, it is a table or an error, and takes no time.
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), zip in proptest::prelude::any::<bool>()) {
            let start: &[u8] = if zip { b"PK\x03\x04" } else { b"" };
            let bytes = [start, &bytes].concat();
            for file in [FileKind::Csv, FileKind::Xlsx] {
                let _ = read(&bytes, file, ImportKind::Hamlets);
            }
        }
    }
}
