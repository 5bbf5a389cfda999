//! One request as the rooms see it: parsed, authenticated, free of HTTP.

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::body;
use super::operation::{Kind, Operation};
use super::patch;
use crate::access::actor::Actor;
use crate::access::guard::{Principal, admit};
use crate::access::reach::Policy;
use crate::access::reader_log::Shown;
use crate::error::{Error, PRECONDITION_REQUIRED, Result, UNAUTHENTICATED};
use crate::journal::write::Retry;
use crate::said;
use crate::service::Worker;
use crate::text::Lang;

/// The headers that operations look at.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    pub if_match: Option<String>,
    pub if_none_match: Option<String>,
    pub idempotency_key: Option<String>,
    /// Of the token endpoint and of streams alone; everywhere else the guard has settled who asks.
    pub authorization: Option<String>,
    pub last_event_id: Option<String>,
    pub accept: Option<String>,
    pub content_type: Option<String>,
}

/// A request on its way to its handler. It is handed on by copies: what is long is shared by them.
#[derive(Clone)]
pub struct Call {
    pub worker: Rc<Worker>,
    pub operation: &'static Operation,
    pub actor: Rc<Actor>,
    pub epoch: Arc<str>,
    pub lang: Lang,
    pub now: DateTime<Utc>,
    pub request_id: Uuid,
    /// The path's variables in their order.
    pub path: Rc<[String]>,
    pub query: Rc<str>,
    pub headers: Rc<Headers>,
    pub body: Bytes,
    pub address: Option<IpAddr>,
    /// What the answer shows, for the reader log.
    pub shown: Shown,
}

/// What a writer has read of the row that it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`, or no header where none is required.
    Whatever,
    Version(i64),
    /// A tag that was never one of ours.
    Nothing,
}

impl Call {
    /// The row that the path names; an id that is none is simply not there.
    pub fn id(&self) -> Result<Uuid> {
        self.path.first().and_then(|text| Uuid::parse_str(text).ok()).ok_or_else(Error::not_found)
    }

    /// Whose rights something uses that this request leaves behind.
    pub fn principal(&self) -> Result<Principal> {
        Principal::of(&self.actor).ok_or_else(|| Error::new(&UNAUTHENTICATED))
    }

    /// The body; of a change with what `clear` names as null, for clients whose JSON cannot say it.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T> {
        match self.operation.kind {
            Kind::Update if !self.query.is_empty() => body::json(&patch::with_cleared(self)?),
            _ => body::json(&self.body),
        }
    }

    /// A body of many items, each of which is judged by itself.
    pub fn items<T: DeserializeOwned>(&self) -> Result<T> {
        body::items(&self.body)
    }

    /// Settles anew who asks, for what goes on for long: a right that ended does nothing more.
    pub async fn admit_anew(&mut self) -> Result<()> {
        self.now = self.service().clock.now();
        let admitted = admit(&self.worker, self.headers.authorization.as_deref(), self.now).await?;
        (self.actor, self.epoch) = (admitted.actor, admitted.epoch);
        Ok(())
    }

    pub fn policy(&self) -> Result<&'static Policy> {
        self.operation.policy.ok_or_else(|| Error::internal("the operation has no policy"))
    }

    /// Stands for the request's meaning: two requests with one hash ask for the same.
    pub fn request_hash(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(self.operation.id.as_bytes());
        for part in self.path.iter() {
            hash.update([0]);
            hash.update(part.as_bytes());
        }
        if !self.query.is_empty() {
            hash.update([0]);
            hash.update(self.query.as_bytes());
        }
        hash.update([0]);
        hash.update(body::canonical(&self.body));
        hash.finalize().to_vec()
    }

    /// The retry key, when one was sent: 1 to 255 visible characters.
    pub fn retry(&self) -> Result<Option<Retry>> {
        let Some(key) = &self.headers.idempotency_key else { return Ok(None) };
        if !(1..=255).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::field(
                "Idempotency-Key",
                "invalid_key",
                said!("Khóa gồm 1 đến 255 ký tự ASCII nhìn thấy được", "A key has 1 to 255 visible ASCII characters"),
            ));
        }
        Ok(Some(Retry { key: key.clone(), request_hash: self.request_hash() }))
    }

    /// What `If-Match` says; 428 where it is required and missing. Only the version counts, `W/` is ignored.
    pub fn if_match(&self, required: bool) -> Result<IfMatch> {
        let Some(header) = self.headers.if_match.as_deref() else {
            if required {
                let detail = said!(
                    "Gửi ETag của bản đã đọc trong tiêu đề If-Match, hoặc * để chấp nhận mọi phiên bản",
                    "Send the ETag of what you read in the header If-Match, or * for whatever is there"
                );
                return Err(Error::new(&PRECONDITION_REQUIRED).detail(detail));
            }
            return Ok(IfMatch::Whatever);
        };
        let header = header.trim();
        if header == "*" {
            return Ok(IfMatch::Whatever);
        }
        let tag = header.strip_prefix("W/").unwrap_or(header).trim_matches('"');
        let version = tag.split('-').next().and_then(|digits| digits.parse().ok());
        Ok(version.map_or(IfMatch::Nothing, IfMatch::Version))
    }

    /// Whether the client already has what carries this tag.
    pub fn has(&self, etag: &str) -> bool {
        let Some(header) = self.headers.if_none_match.as_deref() else { return false };
        header.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    }

    pub fn service(&self) -> &crate::service::Service {
        &self.worker.service
    }

    pub fn user_id(&self) -> Result<Uuid> {
        self.actor.user_id().ok_or_else(|| Error::new(&UNAUTHENTICATED))
    }
}
