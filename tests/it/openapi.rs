//! The API document: committed, complete, and never breaking what was released.

use serde_json::{Value, json};

use crate::support::breaks::breaks;
use crate::support::conforms::check;
use crate::support::{document, golden, resolved};

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

/// What clients of the released document send is still taken, and what they read is still there.
#[test]
fn nothing_released_is_broken() {
    let released = serde_json::from_str(&std::fs::read_to_string("openapi/released.json").unwrap()).unwrap();
    assert_eq!(breaks(&resolved(released), &document()), Vec::<String>::new(), "a breaking change needs a new version");
}

/// The check above sees each kind of break.
#[test]
fn every_kind_of_break_is_seen() {
    let document = document();
    assert_eq!(breaks(&document, &document), Vec::<String>::new());
    let broken = |pointer: &str, value: Value| {
        let mut new = document.clone();
        *new.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        breaks(&document, &new)
    };
    let list = "/paths/~1v1~1hamlets/get";
    let create = "/components/schemas/CreateHamlet";
    let row = "/components/schemas/Hamlet";
    let change = "/components/schemas/UpdateHamlet";
    for (pointer, value) in [
        ("/paths/~1v1~1hamlets/get".to_owned(), Value::Null),
        (format!("{list}/operationId"), json!("hamlets")),
        (format!("{list}/parameters"), json!([])),
        (format!("{list}/parameters/0/required"), json!(true)),
        (format!("{list}/parameters/1/schema/maximum"), json!(50)),
        (format!("{list}/parameters/1/schema/type"), json!("string")),
        (format!("{list}/responses/200/content"), json!({})),
        (format!("{list}/responses"), json!({})),
        (format!("{list}/security"), json!([{"token": []}])),
        (format!("{list}/security"), json!([{}, {"token": []}])),
        ("/paths/~1v1~1sync/get/security".to_owned(), json!([{"token": []}, {"client": ["sync:read"]}])),
        (format!("{row}/properties/geometry/oneOf"), json!([{"$ref": "#/components/schemas/LineString"}, {"type": "null"}])),
        (format!("{row}/properties/kind"), json!({"type": "integer"})),
        (format!("{change}/properties/geometry"), json!({"$ref": "#/components/schemas/Point"})),
        ("/components/schemas/WebhookEvent/properties".to_owned(), json!({})),
        ("/webhooks/activities/post/requestBody/content".to_owned(), json!({})),
        ("/paths/~1v1~1hamlets~1{id}~1actions~1rename/post/requestBody/content".to_owned(), json!({})),
        (format!("{create}/required"), json!(["commune_id", "code", "name", "kind", "sort_order", "population"])),
        (format!("{create}/properties/name/maxLength"), json!(3)),
        (format!("{create}/properties/household_count/type"), json!("integer")),
        (format!("{create}/properties"), json!({})),
        ("/components/schemas/CommuneKind/enum".to_owned(), json!(["xa"])),
        (format!("{row}/required"), json!([])),
        (format!("{row}/properties/name/type"), json!(["string", "null"])),
        (format!("{row}/properties"), json!({})),
        (format!("{row}/properties/version/format"), json!("int32")),
    ] {
        assert!(!broken(&pointer, value.clone()).is_empty(), "{pointer} {value} breaks clients");
    }
    // More is taken, less is left open.
    for (pointer, value) in [(format!("{create}/required"), json!([])), (format!("{row}/properties/population/type"), json!("integer"))] {
        assert_eq!(broken(&pointer, value), Vec::<String>::new(), "{pointer}");
    }
}
