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
                all.filter(|p| !required || p["required"] == true).map(|p| p["name"].to_string()).collect()
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
