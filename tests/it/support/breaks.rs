//! What in a new API document breaks clients of an old one.
//!
//! Clients send what the old document takes, and read what it promises: input may grow wider and answers narrower. Enums in
//! answers are open, as the document says: a new value breaks nobody.

use std::collections::BTreeSet;

use serde_json::Value;

/// Which way a schema is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Sent,
    Answered,
}

struct Compared<'d> {
    old: &'d Value,
    new: &'d Value,
    seen: BTreeSet<(Way, String)>,
    broken: Vec<String>,
}

/// The breaks, each a line. Both documents are resolved (`super::resolved`).
pub fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut compared = Compared { old, new, seen: BTreeSet::new(), broken: vec![] };
    for (path, item) in old["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            compared.operation(&format!("{method} {path}"), operation, &new["paths"][path][method]);
        }
    }
    for (name, item) in old["webhooks"].as_object().into_iter().flatten() {
        let body = |item: &Value| item["post"]["requestBody"]["content"].clone();
        compared.content(&format!("event {name}"), Way::Answered, &body(item), &body(&new["webhooks"][name]));
    }
    compared.broken
}

impl Compared<'_> {
    fn tell(&mut self, at: &str, what: impl std::fmt::Display) {
        self.broken.push(format!("{at}: {what}"));
    }

    fn operation(&mut self, at: &str, old: &Value, new: &Value) {
        if new["operationId"] != old["operationId"] {
            return self.tell(at, "is gone or renamed");
        }
        let named = |operation: &Value, like: &Value| {
            let all = operation["parameters"].as_array().into_iter().flatten();
            all.clone().find(|p| p["name"] == like["name"] && p["in"] == like["in"]).cloned()
        };
        for parameter in old["parameters"].as_array().into_iter().flatten() {
            let name = format!("{at} parameter {}", parameter["name"].as_str().unwrap());
            match named(new, parameter) {
                None => self.tell(&name, "is gone"),
                Some(now) => self.schema(&name, Way::Sent, &parameter["schema"], &now["schema"]),
            }
        }
        for parameter in new["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["required"] == true) {
            if named(old, parameter).is_none_or(|before| before["required"] != true) {
                self.tell(at, format!("parameter {} is required now", parameter["name"]));
            }
        }
        let (before, now) = (&old["requestBody"], &new["requestBody"]);
        if now["required"] == true && before["required"] != true {
            self.tell(at, "a body is required now");
        }
        self.content(&format!("{at} body"), Way::Sent, &before["content"], &now["content"]);
        for (status, response) in old["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2')) {
            let now = &new["responses"][status];
            if now.is_null() {
                self.tell(at, format!("status {status} is gone"));
            }
            self.content(&format!("{at} {status}"), Way::Answered, &response["content"], &now["content"]);
        }
        // Each way of asking still does; none at all is the way without a token.
        let ways = |operation: &Value| match list(&operation["security"]) {
            [] => vec![serde_json::json!({})],
            ways => ways.to_vec(),
        };
        for way in ways(old).iter().filter(|way| !ways(new).contains(way)) {
            self.tell(at, format!("may not be asked by {way} any more"));
        }
    }

    fn content(&mut self, at: &str, way: Way, old: &Value, new: &Value) {
        for (media, content) in old.as_object().into_iter().flatten() {
            match new.get(media) {
                None => self.tell(at, format!("{media} is gone")),
                Some(now) => self.schema(at, way, &content["schema"], &now["schema"]),
            }
        }
    }

    fn schema(&mut self, at: &str, way: Way, old: &Value, new: &Value) {
        if let (Some(before), Some(now)) = (old["$ref"].as_str(), new["$ref"].as_str()) {
            // Once for each schema: where it is used says nothing new.
            if before != now || !self.seen.insert((way, before.to_owned())) {
                if before != now {
                    self.tell(at, format!("is {now} instead of {before}"));
                }
                return;
            }
            let find = |document: &Value, reference: &str| document.pointer(reference.trim_start_matches('#')).cloned().unwrap_or_default();
            let (name, old, new) = (before.rsplit('/').next().unwrap(), find(self.old, before), find(self.new, now));
            return self.schema(name, way, &old, &new);
        }
        // A choice of something and null is that thing, which may be null.
        let ((old, was_null), (new, is_null)) = (but_null(old), but_null(new));
        if if way == Way::Sent { was_null && !is_null } else { is_null && !was_null } {
            self.tell(at, if is_null { "may be null now" } else { "may not be null any more" });
        }
        if was_null || is_null {
            return self.schema(at, way, old, new);
        }
        match (variants(old), variants(new)) {
            (Some(before), Some(now)) if before.len() == now.len() => {
                return before.iter().zip(now).for_each(|(before, now)| self.schema(at, way, before, now));
            }
            (None, None) if old["$ref"] == new["$ref"] => {}
            _ => return self.tell(at, "is put together in another way"),
        }
        self.types(at, way, old, new);
        self.bounds(at, way, old, new);
        let (values, now) = (list(&old["enum"]), list(&new["enum"]));
        if way == Way::Sent && !now.is_empty() && (values.is_empty() || values.iter().any(|value| !now.contains(value))) {
            self.tell(at, format!("takes {} alone", new["enum"]));
        }
        self.schema_of_parts(at, way, old, new);
    }

    fn schema_of_parts(&mut self, at: &str, way: Way, old: &Value, new: &Value) {
        if !old["items"].is_null() {
            self.schema(&format!("{at}[]"), way, &old["items"], &new["items"]);
        }
        for (name, property) in old["properties"].as_object().into_iter().flatten() {
            match new["properties"].get(name) {
                None => self.tell(at, format!("{name} is gone")),
                Some(now) => self.schema(&format!("{at}.{name}"), way, property, now),
            }
        }
        let (before, now) = (list(&old["required"]), list(&new["required"]));
        let (lost, says) = match way {
            Way::Sent => (now.iter().filter(|name| !before.contains(name)).collect::<Vec<_>>(), "is required now"),
            Way::Answered => (before.iter().filter(|name| !now.contains(name)).collect(), "is no longer always there"),
        };
        for name in lost {
            self.tell(at, format!("{} {says}", name.as_str().unwrap_or_default()));
        }
    }

    fn types(&mut self, at: &str, way: Way, old: &Value, new: &Value) {
        let kinds = |schema: &Value| -> Vec<Value> { schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]) };
        let (before, now) = (kinds(old), kinds(new));
        let (from, into) = if way == Way::Sent { (&before, &now) } else { (&now, &before) };
        let fits = |kind: &Value| into.contains(kind) || kind == "integer" && into.contains(&Value::from("number"));
        if !from.iter().all(fits) || old["format"] != new["format"] {
            self.tell(at, format!("was {} {}, is {} {}", old["type"], old["format"], new["type"], new["format"]));
        }
    }

    fn bounds(&mut self, at: &str, way: Way, old: &Value, new: &Value) {
        if way == Way::Answered {
            return;
        }
        for (bound, lower) in [("minimum", true), ("minLength", true), ("minItems", true), ("maximum", false), ("maxLength", false), ("maxItems", false)] {
            let narrower = match (old[bound].as_f64(), new[bound].as_f64()) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(before), Some(now)) => {
                    if lower {
                        now > before
                    } else {
                        now < before
                    }
                }
            };
            if narrower {
                self.tell(at, format!("{bound} was {}, is {}", old[bound], new[bound]));
            }
        }
        if new["pattern"].is_string() && new["pattern"] != old["pattern"] {
            self.tell(at, format!("the pattern {} is new", new["pattern"]));
        }
    }
}

/// The other of a choice of two of which one is null.
fn but_null(schema: &Value) -> (&Value, bool) {
    match list(&schema["oneOf"]) {
        [other, null] | [null, other] if null["type"] == "null" => (other, true),
        _ => (schema, false),
    }
}

fn variants(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "allOf", "anyOf"].iter().find_map(|how| schema[*how].as_array())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
