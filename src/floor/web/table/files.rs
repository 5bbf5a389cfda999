//! Files that rows are written into one after the other: for spreadsheets, for calendars, for maps. Nothing is kept of a
//! row but what the file says of it.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use geojson::{Feature, Geometry, JsonObject};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus};
use serde_json::{Map, Value};

use super::tables::{Reader, Table};
use crate::error::Result;
use crate::web::columns::Columns;
use crate::web::format::Format;
use crate::web::named::Names;

/// When a subscriber looks again, as the calendar proposes it.
const REFRESH: TimeDelta = TimeDelta::hours(1);

/// A file under way.
#[expect(clippy::large_enum_variant, reason = "there is one for each export")]
pub enum File {
    Table(Table),
    Ics { calendar: Calendar, events: u32 },
    GeoJson { bytes: Vec<u8>, features: u32 },
}

impl File {
    /// A file of rows that have these columns, under a title.
    pub fn new(format: Format, columns: Arc<Columns>, reader: Reader, title: &str) -> Result<Self> {
        Ok(match format {
            Format::Csv => Self::Table(Table::csv(columns, reader)?),
            Format::Xlsx => Self::Table(Table::xlsx(columns, reader, title)?),
            Format::Ics => Self::ics(title),
            Format::GeoJson => Self::GeoJson { bytes: br#"{"type":"FeatureCollection","features":["#.to_vec(), features: 0 },
        })
    }

    /// A calendar under a name, that programs ask for again after a while.
    pub fn ics(name: &str) -> Self {
        let mut calendar = Calendar::empty();
        calendar.append_property(("VERSION", "2.0")).append_property(("PRODID", "-//Danvan//Danvan//VI")).append_property(("CALSCALE", "GREGORIAN"));
        calendar.name(name).ttl(&REFRESH);
        Self::Ics { calendar, events: 0 }
    }

    /// Rows, events or features so far.
    pub fn rows(&self) -> u32 {
        match self {
            Self::Table(table) => table.rows(),
            Self::Ics { events, .. } => *events,
            Self::GeoJson { features, .. } => *features,
        }
    }

    /// What the file says of an object.
    pub fn push(&mut self, object: Map<String, Value>, names: &Names) -> Result<()> {
        match self {
            Self::Table(table) => table.push(&object, names)?,
            Self::Ics { calendar, events } => {
                if let Some(event) = event(&object) {
                    calendar.push(event);
                    *events += 1;
                }
            }
            Self::GeoJson { bytes, features } => {
                if *features > 0 {
                    bytes.push(b',');
                }
                serde_json::to_writer(bytes, &feature(object)?)?;
                *features += 1;
            }
        }
        Ok(())
    }

    pub fn end(self) -> Result<Vec<u8>> {
        match self {
            Self::Table(table) => table.end(),
            Self::Ics { mut calendar, .. } => Ok(calendar.done().to_string().into_bytes()),
            Self::GeoJson { mut bytes, .. } => {
                bytes.extend_from_slice(b"]}");
                Ok(bytes)
            }
        }
    }
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
        // Without an end it is that day (RFC 5545 section 3.6.1).
        (_, _, Some(day)) => event.starts(day),
        _ => return None,
    };
    event.uid(&format!("{}@danvan", text("id").unwrap_or_default()));
    event.summary(text("title").or(text("public_title")).or(text("kind")).unwrap_or_default());
    if let Some(description) = text("description") {
        event.description(description);
    }
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
