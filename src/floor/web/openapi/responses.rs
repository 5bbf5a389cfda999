//! What operations answer: done, unchanged, refused. What many of them answer stands once, in the components.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::files;
use super::parameters::takes_retry_key;
use crate::error::{COMMON, PRECONDITION_FAILED, Problem};
use crate::web::format::Format;
use crate::web::operation::{FORM, Kind, Operation, Room};
use crate::web::refusals;
use crate::web::shapes::{self, OAuthError};

/// Problems that were really answered, by their code: harvested by the story test.
static PROBLEMS: &str = include_str!("../../../../openapi/problems.json");

/// The refusals of each status: its name among the components, and what it means.
const REFUSALS: &[(u16, &str, &str)] = &[
    (400, "BadRequest", "The request cannot be read."),
    (401, "Unauthenticated", "Nobody is signed in, or not any more."),
    (403, "Forbidden", "The caller may not do this."),
    (404, "NotFound", "There is no such thing within the caller's reach."),
    (408, "RequestTimeout", "The body did not arrive in time."),
    (409, "Conflict", "What is there does not allow it now."),
    (410, "Gone", "Begin anew."),
    (412, "PreconditionFailed", "Somebody changed it since it was read."),
    (413, "BodyTooLarge", "The body is larger than allowed."),
    (414, "UriTooLong", "The parameters are longer than allowed."),
    (415, "UnsupportedMediaType", "The body is of another type than expected."),
    (422, "Unprocessable", "Fields break rules: `errors` names each."),
    (428, "PreconditionRequired", "Send the ETag of what was read in `If-Match`."),
    (429, "TooManyRequests", "Ask again after `Retry-After` seconds."),
    (500, "Internal", "An error of the service; tell its operator the `request_id`."),
    (503, "Unavailable", "The service is busy: ask again after `Retry-After` seconds."),
];

/// Headers of answers, by name.
const HEADERS: &[(&str, &str, &str)] = &[
    ("ETag", "string", "Begins with the version."),
    ("Idempotency-Replayed", "string", "`true`: done before under this key; this is the answer of then, as its object is now."),
    ("Link", "string", "`<...>; rel=\"next\"`: the next page (RFC 8288)."),
    ("Location", "string", "Where the new object is."),
    ("RateLimit", "string", "What is left of the caller's budget (draft-ietf-httpapi-ratelimit-headers-10)."),
    ("RateLimit-Policy", "string", "The budget that the request was counted under, and its size a minute."),
    ("Retry-After", "integer", "Seconds until it is worth asking again."),
    ("WWW-Authenticate", "string", "`Bearer`, with what is wrong with the token."),
    ("X-Request-Id", "string", "The request's id, for questions to the operator."),
    ("X-Row-Count", "integer", "Of a file: how many rows it has. One that has fewer was cut on the way."),
];

type Schemas = Vec<(String, RefOr<Schema>)>;

/// What operations refer to while they are described.
#[derive(Default)]
pub struct Shared {
    responses: BTreeMap<String, Value>,
    /// Schemas beside those of Rust's types.
    schemas: BTreeMap<String, Value>,
    problems: Map<String, Value>,
}

impl Shared {
    pub fn new() -> Self {
        Self { problems: serde_json::from_str(PROBLEMS).unwrap_or_default(), ..Self::default() }
    }

    /// The components, beside the schemas of Rust's types.
    pub fn components(self) -> (BTreeMap<String, Value>, BTreeMap<String, Value>, Value) {
        let header = |(name, kind, says): &(&str, &str, &str)| ((*name).to_owned(), json!({"schema": {"type": kind}, "description": says}));
        (self.schemas, self.responses, HEADERS.iter().map(header).collect::<Map<_, _>>().into())
    }

