//! What a request has beside its body: path, query, headers.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::tidy;
use crate::access::lifecycle::Need;
use crate::access::reach::Policy;
use crate::web::format::Format;
use crate::web::operation::{Kind, Operation};
use crate::web::query::{DEFAULT_LIMIT, MAX_LIMIT};

pub fn parameters(operation: &Operation) -> Vec<Value> {
    let query =
        |name: &str, schema: Value, description: &str| json!({"name": name, "in": "query", "required": false, "schema": schema, "description": description});
    let header = |name: &str, required: bool, description: &str| json!({"name": name, "in": "header", "required": required, "schema": {"type": "string"}, "description": description});
    let mut out = vec![];
    let variables = operation.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    out.extend(variables.map(path_variable));
    if let Kind::List { sorts, includes, commune, search } = operation.kind {
        if commune {
            out.push(query(
                "commune",
                json!({"type": "string", "format": "uuid"}),
                "The commune that the list is of; may be left out by callers with rights in exactly one.",
            ));
        }
        out.push(query("limit", json!({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}), "Objects on a page."));
        out.push(query("cursor", json!({"type": "string"}), "`next_cursor` of the page before; bound to the caller and the other parameters."));
        let orders: Vec<String> = sorts.iter().flat_map(|sort| [(*sort).to_owned(), format!("-{sort}")]).collect();
        out.push(query("sort", json!({"type": "string", "enum": orders, "default": sorts.first()}), "Order; `-` turns it."));
        if !search.is_empty() {
            out.push(query(
                "q",
                json!({"type": "string", "minLength": 2, "maxLength": 100}),
                "Words to look for, all of them in any order; accents, case and đ/d do not matter, exact accents come first.",
            ));
        }
        let own = "The caller's own alone: of the own hamlet or unit, led or done by the person.";
        if operation.policy.is_some_and(Policy::has_own) {
            out.push(query("mine", json!({"type": "boolean", "default": false}), own));
        }
        out.push(query("count", json!({"type": "boolean", "default": false}), "Adds `total`, at the cost of one statement."));
        out.push(formats(operation.formats, query));
        let whom = "Whose columns a `csv` or `xlsx` has: `people` read headings, names, labels and local times in the language of `Accept-Language`; `data` is the fields as in JSON.";
        out.push(query("columns", json!({"type": "string", "enum": ["people", "data"], "default": "people"}), whom));
        if !includes.is_empty() {
            let names: Vec<&str> = includes.iter().map(|include| include.name).collect();
            let schema = json!({"type": "array", "items": {"type": "string", "enum": names}});
            let mut include = query("include", schema, "Adds `included`: the objects that items refer to.");
            tidy::parameter(&mut include);
            out.push(include);
        }
    }
    out.extend(operation.parameters.iter().filter_map(|parameter| serde_json::to_value(parameter).ok()).map(|mut parameter| {
        tidy::parameter(&mut parameter);
        parameter
    }));
    if operation.tagged {
        out.push(header("If-None-Match", false, "An ETag that the client has: 304 when nothing changed."));
    }
    match operation.kind {
        Kind::Stream => out.push(header("Last-Event-ID", false, "The `id` of the last event: goes on after it. A program sends it itself.")),
        Kind::Update => out.push(header("If-Match", true, "The ETag of what was read, its version alone (`\"42\"`), or `*`.")),
        Kind::Act(step) => out.push(header("If-Match", step.needs(Need::Read), "The ETag of what was read, its version alone, or `*`.")),
        _ => {}
    }
    if takes_retry_key(operation) {
        out.push(header("Idempotency-Key", false, "1 to 255 visible ASCII characters, kept 30 days: the same request under the same key is done once."));
    }
    out
}

/// What a list can be beside pages.
fn formats(offered: &[Format], query: impl Fn(&str, Value, &str) -> Value) -> Value {
    let names: Vec<&str> = std::iter::once("json").chain(offered.iter().map(|format| format.name())).collect();
    let mut says =
        "`csv` or `xlsx`: all rows (at most 20,000, and 48 MiB of text) as a table instead of a page, where text that begins like a formula gets an apostrophe"
            .to_owned();
    for format in offered {
        says.push_str(match format {
            Format::Csv | Format::Xlsx => "",
            Format::Ics => "; `ics` as a calendar",
            Format::GeoJson => "; `geojson` as a map, with a geometry of null where none is known",
        });
    }
    says.push_str(". `Accept` says the same; `X-Row-Count` says how many rows there are.");
    query("format", json!({"type": "string", "enum": names, "default": "json"}), &says)
}

/// What stands in a path.
fn path_variable(name: &str) -> Value {
    let (schema, description) = match name {
        "id" => (json!({"type": "string", "format": "uuid"}), "The object's id."),
        "ref" => (json!({"type": "string", "minLength": 1, "maxLength": 200}), "The caller's own key, unique per caller and resource."),
        "code" => (json!({"type": "string"}), "A problem's code."),
        "kind" => (json!({"type": "string"}), "A kind of import."),
        _ => (json!({"type": "string"}), "The link's token."),
    };
    json!({"name": name, "in": "path", "required": true, "schema": schema, "description": description})
}

/// How many operations have to have a parameter for it to stand in the components.
const SHARED_BY: usize = 3;

/// Moves what many operations have in common to the components, which are given back: by name, the most frequent of a name;
/// a header that some require and others do not by both.
pub fn share(paths: &mut Map<String, Value>) -> Map<String, Value> {
    let all = || paths.values().filter_map(Value::as_object).flat_map(Map::values).filter_map(|operation| operation["parameters"].as_array()).flatten();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for parameter in all() {
        *counts.entry(parameter.to_string()).or_default() += 1;
    }
    let mut shared: HashMap<String, (String, Value)> = HashMap::new();
    for parameter in all().filter(|parameter| counts.get(&parameter.to_string()).is_some_and(|count| *count >= SHARED_BY)) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let name = if parameter["in"] == "header" && parameter["required"] == true { format!("{name}-Required") } else { name.to_owned() };
        let count = |parameter: &Value| counts.get(&parameter.to_string()).copied().unwrap_or(0);
        if shared.get(&name).is_none_or(|(_, other)| count(other) < count(parameter)) {
            shared.insert(name, (parameter.to_string(), parameter.clone()));
        }
    }
    let by_text: HashMap<&str, &str> = shared.iter().map(|(name, (text, _))| (text.as_str(), name.as_str())).collect();
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
            if let Some(name) = by_text.get(parameter.to_string().as_str()) {
                *parameter = json!({"$ref": format!("#/components/parameters/{name}")});
            }
        }
    }
    let mut shared: Vec<(String, Value)> = shared.into_iter().map(|(name, (_, parameter))| (name, parameter)).collect();
    shared.sort_by(|(one, _), (other, _)| one.cmp(other));
    shared.into_iter().collect()
}

pub fn takes_retry_key(operation: &Operation) -> bool {
    matches!(operation.kind, Kind::Create | Kind::Update | Kind::Act(_) | Kind::Write { secret: false })
}
