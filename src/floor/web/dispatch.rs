//! From HTTP to the operation table and back. One handler serves all operations.

use std::rc::Rc;
use std::time::Duration;

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};

pub use super::answer::explain;
use super::answer::problem;
use super::bounds;
use super::call::{Call, Headers};
use super::deadline;
use super::limits::Standing;
use super::operation::{Caller, Kind, Operation, STREAM_PATH, Scope, TOKEN_PATH};
use super::parameters::MAX_QUERY;
use super::table::may_create;
use super::tickets;
use crate::access::guard::{Admitted, admit};
use crate::access::reader_log::{Reading, Shown};
use crate::error::{Error, INSUFFICIENT_SCOPE, METHOD_NOT_ALLOWED, NOT_FOUND, Result, TOKEN_INVALID, UNAUTHENTICATED, UNSUPPORTED_MEDIA_TYPE, URI_TOO_LONG};
use crate::said;
use crate::service::Worker;
use crate::text::Lang;

/// Every operation; what the table does not know is 404, or 405 with `Allow`. Who asks is settled before routes, bodies and
/// everything else.
pub async fn route(request: HttpRequest, payload: Payload) -> HttpResponse {
    let Some(worker) = request.app_data::<Rc<Worker>>().cloned() else { return refuse(&request, &Error::internal("a request without its worker")) };
    let admitted = match authenticate(&request, &worker).await {
        Ok(admitted) => admitted,
        Err(error) => return refuse(&request, &error),
    };
    // Decoded but for what would change where a path's parts end.
    let Some(place) = worker.service.routes.at(request.match_info().as_str()) else { return not_found(request).await };
    match place.operation(request.method().as_str()) {
        Some(operation) => serve(request, payload, worker.clone(), admitted, operation, place.variables).await,
        None if request.method() == actix_web::http::Method::OPTIONS => HttpResponse::NoContent().insert_header((header::ALLOW, place.allow())).finish(),
        None => refuse(&request, &Error::new(&METHOD_NOT_ALLOWED).header("Allow", place.allow())),
    }
}

async fn authenticate(request: &HttpRequest, worker: &Worker) -> Result<Admitted> {
    let sent = request.headers().get(header::AUTHORIZATION);
    let authorization = sent.and_then(|value| value.to_str().ok());
    // There a program says who it is in the same header (RFC 6749 section 2.3.1): its handler reads it.
    let authorization = authorization.filter(|_| request.path() != TOKEN_PATH);
    let by_ticket = if sent.is_none() { by_ticket(request, worker)? } else { None };
    let authorization = authorization.or(by_ticket.as_deref());
    // A made-up token has to be looked at too: counted like what has none.
    let made_up = |error| as_stranger(request, worker).err().unwrap_or(error);
    if sent.is_some_and(|value| value.to_str().is_err()) {
        return Err(made_up(Error::new(&TOKEN_INVALID)));
    }
    admit(worker, authorization, worker.service.clock.now()).await.map_err(made_up)
}

/// The header that a stream's ticket stands for. One that is over is no stranger: it says that there was a right.
fn by_ticket(request: &HttpRequest, worker: &Worker) -> Result<Option<String>> {
    let Some((ticket, _)) = Some(request).filter(|request| request.path() == STREAM_PATH).and_then(|request| tickets::split(request.query_string())) else {
        return Ok(None);
    };
    let service = &worker.service;
    match tickets::read(&service.secret, &ticket, service.clock.now()) {
        Some(authorization) => Ok(Some(authorization)),
        None => Err(as_stranger(request, worker).err().unwrap_or(Error::new(&TOKEN_INVALID))),
    }
}

/// What is beside the operations (the document, its page, keys, unknown addresses) is counted by address. Health is not:
/// balancers ask it all the time, and it costs nothing.
pub fn count_stranger(request: &HttpRequest) -> Result<()> {
    let outside = !request.path().starts_with("/v1/") && !request.path().starts_with("/health/");
    match request.app_data::<Rc<Worker>>() {
        Some(worker) if outside => as_stranger(request, worker),
        _ => Ok(()),
    }
}

fn as_stranger(request: &HttpRequest, worker: &Worker) -> Result<()> {
    let service = &worker.service;
    service.limits.admit_stranger(service.proxies.client(request.peer_addr(), request.headers()))
}

/// What no route knows.
pub async fn not_found(request: HttpRequest) -> HttpResponse {
    let unknown = Error::new(&NOT_FOUND).detail(said!("Không có địa chỉ này", "There is no such address"));
    let counted = request.app_data::<Rc<Worker>>().filter(|_| request.path().starts_with("/v1/")).map(|worker| as_stranger(&request, worker));
    refuse(&request, &counted.and_then(Result::err).unwrap_or(unknown))
}

/// A problem document outside of an operation.
pub fn refuse(request: &HttpRequest, error: &Error) -> HttpResponse {
    let lang = Lang::from_header(text(request.headers(), &header::ACCEPT_LANGUAGE));
    problem(error, lang, &crate::random::id().to_string())
}

