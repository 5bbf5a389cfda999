//! From cells to the values of a body.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::columns::{Choices, Shape};
use crate::clock;
use crate::said;
use crate::text::{Said, fold};
use crate::web::values::{Phone, explain};

/// Why a cell says nothing.
pub type Refusal = (&'static str, Said);

/// What rows may name, by everything that it is called.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<&'static str, HashMap<String, Option<Value>>>);

impl Names {
    /// Adds what is called so; what two are called by is ambiguous.
    pub fn add(&mut self, of: &'static str, value: &Value, called: impl IntoIterator<Item = String>) {
        let names = self.0.entry(of).or_default();
        for name in called {
            names.entry(fold(&name)).and_modify(|there| *there = there.take().filter(|there| there == value)).or_insert_with(|| Some(value.clone()));
        }
    }

    pub fn add_all(&mut self, of: &'static str, found: Vec<(Uuid, Vec<String>)>) {
        found.into_iter().for_each(|(id, called)| self.add(of, &json!(id), called));
    }

    fn find(&self, of: &'static str, name: &str) -> Result<Value, Refusal> {
        match self.0.get(of).and_then(|names| names.get(&fold(name))) {
            Some(Some(value)) => Ok(value.clone()),
            Some(None) => Err(("ambiguous", said!("Tên này chỉ nhiều nơi; hãy ghi mã", "Several are called so; write the code"))),
            None => Err(("unknown_name", said!("Không có tên hoặc mã này", "Nothing is called so, by name or code"))),
        }
    }
}

/// The value of a cell that is not empty.
pub fn value(shape: Shape, cell: &Value, names: &Names) -> Result<Value, Refusal> {
    let words = words(cell);
    match shape {
        Shape::Line => Ok(json!(words)),
        Shape::Whole => whole(cell, &words),
        Shape::Phone => phone(words),
        Shape::Day => day(&words).map(|day| json!(day)).ok_or_else(no_day),
        Shape::Moment => moment(&words).map(|at| json!(at)).ok_or_else(no_day),
        Shape::List => Ok(json!(parts(&words).collect::<Vec<_>>())),
        Shape::Choice(choices) => chosen(choices, &words),
        Shape::Several(choices) => parts(&words).map(|part| chosen(choices, part)).collect::<Result<Vec<_>, _>>().map(Value::Array),
        Shape::Hamlet => names.find("hamlets", &words),
        Shape::Unit => names.find("units", &words),
        Shape::UnitKind => names.find("unit_kinds", &words),
        Shape::MilitaryUnit => names.find("military_units", &words),
        Shape::PlanItem => names.find("plan_items", &words),
        Shape::User => names.find("users", &words),
    }
}

fn words(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

fn whole(cell: &Value, words: &str) -> Result<Value, Refusal> {
    let number = cell.as_i64().or_else(|| words.parse::<i64>().ok());
    number.map(|number| json!(number)).ok_or_else(|| ("invalid_number", said!("Phải là số nguyên", "Must be a whole number")))
}

/// Spreadsheets take a phone number for a number and drop its zero.
fn phone(words: String) -> Result<Value, Refusal> {
    let bare = words.len() == 9 && words.bytes().all(|b| b.is_ascii_digit()) && !words.starts_with('0');
    let whole = json!(if bare { format!("0{words}") } else { words });
    // Looked at here, so that a row's report names all of its cells that say nothing.
    match serde_json::from_value::<Phone>(whole.clone()) {
        Ok(_) => Ok(whole),
        Err(error) => Err(explain(&error.to_string()).unwrap_or(("invalid_phone", said!("Số điện thoại sai", "No phone number")))),
    }
}

fn day(words: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"].iter().find_map(|form| NaiveDate::parse_from_str(words, form).ok())
}

/// A day stands for its beginning in Vietnam.
fn moment(words: &str) -> Option<DateTime<chrono::Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(words) {
        return Some(at.to_utc());
    }
    let forms = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"];
    let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(words, form).ok());
    let local = local.or_else(|| day(words).and_then(|day| day.and_hms_opt(0, 0, 0)))?;
    clock::vietnam().from_local_datetime(&local).single().map(|at| at.to_utc())
}

fn no_day() -> Refusal {
    ("invalid_date", said!("Ngày phải có dạng 16/07/2024 hoặc 2024-07-16 và có thật", "A day looks like 16/07/2024 or 2024-07-16 and exists"))
}

fn parts(words: &str) -> impl Iterator<Item = &str> {
    words.split([';', ',', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

fn chosen(choices: Choices, words: &str) -> Result<Value, Refusal> {
    let wanted = fold(words);
    let found = choices.iter().find(|(code, name)| *code == words || fold(name.vi) == wanted || fold(name.en) == wanted);
    found.map(|(code, _)| json!(code)).ok_or_else(|| {
        let vi = choices.iter().map(|(_, name)| name.vi).collect::<Vec<_>>().join(", ");
        let en = choices.iter().map(|(_, name)| name.en).collect::<Vec<_>>().join(", ");
        ("unknown_value", said!("Giá trị phải là một trong: {vi}", "The value must be one of: {en}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_people_write_them() {
        let names = Names::default();
        let read = |shape, cell: Value| value(shape, &cell, &names).map_err(|(code, _)| code);
        assert_eq!(read(Shape::Phone, json!(912_345_678)), Ok(json!("0912345678")));
        assert_eq!(read(Shape::Phone, json!("0912 345 678")), Ok(json!("0912 345 678")));
        assert_eq!(read(Shape::Phone, json!("091")), Err("invalid_phone"));
        assert_eq!(read(Shape::Whole, json!(1990)), Ok(json!(1990)));
        assert_eq!(read(Shape::Whole, json!("mười")), Err("invalid_number"));
        assert_eq!(read(Shape::Day, json!("16/7/2024")), Ok(json!("2024-07-16")));
        assert_eq!(read(Shape::Day, json!("30/02/2024")), Err("invalid_date"));
        assert_eq!(read(Shape::Moment, json!("16/07/2024")), Ok(json!("2024-07-15T17:00:00Z")));
        assert_eq!(read(Shape::Moment, json!("16/07/2024 07:30")), Ok(json!("2024-07-16T00:30:00Z")));
        assert_eq!(read(Shape::List, json!("xây; mộc, nề")), Ok(json!(["xây", "mộc", "nề"])));
    }

    #[test]
    fn what_two_are_called_by_is_ambiguous() {
        let mut names = Names::default();
        names.add("hamlets", &json!(1), ["ap-1".into(), "Ấp Một".into()]);
        names.add("hamlets", &json!(2), ["ap-2".into(), "ap mot".into()]);
        assert_eq!(value(Shape::Hamlet, &json!("AP-1"), &names).map_err(|(code, _)| code), Ok(json!(1)));
        assert_eq!(value(Shape::Hamlet, &json!("ẤP MỘT"), &names).map_err(|(code, _)| code), Err("ambiguous"));
        assert_eq!(value(Shape::Hamlet, &json!("Ấp 9"), &names).map_err(|(code, _)| code), Err("unknown_name"));
    }
}
