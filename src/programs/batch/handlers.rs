//! What happens with a batch.

use std::collections::HashSet;
use std::rc::Rc;

use actix_web::web::Bytes;
use serde_json::value::RawValue;

use super::dto::{Batch, BatchOperation, BatchResult, BatchResults};
use crate::access::reader_log::Shown;
use crate::error::{Error, FieldError, NOT_FOUND, Result};
use crate::web::answer::Answer;
use crate::web::call::{Call, Headers};
use crate::web::limits::TENTHS;
use crate::web::operation::{Kind, Operation};
use crate::web::values::Each;
use crate::web::{deadline, dispatch};
use crate::{random, said};

/// Bytes of a batch's answer, about: each result may hold an object. What comes after it is asked for again.
const MAX_ANSWER: usize = 8 << 20;

pub async fn batch(mut call: Call) -> Result<Answer> {
    let Batch { operations } = call.items()?;
    check_ids(&operations.0)?;
    // Each is a request's work.
    call.service().limits.count_items(&call, operations.0.len() * TENTHS)?;
    let mut results = vec![];
    let mut busy: Option<u16> = None;
    let mut length = 0;
    for Each { id, parsed } in operations.0 {
        let id = id.as_str().unwrap_or_default().to_owned();
        let (call, outcome) = match (busy, parsed) {
            // Not tried: the service asked to be left alone.
            (Some(_), _) => (call.clone(), Err(Error::unavailable())),
            (None, Err(misshapen)) => (call.clone(), Err(misshapen)),
            (None, Ok(operation)) => match call.admit_anew().await {
                Ok(()) => carry_out(&call, operation).await,
                Err(error) => (call.clone(), Err(error)),
            },
        };
        let result = told(&call, id, outcome);
        length += result.body.get().len();
        busy = busy.or(Some(503).filter(|_| result.status == 503 || length > MAX_ANSWER));
        results.push(result);
    }
    let answer = Answer::ok(BatchResults { results })?;
    Ok(if busy.is_some() { answer.header("Retry-After", "2") } else { answer })
}

/// Two operations of one id would share their retry key.
fn check_ids(operations: &[Each<BatchOperation>]) -> Result<()> {
    if operations.is_empty() {
        return Err(Error::field("/operations", "too_few", said!("Cần ít nhất một thao tác", "At least one operation is needed")));
    }
    let mut seen = HashSet::new();
    let mut errors = vec![];
    let parsed = operations.iter().enumerate().filter_map(|(i, each)| Some((i, each.parsed.as_ref().ok()?)));
    for (i, operation) in parsed {
        if !operation.id.0.bytes().all(|b| b.is_ascii_graphic()) {
            let detail = said!("Chỉ gồm ký tự ASCII nhìn thấy được", "Only visible ASCII characters");
            errors.push(FieldError::new(format!("/operations/{i}/id"), "invalid_key", detail));
        } else if !seen.insert(&operation.id.0) {
            let detail = said!("Trùng với một thao tác trước trong lô", "An earlier operation of the batch has it");
            errors.push(FieldError::new(format!("/operations/{i}/id"), "duplicate", detail));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// Only writes that take a retry key can be part of a batch: reads have no need, what answers secrets is asked for alone, and a
/// file is no JSON.
fn can_be_part(operation: &Operation) -> bool {
    !operation.is_file() && matches!(operation.kind, Kind::Create | Kind::Put | Kind::Update | Kind::Act(_) | Kind::Write { secret: false })
}

/// As a request of its own: by its own handler, with its own request id and line in the log.
async fn carry_out(batch: &Call, operation: BatchOperation) -> (Call, Result<Answer>) {
    let started = std::time::Instant::now();
    let BatchOperation { id, method, path, headers, body } = operation;
    let headers = headers.unwrap_or_default();
    let (path, query) = path.0.split_once('?').unwrap_or((&path.0, ""));
    let mut call = batch.clone();
    call.request_id = random::id();
    let place = batch.service().routes.at(path);
    let found = place.and_then(|place| Some((place.operation(method.name()).filter(|operation| can_be_part(operation))?, place.variables)));
    let Some((operation, variables)) = found else {
        let detail = said!("Không có thao tác này, hoặc không gửi được trong lô", "There is no such operation, or it cannot be part of a batch");
        return (call, Err(Error::new(&NOT_FOUND).detail(detail)));
    };
    call.operation = operation;
    call.path = variables;
    call.query = query.into();
    call.now = call.service().clock.now();
    call.shown = Shown::default();
    call.headers = Rc::new(Headers {
        if_match: headers.if_match.map(String::from),
        if_none_match: None,
        authorization: None,
        last_event_id: None,
        accept: None,
        content_type: None,
        idempotency_key: Some(headers.idempotency_key.map_or_else(|| id.into(), String::from)),
    });
    call.body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
    let outcome = match dispatch::check_scope(&call) {
        Ok(()) => deadline::keep(&call, (operation.handler)(call.clone())).await,
        Err(error) => Err(error),
    };
    let status = outcome.as_ref().map_or_else(Error::status, |answer| answer.status);
    let code = outcome.as_ref().err().map_or("", |error| error.problem().code);
    dispatch::note(&call, status, code, started.elapsed());
    (call, outcome)
}

/// JSON as it is; null for an answer without a body.
fn raw(json: &[u8]) -> Box<RawValue> {
    serde_json::from_slice(json).unwrap_or_default()
}

fn told(call: &Call, id: String, outcome: Result<Answer>) -> BatchResult {
    match outcome {
        Ok(answer) => {
            let header = |name: &str| answer.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
            let (location, replayed) = (header("Location"), header("Idempotency-Replayed").is_some());
            BatchResult { id, status: answer.status, etag: answer.etag, location, replayed, body: raw(&answer.body) }
        }
        Err(error) => {
            dispatch::explain(&error, &call.request_id.to_string());
            BatchResult {
                id,
                status: error.status(),
                etag: None,
                location: None,
                replayed: false,
                body: raw(error.document(call.lang, &call.request_id.to_string()).to_string().as_bytes()),
            }
        }
    }
}
