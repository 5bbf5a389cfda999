//! One try: a POST to a checked address, without redirects, within its time.

use std::error::Error as _;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

use super::address::{Allowed, check, is_public};

/// How long a receiver may take for its whole answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// As much of an answer as is read: nothing of it is kept.
const MAX_ANSWER: usize = 64 * 1024;

/// What came of a try.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered(u16),
    /// No answer: a stable name of the reason.
    Failed(&'static str),
}

/// What is sent.
pub struct Message {
    pub url: String,
    pub id: String,
    pub timestamp: i64,
    pub signature: String,
    pub body: String,
}

/// The way out.
#[derive(Debug, Clone)]
pub struct Sender {
    http: reqwest::Client,
    pub allowed: Allowed,
}

impl Sender {
    pub fn new(allowed: Allowed) -> anyhow::Result<Self> {
        // The cryptography that the database's TLS uses too; the second time it is there already.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(5))
            // A proxy of the environment would connect to what was not checked.
            .no_proxy()
            .dns_resolver(Checked { private: allowed.private })
            .user_agent(concat!("danvan/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, allowed })
    }

    pub async fn send(&self, message: Message) -> Outcome {
        let Ok(url) = check(&message.url, &self.allowed) else { return Outcome::Failed("address_not_allowed") };
        let request = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", message.signature)
            .body(message.body);
        match request.send().await {
            Ok(mut answer) => {
                let mut read = 0;
                // Read to its end, or the receiver takes it for a failure; but not without an end.
                while let Ok(Some(piece)) = answer.chunk().await {
                    read += piece.len();
                    if read > MAX_ANSWER {
                        return Outcome::Failed("answer_too_large");
                    }
                }
                Outcome::Answered(answer.status().as_u16())
            }
            Err(error) => Outcome::Failed(reason(&error)),
        }
    }
}

fn reason(error: &reqwest::Error) -> &'static str {
    let mut source = error.source();
    while let Some(inner) = source {
        if inner.is::<NotPublic>() {
            return "address_not_allowed";
        }
        source = inner.source();
    }
    match () {
        () if error.is_timeout() => "timeout",
        () if error.is_connect() => "no_connection",
        () => "broken_answer",
    }
}

#[derive(Debug, thiserror::Error)]
#[error("an address of this name is not public")]
struct NotPublic;

/// Looks names up and refuses those of which any address is not public. What is connected to is what was looked up here: a
/// name that points elsewhere the next moment gains nothing.
#[derive(Debug)]
struct Checked {
    private: bool,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !private && found.iter().any(|address| !is_public(address.ip())) {
                return Err(NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
