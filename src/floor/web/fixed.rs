//! What is the same for everybody and for as long as the program runs: made once, compressed once, known by its tag.

use std::io::{Read as _, Write as _};
use std::sync::OnceLock;

use super::compress::AsItIs;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// A text in the forms that it is sent in.
pub struct Fixed {
    mime: &'static str,
    /// Made when somebody first takes it so.
    plain: OnceLock<Bytes>,
    gzip: Bytes,
    etag: String,
}

/// The tag of a text: the beginning of its hash.
pub fn tag_of(bytes: &[u8]) -> String {
    let hash: String = Sha256::digest(bytes).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}\"")
}

impl Fixed {
    pub fn new(mime: &'static str, text: String) -> Self {
        let etag = tag_of(text.as_bytes());
        let mut encoder = GzEncoder::new(vec![], Compression::best());
        let gzip = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        Self { mime, plain: OnceLock::from(Bytes::from(text)), gzip: gzip.into(), etag }
    }

    /// What is packed (gzip) already.
    pub fn packed(mime: &'static str, gzip: Vec<u8>) -> Self {
        Self { mime, plain: OnceLock::new(), etag: tag_of(&gzip), gzip: gzip.into() }
    }

    /// As it is read.
    pub fn plain(&self) -> Bytes {
        let unpacked = || {
            let mut plain = vec![];
            GzDecoder::new(&*self.gzip).read_to_end(&mut plain).map_or_else(|_| Bytes::new(), |_| plain.into())
        };
        self.plain.get_or_init(unpacked).clone()
    }

    /// As the client takes it; 304 when it has it already.
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let said = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CACHE_CONTROL, "public, no-cache")).insert_header((header::VARY, "Accept-Encoding"));
        response.insert_header((header::ETAG, self.etag.as_str()));
        let known = said(header::IF_NONE_MATCH).split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.etag);
        if known {
            return response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
        }
        let takes = |part: &str| {
            let mut pieces = part.split(';').map(str::trim);
            pieces.next() == Some("gzip") && !pieces.any(|piece| matches!(piece.trim_start_matches("q=").parse::<f32>(), Ok(weight) if weight <= 0.0))
        };
        if !said(header::ACCEPT_ENCODING).split(',').any(takes) {
            // Else whoever takes another coding alone would have all of it compressed anew each time.
            response.extensions_mut().insert(AsItIs);
            return response.content_type(self.mime).body(self.plain());
        }
        response.insert_header((header::CONTENT_ENCODING, "gzip")).content_type(self.mime).body(self.gzip.clone())
    }
}
