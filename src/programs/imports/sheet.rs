//! From the bytes of a file to rows of cells. What a file claims is not believed: sizes are counted while unpacking, cells
//! are read one by one, and formulas are nothing but the value that the spreadsheet last saw.

use std::collections::HashSet;
use std::io::{Cursor, Read as _};

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx};
use serde_json::{Value, json};

use super::dto::ImportKind;
use super::endings;
use super::table::{LOOK, MAX_COLUMNS, Sheet, Table, error, known, refused};
use crate::error::{Error, Result};
use crate::said;
use crate::text::visible;

/// Unpacked bytes of a spreadsheet: some ten times of what five thousand full rows take.
const MAX_UNPACKED: u64 = 32 * 1024 * 1024;
/// Files in a spreadsheet, which is an archive.
const MAX_ENTRIES: usize = 500;
const MAX_CELL: usize = 5_000;
/// How the names of fonts begin that draw Vietnamese letters in the place of others, in a spreadsheet's styles.
const FONTS: &[&[u8]] = &[b"\".vn", b"\"vni-"];

/// The kinds of files, by their first bytes: what a type says of a file is often not true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Csv,
    Xlsx,
    /// A spreadsheet of the time before 2007, or one with a password.
    Old,
}

impl FileKind {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Self::Xlsx,
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Self::Old,
            _ => Self::Csv,
        }
    }
}

/// Reads a file whole; an error of the table points to `/row/heading`.
pub fn read(bytes: &[u8], kind: ImportKind, describing: &HashSet<String>) -> Result<Sheet> {
    let mut table = Table::new(kind, describing);
    let mut fonts = false;
    match FileKind::of(bytes) {
        FileKind::Csv => csv(bytes, kind, &mut table)?,
        FileKind::Xlsx => fonts = xlsx(bytes, &mut table)?,
        FileKind::Old => {
            let detail = said!(
                "Tệp .xls đời cũ hoặc có mật khẩu; hãy lưu thành .xlsx hoặc \"CSV UTF-8\", không đặt mật khẩu",
                "An old .xls file, or one with a password; save it as .xlsx or \"CSV UTF-8\", without a password"
            );
            return Err(refused("old_spreadsheet", detail));
        }
    }
    let mut sheet = table.end()?;
    endings::look_for_garbled(kind, &mut sheet, fonts);
    Ok(sheet)
}

/// One cell; too long a text is the row's matter later, but is not carried along whole.
fn text(row: u32, words: &str) -> Result<Value> {
    let words = words.trim();
    if words.is_empty() {
        return Ok(Value::Null);
    }
    if words.len() > MAX_CELL && words.chars().count() > MAX_CELL {
        return Err(Error::field(format!("/{row}"), "too_long", said!("Một ô dài quá {MAX_CELL} ký tự", "A cell has more than {MAX_CELL} characters")));
    }
    // What nobody sees says nothing.
    let words = visible(words);
    let words = words.trim();
    Ok(match words {
        "" => Value::Null,
        "#N/A" | "#REF!" | "#VALUE!" | "#NAME?" | "#DIV/0!" | "#NUM!" | "#NULL!" | "#SPILL!" | "#CALC!" | "#GETTING_DATA" => error(words),
        words => json!(words),
    })
}

fn csv(bytes: &[u8], kind: ImportKind, table: &mut Table) -> Result<()> {
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
    let (separator, decoded) = separator(&decoded, kind);
    let mut row = 0_u32;
    for record in records(decoded, separator).into_records() {
        let record = record.map_err(|_| refused("malformed_file", said!("Tệp CSV hỏng", "The CSV file is broken")))?;
        // The reader passes over empty lines, which a spreadsheet counts; it begins a record before them, and in the middle
        // of the end of the line before.
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        let rest = decoded.as_bytes().get(start..).unwrap_or_default();
        let ends = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
        let in_the_middle = rest.first() == Some(&b'\n') && start > 0 && decoded.as_bytes().get(start - 1) == Some(&b'\r');
        row += 1 + u32::try_from(ends).unwrap_or(0) - u32::from(in_the_middle);
        for (place, cell) in record.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            table.cell(row, place, text(row, unquoted(cell))?)?;
        }
    }
    Ok(())
}

fn records(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
}

/// What separates the cells, and the text behind the line that says it (`sep=;`): else what makes the most headings of the
/// first lines. Spreadsheets of a language in which the comma is for decimals separate by semicolons.
fn separator(text: &str, kind: ImportKind) -> (u8, &str) {
    if let Some(rest) = text.strip_prefix("sep=").or_else(|| text.strip_prefix("SEP="))
        && let Some(separator @ (b';' | b',' | b'\t' | b'|')) = rest.as_bytes().first().copied()
    {
        return (separator, rest.split_once('\n').map_or("", |(_, rest)| rest));
    }
    let headings = |separator: u8| {
        let lines = records(text, separator).into_records().take(LOOK).filter_map(std::result::Result::ok);
        // As many as there may be columns: a line of commas alone has millions.
        let said =
            |record: &csv::StringRecord| record.iter().filter(|cell| !cell.is_empty()).take(MAX_COLUMNS).map(|cell| json!(visible(cell))).enumerate().collect();
        let line = |record: csv::StringRecord| (0, said(&record));
        lines.map(|record| (known(kind, &line(record)), 0)).max().unwrap_or_default().0
    };
    let often = |separator: u8| text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().bytes().filter(|b| *b == separator).count();
    let best = [b';', b'\t', b','].into_iter().max_by_key(|separator| (headings(*separator), often(*separator))).unwrap_or(b',');
    (best, text)
}

