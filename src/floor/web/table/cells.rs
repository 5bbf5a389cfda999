//! What stands in a cell of a table: for programs a value as it is, for people what it says.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::{Map, Value};

use crate::clock::vietnam;
use crate::text::{Lang, Text};
use crate::web::columns::{Column, Form, at};
use crate::web::named::Names;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64, String),
    Bool(bool),
    Day(NaiveDate),
    /// Local time.
    Moment(NaiveDateTime),
}

const YES: Text = Text::new("Có", "Yes");
const NO: Text = Text::new("Không", "No");

impl Cell {
    fn of_text(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// The same where a spreadsheet would take text for a formula.
    pub fn in_csv(&self, lang: Option<Lang>) -> String {
        if let Self::Text(text) = self { unarmed(text) } else { self.text(lang) }
    }

    /// As text: for people in the way of their language.
    pub fn text(&self, lang: Option<Lang>) -> String {
        match (self, lang) {
            (Self::Empty, _) => String::new(),
            (Self::Text(text), _) => text.clone(),
            (Self::Number(_, text), Some(Lang::Vi)) => text.replace('.', ","),
            (Self::Number(_, text), _) => text.clone(),
            (Self::Bool(whether), None) => whether.to_string(),
            (Self::Bool(whether), Some(lang)) => if *whether { YES } else { NO }.of(lang).to_owned(),
            (Self::Day(day), _) => day.format("%d/%m/%Y").to_string(),
            (Self::Moment(at), _) => at.format("%d/%m/%Y %H:%M").to_string(),
        }
    }
}

/// Text that no spreadsheet takes for a formula: the apostrophe makes it text (OWASP, CSV injection). Some programs take the
/// full-width signs for the same.
pub fn unarmed(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { format!("'{text}") } else { text.to_owned() }
}

/// A value as it is in JSON; simple ones of an array one after the other.
pub fn plain(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(whether) => Cell::Bool(*whether),
        Value::Number(number) => Cell::Number(number.as_f64().unwrap_or_default(), number.to_string()),
        Value::String(text) => Cell::of_text(text),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let words: Vec<String> = items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
            Cell::of_text(&words.join("; "))
        }
        other => Cell::of_text(&other.to_string()),
    }
}

/// A value as people read it.
pub fn shown(column: &Column, object: &Map<String, Value>, names: &Names, lang: Lang) -> Cell {
    let value = at(object, &column.path);
    match value {
        Value::Array(items) => {
            let words = items.iter().map(|item| one(&column.form, item, names, lang).text(Some(lang))).filter(|words| !words.is_empty());
            Cell::of_text(&words.collect::<Vec<_>>().join("; "))
        }
        value => one(&column.form, value, names, lang),
    }
}

fn one(form: &Form, value: &Value, names: &Names, lang: Lang) -> Cell {
    match (form, value) {
        (Form::Parts(parts), Value::Object(object)) => {
            let said = parts.iter().map(|part| (part, shown(part, object, names, lang).text(Some(lang)))).filter(|(_, words)| !words.is_empty());
            Cell::of_text(&said.map(|(part, words)| format!("{}: {words}", part.heading.of(lang))).collect::<Vec<_>>().join(", "))
        }
        (_, Value::Bool(whether)) => Cell::Text(if *whether { YES } else { NO }.of(lang).to_owned()),
        (Form::Label(labels), Value::String(code)) => {
            Cell::of_text(labels.iter().find(|(known, _)| known == code).map_or(code.as_str(), |(_, label)| label.of(lang)))
        }
        (Form::Name(kind), Value::String(key)) => Cell::of_text(names.find(kind, key).map_or("", |name| name.of(lang))),
        (Form::Day, Value::String(text)) => text.parse().map_or_else(|_| Cell::of_text(text), Cell::Day),
        (Form::Moment, Value::String(text)) => match text.parse::<DateTime<Utc>>() {
            Ok(at) => Cell::Moment(at.with_timezone(&vietnam()).naive_local()),
            Err(_) => Cell::of_text(text),
        },
        _ => plain(value),
    }
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
            (json!("＝1+1"), "'＝1+1"),
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
            assert_eq!(plain(&value).in_csv(None), expected);
        }
    }

    #[test]
    fn people_read_their_own_way() {
        let names = Names::default();
        let read = |form: Form, value: Value| one(&form, &value, &names, Lang::Vi).text(Some(Lang::Vi));
        assert_eq!(read(Form::Moment, json!("2024-07-16T00:00:00Z")), "16/07/2024 07:00");
        assert_eq!(read(Form::Day, json!("2024-07-16")), "16/07/2024");
        assert_eq!(read(Form::Plain, json!(12.5)), "12,5");
        assert_eq!(read(Form::Plain, json!(true)), "Có");
        assert_eq!(read(Form::Name("users"), json!("0190…")), "");
    }
}
