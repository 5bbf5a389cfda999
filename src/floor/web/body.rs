//! From bytes and query strings to types.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::strict::Strict;
use super::wrong::{pointer, shape_error};
use crate::error::{Error, FieldError, MALFORMED_JSON, Result};
use crate::said;

/// The largest body of an operation that takes no file, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// The largest body that is read of who has no token.
pub const MAX_PUBLIC_BODY: usize = 64 * 1024;
/// The largest form.
pub const MAX_FORM: usize = 16 * 1024;
/// The largest file, in bytes: a spreadsheet of some ten thousand rows.
pub const MAX_FILE: usize = 4 * MAX_BODY;

/// Parses a JSON body: 400 when it is no JSON, 422 when it has the wrong shape.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let value = items(bytes)?;
    refuse_nul(bytes)?;
    Ok(value)
}

/// The same of a body whose items are judged each by itself ([`Each`](super::values::Each)).
pub fn items<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    parse(bytes).map_err(|wrong| match wrong {
        Wrong::Json(error) => malformed(&error),
        Wrong::Shape(first) => Error::fields(all_wrong::<T>(bytes, first)),
    })
}

/// Why a body is not read.
enum Wrong {
    Json(serde_json::Error),
    Shape(FieldError),
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Wrong> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Strict(&mut deserializer)).map_err(|error| {
        let path = error.path().clone();
        let inner = error.into_inner();
        if inner.is_data() { Wrong::Shape(shape_error(&pointer(&path), &inner.to_string())) } else { Wrong::Json(inner) }
    })?;
    deserializer.end().map_err(Wrong::Json)?;
    Ok(value)
}

/// Fields that are told of at once.
const MOST_WRONG: usize = 20;
/// The largest body of which all wrong fields are looked for: each costs another reading of it.
const ALL_WRONG_UP_TO: usize = 16 * 1024;

/// All fields that are wrong, so that nobody mends a form one field at a time: each is left out, and the rest is read again. Of
/// those that are missing it is the first.
fn all_wrong<T: DeserializeOwned>(bytes: &[u8], first: FieldError) -> Vec<FieldError> {
    let mut wrong = vec![first];
    let Ok(mut rest) = serde_json::from_slice::<Value>(bytes) else { return wrong };
    while bytes.len() <= ALL_WRONG_UP_TO && wrong.len() < MOST_WRONG {
        let left_out = wrong.last().is_some_and(|last| leave_out(&mut rest, &last.pointer));
        let Some(Wrong::Shape(next)) = (if left_out { parse::<T>(rest.to_string().as_bytes()).err() } else { None }) else { break };
        // What was left out is missing now.
        if wrong.iter().any(|known| known.pointer == next.pointer) {
            break;
        }
        wrong.push(next);
    }
    wrong
}

/// Takes a member out of an object; an item of a list stays, since those after it would be called by another number.
fn leave_out(value: &mut Value, pointer: &str) -> bool {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return false };
    let name = name.replace("~1", "/").replace("~0", "~");
    value.pointer_mut(parent).and_then(Value::as_object_mut).and_then(|object| object.shift_remove(&name)).is_some()
}

/// The same from a body that was put together here.
pub fn input<T: DeserializeOwned>(value: Value) -> Result<T> {
    json(&serde_json::to_vec(&value)?)
}

/// U+0000 is text that no database column holds, wherever it stands. Looked for only where its escape is.
fn refuse_nul(bytes: &[u8]) -> Result<()> {
    fn find(value: &Value, at: &str) -> Option<String> {
        match value {
            Value::String(text) if text.contains('\0') => Some(at.to_owned()),
            Value::Array(items) => items.iter().enumerate().find_map(|(i, item)| find(item, &format!("{at}/{i}"))),
            Value::Object(map) => map.iter().find_map(|(name, item)| find(item, &format!("{at}/{name}"))),
            _ => None,
        }
    }
    if !bytes.windows(6).any(|six| six == b"\\u0000") {
        return Ok(());
    }
    let value: Value = serde_json::from_slice(bytes)?;
    match find(&value, "") {
        Some(pointer) => Err(Error::field(pointer, "control_character", said!("Không được chứa ký tự điều khiển", "Control characters are not allowed"))),
        None => Ok(()),
    }
}

fn malformed(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    if error.to_string().contains("recursion limit") {
        return Error::new(&MALFORMED_JSON).detail(said!("JSON lồng nhau quá sâu (dòng {line})", "The JSON is nested too deeply (line {line})"));
    }
    Error::new(&MALFORMED_JSON).detail(said!("JSON sai ở dòng {line}, cột {column}", "The JSON is wrong at line {line}, column {column}"))
}

/// Parses the parameters of a query string; the pointer of an error is `?name`.
pub fn query<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T> {
    let text = serde_urlencoded::to_string(pairs).map_err(Error::internal)?;
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = pointer(error.path());
        let shape = shape_error(&path, &error.into_inner().to_string());
        Error::fields(vec![FieldError { pointer: format!("?{}", shape.pointer.trim_start_matches('/')), ..shape }])
    })
}

