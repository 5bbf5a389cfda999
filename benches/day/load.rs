//! A small HTTP/1.1 client that costs little itself: fixed bytes out, `Content-Length` in.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request, ready to send.
pub type Request = Rc<[u8]>;

pub struct Outcome {
    pub count: usize,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// CPU time that the generator itself used, in seconds.
    pub own_cpu: f64,
}

pub enum Load {
    Forever(Request, Duration),
    Each(Vec<Request>),
}

impl Load {
    pub fn forever(request: Request, seconds: u64) -> Self {
        Self::Forever(request, Duration::from_secs(seconds))
    }

    pub fn each(requests: Vec<Request>) -> Self {
        Self::Each(requests)
    }

    /// Sends over some connections, each one request after the other. Any answer but 2xx stops the bench.
    pub async fn run(self, address: &str, connections: usize) -> Outcome {
        let own = super::machine::cpu_of(std::process::id());
        let times = Rc::new(RefCell::new(vec![]));
        let end = match &self {
            Self::Forever(_, time) => Some(Instant::now() + *time),
            Self::Each(_) => None,
        };
        let queue = Rc::new(RefCell::new(self));
        let senders = (0..connections).map(|_| {
            let (queue, times) = (queue.clone(), times.clone());
            async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.set_nodelay(true).unwrap();
                let mut buffer = vec![];
                loop {
                    let next = match &mut *queue.borrow_mut() {
                        Self::Forever(request, _) => end.filter(|end| Instant::now() < *end).map(|_| request.clone()),
                        Self::Each(requests) => requests.pop(),
                    };
                    let Some(request) = next else { break };
                    let began = Instant::now();
                    stream.write_all(&request).await.unwrap();
                    answer(&mut stream, &mut buffer).await;
                    times.borrow_mut().push(began.elapsed());
                }
            }
        });
        futures::future::join_all(senders).await;
        let mut times = times.take();
        times.sort();
        let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
        Outcome { count: times.len(), p50_ms: at(50), p99_ms: at(99), own_cpu: super::machine::cpu_of(std::process::id()) - own }
    }
}

/// Reads one answer whole.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "the service closed the connection");
        let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&buffer[..head]).unwrap();
        assert!(text.starts_with("HTTP/1.1 2"), "{}", String::from_utf8_lossy(buffer));
        let length = text.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(|length| length.parse::<usize>().unwrap()));
        let whole = head + 4 + length.expect("a length");
        while buffer.len() < whole {
            assert!(stream.read_buf(buffer).await.unwrap() > 0, "the service closed the connection");
        }
        return;
    }
}
