//! JSON that is written already, and goes on being put together as text.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// A JSON object as it goes out: its text.
#[derive(Debug, Clone, Default)]
pub struct Object(Vec<u8>);

impl Object {
    /// What is written already.
    pub fn written(text: Vec<u8>) -> Self {
        Self(text)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// One more member, at the end.
    pub fn insert(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        self.begin(name);
        serde_json::to_writer(&mut self.0, value)?;
        self.0.push(b'}');
        Ok(())
    }

    /// One more member that is written already.
    pub fn put(&mut self, name: &str, value: &Self) {
        self.begin(name);
        self.0.extend_from_slice(&value.0);
        self.0.push(b'}');
    }

    /// Opens it again, at a name of the program's own.
    fn begin(&mut self, name: &str) {
        self.0.pop();
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    /// The object within a value that is written with `serde`.
    pub fn raw(self) -> Result<Box<RawValue>> {
        Ok(RawValue::from_string(String::from_utf8(self.0).map_err(Error::internal)?)?)
    }

    /// The object as values, for what looks into it.
    pub fn map(&self) -> Result<Map<String, Value>> {
        Ok(serde_json::from_slice(&self.0)?)
    }
}

/// Objects between brackets.
pub fn array<'o>(objects: impl IntoIterator<Item = &'o Object>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (i, object) in objects.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        out.extend_from_slice(object.bytes());
    }
    out.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_added() {
        let mut object = Object::written(b"{}".to_vec());
        object.insert("a", &1).unwrap();
        object.insert("b", &"\"").unwrap();
        assert_eq!(object.bytes(), br#"{"a":1,"b":"\""}"#);
    }
}
