//! Phone numbers.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::{INLINE, refuse, text};
use crate::db::sql::Bind;
use crate::text::visible;

/// A Vietnamese phone number; stored as `0` and 9 or 10 digits, however it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(pub String);

impl Phone {
    pub fn parse(text: &str) -> Option<Self> {
        let bare: String = visible(text).chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '(' | ')')).collect();
        // "+84(0)90…" names the trunk's zero beside the country: one of them is meant.
        let abroad = bare.strip_prefix("+84").or_else(|| bare.strip_prefix("84").filter(|rest| rest.len() >= 9));
        let local = abroad.map(|rest| format!("0{}", rest.strip_prefix('0').unwrap_or(rest))).unwrap_or(bare);
        let digits = local.as_bytes();
        let length = match digits {
            // Landlines; mobile numbers have ten digits since 2018.
            [b'0', b'2', ..] => 10..=11,
            [b'0', b'3' | b'5' | b'7' | b'8' | b'9' | b'1' | b'6', ..] => 10..=10,
            _ => return None,
        };
        (digits.iter().all(u8::is_ascii_digit) && length.contains(&digits.len())).then_some(Self(local))
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&text(deserializer)?).ok_or_else(|| refuse("invalid_phone", ""))
    }
}

impl From<Phone> for Bind {
    fn from(phone: Phone) -> Self {
        Self::Text(phone.0)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl PartialSchema for Phone {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(10)).max_length(Some(24)).into()
    }
}
impl ToSchema for Phone {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}Phone").into()
    }
}

/// A phone number as those see it who may not see it: `09******12`.
pub fn mask_phone(phone: &str) -> String {
    let count = phone.chars().count();
    phone.chars().enumerate().map(|(i, c)| if i < 2 || i + 2 >= count { c } else { '*' }).collect()
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_have_one_stored_form() {
        for written in ["0912 345 678", "+84912345678", "0912.345.678", "+84(0)912345678", "84912345678", "\u{202A}0912\u{A0}345\u{A0}678\u{202C}"] {
            assert_eq!(Phone::parse(written), Some(Phone("0912345678".into())));
        }
        assert_eq!(Phone::parse("0251 3812 345"), Some(Phone("02513812345".into())));
        for wrong in ["12345", "0000000000", "09123456789", "00912345678", "0912345abc", "+840"] {
            assert_eq!(Phone::parse(wrong), None, "{wrong}");
        }
        assert_eq!(mask_phone("0912345678"), "09******78");
    }
}
