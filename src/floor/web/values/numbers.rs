//! Numbers.

use std::borrow::Cow;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};

use super::{INLINE, POSITIVE, refuse};

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole<const MIN: i32, const MAX: i32>(pub i32);

impl<'de, const MIN: i32, const MAX: i32> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fitting = whole(deserializer)?.and_then(|number| i32::try_from(number).ok()).filter(|n| (MIN..=MAX).contains(n));
        fitting.map(Self).ok_or_else(|| refuse("out_of_range", format!("{MIN} … {MAX}")))
    }
}

impl<const MIN: i32, const MAX: i32> From<Whole<MIN, MAX>> for i32 {
    fn from(whole: Whole<MIN, MAX>) -> Self {
        whole.0
    }
}

impl<const MIN: i32, const MAX: i32> ComposeSchema for Whole<MIN, MAX> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let int = SchemaFormat::KnownFormat(KnownFormat::Int32);
        ObjectBuilder::new().schema_type(Type::Integer).format(Some(int)).minimum(Some(MIN)).maximum(Some(MAX)).into()
    }
}
named!(Whole[MIN: i32, MAX: i32]);

/// A whole number; 120.0 is one too (JSON Schema, section 4.2.3). None where it is larger than any limit.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    struct Number;
    impl Visitor<'_> for Number {
        type Value = Option<i64>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a whole number")
        }
        fn visit_i64<E>(self, number: i64) -> Result<Option<i64>, E> {
            Ok(Some(number))
        }
        fn visit_u64<E>(self, number: u64) -> Result<Option<i64>, E> {
            Ok(i64::try_from(number).ok())
        }
        fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Option<i64>, E> {
            if number.fract() == 0.0 { Ok(format!("{number:.0}").parse().ok()) } else { Err(E::invalid_type(serde::de::Unexpected::Float(number), &self)) }
        }
    }
    deserializer.deserialize_i64(Number)
}

/// A number above 0, to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Positive<const MAX: u64>(pub f64);

impl<'de, const MAX: u64> Deserialize<'de> for Positive<MAX> {
    #[expect(clippy::cast_precision_loss, reason = "limits are small beside what a number holds exactly")]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        if number > 0.0 && number <= MAX as f64 { Ok(Self(number)) } else { Err(refuse(POSITIVE, MAX)) }
    }
}

impl<const MAX: u64> From<Positive<MAX>> for f64 {
    fn from(positive: Positive<MAX>) -> Self {
        positive.0
    }
}

impl<const MAX: u64> ComposeSchema for Positive<MAX> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let double = SchemaFormat::KnownFormat(KnownFormat::Double);
        ObjectBuilder::new().schema_type(Type::Number).format(Some(double)).exclusive_minimum(Some(0)).maximum(Some(MAX)).into()
    }
}
named!(Positive[MAX: u64]);
