//! A part of the document, for an app that uses some resources alone.

#![expect(clippy::indexing_slicing, reason = "a document of our own: what it lacks is null")]

use std::collections::BTreeSet;

use serde_json::Value;

/// The operations of some tags, with all that they refer to.
pub fn part(mut document: Value, tags: &[&str]) -> Value {
    let wanted = |tag: &Value| tag.as_str().is_some_and(|tag| tags.contains(&tag));
    if let Some(known) = document["tags"].as_array_mut() {
        known.retain(|tag| wanted(&tag["name"]));
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        for operations in paths.values_mut().filter_map(Value::as_object_mut) {
            operations.retain(|_, operation| operation["tags"].as_array().is_some_and(|tags| tags.iter().any(wanted)));
        }
        paths.retain(|_, operations| operations.as_object().is_some_and(|operations| !operations.is_empty()));
    }
    if let Some(map) = document.as_object_mut() {
        map.remove("webhooks");
        map.remove("x-webhooks");
    }
    let mut used = BTreeSet::new();
    refer(&document["paths"], &document["components"], &mut used);
    for (kind, named) in document["components"].as_object_mut().into_iter().flatten().filter(|(kind, _)| *kind != "securitySchemes") {
        if let Some(named) = named.as_object_mut() {
            named.retain(|name, _| used.contains(&format!("/{kind}/{name}")));
        }
    }
    document
}

/// Collects what is referred to, also by way of what is.
fn refer(value: &Value, components: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix("#/components"))
                && used.insert(name.to_owned())
            {
                refer(components.pointer(name).unwrap_or(&Value::Null), components, used);
            }
            map.values().for_each(|inner| refer(inner, components, used));
        }
        Value::Array(items) => items.iter().for_each(|inner| refer(inner, components, used)),
        _ => {}
    }
}
