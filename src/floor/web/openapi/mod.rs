//! The API document (OpenAPI 3.1), made from the table of operations.

mod older;
mod parameters;
mod part;
mod responses;
mod tidy;
mod words;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

pub use older::older;
pub use parameters::takes_retry_key;
use parameters::{parameters, share};
pub use part::part;
use responses::Shared;
pub use words::Tongue;

use crate::web::operation::{Caller, Kind, Operation, Room, Scope, Sends, TOKEN_PATH};
use crate::web::shapes::{self, ProblemDetails};
use crate::web::values::INLINE;

/// The examples that the story test harvested, by operation id: `{"request": ..., "response": ...}`.
static EXAMPLES: &str = include_str!("../../../../openapi/examples.json");

/// The document, as committed and served.
pub fn text(rooms: &[Room]) -> String {
    let mut text = serde_json::to_string_pretty(&document(rooms)).unwrap_or_default();
    text.push('\n');
    text
}

pub fn document(rooms: &[Room]) -> Value {
    document_in(rooms, Tongue::Both)
}

/// The document in both languages, or in one.
pub fn document_in(rooms: &[Room], tongue: Tongue) -> Value {
    let mut schemas: Vec<(String, RefOr<Schema>)> = vec![];
    shapes::plain::<ProblemDetails>(&mut schemas);
    let examples: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let mut shared = Shared::new();
    let mut paths: Map<String, Value> = Map::new();
    for operation in rooms.iter().flat_map(|room| &room.operations) {
        let room = rooms.iter().find(|room| room.name == operation.room);
        let described = describe(tongue, operation, room, examples.get(&operation.id), &mut schemas, &mut shared);
        let path = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(operation.method.name().to_lowercase(), described);
        }
    }
    let mut webhooks: Map<String, Value> = Map::new();
    for sends in rooms.iter().filter_map(|room| room.sends.as_ref()) {
        let body = json!((sends.body)(&mut schemas));
        webhooks.insert(sends.name.into(), sent(tongue, sends, sends.name.to_owned(), &body));
        for (kind, object) in (sends.objects)() {
            let object = json!(object(&mut schemas));
            webhooks.insert(kind.into(), sent(tongue, sends, format!("{kind}_{}", sends.name), &shared.event(kind, &body, &object)));
        }
    }
    // The first of a name counts: it is the one that `shapes::object` completes; what refers to it brings it bare again.
    let mut schemas: BTreeMap<String, Value> =
        schemas.into_iter().rev().filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?))).collect();
    let (more, responses, headers) = shared.components();
    schemas.extend(more);
    if let Some(Value::Object(problem)) = schemas.get_mut("ProblemDetails").map(|schema| &mut schema["properties"]) {
        problem.values_mut().for_each(tidy::never_null);
    }
    let parameters = share(&mut paths);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Danvan",
            "version": env!("CARGO_PKG_VERSION"),
            "description": tongue.description(),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": rooms.iter().map(|room| json!({"name": room.name, "description": tongue.text(room.description)})).collect::<Vec<_>>(),
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "parameters": parameters,
            "headers": headers,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A person's access token, of `/v1/auth/login`, `/activate` or `/refresh`."},
                "client": {
                    "type": "oauth2",
                    "description": "An API client's access token (RFC 6749 section 4.4). `resource:*` holds all scopes of a resource, and any scope of a resource gives reading it.",
                    "flows": {"clientCredentials": {"tokenUrl": TOKEN_PATH, "scopes": all_scopes(rooms, tongue)}},
                },
            },
        },
    });
    let named = document.pointer("/components/schemas").cloned().unwrap_or_default();
    tidy::write_out(&mut document, &named);
    tidy::nullables(&mut document);
    tidy::labels(&mut document, tongue);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        // The language's own types are written out where they stand.
        schemas.retain(|name, _| !name.starts_with(INLINE) && name.starts_with(|first: char| first.is_uppercase()));
    }
    document
}

