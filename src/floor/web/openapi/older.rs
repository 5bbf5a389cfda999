//! The same document as OpenAPI 3.0.3, for tools that know no newer one: the page is many times faster with it.

#![expect(clippy::indexing_slicing, reason = "a document of our own: what it lacks is null")]

use serde_json::{Map, Value, json};

/// Says in OpenAPI 3.0.3 what a document says in 3.1.
pub fn older(mut document: Value) -> Value {
    document["openapi"] = json!("3.0.3");
    if let Some(map) = document.as_object_mut() {
        // 3.0 knows no webhooks.
        if let Some(webhooks) = map.remove("webhooks") {
            map.insert("x-webhooks".into(), webhooks);
        }
    }
    document["info"]["license"] = json!({"name": document["info"]["license"]["name"]});
    let operations = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    for operation in operations {
        // One type of body each: some generators take no more.
        if let Some(content) = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut)
            && content.contains_key("application/json")
        {
            content.retain(|media, _| media == "application/json");
        }
        // A reference has nothing beside it.
        for response in operation["responses"].as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Some(map) = response.as_object_mut().filter(|map| map.contains_key("$ref")) {
                map.retain(|name, _| name == "$ref");
            }
        }
    }
    schemas(&mut document);
    document
}

/// Every schema within a value; examples hold none.
fn schemas(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map.iter_mut() {
                match name.as_str() {
                    "example" | "examples" => {}
                    // Fields, and not what their names would mean elsewhere.
                    "properties" => inner.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(|property| {
                        schema(property);
                        schemas(property);
                    }),
                    "schema" | "items" => {
                        schema(inner);
                        schemas(inner);
                    }
                    "schemas" => inner.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(|named| {
                        schema(named);
                        schemas(named);
                    }),
                    "oneOf" | "allOf" | "anyOf" => inner.as_array_mut().into_iter().flatten().for_each(|variant| {
                        schema(variant);
                        schemas(variant);
                    }),
                    _ => schemas(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(schemas),
        _ => {}
    }
}

fn schema(value: &mut Value) {
    let Some(map) = value.as_object_mut() else { return };
    if map.len() > 1
        && let Some(reference) = map.remove("$ref")
    {
        map.insert("allOf".into(), json!([{"$ref": reference}]));
    }
    if let Some(Value::Array(types)) = map.get("type").cloned() {
        let known: Vec<&Value> = types.iter().filter(|kind| *kind != "null").collect();
        if let [one] = known.as_slice() {
            map.insert("type".into(), (*one).clone());
        } else {
            map.remove("type");
        }
        if types.len() > known.len() {
            map.insert("nullable".into(), true.into());
        }
    }
    if let Some(variants) = map.get("oneOf").and_then(Value::as_array).cloned()
        && variants.iter().any(|variant| variant["type"] == "null")
    {
        let known: Vec<Value> = variants.into_iter().filter(|variant| variant["type"] != "null").collect();
        map.remove("oneOf");
        map.insert(if known.len() == 1 { "allOf" } else { "oneOf" }.into(), known.into());
        map.insert("nullable".into(), true.into());
    }
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if let Some(limit) = map.get(exclusive).filter(|limit| limit.is_number()).cloned() {
            map.insert(bound.into(), limit);
            map.insert(exclusive.into(), true.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_in_3_1_is_said_as_before() {
        let said = |mut value: Value| {
            schema(&mut value);
            value
        };
        assert_eq!(said(json!({"type": ["string", "null"], "maxLength": 5})), json!({"type": "string", "maxLength": 5, "nullable": true}));
        assert_eq!(
            said(json!({"oneOf": [{"$ref": "#/x"}, {"type": "null"}], "description": "How."})),
            json!({"allOf": [{"$ref": "#/x"}], "description": "How.", "nullable": true})
        );
        assert_eq!(said(json!({"$ref": "#/x", "description": "How."})), json!({"allOf": [{"$ref": "#/x"}], "description": "How."}));
        assert_eq!(said(json!({"$ref": "#/x"})), json!({"$ref": "#/x"}));
        assert_eq!(said(json!({"exclusiveMinimum": 0})), json!({"minimum": 0, "exclusiveMinimum": true}));
    }
}
