//! What is served beside the operations: health, keys, the API document and its page.

use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use super::dispatch::{self, refuse};
use super::fixed::Fixed;
use super::openapi::{self, Tongue};
use super::operation::TOKEN_PATH;
use super::{body, docs, parameters};
use crate::error::Error;
use crate::said;
use crate::service::Worker;
use crate::text::Lang;

pub fn configure(config: &mut ServiceConfig) {
    configure_health(config);
    config
        .service(read("/.well-known/jwks.json", jwks))
        .service(read("/.well-known/oauth-authorization-server", authorization_server))
        .service(read("/openapi.json", |request| document(request, Form::Newest)))
        .service(read("/openapi-3.0.json", |request| document(request, Form::Older)))
        .configure(docs::configure);
}

/// What is read at an address; HEAD is GET without the body. Any other method is as if nothing were there.
pub fn read<F: Future<Output = HttpResponse> + 'static>(path: &str, answer: impl Fn(HttpRequest) -> F + Clone + 'static) -> Resource {
    let unknown = web::to(async |request: HttpRequest| dispatch::not_found(request).await);
    web::resource(path).route(web::get().to(answer.clone())).route(web::head().to(answer)).default_service(unknown)
}

/// How long readiness waits for the database.
const READY: std::time::Duration = std::time::Duration::from_millis(900);

fn configure_health(config: &mut ServiceConfig) {
    config.service(read("/health/live", |_| live())).service(read("/health/ready", ready));
}

/// Health alone, without a database: everything else is told to come again.
pub fn configure_waiting(config: &mut ServiceConfig) {
    config.service(read("/health/live", |_| live()));
    config.default_service(web::to(async |request: HttpRequest| refuse(&request, &Error::unavailable())));
}

/// The admin listener: health and metrics.
pub fn configure_admin(config: &mut ServiceConfig) {
    configure_health(config);
    config.service(read("/metrics", metrics_text));
}

async fn metrics_text(request: HttpRequest) -> HttpResponse {
    let Some(worker) = request.app_data::<Rc<Worker>>() else { return refuse(&request, &Error::unavailable()) };
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(super::metrics::text(&worker.service).await)
}

/// The process runs; says nothing of the database.
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// Requests can be served: the database answers, and the process is not about to end.
async fn ready(request: HttpRequest) -> HttpResponse {
    let Some(worker) = request.app_data::<Rc<Worker>>() else { return refuse(&request, &Error::unavailable()) };
    if worker.service.draining.load(Ordering::Relaxed) {
        return refuse(&request, &Error::unavailable());
    }
    // Whoever asks decides by the answer: it does not wait for a database that says nothing.
    match tokio::time::timeout(READY, worker.service.pulse.beat(&worker.lane, &worker.service.clock)).await {
        Ok(Ok(_)) => HttpResponse::Ok().json(json!({"status": "ready"})),
        Ok(Err(error)) => refuse(&request, &error),
        Err(_) => refuse(&request, &Error::unavailable()),
    }
}

/// The public keys that access tokens are verified with (RFC 7517).
async fn jwks(request: HttpRequest) -> HttpResponse {
    match request.app_data::<Rc<Worker>>() {
        Some(worker) => HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(&worker.service.keys.current().document),
        None => refuse(&request, &Error::unavailable()),
    }
}

/// Where programs get tokens, and how (RFC 8414). Only where operators gave the address: what a request says of it is
/// anybody's word, and whoever believed it would send secrets there.
async fn authorization_server(request: HttpRequest) -> HttpResponse {
    let Some(worker) = request.app_data::<Rc<Worker>>() else { return refuse(&request, &Error::unavailable()) };
    let Some(issuer) = worker.service.public_url.clone() else {
        let detail = said!("Máy chủ chưa được đặt địa chỉ công khai (--public-url)", "The service was not told its public address (--public-url)");
        return refuse(&request, &Error::not_found().detail(detail));
    };
    let mut scopes: Vec<String> = worker.service.rooms.iter().flat_map(|room| &room.operations).filter_map(|operation| operation.scope().name()).collect();
    scopes.sort();
    scopes.dedup();
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}{TOKEN_PATH}"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_types_supported": [],
        "scopes_supported": scopes,
        "service_documentation": format!("{issuer}/docs/"),
    }))
}

