//! Days and moments.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::{INLINE, refuse};

/// A local day, `YYYY-MM-DD`, from 1900 to 2199: what lies outside is a slip of the pen, and no database's matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Day(pub chrono::NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use chrono::Datelike as _;
        let day = chrono::NaiveDate::deserialize(deserializer)?;
        if (1900..2200).contains(&day.year()) { Ok(Self(day)) } else { Err(refuse("out_of_range", "1900-01-01 … 2199-12-31")) }
    }
}

impl From<Day> for chrono::NaiveDate {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Date);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}
impl ToSchema for Day {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}Day").into()
    }
}

/// A moment, RFC 3339, from 1900 to 2199 like [`Day`]; cut to the microseconds that the database keeps, so that the answer
/// to a write is what is read later. A leap second is no moment of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub chrono::DateTime<chrono::Utc>);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use chrono::Datelike as _;
        let moment = chrono::DateTime::<chrono::Utc>::deserialize(deserializer)?;
        if moment.timestamp_subsec_nanos() >= 1_000_000_000 {
            return Err(refuse("out_of_range", "00 … 59 s"));
        }
        let moment = chrono::DateTime::from_timestamp_micros(moment.timestamp_micros()).unwrap_or(moment);
        if (1900..2200).contains(&moment.year()) { Ok(Self(moment)) } else { Err(refuse("out_of_range", "1900 … 2199")) }
    }
}

impl From<Moment> for chrono::DateTime<chrono::Utc> {
    fn from(moment: Moment) -> Self {
        moment.0
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}
impl ToSchema for Moment {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}Moment").into()
    }
}

/// For fields that are kept as plain times: the range of [`Moment`].
pub fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<chrono::DateTime<chrono::Utc>>, D::Error> {
    Ok(Option::<Moment>::deserialize(deserializer)?.map(Into::into))
}
