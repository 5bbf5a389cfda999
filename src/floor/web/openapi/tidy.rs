//! What is put right in the whole document, so that everything is said in one way.

use serde_json::{Value, json};

use super::Tongue;
use crate::web::shapes::LABELS;
use crate::web::values::INLINE;

/// Replaces references to the small types of input by what they say.
pub fn write_out(value: &mut Value, named: &Value) {
    match value {
        Value::Object(map) => {
            let small = map.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next()).filter(|name| name.starts_with(INLINE)).map(str::to_owned);
            if let Some(target) = small.and_then(|name| named.get(&name)).and_then(Value::as_object) {
                map.remove("$ref");
                for (key, inner) in target {
                    map.entry(key.clone()).or_insert_with(|| inner.clone());
                }
                // What was written in may refer to another small type.
                return write_out(value, named);
            }
            map.values_mut().for_each(|inner| write_out(inner, named));
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| write_out(inner, named)),
        _ => {}
    }
}

/// What people call the values of an enum, in the document's language; in both where it has both.
pub fn labels(value: &mut Value, tongue: Tongue) {
    let said = |label: &Value| tongue.line(label["vi"].as_str().unwrap_or_default(), label["en"].as_str().unwrap_or_default());
    match value {
        Value::Object(map) => {
            if let Some(Value::Object(labels)) = map.get_mut(LABELS) {
                labels.values_mut().for_each(|label| *label = said(label).into());
            }
            map.values_mut().for_each(|inner| labels(inner, tongue));
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| labels(inner, tongue)),
        _ => {}
    }
}

/// One way to say that something may be null, with its description outside: a list of types, or for what is referred to
/// a choice of it and null.
pub fn nullables(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::Array(variants)) = map.get("oneOf")
                && let Some(other) = but_null(variants)
            {
                let mut other = other.clone();
                if let Some(description) = other.as_object_mut().and_then(|other| other.remove("description")) {
                    map.entry("description").or_insert(description);
                }
                if other.get("type").is_some_and(Value::is_string) {
                    map.remove("oneOf");
                    for (key, inner) in other.as_object().into_iter().flatten() {
                        let inner = match (key.as_str(), inner) {
                            ("type", kind) => json!([kind, "null"]),
                            ("enum", Value::Array(values)) => values.iter().cloned().chain([Value::Null]).collect(),
                            (_, inner) => inner.clone(),
                        };
                        map.insert(key.clone(), inner);
                    }
                } else {
                    map.insert("oneOf".into(), json!([other, {"type": "null"}]));
                }
            }
            map.values_mut().for_each(nullables);
        }
        Value::Array(items) => items.iter_mut().for_each(nullables),
        _ => {}
    }
}

/// The other of two variants of which one is null.
fn but_null(variants: &[Value]) -> Option<&Value> {
    let is_null = |variant: &Value| variant["type"] == "null";
    match variants {
        [one, null] | [null, one] if is_null(null) && !is_null(one) => Some(one),
        _ => None,
    }
}

/// A parameter is left out and never null; a list is one value with commas.
pub fn parameter(parameter: &mut Value) {
    never_null(&mut parameter["schema"]);
    if parameter["in"] == "query" && parameter.pointer("/schema/type").is_some_and(|kind| kind == "array") {
        (parameter["style"], parameter["explode"]) = (json!("form"), json!(false));
    }
}

/// What is there, or is not: but never null.
pub fn never_null(schema: &mut Value) {
    if let Some(other) = schema["oneOf"].as_array().and_then(|variants| but_null(variants)).cloned() {
        let description = schema["description"].take();
        *schema = other;
        if !description.is_null() {
            schema["description"] = description;
        }
    }
    if let Value::Array(types) = &mut schema["type"] {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            schema["type"] = one.clone();
        }
    }
    if let Value::Object(map) = schema {
        map.retain(|_, inner| !inner.is_null());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_said_in_one_way() {
        let tidied = |mut value: Value| {
            nullables(&mut value);
            value
        };
        let note = json!({"description": "A note.", "type": ["string", "null"], "maxLength": 5});
        assert_eq!(tidied(json!({"oneOf": [{"description": "A note.", "type": "string", "maxLength": 5}, {"type": "null"}]})), note);
        assert_eq!(
            tidied(json!({"oneOf": [{"type": "null"}, {"$ref": "#/x", "description": "How."}]})),
            json!({"description": "How.", "oneOf": [{"$ref": "#/x"}, {"type": "null"}]})
        );
        assert_eq!(tidied(json!({"oneOf": [{"type": "null"}, {"type": "string", "enum": ["a"]}]})), json!({"type": ["string", "null"], "enum": ["a", null]}));
        let mut list = json!({"in": "query", "schema": {"type": ["array", "null"], "items": {"type": "string"}}});
        parameter(&mut list);
        assert_eq!(list, json!({"in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "style": "form", "explode": false}));
    }
}
