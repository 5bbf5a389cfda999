//! What a handler gives back, and its way into HTTP.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use tokio::sync::mpsc;

use super::call::Call;
use super::fixed::tag_of;
use super::operation::Caller;
use crate::error::{Error, Result};
use crate::text::Lang;

/// The answer of an operation.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// JSON.
    pub body: Bytes,
    pub etag: Option<String>,
    /// Sent instead of the body, piece by piece.
    pub events: Option<Events>,
    /// Sent instead of the body.
    pub file: Option<File>,
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub fn new(status: u16, body: impl Serialize) -> Result<Self> {
        Ok(Self::written(status, serde_json::to_vec(&body)?))
    }

    /// JSON that is written already.
    pub fn written(status: u16, body: Vec<u8>) -> Self {
        Self { status, body: body.into(), etag: None, events: None, file: None, headers: vec![] }
    }

    pub fn ok(body: impl Serialize) -> Result<Self> {
        Self::new(200, body)
    }

    pub fn empty() -> Self {
        Self::written(204, vec![])
    }

    /// Something else than JSON.
    pub fn file(file: File) -> Self {
        Self { status: 200, file: Some(file), ..Self::empty() }
    }

    /// Server-sent events, until the sender is dropped.
    pub fn events(receiver: mpsc::Receiver<Bytes>) -> Self {
        Self { status: 200, events: Some(Rc::new(RefCell::new(Some(receiver)))), ..Self::empty() }
    }

    pub fn etag(mut self, etag: String) -> Self {
        self.etag = Some(etag);
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same answer without its body, when the client has it already.
    pub fn unless_known(self, call: &Call) -> Self {
        match &self.etag {
            Some(etag) if call.has(etag) => Self { status: 304, body: Bytes::new(), ..self },
            _ => self,
        }
    }

    /// What changes with the program alone: kept for an hour, and known again by its tag.
    pub fn fixed(self, call: &Call) -> Self {
        let tag = tag_of(&self.body);
        self.etag(tag).header("Cache-Control", "public, max-age=3600").unless_known(call)
    }

    pub fn into_response(self, call: &Call) -> HttpResponse {
        let mut response = HttpResponse::build(StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK));
        common(&mut response, call.lang, &call.request_id.to_string());
        let open = call.operation.caller == Caller::Anyone && call.actor.person.is_none() && !call.operation.writes();
        let cache = match (&self.etag, open) {
            (Some(_), true) => "public, no-cache",
            (Some(_), false) => "private, no-cache",
            (None, _) => "no-store",
        };
        if !self.headers.iter().any(|(name, _)| *name == "Cache-Control") {
            response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static(cache)));
        }
        if let Some(etag) = &self.etag {
            response.insert_header((header::ETAG, etag.as_str()));
        }
        for (name, value) in &self.headers {
            response.insert_header((*name, value.as_str()));
        }
        if self.status == 304 || self.status == 204 {
            return response.finish();
        }
        if let Some(File { mime, bytes }) = self.file {
            return response.content_type(mime).body(bytes);
        }
        if let Some(receiver) = self.events.and_then(|events| events.take()) {
            let pieces = futures::stream::unfold(receiver, async |mut receiver| {
                let piece = receiver.recv().await?;
                Some((Ok::<_, Infallible>(piece), receiver))
            });
            response.insert_header(("X-Accel-Buffering", "no"));
            return response.content_type("text/event-stream").streaming(Box::pin(pieces));
        }
        response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json"))).body(self.body)
    }
}

/// Bytes of another kind than JSON.
#[derive(Debug, Clone)]
pub struct File {
    pub mime: &'static str,
    pub bytes: Bytes,
}

/// Where the pieces of an answer come from; taken once.
pub type Events = Rc<RefCell<Option<mpsc::Receiver<Bytes>>>>;

/// Logs what failed on our side, once, where the answer is made.
pub fn explain(error: &Error, request_id: &str) {
    if let Some(cause) = error.cause() {
        if error.status() >= 500 {
            tracing::error!(request_id, cause, "failed");
        } else {
            tracing::debug!(request_id, cause, "refused");
        }
    }
}

/// A problem document as a response.
pub fn problem(error: &Error, lang: Lang, request_id: &str) -> HttpResponse {
    explain(error, request_id);
    let mut response = HttpResponse::build(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    common(&mut response, lang, request_id);
    response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    if error.status() == 401 {
        response.insert_header(("WWW-Authenticate", format!("Bearer realm=\"danvan\", error=\"{}\"", error.problem().code)));
    }
    for (name, value) in error.headers() {
        response.insert_header((*name, value.as_str()));
    }
    response.content_type("application/problem+json").body(error.document(lang, request_id).to_string())
}

/// What every answer says.
fn common(response: &mut HttpResponseBuilder, lang: Lang, request_id: &str) {
    response.insert_header((header::VARY, HeaderValue::from_static(VARY)));
    response.insert_header((header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag())));
    response.insert_header((HeaderName::from_static("x-request-id"), request_id));
}

/// What else than the address decides what an answer is.
const VARY: &str = "Authorization, Accept, Accept-Language, Accept-Encoding";