    /// A refusal of a status, with what else it may mean here.
    fn refusal(&mut self, status: u16, problems: &[&Problem], object: Option<&str>) -> Value {
        let known = REFUSALS.iter().find(|(known, ..)| *known == status);
        let (_, name, means) = known.copied().unwrap_or((status, "Refused", "Refused."));
        let stale = object.filter(|_| problems.contains(&&PRECONDITION_FAILED));
        let name = stale.map_or_else(|| name.to_owned(), |object| format!("{name}{object}"));
        if !self.responses.contains_key(&name) {
            let schema = stale.map_or_else(|| "ProblemDetails".to_owned(), |object| self.stale(object));
            let response = self.problem(status, means, &schema);
            self.responses.insert(name.clone(), response);
        }
        let mut out = json!({"$ref": format!("#/components/responses/{name}")});
        let own: Vec<String> = own(problems).map(|problem| format!("`{}`: {}.", problem.code, problem.title.en)).collect();
        if let (false, Some(out)) = (own.is_empty(), out.as_object_mut()) {
            out.insert("description".into(), format!("{means} {}", own.join(" ")).into());
        }
        out
    }

    /// A problem with what is there now.
    fn stale(&mut self, object: &str) -> String {
        let name = format!("Stale{object}");
        // Nothing is there now where the version was of what has gone, or never was.
        let members = json!({"type": "object", "properties": {
            "current": {"$ref": format!("#/components/schemas/{object}")},
            "changed": {"type": "array", "items": {"type": "string"}, "description": "The fields that differ from the version that was sent, or that the caller may not see."},
        }});
        let whole = json!({"description": "Somebody changed it since it was read: what is there now.", "allOf": [{"$ref": "#/components/schemas/ProblemDetails"}, members]});
        self.schemas.insert(name.clone(), whole);
        name
    }

    /// An event about an object of a kind.
    pub fn event(&mut self, kind: &str, event: &Value, object: &Value) -> Value {
        let of = object["$ref"].as_str().and_then(|object| object.rsplit('/').next()).unwrap_or(kind);
        let name = format!("{of}Event");
        let member = json!({"type": "object", "properties": {"object": {"oneOf": [object, {"type": "null"}], "description": "The object as the webhook's owner may see it now."}}});
        self.schemas.insert(name.clone(), json!({"description": format!("An event of `{kind}`."), "allOf": [event, member]}));
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn problem(&self, status: u16, means: &str, schema: &str) -> Value {
        let mut headers = vec!["X-Request-Id"];
        headers.extend(match status {
            401 => ["WWW-Authenticate"].as_slice(),
            412 => &["ETag"],
            429 => &["Retry-After", "RateLimit", "RateLimit-Policy"],
            503 => &["Retry-After"],
            _ => &[],
        });
        let of_status = |(_, problem): &(&String, &Value)| problem["status"] == status;
        let examples: Map<String, Value> = self.problems.iter().filter(of_status).map(|(code, problem)| (code.clone(), json!({"value": problem}))).collect();
        let mut content = json!({"schema": {"$ref": format!("#/components/schemas/{schema}")}});
        // One of another object would be none of this one.
        if let (true, false, Some(content)) = (schema == "ProblemDetails", examples.is_empty(), content.as_object_mut()) {
            content.insert("examples".into(), examples.into());
        }
        let codes: Vec<&str> = COMMON.iter().filter(|problem| problem.status == status).map(|problem| problem.code).collect();
        json!({"description": means, "headers": refer(&headers), "content": {"application/problem+json": content}, "x-codes": codes})
    }

    /// All answers of an operation, by status; and the codes of refusals that are its own, not every operation's.
    pub fn responses(&mut self, operation: &Operation, room: Option<&Room>, example: Option<&Value>, schemas: &mut Schemas) -> (Value, Value) {
        let mut out: BTreeMap<String, Value> = BTreeMap::new();
        // What changes an object answers it as reading it does: its example stands there.
        let item = room.and_then(|room| room.operations.iter().find(|operation| matches!(operation.kind, Kind::Item))).and_then(|item| item.response);
        let item = item.filter(|_| matches!(operation.kind, Kind::Update | Kind::Put | Kind::Act(_))).map(|item| json!(item(schemas)));
        let answers_it = item.is_some() && operation.response.map(|response| json!(response(schemas))) == item;
        let done = done(operation, example.filter(|_| !answers_it), schemas);
        let object = item.and_then(|item| item.get("$ref")?.as_str()?.rsplit('/').next().map(str::to_owned));
        if matches!(operation.kind, Kind::Create | Kind::Put) || operation.status == 201 && takes_retry_key(operation) {
            let what = if matches!(operation.kind, Kind::Put) { "Changed." } else { "Created before with the same body; the object as it is now." };
            let mut again = done.clone();
            if let Some(again) = again.as_object_mut() {
                again.insert("description".into(), what.into());
            }
            if let Some(headers) = again.get_mut("headers").and_then(Value::as_object_mut) {
                headers.remove("Location");
            }
            out.insert("200".into(), again);
        }
        out.insert(operation.status.to_string(), done);
        if operation.tagged {
            out.insert("304".into(), json!({"description": "Nothing changed since the tag that was sent.", "headers": refer(&["ETag"])}));
        }
        let mut by_status: BTreeMap<u16, Vec<&Problem>> = BTreeMap::new();
        for problem in refusals::problems_of(operation, room) {
            by_status.entry(problem.status).or_default().push(problem);
        }
        let mut codes = Map::new();
        for (status, problems) in by_status {
            // The token endpoint answers as RFC 6749 section 5.2 says.
            if operation.media == FORM && matches!(status, 400 | 401) {
                let schema = shapes::plain::<OAuthError>(schemas);
                out.insert(status.to_string(), json!({"description": "Refused (RFC 6749 section 5.2).", "content": {"application/json": {"schema": schema}}}));
                continue;
            }
            let own: Vec<&str> = own(&problems).map(|problem| problem.code).collect();
            if !own.is_empty() {
                codes.insert(status.to_string(), own.into());
            }
            out.insert(status.to_string(), self.refusal(status, &problems, object.as_deref()));
        }
        (json!(out), codes.into())
    }
}

/// Those that are not any operation's.
fn own<'p>(problems: &[&'p Problem]) -> impl Iterator<Item = &'p Problem> {
    problems.iter().copied().filter(|problem| !COMMON.contains(problem))
}