async fn serve(
    request: HttpRequest,
    payload: Payload,
    worker: Rc<Worker>,
    admitted: Admitted,
    operation: &'static Operation,
    path: Rc<[String]>,
) -> HttpResponse {
    let started = std::time::Instant::now();
    let headers = request.headers();
    let lang = Lang::from_header(text(headers, &header::ACCEPT_LANGUAGE));
    // What is no text is still something that was sent: a key that cannot be one is refused, not passed over.
    let owned = |name: &HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let request_id = crate::random::id();
    let ticket = if matches!(operation.kind, Kind::Stream) { tickets::split(request.query_string()) } else { None };
    let by_ticket = ticket.as_ref().and_then(|(ticket, _)| tickets::read(&worker.service.secret, ticket, worker.service.clock.now()));
    let mut call = Call {
        operation,
        actor: admitted.actor,
        epoch: admitted.epoch,
        lang,
        now: worker.service.clock.now(),
        request_id,
        path,
        query: ticket.map_or_else(|| request.query_string().into(), |(_, rest)| rest.into()),
        headers: Rc::new(Headers {
            if_match: owned(&header::IF_MATCH),
            if_none_match: owned(&header::IF_NONE_MATCH),
            authorization: owned(&header::AUTHORIZATION).or(by_ticket).filter(|_| operation.needs_token()),
            accept: owned(&header::ACCEPT),
            content_type: owned(&header::CONTENT_TYPE),
            last_event_id: owned(&HeaderName::from_static("last-event-id")),
            idempotency_key: owned(&HeaderName::from_static("idempotency-key")),
        }),
        body: Bytes::new(),
        address: worker.service.proxies.client(request.peer_addr(), headers),
        shown: Shown::default(),
        worker,
    };
    let limits = &call.service().limits;
    let admitted = if call.query.len() > MAX_QUERY { Err(too_long()) } else { limits.admit(&call) };
    let (answer, standing) = match admitted {
        Ok(standing) => (run(&mut call, &request, payload).await, standing),
        Err(error) => (Err(error), None),
    };
    let (mut response, code) = match answer {
        Ok(answer) => (answer.into_response(&call), ""),
        Err(error) => (problem(&error, lang, &request_id.to_string()), error.problem().code),
    };
    let standing = call.service().limits.settle(&call, standing, response.status().as_u16());
    for (name, value) in standing.iter().flat_map(Standing::headers) {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    note(&call, response.status().as_u16(), code, started.elapsed());
    response
}

fn too_long() -> Error {
    Error::new(&URI_TOO_LONG).detail(said!("Phần tham số dài quá {MAX_QUERY} byte", "The parameters are longer than {MAX_QUERY} bytes"))
}

/// What is kept of an answered request: who was shown what, the metrics, and one line that holds no address, no name and
/// no body. With the problem's code and the commune a clerk's request id leads to what went wrong.
pub fn note(call: &Call, status: u16, code: &str, took: Duration) {
    let (operation, request_id) = (call.operation, call.request_id);
    call.service().reader_log.keep(Reading { actor: &call.actor, operation: &operation.id, request_id, at: call.now }, &call.shown);
    super::metrics::answered(&operation.id, status, took);
    let user = call.actor.user_id().map(|id| id.to_string()).unwrap_or_default();
    let commune = call.actor.only_commune().map(|id| id.to_string()).unwrap_or_default();
    tracing::info!(operation = operation.id, %request_id, user, commune, status, code, ms = took.as_secs_f64() * 1e3, "request");
}

async fn run(call: &mut Call, request: &HttpRequest, payload: Payload) -> Result<super::answer::Answer> {
    if call.operation.caller == Caller::SignedIn && call.actor.person.is_none() {
        return Err(Error::new(&UNAUTHENTICATED));
    }
    check_scope(call)?;
    if call.operation.writes() {
        check_content_type(request, call.operation.media)?;
        if call.operation.is_file()
            && let Some(policy) = call.operation.policy
        {
            // A file is large: it is read of those alone who may have a use for it.
            may_create(call, policy, None).await?;
        }
        let _share = if bounds::is_large(request) { Some(call.service().uploads.take(call)?) } else { None };
        call.body = bounds::read(request, payload, call.operation.most_bytes()).await?;
    }
    deadline::keep(call, (call.operation.handler)(call.clone())).await
}

/// 403 for an API client without the scope of an operation.
pub fn check_scope(call: &Call) -> Result<()> {
    match call.operation.scope() {
        Scope::Of(resource, verb) => call.actor.require_scope(resource, verb),
        Scope::People if call.actor.client.is_some() => {
            Err(Error::new(&INSUFFICIENT_SCOPE).detail(said!("Thao tác này chỉ dành cho người", "This operation is for people alone")))
        }
        Scope::People | Scope::None => Ok(()),
    }
}

fn check_content_type(request: &HttpRequest, known: &[&str]) -> Result<()> {
    // Nothing is of no type, whatever a program puts there.
    let empty = request.headers().get(header::CONTENT_LENGTH).is_none_or(|length| length == "0") && !request.headers().contains_key(header::TRANSFER_ENCODING);
    let sent = text(request.headers(), &header::CONTENT_TYPE).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if empty || known.contains(&essence.as_str()) {
        return Ok(());
    }
    let wanted = known.join(", ");
    Err(Error::new(&UNSUPPORTED_MEDIA_TYPE).detail(said!("Gửi {wanted}", "Send {wanted}")))
}

/// A header that is text.
pub fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
