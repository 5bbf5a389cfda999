//! Lists: of limited length in bodies, separated by commas in queries.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ArrayBuilder, RefOr};

use super::{INLINE, refuse, text};
use crate::db::values::Json;

/// At most `MAX` entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Few<T, const MAX: usize>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Few<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T, const MAX: usize>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Entries<T, MAX> {
            type Value = Vec<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an array")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
                let mut entries = vec![];
                while entries.len() < MAX {
                    match seq.next_element()? {
                        Some(entry) => entries.push(entry),
                        None => return Ok(entries),
                    }
                }
                match seq.next_element::<IgnoredAny>()? {
                    None => Ok(entries),
                    Some(_) => Err(refuse("too_many", MAX)),
                }
            }
        }
        deserializer.deserialize_seq(Entries::<T, MAX>(std::marker::PhantomData)).map(Self)
    }
}

impl<T: Into<U>, U, const MAX: usize> From<Few<T, MAX>> for Vec<U> {
    fn from(few: Few<T, MAX>) -> Self {
        few.0.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<U>, U: std::fmt::Debug, const MAX: usize> From<Few<T, MAX>> for Json<Vec<U>> {
    fn from(few: Few<T, MAX>) -> Self {
        Self(few.into())
    }
}

impl<T, const MAX: usize> Default for Few<T, MAX> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<T: ToSchema, const MAX: usize> ComposeSchema for Few<T, MAX> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let items = crate::web::shapes::reference::<T>();
        ArrayBuilder::new().items(items).max_items(Some(MAX)).into()
    }
}

impl<T: ToSchema, const MAX: usize> ToSchema for Few<T, MAX> {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}Few_{}_{MAX}", T::name()).into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into(), T::schema()));
        T::schemas(schemas);
    }
}

/// An element that is judged by itself: one that is misshapen spoils none of the others.
#[derive(Debug)]
pub struct Each<T> {
    /// Its `id` as it was sent, by which the answer names it.
    pub id: Value,
    pub parsed: Result<T, crate::error::Error>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Each<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sent = Value::deserialize(deserializer)?;
        Ok(Self { id: sent.get("id").cloned().unwrap_or_default(), parsed: crate::web::body::input(sent) })
    }
}

impl<T: ToSchema> ComposeSchema for Each<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        T::schema()
    }
}
impl<T: ToSchema> ToSchema for Each<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

/// One or several values, separated by commas in a query: any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyOf<T>(pub Vec<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for AnyOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = text(deserializer)?;
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.len() > 50 {
            return Err(refuse("too_many", 50));
        }
        let one = |part: &&str| T::deserialize(serde::de::value::StrDeserializer::<D::Error>::new(part));
        let values = parts.iter().map(one).collect::<Result<Vec<T>, _>>()?;
        if values.is_empty() { Err(D::Error::invalid_length(0, &"at least one value")) } else { Ok(Self(values)) }
    }
}

impl<T: ToSchema> ComposeSchema for AnyOf<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        T::schema()
    }
}
impl<T: ToSchema> ToSchema for AnyOf<T> {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}AnyOf_{}", T::name()).into()
    }
}
