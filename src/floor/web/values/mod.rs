//! Input is parsed into types at the door, so that impossible values never reach a rule or SQL. Each type knows its
//! limits, its schema and what to say when a value breaks them.

use std::borrow::Cow;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::__dev::ComposeSchema;
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::said;
use crate::text::{Said, compose, is_stored};

macro_rules! named {
    ($name:ident [$($param:ident: $kind:ty),*]) => {
        impl<$(const $param: $kind),*> ToSchema for $name<$($param),*> {
            fn name() -> Cow<'static, str> {
                let parts: Vec<String> = vec![$($param.to_string().replace('-', "m")),*];
                format!("{INLINE}{}_{}", stringify!($name), parts.join("_")).into()
            }
        }
    };
}

mod codes;
mod geometry;
mod lists;
mod numbers;
mod phone;
mod times;

pub use codes::{Code, Slug};
pub use geometry::{LineString, Point};
pub use lists::{AnyOf, Each, Few};
pub use numbers::{Positive, Whole};
pub use phone::{Phone, mask_phone};
pub use times::{Day, Moment, moment};

/// Names of schemas that the API document writes out in place.
pub const INLINE: &str = "In_";

const MARK: char = '\u{1}';

/// A range too, in other words.
const POSITIVE: &str = "out_of_range ";

/// A refusal by a type of ours, carried through serde's error to [`explain`].
pub fn refuse<E: serde::de::Error>(code: &'static str, what: impl std::fmt::Display) -> E {
    E::custom(format!("{MARK}{code}{MARK}{what}{MARK}"))
}

/// The code and sentence of a refusal made by [`refuse`], if the message is one.
pub fn explain(message: &str) -> Option<(&'static str, Said)> {
    let mut parts = message.split(MARK).skip(1);
    let (code, what) = (parts.next()?, parts.next()?);
    let known = [
        ("too_short", said!("Cần ít nhất {what} ký tự", "At least {what} characters are needed")),
        ("too_long", said!("Không được dài quá {what} ký tự", "At most {what} characters are allowed")),
        ("control_character", said!("Không được chứa ký tự điều khiển", "Control characters are not allowed")),
        ("out_of_range", said!("Giá trị phải từ {what}", "The value must be from {what}")),
        (POSITIVE, said!("Giá trị phải lớn hơn 0 và không quá {what}", "The value must be above 0 and at most {what}")),
        ("too_many", said!("Không được quá {what} phần tử", "At most {what} entries are allowed")),
        ("too_few", said!("Cần ít nhất {what} vị trí khác nhau", "At least {what} different positions are needed")),
        (
            "invalid_position",
            said!(
                "Vị trí là [kinh độ, vĩ độ] tính bằng độ, kinh độ 102 … 118, vĩ độ 6 … 24",
                "A position is [longitude, latitude] in degrees, longitude 102 … 118, latitude 6 … 24"
            ),
        ),
        ("unknown_value", said!("Giá trị phải là một trong: {what}", "The value must be one of: {what}")),
        (
            "invalid_code",
            said!("Mã chỉ gồm chữ thường không dấu, số và dấu gạch nối, dài 1 đến 40 ký tự", "A code has 1 to 40 lower-case letters, digits and hyphens"),
        ),
        (
            "invalid_kind",
            said!(
                "Mã loại chỉ gồm chữ thường không dấu, số và dấu gạch dưới, dài 1 đến 40 ký tự",
                "A kind's code has 1 to 40 lower-case letters, digits and underscores"
            ),
        ),
        (
            "invalid_phone",
            said!(
                "Số điện thoại phải có dạng 0xxxxxxxxx (di động 10 số, cố định 10 đến 11 số) hoặc +84xxxxxxxxx",
                "A phone number looks like 0xxxxxxxxx (10 digits, 10 or 11 of a landline) or +84xxxxxxxxx"
            ),
        ),
        ("invalid_date", said!("Ngày phải có dạng YYYY-MM-DD và có thật: {what}", "A date is YYYY-MM-DD and exists: {what}")),
        (
            "invalid_time",
            said!("Thời điểm phải theo RFC 3339, ví dụ 2024-07-16T06:30:00+07:00: {what}", "A time is RFC 3339, for example 2024-07-16T06:30:00+07:00: {what}"),
        ),
        ("invalid_uuid", said!("Mã định danh phải là UUID: {what}", "An id is a UUID: {what}")),
        ("duplicate", said!("Giá trị bị lặp: {what}", "The value is there twice: {what}")),
    ];
    known.into_iter().find(|(name, _)| *name == code).map(|(name, said)| (name.trim_end(), said))
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Words;
    impl Visitor<'_> for Words {
        type Value = String;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string")
        }
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
    }
    deserializer.deserialize_str(Words)
}

fn measured<E: serde::de::Error>(text: String, min: usize, max: usize) -> Result<String, E> {
    let count = text.chars().count();
    if count < min {
        return Err(refuse("too_short", min));
    }
    if count > max {
        return Err(refuse("too_long", max));
    }
    Ok(text)
}

fn text_schema(min: usize, max: usize) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(min)).max_length(Some(max)).into()
}

/// One line of text of `MIN` to `MAX` characters after trimming, composed (NFC), without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Line<const MIN: usize, const MAX: usize>(pub String);

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Line<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = text(deserializer)?;
        if is_stored() {
            return Ok(Self(text));
        }
        let text = compose(&text).trim().to_owned();
        if text.chars().any(char::is_control) {
            return Err(refuse("control_character", ""));
        }
        measured(text, MIN, MAX).map(Self)
    }
}

impl<const MIN: usize, const MAX: usize> From<Line<MIN, MAX>> for String {
    fn from(line: Line<MIN, MAX>) -> Self {
        line.0
    }
}

impl<const MIN: usize, const MAX: usize> ComposeSchema for Line<MIN, MAX> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        text_schema(MIN, MAX)
    }
}
named!(Line[MIN: usize, MAX: usize]);

/// Text of several lines, at most `MAX` characters, composed (NFC), without control characters but line breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Paragraph<const MAX: usize>(pub String);

impl<'de, const MAX: usize> Deserialize<'de> for Paragraph<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = text(deserializer)?;
        if is_stored() {
            return Ok(Self(text));
        }
        let text = compose(&text.replace("\r\n", "\n")).trim().to_owned();
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(refuse("control_character", ""));
        }
        measured(text, 1, MAX).map(Self)
    }
}

impl<const MAX: usize> From<Paragraph<MAX>> for String {
    fn from(paragraph: Paragraph<MAX>) -> Self {
        paragraph.0
    }
}

impl<const MAX: usize> ComposeSchema for Paragraph<MAX> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        text_schema(1, MAX)
    }
}
named!(Paragraph[MAX: usize]);

/// An id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(pub uuid::Uuid);

impl From<Id> for uuid::Uuid {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Uuid);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}
impl ToSchema for Id {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}Id").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_composed_trimmed_and_measured_in_letters() {
        let line: Line<1, 5> = serde_json::from_str("\" A\u{302}\u{301}p 1 \"").expect("a line");
        assert_eq!(line.0, "Ấp 1");
        assert!(serde_json::from_str::<Line<1, 3>>("\"Ấp 1\"").is_err());
        assert!(serde_json::from_str::<Line<0, 9>>("\"a\\u0000b\"").is_err());
    }
}
