//! Whether answers are what the API document says: asked of every answer that any test gets.

use std::sync::OnceLock;

use danvan::web::routes::Routes;
use serde_json::{Map, Value};

use super::document;

/// What of an answer is not as documented; nothing for addresses that are no operation's.
pub fn departures(method: &str, path: &str, status: u16, media: &str, body: &Value) -> Vec<String> {
    static KNOWN: OnceLock<(Routes, Value)> = OnceLock::new();
    let (routes, document) = KNOWN.get_or_init(|| (Routes::of(danvan::app::rooms()).unwrap(), document()));
    let Some(operation) = routes.at(path).and_then(|place| place.operation(method)) else { return vec![] };
    let described = &document["paths"][&operation.path][operation.method.name().to_lowercase()];
    let response = &described["responses"][status.to_string()];
    let at = format!("{} {status}", operation.id);
    if response.is_null() {
        return vec![format!("{at}: the status is not documented")];
    }
    if !media.ends_with("json") {
        return vec![];
    }
    let content = &response["content"][media];
    if content.is_null() {
        return vec![format!("{at}: {media} is not documented")];
    }
    let mut wrong = vec![];
    check(document, &content["schema"], body, &at, &mut wrong);
    let code = &body["code"];
    let codes = [&response["x-codes"], &described["x-codes"][status.to_string()]];
    if media == "application/problem+json" && !codes.iter().any(|codes| codes.as_array().is_some_and(|codes| codes.contains(code))) {
        wrong.push(format!("{at}: the code {code} is not documented"));
    }
    wrong
}

/// Looks for what a value has that its schema does not know, and lacks that its schema promises.
pub fn check(document: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        return check(document, document.pointer(reference.trim_start_matches('#')).unwrap(), value, at, wrong);
    }
    if let Some(variants) = schema["oneOf"].as_array() {
        let differences = |variant| {
            let mut errors = vec![];
            check(document, variant, value, at, &mut errors);
            errors
        };
        let all: Vec<Vec<String>> = variants.iter().map(differences).collect();
        if all.iter().all(|errors| !errors.is_empty()) {
            wrong.extend(all.into_iter().min_by_key(|errors| (errors.iter().any(|error| error.contains("documented as")), errors.len())).unwrap_or_default());
        }
        return;
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return check(document, &whole(document, parts), value, at, wrong);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !(types.contains(&is) || is == "integer" && types.contains(&"number")) {
        wrong.push(format!("{at}: {is}, documented as {types:?}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        wrong.push(format!("{at}: {value} is none of its values"));
    }
    for item in value.as_array().into_iter().flatten() {
        check(document, &schema["items"], item, &format!("{at}[]"), wrong);
    }
    let (Some(map), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).filter(|name| !map.contains_key(*name)) {
        wrong.push(format!("{at}.{name} is required, and not there"));
    }
    for (name, inner) in map {
        match properties.get(name) {
            Some(property) => check(document, property, inner, &format!("{at}.{name}"), wrong),
            None if schema["additionalProperties"].is_null() || schema["additionalProperties"] == false => {
                wrong.push(format!("{at}.{name} is not documented"));
            }
            None => {}
        }
    }
}

/// The parts of an object as one: a later part says more of a property than an earlier one.
fn whole(document: &Value, parts: &[Value]) -> Value {
    let (mut properties, mut required) = (Map::new(), vec![]);
    for part in parts {
        let part = part["$ref"].as_str().map_or(part, |reference| document.pointer(reference.trim_start_matches('#')).unwrap());
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    serde_json::json!({"type": "object", "properties": properties, "required": required})
}