/// The apostrophe that an export puts before what would be a formula; text that is written as a formula to stay text.
fn unquoted(cell: &str) -> &str {
    if let Some(text) = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).filter(|text| !text.contains('"')) {
        return text;
    }
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) => rest,
        _ => cell,
    }
}

/// The first sheet that is shown. Whether the file has fonts of other encodings.
fn xlsx(bytes: &[u8], table: &mut Table) -> Result<bool> {
    let broken = || refused("malformed_file", said!("Tệp không phải XLSX hoặc đã hỏng", "The file is no XLSX, or it is broken"));
    let fonts = check_unpacked(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let shown = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
    let name = book.sheets_metadata().iter().find(shown).map(|sheet| sheet.name.clone()).ok_or_else(broken)?;
    let merged = book.merge_cells_by_sheet_name(&name).map_err(|_| broken())?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| broken())?;
    while let Some(cell) = cells.next_cell().map_err(|_| broken())? {
        let (row, column) = cell.get_position();
        let (row, place) = (row.saturating_add(1), usize::try_from(column).unwrap_or(usize::MAX));
        let value = match cell.get_value() {
            DataRef::Empty => Value::Null,
            DataRef::Int(number) => json!(number),
            DataRef::Float(number) => number_of(*number),
            DataRef::String(words) => text(row, unquoted(words))?,
            DataRef::SharedString(words) => text(row, unquoted(words))?,
            DataRef::Bool(whether) => json!(whether),
            DataRef::DateTime(at) => json!(moment(at)),
            DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => text(row, words)?,
            DataRef::Error(_) => error(&Data::from(cell.get_value().clone()).to_string()),
        };
        table.cell(row, place, value)?;
    }
    let down = merged.into_iter().filter(|area| area.end.0 > area.start.0);
    table.fill(down.filter_map(|area| Some(((area.start.0, area.end.0), usize::try_from(area.start.1).ok()?))).collect())?;
    Ok(fonts)
}

/// Whole numbers are stored as such: a year is 1990 and not 1990.0.
fn number_of(number: f64) -> Value {
    let text = number.to_string();
    text.parse::<i64>().map_or_else(|_| json!(number), |whole| json!(whole))
}

