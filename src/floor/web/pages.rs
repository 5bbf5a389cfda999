//! What is served beside the operations: health, keys, the API document and its page.

use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::dispatch::refuse;
use super::fixed::Fixed;
use super::operation::TOKEN_PATH;
use crate::error::Error;
use crate::said;
use crate::service::Worker;

pub fn configure(config: &mut ServiceConfig) {
    configure_health(config);
    config
        .route("/.well-known/jwks.json", web::get().to(jwks))
        .route("/.well-known/oauth-authorization-server", web::get().to(authorization_server))
        .route("/openapi.json", web::get().to(document))
        .route("/docs", web::get().to(|| async { HttpResponse::PermanentRedirect().insert_header(("Location", "/docs/")).finish() }))
        .service(
            utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}")
                .config(utoipa_swagger_ui::Config::new(["/openapi.json"]).try_it_out_enabled(true).filter(true).persist_authorization(false)),
        );
}

/// How long readiness waits for the database.
const READY: std::time::Duration = std::time::Duration::from_millis(900);

fn configure_health(config: &mut ServiceConfig) {
    config.route("/health/live", web::get().to(live)).route("/health/ready", web::get().to(ready));
}

/// Health alone, without a database: everything else is told to come again.
pub fn configure_waiting(config: &mut ServiceConfig) {
    config.route("/health/live", web::get().to(live));
    config.default_service(web::to(async |request: HttpRequest| refuse(&request, &Error::unavailable())));
}

/// The admin listener: health and metrics.
pub fn configure_admin(config: &mut ServiceConfig) {
    configure_health(config);
    config.route("/metrics", web::get().to(metrics_text));
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

async fn document(request: HttpRequest) -> HttpResponse {
    static DOCUMENT: OnceLock<Fixed> = OnceLock::new();
    let Some(worker) = request.app_data::<Rc<Worker>>() else { return refuse(&request, &Error::unavailable()) };
    DOCUMENT.get_or_init(|| Fixed::new("application/json", super::openapi::text(worker.service.rooms))).answer(&request)
}
