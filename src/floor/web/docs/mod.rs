//! The page for people: the document in Swagger UI, a form to sign in, and the guides, in Vietnamese and in English. All of
//! it lies in the program, and works without the internet.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse};
use pulldown_cmark::{Options, Parser};
use utoipa_swagger_ui::Config;

use super::dispatch::not_found;
use super::fixed::Fixed;
use super::pages::read;

const HTML: &str = "text/html; charset=utf-8";
const PAGE: &str = include_str!("index.html");
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// The guides by their address: language, text.
const GUIDES: &[(&str, &str, &str)] = &[
    ("for-app-makers.vi.html", "vi", include_str!("../../../../docs/for-app-makers.vi.md")),
    ("for-app-makers.en.html", "en", include_str!("../../../../docs/for-app-makers.md")),
    ("for-the-liaison-system.vi.html", "vi", include_str!("../../../../docs/for-the-liaison-system.vi.md")),
    ("for-the-liaison-system.en.html", "en", include_str!("../../../../docs/for-the-liaison-system.md")),
];

/// What of Swagger UI the page needs.
const VENDORED: &[(&str, &str)] = &[("swagger-ui.css", "text/css; charset=utf-8"), ("swagger-ui-bundle.js", "text/javascript; charset=utf-8")];

/// Nothing of another place is loaded or asked, and the page is in nobody's frame. Swagger UI writes styles itself.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub fn configure(config: &mut ServiceConfig) {
    let there = async |_| HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish();
    config.service(read("/docs/", file)).service(read("/docs/{file}", file)).service(read("/docs", there)).service(read("/", root));
}

/// Where everything is: the page for who reads it, the addresses for programs (RFC 8631).
async fn root(request: HttpRequest) -> HttpResponse {
    let reads = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    let mut response = if reads { HttpResponse::Found() } else { HttpResponse::Ok() };
    response.insert_header((header::LINK, "</openapi.json>; rel=\"service-desc\", </docs/>; rel=\"service-doc\"")).insert_header((header::VARY, "Accept"));
    if reads {
        return response.insert_header((header::LOCATION, "/docs/")).finish();
    }
    response.json(serde_json::json!({"page": "/docs/", "document": "/openapi.json", "ready": "/health/ready"}))
}

async fn file(request: HttpRequest) -> HttpResponse {
    static FILES: OnceLock<HashMap<&'static str, Fixed>> = OnceLock::new();
    let name = request.match_info().get("file").unwrap_or_default();
    match FILES.get_or_init(files).get(name) {
        Some(file) => {
            let mut response = file.answer(&request);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            response
        }
        None => not_found(request).await,
    }
}

fn files() -> HashMap<&'static str, Fixed> {
    let mut files = HashMap::from([
        ("", Fixed::new(HTML, PAGE.into())),
        ("page.js", Fixed::new("text/javascript; charset=utf-8", SCRIPT.into())),
        ("page.css", Fixed::new("text/css; charset=utf-8", STYLE.into())),
    ]);
    files.extend(GUIDES.iter().map(|(name, lang, text)| (*name, Fixed::new(HTML, guide(lang, text)))));
    let config = Arc::new(Config::new(["/openapi.json"]));
    for (name, mime) in VENDORED {
        // They lie packed in the program (feature `gzip`).
        if let Ok(Some(file)) = utoipa_swagger_ui::serve(name, config.clone()) {
            files.insert(name, Fixed::packed(mime, file.bytes.into_owned()));
        }
    }
    files
}

/// A guide as a page.
fn guide(lang: &str, text: &str) -> String {
    let title = text.lines().next().unwrap_or_default().trim_start_matches('#').trim();
    let mut body = String::new();
    pulldown_cmark::html::push_html(&mut body, Parser::new_ext(text, Options::ENABLE_TABLES));
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"page.css\"><link rel=\"icon\" href=\"data:,\"></head><body><article><p><a href=\"./\">Danvan API</a></p>{body}</article></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_of_the_page_is_there() {
        let files = files();
        for (name, _) in VENDORED {
            assert!(files.contains_key(name), "{name}");
        }
        let named = PAGE.split('"').filter(|part| part.ends_with(".css") || part.ends_with(".js"));
        assert_eq!(named.filter(|name| !files.contains_key(name)).count(), 0);
        for (name, _, text) in GUIDES {
            assert!(files.contains_key(name) && guide("vi", text).contains("<h2>"), "{name}");
        }
    }
}
