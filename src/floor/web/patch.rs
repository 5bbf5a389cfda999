//! JSON merge patch (RFC 7396): a field that is left out stays; what null means is in the field's type.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::__dev::ComposeSchema;
use utoipa::openapi::schema::{OneOfBuilder, Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::values::{AnyOf, INLINE};
use super::{body, query};
use crate::error::{Error, Result};
use crate::said;

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

/// What a change may be asked with.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClearQuery {
    /// Fields that become null, separated by commas: for clients that leave null out of their JSON.
    #[param(value_type = Option<Vec<String>>)]
    pub clear: Option<AnyOf<String>>,
}

/// The body of a change with null for each field that `clear` names.
pub fn with_cleared(call: &Call) -> Result<Vec<u8>> {
    let ClearQuery { clear } = body::query(&query::pairs(call)?)?;
    let empty = call.body.is_empty();
    let mut sent: Map<String, Value> = body::json(if empty { b"{}" } else { &call.body })?;
    for name in clear.map(|fields| fields.0).unwrap_or_default() {
        if sent.contains_key(&name) {
            let detail = said!("Trường \"{name}\" vừa được gửi vừa được xóa", "The field \"{name}\" is both sent and cleared");
            return Err(Error::field("?clear", "duplicate", detail));
        }
        sent.insert(name, Value::Null);
    }
    Ok(serde_json::to_vec(&sent)?)
}
