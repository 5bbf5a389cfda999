//! The API document: committed, complete, and never breaking what was released.

use serde_json::Value;

use crate::support::golden;

fn document() -> Value {
    danvan::web::openapi::document(danvan::app::rooms())
}

#[test]
fn the_committed_document_is_the_generated_one() {
    golden("openapi/danvan-v1.json", &danvan::web::openapi::text(danvan::app::rooms()));
}

#[test]
fn everything_is_described() {
    let document = document();
    let mut lacks = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for part in ["summary", "description", "operationId", "tags"] {
                if operation[part].is_null() || operation[part] == "" {
                    lacks.push(format!("{method} {path}: {part}"));
                }
            }
            assert!(operation["description"].as_str().unwrap().contains("Permission: "), "{method} {path}");
            let placed = operation["parameters"].as_array().unwrap().iter().filter(|parameter| parameter["in"] == "path");
            let placed: Vec<String> = placed.map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap())).collect();
            let variables: Vec<&str> = path.split('/').filter(|segment| segment.starts_with('{')).collect();
            assert_eq!(placed, variables, "{method} {path}");
            for parameter in operation["parameters"].as_array().unwrap() {
                if parameter["description"].as_str().is_none_or(str::is_empty) {
                    lacks.push(format!("{method} {path} parameter {}", parameter["name"]));
                }
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                if response["description"].as_str().is_none_or(str::is_empty) {
                    lacks.push(format!("{method} {path} response {status}"));
                }
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (field, shape) in schema["properties"].as_object().into_iter().flatten() {
            let described = shape["description"].as_str().is_some_and(|d| !d.is_empty())
                || shape["$ref"].is_string()
                || shape["oneOf"].is_array()
                || shape["allOf"].is_array();
            if !described {
                lacks.push(format!("{name}.{field}"));
            }
        }
    }
    assert_eq!(lacks, Vec::<String>::new());
}

#[test]
fn references_lead_somewhere() {
    fn walk(document: &Value, value: &Value) {
        match value {
            Value::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                    assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
                }
                map.values().for_each(|inner| walk(document, inner));
            }
            Value::Array(items) => items.iter().for_each(|inner| walk(document, inner)),
            _ => {}
        }
    }
    let document = document();
    walk(&document, &document);
}

/// What answers really hold, as the story harvested it, is what the document says: generated clients read no other.
#[test]
fn examples_are_what_their_schemas_say() {
    fn check(document: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            // A problem has members of its own (RFC 9457 section 3.2).
            if reference.ends_with("/ProblemDetails") {
                return;
            }
            return check(document, document.pointer(reference.trim_start_matches('#')).unwrap(), value, at, wrong);
        }
        if let Some(variants) = schema["oneOf"].as_array() {
            let fits = variants.iter().any(|variant| {
                let mut errors = vec![];
                check(document, variant, value, at, &mut errors);
                errors.is_empty()
            });
            if !fits {
                wrong.push(format!("{at}: none of its variants"));
            }
            return;
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
        let fits = types.contains(&is) || (is == "integer" && types.contains(&"number"));
        if !fits {
            wrong.push(format!("{at}: {is}, documented as {types:?}"));
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
    let document = document();
    let mut wrong = vec![];
    let mut checked = 0;
    for operation in document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values()) {
        let id = operation["operationId"].as_str().unwrap();
        for (_, response) in operation["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2')) {
            let content = &response["content"]["application/json"];
            if !content["example"].is_null() {
                check(&document, &content["schema"], &content["example"], id, &mut wrong);
                checked += 1;
            }
        }
    }
    assert!(checked > 100, "{checked}");
    assert_eq!(wrong, Vec::<String>::new());
}

/// The schemas that requests are made of, also by way of others.
fn inputs(document: &Value) -> std::collections::BTreeSet<String> {
    fn names(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next()).map(str::to_owned));
                map.values().for_each(|inner| names(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| names(inner, found)),
            _ => {}
        }
    }
    let mut next = vec![];
    for operation in document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values()) {
        names(&operation["requestBody"], &mut next);
    }
    let mut all = std::collections::BTreeSet::new();
    while let Some(name) = next.pop() {
        if all.insert(name.clone()) {
            names(&document["components"]["schemas"][&name], &mut next);
        }
    }
    all
}

/// Operations, parameters and answered fields of the released document are still there, and nothing new is required.
#[test]
fn nothing_released_is_broken() {
    let released: Value = serde_json::from_str(&std::fs::read_to_string("openapi/released.json").unwrap()).unwrap();
    let now = document();
    let mut broken = vec![];
    for (path, item) in released["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let new = &now["paths"][path][method];
            if new["operationId"] != operation["operationId"] {
                broken.push(format!("{method} {path} is gone or renamed"));
                continue;
            }
            let names = |operation: &Value, required: bool| -> Vec<String> {
                let all = operation["parameters"].as_array().into_iter().flatten();
                all.filter(|p| p["in"] != "path" && (!required || p["required"] == true)).map(|p| p["name"].to_string()).collect()
            };
            let old = names(operation, false);
            broken.extend(old.iter().filter(|name| !names(new, false).contains(name)).map(|name| format!("{method} {path}: parameter {name} is gone")));
            broken.extend(
                names(new, true).into_iter().filter(|name| !old.contains(name)).map(|name| format!("{method} {path}: parameter {name} is required now")),
            );
        }
    }
    let inputs = inputs(&released);
    for (name, schema) in released["components"]["schemas"].as_object().unwrap() {
        let new = &now["components"]["schemas"][name];
        for field in schema["properties"].as_object().into_iter().flatten().map(|(field, _)| field) {
            if new["properties"][field].is_null() {
                broken.push(format!("{name}.{field} is gone"));
            }
        }
        let input = inputs.contains(name);
        let required = |schema: &Value| -> Vec<String> { schema["required"].as_array().into_iter().flatten().map(Value::to_string).collect() };
        if input {
            broken.extend(required(new).into_iter().filter(|field| !required(schema).contains(field)).map(|field| format!("{name}.{field} is required now")));
        }
    }
    assert_eq!(broken, Vec::<String>::new(), "a breaking change needs a new version");
}