/// Which OpenAPI the document is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// 3.1.
    Newest,
    /// 3.0.3.
    Older,
}

/// What a document may be asked with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentQuery {
    lang: Option<String>,
    tags: Option<String>,
}

/// Requests that a part of the document counts for: it is put together for who asks.
const PART: u32 = 50;
/// Parts that are put together at once: each takes some megabytes. Who comes then comes again.
static PARTS: Semaphore = Semaphore::const_new(2);

/// The document: in both languages or one (`lang`), of all resources or some (`tags`).
async fn document(request: HttpRequest, form: Form) -> HttpResponse {
    static DOCUMENTS: [OnceLock<Fixed>; 6] = [const { OnceLock::new() }; 6];
    let Some(worker) = request.app_data::<Rc<Worker>>() else { return refuse(&request, &Error::unavailable()) };
    let asked = parameters::parse(request.query_string().as_bytes(), |name| name == "tags").map_err(Error::from).and_then(|pairs| body::query(&pairs));
    let DocumentQuery { lang, tags } = match asked {
        Ok(asked) => asked,
        Err(error) => return refuse(&request, &error),
    };
    let (n, tongue) = match lang.as_deref() {
        None => (0, Tongue::Both),
        Some("vi") => (1, Tongue::One(Lang::Vi)),
        Some("en") => (2, Tongue::One(Lang::En)),
        Some(_) => return refuse(&request, &Error::field("?lang", "unknown_value", said!("Giá trị: vi, en", "Values: vi, en"))),
    };
    let Some(kept) = DOCUMENTS.get(n + if form == Form::Older { 3 } else { 0 }) else { return refuse(&request, &Error::not_found()) };
    let rooms = worker.service.rooms;
    let make = move || {
        let text = match (form, tongue) {
            (Form::Newest, Tongue::Both) => openapi::text(rooms),
            (Form::Newest, _) => openapi::document_in(rooms, tongue).to_string(),
            (Form::Older, _) => openapi::older(openapi::document_in(rooms, tongue)).to_string(),
        };
        Fixed::new("application/json", text)
    };
    // Made once, and not on the thread that others wait for.
    let whole = match kept.get() {
        Some(whole) => whole,
        None => match tokio::task::spawn_blocking(move || kept.get_or_init(make)).await {
            Ok(whole) => whole,
            Err(error) => return refuse(&request, &Error::internal(error)),
        },
    };
    let Some(tags) = tags.filter(|tags| tags.split(',').any(|tag| !tag.trim().is_empty())) else { return whole.answer(&request) };
    let tags: Vec<String> = tags.split(',').map(|tag| tag.trim().replace('-', "_")).filter(|tag| !tag.is_empty()).collect();
    let unknown = tags.iter().find(|tag| !rooms.iter().any(|room| room.name == tag.as_str()));
    if let Some(unknown) = unknown {
        let known = rooms.iter().map(|room| room.name).collect::<Vec<_>>().join(", ");
        let detail = said!("Không có nhóm \"{unknown}\"; có: {known}", "There is no tag \"{unknown}\"; these are: {known}");
        return refuse(&request, &Error::field("?tags", "unknown_value", detail));
    }
    if let Err(error) = worker.service.limits.charge_stranger(worker.service.proxies.client(request.peer_addr(), request.headers()), PART) {
        return refuse(&request, &error);
    }
    let Ok(_turn) = PARTS.try_acquire() else { return refuse(&request, &Error::unavailable()) };
    let text = whole.plain();
    let made = tokio::task::spawn_blocking(move || {
        let whole = serde_json::from_slice(&text)?;
        Ok::<_, serde_json::Error>(openapi::part(whole, &tags.iter().map(String::as_str).collect::<Vec<_>>()).to_string())
    });
    match made.await.map_err(Error::internal).and_then(|made| made.map_err(Error::internal)) {
        Ok(part) => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, no-cache")).content_type("application/json").body(part),
        Err(error) => refuse(&request, &error),
    }
}
