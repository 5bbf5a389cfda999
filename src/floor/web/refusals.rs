//! Which problems an operation may answer: what its kind, its caller and its room say.

use super::openapi::takes_retry_key;
use super::operation::{Caller, Kind, Operation, Room, Scope};
use crate::access::lifecycle::Need;
use crate::error::{self, Problem};

/// The problems that an operation may answer, from its kind.
pub fn problems_of(operation: &Operation, room: Option<&Room>) -> Vec<&'static Problem> {
    use error::{
        BODY_TOO_LARGE, CONFLICT, FORBIDDEN, ID_TAKEN, IDEMPOTENCY_KEY_REUSED, INTERNAL, INVALID_CURSOR, MALFORMED_JSON, NOT_FOUND, PRECONDITION_FAILED,
        PRECONDITION_REQUIRED, REQUEST_TIMEOUT, RESYNC_REQUIRED, SESSION_REVOKED, TERM_ENDED, TOKEN_EXPIRED, TOKEN_INVALID, TOO_MANY_REQUESTS, UNAUTHENTICATED,
        UNAVAILABLE, UNSUPPORTED_MEDIA_TYPE, URI_TOO_LONG, VALIDATION_FAILED, WRONG_STATE,
    };
    let mut out: Vec<&'static Problem> = vec![&TOKEN_INVALID, &TOKEN_EXPIRED, &SESSION_REVOKED, &TERM_ENDED, &TOO_MANY_REQUESTS, &INTERNAL, &UNAVAILABLE];
    if operation.caller == Caller::SignedIn {
        out.push(&UNAUTHENTICATED);
    }
    if operation.writes() {
        out.extend([&MALFORMED_JSON, &REQUEST_TIMEOUT, &BODY_TOO_LARGE, &UNSUPPORTED_MEDIA_TYPE, &VALIDATION_FAILED]);
    }
    if takes_retry_key(operation) {
        out.push(&IDEMPOTENCY_KEY_REUSED);
    }
    match operation.kind {
        Kind::List { commune, .. } => {
            out.extend([&INVALID_CURSOR, &URI_TOO_LONG, &VALIDATION_FAILED, &RESYNC_REQUIRED]);
            if commune {
                out.push(&error::COMMUNE_REQUIRED);
            }
        }
        Kind::Item => out.push(&NOT_FOUND),
        Kind::Create => out.extend([&FORBIDDEN, &NOT_FOUND, &CONFLICT, &ID_TAKEN]),
        Kind::Update => out.extend([&FORBIDDEN, &NOT_FOUND, &CONFLICT, &PRECONDITION_FAILED, &PRECONDITION_REQUIRED]),
        Kind::Put => out.extend([&FORBIDDEN, &NOT_FOUND, &CONFLICT, &ID_TAKEN, &PRECONDITION_FAILED]),
        Kind::Act(step) => {
            out.extend([&FORBIDDEN, &NOT_FOUND, &CONFLICT, &WRONG_STATE, &PRECONDITION_FAILED]);
            if step.needs(Need::Read) {
                out.push(&PRECONDITION_REQUIRED);
            }
        }
        Kind::Read | Kind::Stream | Kind::Write { .. } => {}
    }
    out.extend(&operation.problems);
    // What a room has rules against is a change.
    out.extend(room.iter().filter(|_| operation.writes()).flat_map(|room| room.problems.iter().copied()));
    if operation.scope() != Scope::None {
        out.push(&error::INSUFFICIENT_SCOPE);
    }
    out.sort_by_key(|problem| (problem.status, problem.code));
    out.dedup_by_key(|problem| problem.code);
    out
}
