//! From serde's errors to sentences that name the field and the rule.

use super::values;
use crate::error::FieldError;
use crate::said;
use crate::text::{Said, Text};

/// A JSON Pointer (RFC 6901) of serde's path.
pub fn pointer(path: &serde_path_to_error::Path) -> String {
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

/// What serde says of a field, as its name, rule and sentence.
pub fn shape_error(path: &str, message: &str) -> FieldError {
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
        let known = bare.split_once("expected ").map(|(_, rest)| rest.replace("one of ", "").replace(" or ", ", ").replace('`', "")).unwrap_or_default();
        let detail = said!("Không có trường \"{name}\"; các trường được chấp nhận: {known}", "There is no field \"{name}\"; the fields are: {known}");
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
    let known = KINDS.iter().find(|(kinds, _)| kinds.iter().any(|kind| what.starts_with(kind)));
    ("wrong_type", known.map_or(Text::new("Giá trị không đúng kiểu dữ liệu", "The value is of another type"), |(_, text)| *text).into())
}

/// How serde names what it expects, and what that is for people.
const KINDS: &[(&[&str], Text)] = &[
    (&["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "a whole number"], Text::new("Phải là số nguyên", "Must be a whole number")),
    (&["f32", "f64"], Text::new("Phải là số", "Must be a number")),
    (&["a string", "a borrowed string", "string", "a character", "a code"], Text::new("Phải là chữ, trong dấu nháy kép", "Must be text, in quotation marks")),
    (&["a boolean"], Text::new("Phải là true hoặc false", "Must be true or false")),
    (
        &["a sequence", "tuple", "a tuple", "an array", "fewer elements"],
        Text::new("Phải là danh sách trong [ ], đúng số phần tử", "Must be a list in [ ], of the right length"),
    ),
    (&["struct", "a map", "internally tagged", "adjacently tagged"], Text::new("Phải là đối tượng trong { }", "Must be an object in { }")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sentence_has_the_words_of_a_programming_language() {
        for (message, expected) in [
            ("invalid type: floating point `0.5`, expected i64", "Phải là số nguyên"),
            ("invalid type: string \"x\", expected f64", "Phải là số"),
            ("invalid type: integer `1`, expected a string at line 1 column 5", "Phải là chữ, trong dấu nháy kép"),
            ("invalid type: string \"x\", expected struct LineString", "Phải là đối tượng trong { }"),
            ("invalid length 0, expected an array of length 2", "Phải là danh sách trong [ ], đúng số phần tử"),
            ("invalid type: map, expected a sequence", "Phải là danh sách trong [ ], đúng số phần tử"),
            ("something else", "Giá trị không đúng kiểu dữ liệu"),
        ] {
            let error = shape_error("/x", message);
            assert_eq!((error.code, error.detail.vi.as_str()), ("wrong_type", expected), "{message}");
        }
        assert_eq!(shape_error("", "unknown field `x`, expected `a` or `b`").detail.vi, "Không có trường \"x\"; các trường được chấp nhận: a, b");
    }
}
