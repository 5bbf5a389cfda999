//! JSON merge patch (RFC 7396): a field that is left out stays; what null means is in the field's type.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::schema::{OneOfBuilder, Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};

use super::values::INLINE;

/// A field that may be changed but never null.
#[derive(Debug, Clone)]
pub struct Change<T>(pub Option<T>);

/// A field that may be changed, and cleared by null.
#[derive(Debug, Clone)]
pub struct Clear<T>(pub Option<Option<T>>);

impl<T> Default for Change<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for Clear<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Change<T> {
    /// Writes the new value into its place, if one was sent.
    pub fn apply<U: From<T>>(self, place: &mut U) {
        if let Some(value) = self.0 {
            *place = value.into();
        }
    }
}

impl<T> Clear<T> {
    pub fn apply<U: From<T>>(self, place: &mut Option<U>) {
        if let Some(value) = self.0 {
            *place = value.map(Into::into);
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Clear<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}

impl<T: ToSchema> ComposeSchema for Change<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        crate::web::shapes::reference::<T>()
    }
}

impl<T: ToSchema> ToSchema for Change<T> {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}Change_{}", T::name()).into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T: ToSchema> ComposeSchema for Clear<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let null = ObjectBuilder::new().schema_type(Type::Null);
        OneOfBuilder::new().item(null).item(crate::web::shapes::reference::<T>()).into()
    }
}

impl<T: ToSchema> ToSchema for Clear<T> {
    fn name() -> Cow<'static, str> {
        format!("{INLINE}Clear_{}", T::name()).into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into(), T::schema()));
        T::schemas(schemas);
    }
}
