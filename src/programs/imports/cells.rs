//! From cells to the values of a body.

use chrono::{Datelike as _, NaiveDate};
use serde_json::{Value, json};

use super::columns::Shape;
use super::names::{Names, PLACES};
use super::times;
use crate::said;
use crate::text::{Labels, Said, Text, fold};
use crate::web::values::{Phone, explain};

/// Why a cell says nothing.
pub type Refusal = (&'static str, Said);

/// The value of a cell that is not empty; a time of day alone is one of the row's day.
pub fn value(shape: Shape, cell: &Value, names: &Names, row_day: Option<NaiveDate>) -> Result<Value, Refusal> {
    if let Some(error) = cell.get(ERROR).and_then(Value::as_str) {
        return Err(("cell_error", said!("Ô chứa lỗi công thức {error} của bảng tính", "The cell holds a spreadsheet's error {error}")));
    }
    let words = words(cell);
    match shape {
        Shape::Line => Ok(json!(words)),
        // A spreadsheet's own number has no groups: what follows its point is a part.
        Shape::Whole | Shape::Year if cell.as_f64().is_some_and(|number| number.fract() != 0.0) => Err(no_number()),
        Shape::Whole => whole(&words),
        Shape::Year if times::born(&words).is_some() => Ok(json!(times::born(&words))),
        Shape::Year => whole(&words).or_else(|refusal| times::day(&words).map(|day| json!(day.year())).ok_or(refusal)),
        Shape::Phone => phone(words),
        Shape::Day => times::day(&words).map(|day| json!(day)).ok_or_else(no_day),
        Shape::Moment => match times::moment(&words, row_day) {
            Some(at) => Ok(json!(at)),
            None if times::time(&words).is_some() => {
                Err(("required", said!("Giờ cần có ngày: ghi cả ngày, hoặc điền cột Ngày", "A time needs its day: write both, or fill in the column Day")))
            }
            None => Err(no_day()),
        },
        Shape::List => Ok(json!(parts(&words).collect::<Vec<_>>())),
        Shape::Choice(choices) => chosen(choices, &words),
        Shape::Several(choices) => several(choices, &words),
        Shape::Hamlet => names.find_place("hamlets", &words),
        Shape::Unit => names.find("units", &words),
        Shape::Kind(list) => names.find_kind(list.kind(), &words),
        Shape::Kinds(list) => kinds(names, list.kind(), &words),
        Shape::MilitaryUnit => names.find("military_units", &words),
        Shape::PlanItem => names.find("plan_items", &words),
        Shape::User => names.find("users", &words),
    }
}

/// The member by which a cell is a spreadsheet's error instead of a value.
pub const ERROR: &str = "error";

/// The day that a row is of, for its times.
pub fn day_of(cell: &Value) -> Option<NaiveDate> {
    times::day(&words(cell))
}

fn words(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

/// A whole number as spreadsheets and Vietnamese hands write it: groups of thousands behind dots or spaces, and nothing but
/// zeros behind a comma or a point.
fn whole(words: &str) -> Result<Value, Refusal> {
    let refused = no_number;
    let bare: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    let (sign, digits) = bare.strip_prefix('-').map_or(("", bare.as_str()), |rest| ("-", rest));
    let (whole, rest) = digits.split_once(',').unwrap_or((digits, ""));
    let groups: Vec<&str> = whole.split('.').collect();
    let grouped = groups.iter().skip(1).all(|group| group.len() == 3) && groups.first().is_some_and(|first| (1..=3).contains(&first.len()));
    let number = match groups.as_slice() {
        [_] => whole.to_owned(),
        [number, zeros] if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') && rest.is_empty() && zeros.len() != 3 => (*number).to_owned(),
        _ if grouped => groups.concat(),
        _ => return Err(refused()),
    };
    // "1,000" may be a thousand or one: nobody guesses.
    if !rest.bytes().all(|b| b == b'0') || rest.len() == 3 {
        return Err(refused());
    }
    format!("{sign}{number}").parse::<i64>().map(|number| json!(number)).map_err(|_| refused())
}

/// Spreadsheets take a phone number for a number and drop its zero; some write it as a formula to keep it.
fn phone(words: String) -> Result<Value, Refusal> {
    let bare: String = words.trim_start_matches("=\"").trim_end_matches('"').chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
    let digits = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
    let lost = digits && !bare.starts_with('0') && (bare.len() == 9 || (bare.len() == 10 && bare.starts_with('2')));
    let whole = if lost { json!(format!("0{bare}")) } else { json!(bare) };
    // Looked at here, so that a row's report names all of its cells that say nothing.
    match serde_json::from_value::<Phone>(whole.clone()) {
        Ok(_) => Ok(whole),
        Err(error) => Err(explain(&error.to_string()).unwrap_or(("invalid_phone", said!("Số điện thoại sai", "No phone number")))),
    }
}

fn no_number() -> Refusal {
    ("invalid_number", said!("Phải là số nguyên, ví dụ 1200 hoặc 1.200", "Must be a whole number, such as 1200"))
}

fn no_day() -> Refusal {
    ("invalid_date", said!("Ngày phải có dạng 16/07/2024 hoặc 2024-07-16 và có thật", "A day looks like 16/07/2024 or 2024-07-16 and exists"))
}

/// Whether a label is written so, in the commune's own word for its places too: "Trưởng thôn/ấp" as "Trưởng ấp".
fn said_so(label: &str, wanted: &str) -> bool {
    label == wanted || (label.contains("thon/ap") && PLACES.iter().any(|place| label.replace("thon/ap", place) == wanted))
}

fn parts(words: &str) -> impl Iterator<Item = &str> {
    words.split([';', ',', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

/// Some labels have a comma in them.
fn several(choices: Labels, words: &str) -> Result<Value, Refusal> {
    let mut found = vec![];
    for piece in words.split([';', '\n']).map(str::trim).filter(|piece| !piece.is_empty()) {
        match chosen(choices, piece) {
            Ok(value) => found.push(value),
            Err(_) => found.extend(parts(piece).map(|part| chosen(choices, part)).collect::<Result<Vec<_>, _>>()?),
        }
    }
    Ok(Value::Array(found))
}

/// The same of kinds that the operator keeps.
fn kinds(names: &Names, of: &'static str, words: &str) -> Result<Value, Refusal> {
    let mut found = vec![];
    for piece in words.split([';', '\n']).map(str::trim).filter(|piece| !piece.is_empty()) {
        match names.find_kind(of, piece) {
            Ok(value) => found.push(value),
            Err(_) => found.extend(parts(piece).map(|part| names.find_kind(of, part)).collect::<Result<Vec<_>, _>>()?),
        }
    }
    Ok(Value::Array(found))
}

/// A value by its code, by what it is called, or by how that begins where only one does so.
fn chosen(choices: Labels, words: &str) -> Result<Value, Refusal> {
    let wanted = fold(words);
    let found = choices.iter().find(|(code, name)| *code == words || said_so(&fold(name.vi), &wanted) || fold(name.en) == wanted);
    let begins = |name: &Text| [name.vi, name.en].iter().any(|name| fold(name).strip_prefix(&wanted).is_some_and(|rest| rest.starts_with([' ', ','])));
    let mut begin = choices.iter().filter(|(_, name)| begins(name));
    let only = begin.next().filter(|_| begin.next().is_none());
    found.or(only).map(|(code, _)| json!(code)).ok_or_else(|| {
        let vi = choices.iter().map(|(_, name)| name.vi).collect::<Vec<_>>().join("; ");
        let en = choices.iter().map(|(_, name)| name.en).collect::<Vec<_>>().join("; ");
        ("unknown_value", said!("Giá trị phải là một trong: {vi}", "The value must be one of: {en}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_people_write_them() {
        let names = Names::default();
        let read = |shape, cell: Value| value(shape, &cell, &names, None).map_err(|(code, _)| code);
        for (cell, phone) in [
            (json!(912_345_678), "0912345678"),
            (json!("912 345 678"), "0912345678"),
            (json!(84_900_000_011_i64), "84900000011"),
            (json!(2_510_000_012_i64), "02510000012"),
            (json!("=\"0900000013\""), "0900000013"),
        ] {
            assert_eq!(read(Shape::Phone, cell), Ok(json!(phone)));
        }
        assert_eq!(read(Shape::Phone, json!("091")), Err("invalid_phone"));
        for (cell, number) in [
            (json!(1990), 1990),
            (json!("1.200"), 1200),
            (json!("1 200"), 1200),
            (json!("1\u{a0}200"), 1200),
            (json!("1200.0"), 1200),
            (json!("1.234.567,00"), 1_234_567),
        ] {
            assert_eq!(read(Shape::Whole, cell), Ok(json!(number)));
        }
        for cell in [json!("mười"), json!("1,5"), json!("1.20"), json!(0.5), json!(12.345), json!("1,000"), json!("12,000"), json!("12.3456"), json!("1.2.3")]
        {
            assert_eq!(read(Shape::Whole, cell.clone()), Err("invalid_number"), "{cell}");
        }
        assert_eq!(read(Shape::Year, json!("12/03/1985")), Ok(json!(1985)));
        assert_eq!(read(Shape::Year, json!("12/03/65")), Ok(json!(1965)));
        assert_eq!(read(Shape::Day, json!("16/7/2024")), Ok(json!("2024-07-16")));
        assert_eq!(read(Shape::Day, json!("30/02/2024")), Err("invalid_date"));
        assert_eq!(read(Shape::Moment, json!("16/07/2024")), Ok(json!("2024-07-15T17:00:00Z")));
        assert_eq!(read(Shape::Moment, json!("7h30")), Err("required"));
        assert_eq!(value(Shape::Moment, &json!("7h30"), &names, NaiveDate::from_ymd_opt(2024, 7, 16)).ok(), Some(json!("2024-07-16T00:30:00Z")));
        assert_eq!(read(Shape::List, json!("xây; mộc, nề")), Ok(json!(["xây", "mộc", "nề"])));
        assert_eq!(read(Shape::Line, json!({ERROR: "#N/A"})), Err("cell_error"));
    }

    #[test]
    fn what_two_are_called_by_is_ambiguous() {
        let mut names = Names::default();
        names.add("hamlets", &json!(1), ["ap-1".into(), "Ấp Một".into()]);
        names.add("hamlets", &json!(2), ["ap-2".into(), "ap mot".into()]);
        let find = |name: &str| value(Shape::Hamlet, &json!(name), &names, None).map_err(|(code, _)| code);
        assert_eq!(find("AP-1"), Ok(json!(1)));
        assert_eq!(find("ẤP MỘT"), Err("ambiguous"));
        assert_eq!(find("Ấp 9"), Err("unknown_name"));
    }

    #[test]
    fn a_place_is_found_however_it_is_written_where_only_one_fits() {
        let mut names = Names::default();
        for (id, name) in ["Ấp 1", "Ấp 2", "Ấp Lý Lịch 1", "Ấp Lý Lịch 2", "Thôn 2"].iter().enumerate() {
            names.add("hamlets", &json!(id), [(*name).to_owned()]);
        }
        let find = |name: &str| value(Shape::Hamlet, &json!(name), &names, None).map_err(|(code, _)| code);
        for (written, id) in [("1", 0), ("ấp1", 0), ("Ấp 01", 0), ("Ấp 1, xã Phú Lý", 0), ("Lý Lịch 1", 2), ("lý lịch 2 (cũ)", 3), ("Ấp 2", 1)]
        {
            assert_eq!(find(written), Ok(json!(id)), "{written}");
        }
        // Two of one name, one of which a code calls so too.
        names.add("hamlets", &json!(8), ["phu-loi".to_owned(), "Ấp Phú Lợi".to_owned()]);
        names.add("hamlets", &json!(9), ["phu-loi-2".to_owned(), "Ấp Phú Lợi".to_owned()]);
        let find = |name: &str| value(Shape::Hamlet, &json!(name), &names, None).map_err(|(code, _)| code);
        assert_eq!(find("Ấp Phú Lợi"), Err("ambiguous"));
        assert_eq!(find("2"), Err("ambiguous"));
        assert_eq!(find("Lý Lịch"), Err("unknown_name"));
    }
}
