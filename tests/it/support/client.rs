//! Requests of a test, and what came back.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::conforms::departures;
use super::{App, Process};

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// A refusal's code, with the pointer and code of its first field error.
    pub fn problem(&self) -> (u16, String, String, String) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let field = &self.body["errors"][0];
        (self.status, text(&self.body["code"]), text(&field["pointer"]), text(&field["code"]))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A client that hangs up idle connections before the service does, as the README asks of clients.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().pool_idle_timeout(std::time::Duration::from_secs(60)).build().expect("a client")
}

/// A request in the making.
pub struct Ask<'a> {
    http: &'a reqwest::Client,
    request: reqwest::RequestBuilder,
}

impl App {
    /// A request; an empty token is none.
    pub fn ask(&self, method: &str, token: &str, path: &str) -> Ask<'_> {
        Ask::new(&self.http, method, token, &format!("http://{}{path}", self.address))
    }

    pub async fn get(&self, token: &str, path: &str) -> Reply {
        self.ask("GET", token, path).send().await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Reply {
        self.ask("POST", token, path).json(&body).send().await
    }

    /// A change of whatever is there.
    pub async fn patch(&self, token: &str, path: &str, body: Value) -> Reply {
        self.ask("PATCH", token, path).header("If-Match", "*").json(&body).send().await
    }

    /// The ids over all pages of a list.
    pub async fn ids(&self, token: &str, path: &str) -> Vec<String> {
        self.all(token, path, "id").await
    }

    /// A field's values over all pages of a list.
    pub async fn all(&self, token: &str, path: &str, field: &str) -> Vec<String> {
        let text = |item: &Value| item[field].as_str().map_or_else(|| item[field].to_string(), str::to_owned);
        let mut values = vec![];
        let mut cursor = String::new();
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.get(token, &format!("{path}{joint}limit=3{cursor}")).await.expect(200);
            values.extend(page["items"].as_array().expect("items").iter().map(text));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return values,
            }
        }
    }
}

impl Process {
    pub async fn get(&self, token: &str, path: &str) -> Reply {
        Ask::new(&self.http, "GET", token, &format!("http://{}{path}", self.address)).send().await
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Reply {
        Ask::new(&self.http, "POST", token, &format!("http://{}{path}", self.address)).json(body).send().await
    }

    /// A change of whatever is there.
    pub async fn patch_any(&self, token: &str, path: &str, body: &Value) -> Reply {
        Ask::new(&self.http, "PATCH", token, &format!("http://{}{path}", self.address)).header("If-Match", "*").json(body).send().await
    }

    /// Asked again as long as the service is busy, which a slow machine may be at any time: a busy answer did nothing.
    pub async fn post_in_turn(&self, token: &str, path: &str, body: &Value) -> Reply {
        loop {
            let reply = self.post(token, path, body).await;
            if reply.status != 503 {
                return reply;
            }
        }
    }
}

impl<'a> Ask<'a> {
    fn new(http: &'a reqwest::Client, method: &str, token: &str, address: &str) -> Self {
        let mut request = http.request(method.parse().expect("a method"), address);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        Self { http, request }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.header("Content-Type", "application/json").body(body.to_string());
        self
    }

    pub fn bytes(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.request = self.request.header("Content-Type", content_type).body(body.into());
        self
    }

    pub async fn send(self) -> Reply {
        let request = self.request.build().expect("a request");
        let (method, path) = (request.method().to_string(), request.url().path().to_owned());
        let response = self.http.execute(request).await.expect("an answer");
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("a body").to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let media = headers.get("content-type").and_then(|media| media.to_str().ok()).unwrap_or_default();
        let parsed = serde_json::from_str(&text);
        // A test that takes a coding reads it itself.
        let read = method != "HEAD" && !headers.contains_key("content-encoding");
        assert!(!read || !media.ends_with("json") || parsed.is_ok(), "{method} {path} is no JSON: {text}");
        let body = parsed.unwrap_or(Value::Null);
        if read {
            assert_eq!(departures(&method, &path, status, media, &body), Vec::<String>::new(), "{text}");
        }
        Reply { status, headers, body, text, bytes }
    }
}
