//! Rows as files: for spreadsheets, for calendars, for maps.

use chrono::{DateTime, NaiveDate, Utc};
use geojson::{Feature, FeatureCollection, Geometry, JsonObject};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus};
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::web::format::Format;

/// One row for each object, its values in the order of the columns.
pub struct Rows {
    pub columns: Vec<String>,
    pub values: Vec<Vec<Value>>,
}

impl Rows {
    pub fn file(self, format: Format) -> Result<Vec<u8>> {
        match format {
            Format::Csv => csv(&self.columns, &self.values),
            Format::Xlsx => xlsx(&self.columns, &self.values).map_err(Error::internal),
            Format::Ics => Ok(ics(&self.columns, &self.values).into_bytes()),
            Format::GeoJson => geojson(&self.columns, self.values),
        }
    }
}

/// Words of a cell. A spreadsheet takes text that begins so for a formula: the apostrophe makes it text (OWASP, CSV injection).
fn words(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect::<Vec<_>>().join("; ")
        }
        Value::Bool(_) | Value::Number(_) => return value.to_string(),
        other => other.to_string(),
    };
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text }
}

fn csv(columns: &[String], rows: &[Vec<Value>]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(columns).map_err(Error::internal)?;
    for row in rows {
        writer.write_record(row.iter().map(words)).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

/// Text is written as text and never as a formula; numbers as numbers.
fn xlsx(columns: &[String], rows: &[Vec<Value>]) -> std::result::Result<Vec<u8>, XlsxError> {
    /// What a cell of the format holds at most.
    const MAX_CELL: usize = 32_767;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = CellFormat::new().set_bold();
    for (column, name) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, column, name, &head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (line, row) in (1_u32..).zip(rows) {
        for (column, value) in (0_u16..).zip(row) {
            match (value, value.as_f64()) {
                (Value::Null, _) => {}
                (_, Some(number)) => {
                    sheet.write_number(line, column, number)?;
                }
                (Value::Bool(whether), _) => {
                    sheet.write_boolean(line, column, *whether)?;
                }
                _ => {
                    let text: String = words(value).chars().take(MAX_CELL).collect();
                    sheet.write_string(line, column, text)?;
                }
            }
        }
    }
    book.save_to_buffer()
}

/// A calendar: rows with hours, and rows with a day alone as whole days; a row without a day is left out. What was called
/// off stays in it, marked, so that subscribers see it go.
fn ics(columns: &[String], rows: &[Vec<Value>]) -> String {
    let place = |name: &str| columns.iter().position(|column| column == name);
    let mut calendar = Calendar::new();
    for row in rows {
        let field = |name: &str| place(name).and_then(|at| row.get(at)).unwrap_or(&Value::Null);
        let text = |name: &str| field(name).as_str().filter(|text| !text.is_empty());
        let moment = |name: &str| text(name).and_then(|text| text.parse::<DateTime<Utc>>().ok());
        let mut event = Event::new();
        match (moment("starts_at"), moment("ends_at"), text("date").and_then(|day| day.parse::<NaiveDate>().ok())) {
            (Some(from), Some(to), _) => event.starts(from).ends(to),
            (_, _, Some(day)) => event.all_day(day),
            _ => continue,
        };
        event.uid(&format!("{}@danvan", text("id").unwrap_or_default()));
        event.summary(text("title").or(text("public_title")).or(text("kind")).unwrap_or_default());
        if let Some(name) = field("place").get("name").and_then(Value::as_str) {
            event.location(name);
        }
        if let Some(at) = moment("updated_at") {
            event.timestamp(at).last_modified(at);
        }
        event.sequence(field("version").as_u64().and_then(|version| u32::try_from(version).ok()).unwrap_or_default());
        event.status(match text("status") {
            Some("cancelled") => EventStatus::Cancelled,
            Some("postponed" | "draft") => EventStatus::Tentative,
            _ => EventStatus::Confirmed,
        });
        calendar.push(event.done());
    }
    calendar.done().to_string()
}

/// One feature for each row, also of what nobody has placed yet: its geometry is null. The other columns are its
/// properties.
fn geojson(columns: &[String], rows: Vec<Vec<Value>>) -> Result<Vec<u8>> {
    let feature = |row: Vec<Value>| {
        let mut properties: JsonObject = columns.iter().cloned().zip(row).collect();
        let of_place = |place: &mut Value| place.as_object_mut().and_then(|place| place.remove("geometry"));
        let geometry = properties.remove("geometry").or_else(|| of_place(properties.get_mut("place")?));
        let geometry = geometry.filter(|geometry| !geometry.is_null()).map(serde_json::from_value::<Geometry>).transpose()?;
        let id = properties.get("id").and_then(Value::as_str).map(|id| geojson::feature::Id::String(id.to_owned()));
        Ok(Feature { geometry, id, properties: Some(properties), ..Feature::default() })
    };
    let features = rows.into_iter().map(feature).collect::<Result<Vec<Feature>>>()?;
    Ok(serde_json::to_vec(&FeatureCollection::new(features))?)
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
            assert_eq!(words(&value), expected);
        }
    }
}