/// Headers by reference.
fn refer(names: &[&str]) -> Value {
    let refer = |name: &&str| ((*name).to_owned(), json!({"$ref": format!("#/components/headers/{name}")}));
    names.iter().map(refer).collect::<Map<_, _>>().into()
}

fn done(operation: &Operation, example: Option<&Value>, schemas: &mut Schemas) -> Value {
    let mut headers = vec!["RateLimit"];
    match operation.kind {
        Kind::List { .. } => headers.push("Link"),
        Kind::Create | Kind::Put => headers.extend(["ETag", "Location"]),
        Kind::Update | Kind::Act(_) => headers.push("ETag"),
        _ => {}
    }
    if operation.tagged {
        headers.push("ETag");
    }
    if !operation.formats.is_empty() {
        headers.push("X-Row-Count");
    }
    if takes_retry_key(operation) {
        headers.push("Idempotency-Replayed");
    }
    let mut done = json!({"description": "Done.", "headers": refer(&headers)});
    let Some(map) = done.as_object_mut() else { return done };
    if let Some(response) = operation.response {
        let mut content = json!({"schema": response(schemas)});
        if let (Some(example), Some(content)) = (example.and_then(|e| e.get("response")), content.as_object_mut()) {
            content.insert("example".into(), example.clone());
        }
        let media = if matches!(operation.kind, Kind::Stream) { "text/event-stream" } else { "application/json" };
        let mut content = Map::from_iter([(media.to_owned(), content)]);
        for format in operation.formats {
            let schema = match format {
                Format::Csv | Format::Ics => json!({"type": "string"}),
                Format::Xlsx => json!({"type": "string", "format": "binary"}),
                Format::GeoJson => json!({"type": "object", "description": "A FeatureCollection (RFC 7946).", "additionalProperties": true}),
            };
            content.insert(format.media().into(), json!({"schema": schema}));
        }
        map.insert("content".into(), content.into());
    }
    if !operation.file.is_empty() {
        map.insert("content".into(), files(operation.file));
    }
    done
}