/// The same JSON in one spelling: keys sorted, no white space. Two requests are the same when this is the same.
pub fn canonical(bytes: &[u8]) -> Vec<u8> {
    fn sorted(value: Value) -> Value {
        match value {
            Value::Object(map) => {
                let mut entries: Vec<_> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                Value::Object(entries.into_iter().collect())
            }
            Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
            other => other,
        }
    }
    match serde_json::from_slice(bytes) {
        Ok(value) => serde_json::to_vec(&sorted(value)).unwrap_or_default(),
        Err(_) => bytes.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::patch::{Change, Clear};
    use crate::web::values::{Line, Whole};
    use proptest::prelude::*;

    #[test]
    fn all_wrong_fields_are_told_at_once() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "read and thrown away")]
        struct Form {
            name: String,
            count: u8,
            parts: Vec<u8>,
            note: Option<String>,
        }
        let told = |text: &str| -> Vec<(String, &'static str)> {
            json::<Form>(text.as_bytes()).unwrap_err().field_errors().iter().map(|field| (field.pointer.clone(), field.code)).collect()
        };
        let all = told(r#"{"name": "x", "note": 5, "unknown": 1, "count": "x", "parts": []}"#);
        assert_eq!(all, [("/note".into(), "wrong_type"), ("/unknown".into(), "unknown_field"), ("/count".into(), "wrong_type")]);
        // The first that is missing; an item of a list.
        assert_eq!(told(r#"{"note": 5, "count": 1}"#), [("/note".into(), "wrong_type"), ("/name".into(), "required")]);
        assert_eq!(told(r#"{"name": 1, "count": 1, "parts": ["x", "y"]}"#), [("/name".into(), "wrong_type"), ("/parts/0".into(), "wrong_type")]);
    }
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "parsed, and never read")]
    struct Patch {
        #[serde(default)]
        name: Change<Line<1, 3>>,
        #[serde(default)]
        count: Clear<Whole<0, 9>>,
        #[serde(default)]
        day: Change<chrono::NaiveDate>,
        #[serde(default)]
        id: Change<uuid::Uuid>,
        #[serde(default)]
        inner: Clear<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "parsed, and never read")]
    struct Inner {
        name: Line<1, 3>,
    }

    fn refused(body: &str) -> (String, &'static str) {
        let error = json::<Patch>(body.as_bytes()).expect_err("a refusal");
        error.field_errors().first().map(|field| (field.pointer.clone(), field.code)).unwrap_or_else(|| (String::new(), error.problem().code))
    }

    #[test]
    fn names_the_field_and_the_rule() {
        let cases = [
            ("{", "", "malformed_json"),
            ("{} x", "", "malformed_json"),
            (r#"{"nam":"a"}"#, "/nam", "unknown_field"),
            (r#"{"name":null}"#, "/name", "null_not_allowed"),
            (r#"{"name":5}"#, "/name", "wrong_type"),
            (r#"{"name":"abcd"}"#, "/name", "too_long"),
            (r#"{"name":"a","name":"b"}"#, "/name", "duplicate_field"),
            (r#"{"count":10}"#, "/count", "out_of_range"),
            (r#"{"day":"2024-02-30"}"#, "/day", "invalid_date_or_time"),
            (r#"{"id":"x"}"#, "/id", "invalid_uuid"),
            (r#"["abc", 5]"#, "", "wrong_type"),
            (r#"{"inner":["abc"]}"#, "/inner", "wrong_type"),
        ];
        for (body, pointer, code) in cases {
            assert_eq!(refused(body), (pointer.to_owned(), code), "{body}");
        }
        let deep = format!("{{\"name\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        assert!(json::<Patch>(deep.as_bytes()).is_err());
    }

    #[test]
    fn two_bodies_of_one_meaning_are_the_same() {
        assert_eq!(canonical(br#"{"a":1,"b":{"d":2,"c":3}}"#), canonical(br#" {"b":{"c":3,"d":2}, "a":1} "#));
    }

    proptest! {
        /// A merge patch changes what it names and nothing else, and the same patch twice changes nothing more.
        #[test]
        fn patches_are_idempotent(name in proptest::option::of("[a-z]{1,3}"), count in proptest::option::of(proptest::option::of(0..=9))) {
            let mut body = serde_json::Map::new();
            if let Some(name) = &name { body.insert("name".into(), name.clone().into()); }
            if let Some(count) = count { body.insert("count".into(), count.into()); }
            let bytes = serde_json::to_vec(&body).expect("json");
            let mut state = ("old".to_owned(), Some(1));
            for _ in 0..2 {
                let patch: Patch = json(&bytes).expect("a patch");
                patch.name.apply(&mut state.0);
                patch.count.apply(&mut state.1);
                prop_assert_eq!(&state.0, name.as_deref().unwrap_or("old"));
                prop_assert_eq!(state.1, count.unwrap_or(Some(1)));
            }
        }
    }
}
