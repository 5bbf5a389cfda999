//! Answers made smaller on their way out, as their reader takes them, and bodies made whole again on their way in. At the
//! lowest levels: what follows in size is a few per cent, what it costs is many times the making of the answer itself.

use std::io::{Read, Write as _};

use actix_web::body::{BodySize, BoxBody, MessageBody as _};
use actix_web::http::header::{self, ContentEncoding, Encoding, Header as _, HeaderMap, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpResponse};

use super::body::MAX_BODY;
use crate::error::{BAD_REQUEST, BODY_TOO_LARGE, Error, Result, UNSUPPORTED_MEDIA_TYPE};
use crate::said;

/// Bodies below this are sent as they are: compressing them saves no packet.
pub const ABOVE: usize = 1024;
/// Bodies above this are compressed on a thread of their own: some milliseconds, in which others of the worker would wait.
const ASIDE: usize = 256 * 1024;
/// Brotli's quality and window: some hundred kilobytes of memory for each answer under way.
const BROTLI: (u32, u32) = (1, 18);
const ZSTD: i32 = 1;

/// A mark of an answer that goes out as it is: its maker has decided about it.
#[derive(Debug, Clone, Copy)]
pub struct AsItIs;

/// What can be chosen.
const CODINGS: [Encoding; 4] = [
    Encoding::Known(ContentEncoding::Brotli),
    Encoding::Known(ContentEncoding::Zstd),
    Encoding::Known(ContentEncoding::Gzip),
    Encoding::Known(ContentEncoding::Identity),
];

/// What a request takes; none for an answer as it is.
pub fn asked(request: &impl HttpMessage) -> Option<ContentEncoding> {
    if !request.headers().contains_key(header::ACCEPT_ENCODING) {
        return None;
    }
    match header::AcceptEncoding::parse(request).ok()?.negotiate(CODINGS.iter())? {
        Encoding::Known(coding) if coding != ContentEncoding::Identity => Some(coding),
        _ => None,
    }
}

/// The answer in that coding, where it is worth it: a whole body of text that nobody has coded or decided about.
pub async fn answer(response: HttpResponse<BoxBody>, coding: Option<ContentEncoding>) -> HttpResponse<BoxBody> {
    let Some(coding) = coding else { return response };
    let large = matches!(response.body().size(), BodySize::Sized(size) if size >= ABOVE as u64);
    if !large || response.extensions().contains::<AsItIs>() || response.headers().contains_key(header::CONTENT_ENCODING) || !is_text(response.headers()) {
        return response;
    }
    let (mut response, body) = response.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(stream) => return response.set_body(stream),
    };
    let smaller = if bytes.len() < ASIDE {
        compressed(&bytes, coding)
    } else {
        let whole = bytes.clone();
        tokio::task::spawn_blocking(move || compressed(&whole, coding)).await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
    };
    let bytes = match smaller {
        Ok(smaller) => {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
            // Beside what others have said already: the service's own answers name it, pages and what CORS adds do not.
            let named = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.to_ascii_lowercase().contains("accept-encoding"));
            if !response.headers().get_all(header::VARY).any(named) {
                response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
            }
            Bytes::from(smaller)
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be compressed");
            bytes
        }
    };
    response.set_body(BoxBody::new(bytes))
}

/// The codings that bodies may come in (RFC 9110 section 8.4), as a refusal names them.
const TAKEN: &str = "gzip, br, zstd, deflate";

/// A body as it was before its sender made it smaller: at most so many bytes, whatever it says.
pub async fn whole(bytes: Bytes, coding: Option<&str>, most: usize) -> Result<Bytes> {
    let coding = coding.unwrap_or_default().trim().to_ascii_lowercase();
    if bytes.is_empty() || matches!(coding.as_str(), "" | "identity") {
        return Ok(bytes);
    }
    let expand = move || -> Result<Bytes> {
        match coding.as_str() {
            "gzip" | "x-gzip" => expanded(flate2::read::MultiGzDecoder::new(&*bytes), most),
            "deflate" => expanded(flate2::read::ZlibDecoder::new(&*bytes), most),
            "br" => expanded(brotli::Decompressor::new(&*bytes, 4_096), most),
            "zstd" => expanded(zstd::stream::read::Decoder::new(&*bytes).map_err(broken)?, most),
            _ => {
                let detail = said!("Content-Encoding phải là một trong: {TAKEN}", "Content-Encoding must be one of: {TAKEN}");
                Err(Error::new(&UNSUPPORTED_MEDIA_TYPE).detail(detail).header("Accept-Encoding", TAKEN))
            }
        }
    };
    // Some milliseconds at most, but for files.
    if most <= MAX_BODY { expand() } else { tokio::task::spawn_blocking(expand).await.map_err(Error::internal)? }
}

fn expanded(from: impl Read, most: usize) -> Result<Bytes> {
    let mut out = vec![];
    from.take(most as u64 + 1).read_to_end(&mut out).map_err(broken)?;
    if out.len() > most {
        return Err(Error::new(&BODY_TOO_LARGE).detail(said!("Tối đa {most} byte sau khi giải nén", "At most {most} bytes unpacked")));
    }
    Ok(out.into())
}

fn broken(_: std::io::Error) -> Error {
    Error::new(&BAD_REQUEST).detail(said!("Nội dung không giải nén được như Content-Encoding nêu", "The body is not what Content-Encoding says"))
}

/// Spreadsheets and pictures are compressed already.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/") || ["json", "javascript", "svg"].iter().any(|text| kind.contains(text))
}

fn compressed(bytes: &[u8], coding: ContentEncoding) -> std::io::Result<Vec<u8>> {
    let out = Vec::with_capacity(bytes.len() / 4);
    match coding {
        ContentEncoding::Brotli => {
            let (quality, window) = BROTLI;
            let mut writer = brotli::CompressorWriter::new(out, 4_096, quality, window);
            writer.write_all(bytes)?;
            Ok(writer.into_inner())
        }
        ContentEncoding::Zstd => zstd::bulk::compress(bytes, ZSTD),
        _ => {
            let mut writer = flate2::write::GzEncoder::new(out, flate2::Compression::fast());
            writer.write_all(bytes)?;
            writer.finish()
        }
    }
}
