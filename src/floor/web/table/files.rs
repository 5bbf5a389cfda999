//! Files that rows are written into one after the other: for spreadsheets, for calendars, for maps. Nothing is kept of a
//! row but what the file says of it.

use chrono::{DateTime, NaiveDate, Utc};
use geojson::{Feature, Geometry, JsonObject};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus};
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::said;
use crate::web::format::Format;

/// A file under way.
pub struct File {
    columns: Vec<String>,
    rows: u32,
    body: Body,
}

#[expect(clippy::large_enum_variant, reason = "there is one for each export")]
enum Body {
    Csv(csv::Writer<Vec<u8>>),
    Xlsx(Workbook),
    Ics(Calendar),
    GeoJson(Vec<u8>),
}

impl File {
    /// A file whose rows have these columns.
    pub fn new(format: Format, columns: Vec<String>) -> Result<Self> {
        let body = match format {
            Format::Csv => Body::Csv(csv_with(&columns)?),
            Format::Xlsx => Body::Xlsx(xlsx_with(&columns).map_err(Error::internal)?),
            Format::Ics => Body::Ics(Calendar::new()),
            Format::GeoJson => Body::GeoJson(br#"{"type":"FeatureCollection","features":["#.to_vec()),
        };
        Ok(Self { columns, rows: 0, body })
    }

    /// Rows, events or features so far.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// What the file says of an object.
    pub fn push(&mut self, object: Map<String, Value>) -> Result<()> {
        let cells = || self.columns.iter().map(|column| object.get(column).unwrap_or(&Value::Null));
        match &mut self.body {
            Body::Csv(writer) => writer.write_record(cells().map(words)).map_err(Error::internal)?,
            Body::Xlsx(book) => xlsx_row(book, self.rows + 1, cells())?,
            Body::Ics(calendar) => match event(&object) {
                Some(event) => _ = calendar.push(event),
                None => return Ok(()),
            },
            Body::GeoJson(bytes) => {
                if self.rows > 0 {
                    bytes.push(b',');
                }
                serde_json::to_writer(bytes, &feature(object)?)?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    pub fn end(self) -> Result<Vec<u8>> {
        match self.body {
            Body::Csv(writer) => writer.into_inner().map_err(Error::internal),
            Body::Xlsx(mut book) => book.save_to_buffer().map_err(Error::internal),
            Body::Ics(mut calendar) => Ok(calendar.done().to_string().into_bytes()),
            Body::GeoJson(mut bytes) => {
                bytes.extend_from_slice(b"]}");
                Ok(bytes)
            }
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
    // Some programs take the full-width signs for the same.
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { format!("'{text}") } else { text }
}

fn csv_with(columns: &[String]) -> Result<csv::Writer<Vec<u8>>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(columns).map_err(Error::internal)?;
    Ok(writer)
}

fn xlsx_with(columns: &[String]) -> std::result::Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = CellFormat::new().set_bold();
    for (column, name) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, column, name, &head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(book)
}

/// Text is written as text and never as a formula; numbers as numbers. What no cell of the format holds is refused.
fn xlsx_row<'a>(book: &mut Workbook, line: u32, row: impl Iterator<Item = &'a Value>) -> Result<()> {
    let sheet = book.worksheet_from_index(0).map_err(Error::internal)?;
    for (column, value) in (0_u16..).zip(row) {
        let written = match (value, value.as_f64()) {
            (Value::Null, _) => continue,
            (_, Some(number)) => sheet.write_number(line, column, number),
            (Value::Bool(whether), _) => sheet.write_boolean(line, column, *whether),
            _ => sheet.write_string(line, column, words(value)),
        };
        written.map_err(|error| match error {
            XlsxError::MaxStringLengthExceeded => {
                let detail = said!("Dòng {line} có ô quá dài đối với xlsx: dùng csv", "Row {line} has a cell that is too long for xlsx: take csv");
                Error::field("?format", "cell_too_long", detail)
            }
            error => Error::internal(error),
        })?;
    }
    Ok(())
}

/// What has hours, or a day alone as a whole day; what has no day is none. What was called off stays, marked,
/// so that subscribers see it go.
fn event(object: &Map<String, Value>) -> Option<Event> {
    let field = |name: &str| object.get(name).unwrap_or(&Value::Null);
    let text = |name: &str| field(name).as_str().filter(|text| !text.is_empty());
    let moment = |name: &str| text(name).and_then(|text| text.parse::<DateTime<Utc>>().ok());
    let mut event = Event::new();
    match (moment("starts_at"), moment("ends_at"), text("date").and_then(|day| day.parse::<NaiveDate>().ok())) {
        (Some(from), Some(to), _) => event.starts(from).ends(to),
        (_, _, Some(day)) => event.all_day(day),
        _ => return None,
    };
    event.uid(&format!("{}@danvan", text("id").unwrap_or_default()));
    event.summary(text("title").or(text("public_title")).or(text("kind")).unwrap_or_default());
    if let Some(name) = field("place").get("name").and_then(Value::as_str) {
        event.location(name);
    }
    // RFC 5545 section 3.8.1.6: the latitude first.
    if let Some([longitude, latitude]) = field("place").pointer("/geometry/coordinates").and_then(Value::as_array).map(Vec::as_slice) {
        event.add_property("GEO", format!("{latitude};{longitude}"));
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
    Some(event.done())
}

/// A feature, also of what nobody has placed yet: its geometry is null. What else the object says is its properties.
fn feature(mut properties: JsonObject) -> Result<Feature> {
    properties.remove("allowed_actions");
    let of_place = |place: &mut Value| place.as_object_mut().and_then(|place| place.remove("geometry"));
    let geometry = properties.remove("geometry").or_else(|| of_place(properties.get_mut("place")?));
    let geometry = geometry.filter(|geometry| !geometry.is_null()).map(serde_json::from_value::<Geometry>).transpose()?;
    let id = properties.get("id").and_then(Value::as_str).map(|id| geojson::feature::Id::String(id.to_owned()));
    Ok(Feature { geometry, id, properties: Some(properties), ..Feature::default() })
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
            assert_eq!(words(&value), expected);
        }
    }
}