fn moment(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    // A time of day alone is a part of the first day that there is.
    if at.as_f64() < 1.0 {
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// Unpacks all of an archive into nothing, and stops at the limit: its own word on sizes may be false. Whether its styles name
/// a font of TCVN3 or VNI.
fn check_unpacked(bytes: &[u8]) -> Result<bool> {
    let broken = || refused("malformed_file", said!("Tệp không phải XLSX hoặc đã hỏng", "The file is no XLSX, or it is broken"));
    let most = MAX_UNPACKED / (1024 * 1024);
    let bomb = || refused("too_large_unpacked", said!("Tệp bung ra quá {most} MiB", "Unpacked, the file has more than {most} MiB"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if archive.len() > MAX_ENTRIES {
        return Err(bomb());
    }
    let (mut left, mut fonts) = (MAX_UNPACKED, false);
    for i in 0..archive.len() {
        let entry = archive.by_index(i).map_err(|_| broken())?;
        let styles = entry.name().is_ok_and(|name| name == "xl/styles.xml");
        let mut entry = entry.take(left);
        left -= if styles {
            let mut text = vec![];
            let read = entry.read_to_end(&mut text).map_err(|_| broken())?;
            fonts = FONTS.iter().any(|font| text.windows(font.len()).any(|part| part.eq_ignore_ascii_case(font)));
            u64::try_from(read).unwrap_or(u64::MAX).min(left)
        } else {
            std::io::copy(&mut entry, &mut std::io::sink()).map_err(|_| broken())?
        };
        if left == 0 {
            return Err(bomb());
        }
    }
    Ok(fonts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::rules::MAX_ROWS;

    fn read(bytes: &[u8]) -> Result<Sheet> {
        super::read(bytes, ImportKind::Hamlets, &HashSet::from(["trang thai".to_owned()]))
    }

    fn code(read: Result<Sheet>) -> &'static str {
        read.expect_err("refused").field_errors().first().map_or("", |error| error.code)
    }

    fn numbers(sheet: &Sheet) -> Vec<u32> {
        sheet.rows.iter().map(|(row, _)| *row).collect()
    }

    #[test]
    fn csv_is_read_as_spreadsheets_write_it() {
        let comma = "\u{feff}Mã,Tên,Loại,Thứ tự\r\nap-9,\"Ấp \"\"9\"\", Phú\nLý\",Ấp,9\r\n\r\n,,,\r\n \r\nap-10,'=Ấp,ap,10\r\n";
        let sheet = read(comma.as_bytes()).expect("a table");
        assert_eq!(numbers(&sheet), [2, 6], "as the spreadsheet numbers them");
        assert_eq!(sheet.rows[0].1["/name"], "Ấp \"9\", Phú\nLý");
        assert_eq!(sheet.rows[1].1["/name"], "=Ấp");
        let lf = read(comma.replace("\r\n", "\n").as_bytes()).expect("a table");
        assert_eq!(numbers(&lf), [2, 6]);
        let semicolon = comma.replace("\u{feff}", "").replace(',', ";");
        assert_eq!(read(semicolon.as_bytes()).expect("a table").rows.len(), 2);
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("Code\tName\tKind\tOrder *\nap-9\tẤp 9\tap\t9".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read(&utf16).expect("a table").rows[0].1["/name"], "Ấp 9");
        assert_eq!(code(read(b"M\xe3,T\xean")), "not_utf8");
        assert_eq!(code(read(b"")), "empty_file");
        assert_eq!(code(read(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")), "old_spreadsheet");
        assert_eq!(code(read("Mã,Mã,Tên,Loại,Thứ tự\n".as_bytes())), "duplicate_column");
        assert_eq!(code(read("Mã,Màu,Tên,Loại,Thứ tự\nap-9,đỏ,x,ấp,9".as_bytes())), "unknown_column");
        assert_eq!(code(read("Mã,Tên\nap-9,x\n".as_bytes())), "missing_column");
        let long = |rows: usize, rest: &str| format!("Mã,Tên,Loại,Thứ tự\n{}{rest}", "a,b,c,1\n".repeat(rows));
        assert_eq!(code(read(long(MAX_ROWS + 1, "").as_bytes())), "too_many_rows");
        assert_eq!(read(long(MAX_ROWS, &",,,\r\n".repeat(6_000)).as_bytes()).expect("empty rows do not count").rows.len(), MAX_ROWS);
    }

    #[test]
    fn lists_are_read_as_they_lie_in_the_folder() {
        let above = "UBND XÃ PHÚ LÝ,,,,\n\"DANH SÁCH ẤP; THÔN\",,,,\n,,,,\nSTT,\u{200b}Mã,Tên,Loại,Thứ tự,Ghi chú,,Trạng thái,Màu\n1,ap-9,Ấp 9,Ấp,9,mới,,x,\n2,ap-10,Ấp 10,Ấp,10,,,,\n";
        let below = "Tổng cộng: 02 ấp,,,,\n,,,,\n,,\"Ngày 20 tháng 7 năm 2024\",,\n,NGƯỜI LẬP BIỂU,,,\n,Nguyễn Văn A,,,\n";
        let sheet = read(format!("{above}{below}").as_bytes()).expect("a table");
        assert_eq!(numbers(&sheet), [5, 6]);
        let notes: Vec<(u32, &str)> = sheet.notes.iter().map(|note| (note.row, note.code.as_str())).collect();
        let passed = [7, 9, 10, 11].map(|row| (row, "row_passed_over"));
        assert_eq!(notes, [vec![(4, "column_not_taken"), (4, "column_not_taken")], passed.to_vec()].concat());
        // A person whose row is not whole is no signature.
        assert_eq!(numbers(&read(format!("{above}ap-11,Ấp 11,,\n").as_bytes()).expect("a table")), [5, 6, 7]);
        assert_eq!(code(read(",".repeat(1 << 19).as_bytes())), "empty_file", "nothing but commas says nothing");
        assert_eq!(read("sep=;\r\nMã;Tên;Loại;Thứ tự\r\nap-9;Ấp 9;Ấp;9".as_bytes()).expect("a table").rows.len(), 1);
        let longer = read("Mã,Tên,Loại,Thứ tự\nap-9,Ấp 9,Ấp,9,thêm\nap-9,#N/A,Ấp,9".as_bytes()).expect("a table");
        assert!(longer.rows[0].1.contains_key(crate::imports::table::BEYOND));
        assert_eq!(longer.rows[1].1["/name"], error("#N/A"));
        let garbled = read("Mã,Tên,Loại,Thứ tự\nap-9,Nguyá»…n,Ấp,9".as_bytes()).expect("a table");
        assert_eq!(
            garbled.notes.iter().map(|note| (note.row, note.path.as_deref(), note.code.as_str())).collect::<Vec<_>>(),
            [(2, Some("/name"), "garbled_text")]
        );
    }

    proptest::proptest! {
        /// Whatever is sent, it is a table or an error, and takes no time.
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), zip in proptest::prelude::any::<bool>()) {
            let start: &[u8] = if zip { b"PK\x03\x04" } else { b"" };
            let _ = read(&[start, &bytes].concat());
        }
    }
}
