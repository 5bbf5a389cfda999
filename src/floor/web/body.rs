//! From bytes and query strings to types, and from serde's errors to sentences that name the field and the rule.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::strict::Strict;
use super::values;
use crate::error::{Error, FieldError, MALFORMED_JSON, Result};
use crate::said;
use crate::text::Said;

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
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(Strict(&mut deserializer));
    let value = parsed.map_err(|error| {
        let path = error.path().clone();
        let inner = error.into_inner();
        if inner.is_data() { Error::fields(vec![shape_error(&pointer(&path), &inner.to_string())]) } else { malformed(&inner) }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
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

/// A JSON Pointer (RFC 6901) of serde's path.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// The pieces of a message between back-quotes: serde puts names there.
fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

fn shape_error(path: &str, message: &str) -> FieldError {
    if let Some((code, detail)) = values::explain(message) {
        return FieldError::new(path, code, detail);
    }
    let name = quoted(message).unwrap_or_default();
    let below = |name: &str| if path.ends_with(&format!("/{name}")) { path.to_owned() } else { format!("{path}/{name}") };
    // serde_json ends its messages with the place, which the pointer tells better.
    let bare = message.split(" at line ").next().unwrap_or(message);
    if bare.starts_with("missing field") {
        return FieldError::new(below(name), "required", said!("Thiếu trường \"{name}\"", "The field \"{name}\" is required"));
    }
    if bare.starts_with("unknown field") {
        let known = bare.split_once("expected ").map(|(_, rest)| rest.replace("one of ", "").replace('`', "")).unwrap_or_default();
        let detail = said!("Không có trường \"{name}\"; các trường hợp lệ: {known}", "There is no field \"{name}\"; the fields are: {known}");
        return FieldError::new(below(name), "unknown_field", detail);
    }
    if bare.starts_with("duplicate field") {
        return FieldError::new(below(name), "duplicate_field", said!("Trường \"{name}\" xuất hiện hai lần", "The field \"{name}\" is there twice"));
    }
    if bare.starts_with("invalid type: null") {
        return FieldError::new(path, "null_not_allowed", said!("Không được để null", "May not be null"));
    }
    let (code, detail) = by_expectation(bare);
    FieldError::new(path, code, detail)
}

fn by_expectation(message: &str) -> (&'static str, Said) {
    let what = message.split_once(", expected ").map_or("", |(_, expected)| expected);
    if message.contains("UUID parsing failed") || what.contains("UUID") || what.contains("uuid") {
        return ("invalid_uuid", said!("Mã định danh phải là UUID", "An id is a UUID"));
    }
    if what.contains("formatted date string")
        || message.contains("input is out of range")
        || message.contains("premature end of input")
        || message.contains("input contains invalid characters")
        || message.contains("trailing input")
    {
        return (
            "invalid_date_or_time",
            said!(
                "Ngày (YYYY-MM-DD) hoặc thời điểm (RFC 3339, ví dụ 2024-07-16T06:30:00+07:00) không hợp lệ",
                "The date (YYYY-MM-DD) or time (RFC 3339, for example 2024-07-16T06:30:00+07:00) is not valid"
            ),
        );
    }
    ("wrong_type", said!("Sai kiểu dữ liệu: {message}", "Wrong type: {message}"))
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