/// A request that the service sends.
fn sent(tongue: Tongue, sends: &Sends, id: String, body: &Value) -> Value {
    let header = |(name, says): &(&str, &str)| json!({"name": name, "in": "header", "required": true, "schema": {"type": "string"}, "description": says});
    json!({"post": {
        "operationId": id,
        "summary": tongue.line(sends.summary.vi, sends.summary.en),
        "parameters": sends.headers.iter().map(header).collect::<Vec<_>>(),
        "requestBody": {"required": true, "content": {"application/json": {"schema": body}}},
        // The service proves itself by its signature.
        "security": [],
        "responses": {"2XX": {"description": "Taken."}, "410": {"description": "Gone: the webhook is disabled."}, "default": {"description": "Tried again, ten times over three days."}},
    }})
}

fn describe(
    tongue: Tongue,
    operation: &Operation,
    room: Option<&Room>,
    example: Option<&Value>,
    schemas: &mut Vec<(String, RefOr<Schema>)>,
    shared: &mut Shared,
) -> Value {
    let (responses, codes) = shared.responses(operation, room, example, schemas);
    let mut out = json!({
        "tags": [operation.room],
        "operationId": operation.id,
        "summary": tongue.line(&operation.summary.vi, &operation.summary.en),
        "description": tongue.describe(operation),
        "parameters": parameters(operation),
        "responses": responses,
        "security": security(operation),
    });
    let scopes = Some(scopes(operation)).filter(|scopes| !scopes.is_empty()).map(|scopes| scopes.join(" "));
    let beside = [("x-scope", scopes.map(Value::from)), ("x-codes", codes.as_object().filter(|codes| !codes.is_empty()).map(|_| codes.clone()))];
    for (name, value) in beside {
        if let (Some(value), Some(out)) = (value, out.as_object_mut()) {
            out.insert(name.into(), value);
        }
    }
    if let (Some(request), Some(map)) = (operation.request, out.as_object_mut()) {
        let mut content = json!({"schema": request(schemas)});
        if let (Some(example), Some(content)) = (example.and_then(|e| e.get("request")), content.as_object_mut()) {
            content.insert("example".into(), example.clone());
        }
        // An action's body may be left out where nothing of it is required.
        let bare = |(name, schema): &(String, RefOr<Schema>)| {
            content.pointer("/schema/$ref").and_then(Value::as_str).is_some_and(|r| r.ends_with(&format!("/{name}"))) && !demands(schema)
        };
        let required = !matches!(operation.kind, Kind::Act(_)) || !schemas.iter().any(bare);
        let first = operation.media.first().unwrap_or(&"application/json");
        let mut media = json!({*first: content});
        if let (Kind::Update, Some(media)) = (operation.kind, media.as_object_mut()) {
            media.insert("application/merge-patch+json".into(), content);
        }
        map.insert("requestBody".into(), json!({"required": required, "content": media}));
    }
    if let (true, Some(map)) = (operation.is_file(), out.as_object_mut()) {
        map.insert("requestBody".into(), json!({"required": true, "content": files(operation.media)}));
    }
    out
}

/// The scopes that an API client has to have all of.
fn scopes(operation: &Operation) -> Vec<String> {
    match operation.scope() {
        Scope::Of(resource, _) if matches!(operation.kind, Kind::Put) => vec![format!("{resource}:create"), format!("{resource}:update")],
        scope => scope.name().into_iter().collect(),
    }
}

/// Who may ask: somebody without a token, a person's token, a program's with its scopes.
fn security(operation: &Operation) -> Value {
    let mut ways = vec![];
    match operation.caller {
        Caller::Anyone if matches!(operation.kind, Kind::Write { .. }) => return json!([]),
        Caller::Anyone => ways.push(json!({})),
        Caller::SignedIn => {}
    }
    ways.push(json!({"token": []}));
    if operation.scope() != Scope::People {
        ways.push(json!({"client": scopes(operation)}));
    }
    ways.into()
}

/// All scopes with what each allows, in the words of the first operation that takes it.
fn all_scopes(rooms: &[Room], tongue: Tongue) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for operation in rooms.iter().flat_map(|room| &room.operations) {
        for scope in scopes(operation) {
            all.entry(scope).or_insert_with(|| tongue.line(&operation.summary.vi, &operation.summary.en));
        }
    }
    all
}

/// Whether an object of this schema cannot be empty.
fn demands(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if !object.required.is_empty())
}

/// Files of these types.
fn files(types: &[&str]) -> Value {
    let media: Map<String, Value> = types.iter().map(|media| ((*media).to_owned(), json!({"schema": {"type": "string", "format": "binary"}}))).collect();
    media.into()
}
