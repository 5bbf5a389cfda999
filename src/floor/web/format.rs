//! The forms of a list: pages of JSON, or all of it as one file.

use super::call::Call;
use crate::error::{Error, Result};
use crate::said;

/// A list as a whole, instead of pages of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, in UTF-8 with its mark, by which spreadsheets know it.
    Csv,
    Xlsx,
    /// RFC 5545, for what has a beginning and an end.
    Ics,
    /// RFC 7946, for what lies somewhere.
    GeoJson,
}

impl Format {
    pub const XLSX: &'static str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    /// Lists of what is at a time and a place.
    pub const ALL: &'static [Self] = &[Self::Csv, Self::Xlsx, Self::Ics, Self::GeoJson];
    /// What every list can be.
    pub const TABLES: &'static [Self] = &[Self::Csv, Self::Xlsx];
    /// Lists of what lies somewhere.
    pub const MAP: &'static [Self] = &[Self::Csv, Self::Xlsx, Self::GeoJson];

    /// Its name in `?format=`, and the ending of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Ics => "ics",
            Self::GeoJson => "geojson",
        }
    }

    /// Its type in `Accept`.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Xlsx => Self::XLSX,
            Self::Ics => "text/calendar",
            Self::GeoJson => "application/geo+json",
        }
    }

    /// Its type as an answer tells it.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ics => "text/calendar; charset=utf-8",
            Self::Xlsx | Self::GeoJson => self.media(),
        }
    }

    /// What a request asks for of what is offered: `?format=`, or else the first type of `Accept` that is known.
    pub fn asked(call: &Call, named: Option<&str>, offered: &[Self]) -> Result<Option<Self>> {
        let find = |holds: &dyn Fn(&Self) -> bool| offered.iter().copied().find(|format| holds(format));
        match named {
            Some("json") => return Ok(None),
            Some(name) => {
                return find(&|format| format.name() == name).map(Some).ok_or_else(|| {
                    let known = offered.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
                    let detail = said!("Giá trị phải là một trong: json, {known}", "The value must be one of: json, {known}");
                    Error::field("?format", "unknown_value", detail)
                });
            }
            None => {}
        }
        let types = call.headers.accept.as_deref().unwrap_or_default().split(',').map(|one| one.split_once(';').unwrap_or((one, "")));
        let refused = |parameters: &str| parameters.split(';').any(|one| matches!(one.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        Ok(types
            .filter(|(_, parameters)| !refused(parameters))
            .find_map(|(media, _)| match media.trim().to_ascii_lowercase().as_str() {
                "application/json" | "*/*" | "application/*" => Some(None),
                media => find(&|format| format.media() == media).map(Some),
            })
            .flatten())
    }
}
