//! How large a request may be, and how slow.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures::StreamExt as _;

use super::body::{MAX_BODY, MAX_FILE, MAX_FORM, MAX_PUBLIC_BODY};
use super::compress;
use super::dispatch::text;
use super::operation::{Caller, FORM, Kind, Operation, TOKEN_PATH};
use crate::error::{BAD_REQUEST, BODY_TOO_LARGE, Error, REQUEST_TIMEOUT, Result};
use crate::said;

impl Operation {
    /// The most bytes that a body may have.
    pub fn most_bytes(&self) -> usize {
        match self.caller {
            _ if self.is_file() => MAX_FILE,
            _ if self.media == FORM => MAX_FORM,
            Caller::Anyone => MAX_PUBLIC_BODY,
            Caller::SignedIn => MAX_BODY,
        }
    }

    /// It hands the token on, or looks at it again.
    pub fn needs_token(&self) -> bool {
        self.path == TOKEN_PATH || self.lasts() || self.id == "issue_stream_ticket"
    }

    /// It goes on for so long that who asks is settled anew on the way.
    pub fn lasts(&self) -> bool {
        matches!(self.kind, Kind::Stream) || matches!(self.id.as_str(), "batch" | "check_in_many")
    }
}

/// A body, as far as it is neither too large nor too slow; packed or unpacked.
pub async fn read(request: &HttpRequest, mut payload: Payload, most: usize) -> Result<Bytes> {
    let too_large = || Error::new(&BODY_TOO_LARGE).detail(said!("Tối đa {most} byte", "At most {most} bytes"));
    let announced = text(request.headers(), &header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let begun = tokio::time::Instant::now();
    let mut bytes = BytesMut::new();
    loop {
        // The more has come, the more time the rest has: a slow network is served, who sends nothing is not waited for.
        let deadline = begun + BODY_PATIENCE + Duration::from_secs((bytes.len() / SLOWEST_BYTES_A_SECOND) as u64);
        let Ok(chunk) = tokio::time::timeout_at(deadline, payload.next()).await else { return Err(too_slow()) };
        let Some(chunk) = chunk else { break };
        let chunk = chunk.map_err(|_| Error::new(&BAD_REQUEST))?;
        if bytes.len() + chunk.len() > most {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    compress::whole(bytes.freeze(), text(request.headers(), &header::CONTENT_ENCODING), most).await
}

/// Open streams of one caller.
pub const STREAMS_OF_ONE: usize = 10;

/// Large bodies, or such of unknown length, that one caller sends at once.
pub const UPLOADS_OF_ONE: usize = 8;
/// From here on a body is large.
const LARGE: usize = 64 * 1024;

pub fn is_large(request: &HttpRequest) -> bool {
    let announced = text(request.headers(), &header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    announced.map_or_else(|| request.headers().contains_key(header::TRANSFER_ENCODING), |length| length > LARGE)
}

/// How long a body may take before any of it has come.
const BODY_PATIENCE: Duration = Duration::from_secs(30);
/// What a body has to come with at least, from then on.
const SLOWEST_BYTES_A_SECOND: usize = 4 * 1024;

fn too_slow() -> Error {
    let detail = said!("Nội dung gửi lên không đến kịp", "The body did not arrive in time");
    // What is still to come of it must not be taken for the next request.
    Error::new(&REQUEST_TIMEOUT).detail(detail).header("Connection", "close")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use actix_web::web::Payload as Extracted;
    use actix_web::{FromRequest as _, dev};
    use futures::stream;

    use super::*;

    /// A body of pieces of a size, each after a pause; the clock stands still and goes on by itself when everybody waits.
    async fn sent(pieces: usize, size: usize, pause: Duration) -> Result<usize> {
        let request = TestRequest::default().to_http_request();
        let pieces = stream::iter(0..pieces).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, actix_web::error::PayloadError>(Bytes::from(vec![b' '; size]))
        });
        let mut payload = dev::Payload::Stream { payload: pieces.boxed_local() };
        let payload = Extracted::from_request(&request, &mut payload).await.expect("a body");
        read(&request, payload, MAX_BODY).await.map(|bytes| bytes.len())
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_network_is_served_and_who_sends_nothing_is_not_waited_for() {
        assert_eq!(sent(100, 4096, Duration::from_secs(1)).await.expect("a body"), 100 * 4096);
        assert_eq!(sent(2, 1, Duration::from_secs(10)).await.expect("a body"), 2);
        let begun = tokio::time::Instant::now();
        assert_eq!(sent(1_000, 1, Duration::from_secs(10)).await.expect_err("refused").problem(), &REQUEST_TIMEOUT);
        assert_eq!(begun.elapsed(), BODY_PATIENCE);
        assert_eq!(sent(1_000, 4096, Duration::ZERO).await.expect_err("refused").problem(), &BODY_TOO_LARGE);
    }
}
