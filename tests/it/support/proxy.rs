//! A bad network: stands between a phone and the service, and cuts what it is told to cut.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens to a request. Each has a connection of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Passes,
    /// Half of the request arrives.
    Cut,
    /// The request is carried out, and its answer lost.
    AnswerLost,
    /// The answer comes in crumbs.
    Slow,
}

pub struct Proxy {
    pub address: String,
    target: Arc<Mutex<String>>,
    fates: Arc<Mutex<VecDeque<Fate>>>,
}

impl Proxy {
    /// Fates come in turn, again and again.
    pub async fn start(target: &str, fates: &[Fate]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (target, fates) = (Arc::new(Mutex::new(target.to_owned())), Arc::new(Mutex::new(fates.iter().copied().collect::<VecDeque<_>>())));
        let (to, script) = (target.clone(), fates.clone());
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let fate = {
                    let mut script = script.lock().unwrap();
                    let fate = script.pop_front().unwrap_or(Fate::Passes);
                    script.push_back(fate);
                    fate
                };
                let to = to.lock().unwrap().clone();
                tokio::spawn(carry(phone, to, fate));
            }
        });
        Self { address, target, fates }
    }

    /// The service stands elsewhere now.
    pub fn leads_to(&self, target: &str) {
        target.clone_into(&mut self.target.lock().unwrap());
    }

    /// The network is good from now on.
    pub fn heals(&self) {
        self.fates.lock().unwrap().clear();
    }
}

async fn carry(mut phone: TcpStream, to: String, fate: Fate) {
    let Some(request) = message(&mut phone).await else { return };
    let Ok(mut service) = TcpStream::connect(to).await else { return };
    if fate == Fate::Cut {
        service.write_all(&request[..request.len() / 2]).await.ok();
        return;
    }
    service.write_all(&request).await.ok();
    let Some(answer) = message(&mut service).await else { return };
    match fate {
        Fate::AnswerLost => {}
        Fate::Slow => {
            for crumb in answer.chunks(100) {
                if phone.write_all(crumb).await.is_err() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        }
        _ => {
            phone.write_all(&answer).await.ok();
        }
    }
}

/// One HTTP message with a length or in chunks.
async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = vec![];
    let mut piece = [0; 16 * 1024];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
            let whole = match length {
                Some(length) => bytes.len() >= end + 4 + length,
                None if head.contains("transfer-encoding: chunked") => bytes.ends_with(b"0\r\n\r\n"),
                None => true,
            };
            if whole {
                return Some(bytes);
            }
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
    }
}
