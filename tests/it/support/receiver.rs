//! A receiver of webhooks that answers as it is told, and keeps what it got.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the receiver does with a request.
#[derive(Debug, Clone)]
pub enum Answer {
    Status(u16),
    /// To another address.
    Redirect(String),
    /// Takes the request and hangs up.
    HangUp,
    /// An answer without an end.
    Endless,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Got {
    pub headers: HashMap<String, String>,
    pub text: String,
    pub body: Value,
}

pub struct Receiver {
    pub url: String,
    script: Arc<Mutex<VecDeque<Answer>>>,
    only: Arc<Mutex<String>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    /// Answers 200 where nothing else was said.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (script, got): (Arc<Mutex<VecDeque<Answer>>>, Arc<Mutex<Vec<Got>>>) = Default::default();
        let only: Arc<Mutex<String>> = Arc::default();
        let (answers, which, kept) = (script.clone(), only.clone(), got.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answers.clone(), which.clone(), kept.clone()));
            }
        });
        Self { url, script, only, got }
    }

    /// The next answers.
    pub fn will(&self, answers: impl IntoIterator<Item = Answer>) {
        self.script.lock().unwrap().extend(answers);
    }

    /// These answers are for requests that hold a text alone; the others get 200.
    pub fn only(&self, text: &str) {
        text.clone_into(&mut self.only.lock().unwrap());
    }

    /// What came since the last time.
    pub fn take(&self) -> Vec<Got> {
        std::mem::take(&mut self.got.lock().unwrap())
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<VecDeque<Answer>>>, only: Arc<Mutex<String>>, got: Arc<Mutex<Vec<Got>>>) {
    while let Some(request) = read(&mut stream).await {
        let scripted = request.text.contains(only.lock().unwrap().as_str());
        got.lock().unwrap().push(request);
        let answer = if scripted { script.lock().unwrap().pop_front() } else { None }.unwrap_or(Answer::Status(200));
        let text = match answer {
            Answer::Status(status) => format!("HTTP/1.1 {status} x\r\nContent-Length: 2\r\n\r\nok"),
            Answer::Redirect(to) => format!("HTTP/1.1 302 x\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"),
            Answer::HangUp => return,
            Answer::Endless => {
                stream.write_all(b"HTTP/1.1 200 x\r\nContent-Length: 1000000000\r\n\r\n").await.ok();
                while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
                return;
            }
        };
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut bytes = vec![];
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let headers: HashMap<String, String> =
                head.lines().skip(1).filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
            let length: usize = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let text = String::from_utf8_lossy(&bytes[end + 4..end + 4 + length]).into_owned();
                return Some(Got { headers, body: serde_json::from_str(&text).unwrap_or_default(), text });
            }
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
    }
}
