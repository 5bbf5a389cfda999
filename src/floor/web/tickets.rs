//! Tickets for streams: a browser's `EventSource` sends no header, and an access token has no place in an address, where
//! it would be kept in logs and histories. A ticket opens streams alone, for a minute, and says nothing to who finds it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::access::keys::Secret;
use crate::error::Result;

/// How long a ticket is good for the beginning of a stream.
pub const LIFE: TimeDelta = TimeDelta::seconds(60);
/// What it is for.
const PURPOSE: &str = "stream ticket";
/// The longest that is looked at: an access token with what goes around it.
const MAX_LENGTH: usize = 4_000;

/// How a stream may be asked for without a header.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TicketQuery {
    /// A ticket of `/v1/stream/tickets`, instead of the header `Authorization`.
    pub ticket: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Ticket {
    authorization: String,
    until: DateTime<Utc>,
}

/// A ticket that stands for the header of a request.
pub fn write(secret: &Secret, authorization: &str, now: DateTime<Utc>) -> Result<String> {
    let plain = serde_json::to_vec(&Ticket { authorization: authorization.into(), until: now + LIFE })?;
    Ok(URL_SAFE_NO_PAD.encode(secret.seal(PURPOSE, b"", &plain)))
}

/// The header that a ticket stands for; none for one that is over, or none at all.
pub fn read(secret: &Secret, text: &str, now: DateTime<Utc>) -> Option<String> {
    let sealed = Some(text).filter(|text| text.len() <= MAX_LENGTH).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())?;
    let ticket: Ticket = serde_json::from_slice(&secret.open(PURPOSE, b"", &sealed)?).ok()?;
    (now <= ticket.until).then_some(ticket.authorization)
}

/// The ticket in a query string, and the query without it.
pub fn split(query: &str) -> Option<(String, String)> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let ticket = pairs.clone().find(|(name, _)| name == "ticket")?.1.into_owned();
    let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs.filter(|(name, _)| name != "ticket")).finish();
    Some((ticket, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_stands_for_its_header_for_a_minute() {
        let path = std::env::temp_dir().join(format!("danvan-ticket-{}-{}", std::process::id(), crate::random::token(8)));
        let secret = Secret::load_or_make(&path).expect("a secret");
        std::fs::remove_file(path).expect("removed");
        let now = DateTime::UNIX_EPOCH;
        let ticket = write(&secret, "Bearer x", now).expect("a ticket");
        assert_eq!(read(&secret, &ticket, now + LIFE).as_deref(), Some("Bearer x"));
        assert_eq!(read(&secret, &ticket, now + LIFE + TimeDelta::seconds(1)), None);
        for wrong in ["", "x", &ticket[1..], &"x".repeat(5_000)] {
            assert_eq!(read(&secret, wrong, now), None);
        }
        assert_eq!(split(&format!("a=1&ticket={ticket}&b=%C3%BD")), Some((ticket, "a=1&b=%C3%BD".into())));
        assert_eq!(split("a=1"), None);
    }
}
