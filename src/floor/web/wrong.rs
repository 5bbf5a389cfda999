//! From serde's errors to sentences that name the field and the rule.

use super::values;
use crate::error::FieldError;
use crate::said;
use crate::text::Said;

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
