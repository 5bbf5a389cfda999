//! Phone numbers.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::{INLINE, refuse, text};

/// A Vietnamese phone number; stored as `0` and 9 or 10 digits, however it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(pub String);

impl Phone {
    pub fn parse(text: &str) -> Option<Self> {
        let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
        let local = bare.strip_prefix("+84").map(|rest| format!("0{rest}")).unwrap_or(bare);
        let fits = local.starts_with('0') && (10..=11).contains(&local.len()) && local.bytes().all(|b| b.is_ascii_digit());
        fits.then_some(Self(local))
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&text(deserializer)?).ok_or_else(|| refuse("invalid_phone", ""))
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
        for written in ["0912 345 678", "+84912345678", "0912.345.678"] {
            assert_eq!(Phone::parse(written), Some(Phone("0912345678".into())));
        }
        assert_eq!(Phone::parse("12345"), None);
        assert_eq!(mask_phone("0912345678"), "09******78");
    }
}
