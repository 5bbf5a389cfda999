//! Connections as such: how many one network may hold, and how long one may be held without asking anything.
//!
//! The server's own timers end an idle connection and a first head that does not come; a second head that comes a byte at a
//! time meets neither. Here a connection is busy from a request's head to the last byte of its answer, and who is idle for
//! longer than an idle connection is kept is cut, whatever was sent meanwhile.

use std::any::Any;
use std::collections::HashMap;
use std::net::{IpAddr, Shutdown};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use socket2::{SockRef, Socket};

use super::proxies::{Proxies, network};

/// Connections that one network may hold open, unless it is a trusted proxy: a carrier's may stand for a thousand phones.
pub const PER_NETWORK: usize = 2_000;
/// An answer goes out in pieces of this size, so that it is dropped about when it was sent.
const PIECE: usize = 32 * 1024;

/// All connections of a process.
#[derive(Debug)]
pub struct Connections {
    /// Connections that one network may hold.
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    open: HashMap<u64, Open>,
    by_network: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Open {
    /// Another handle of the connection, to cut it by.
    socket: Socket,
    idle_since: Option<Instant>,
}

/// A connection's place among the others, for as long as it is open.
#[derive(Debug)]
pub struct Connection {
    all: Arc<Connections>,
    key: u64,
    network: Option<IpAddr>,
}

/// Held while a request is under way.
#[derive(Debug)]
pub struct Busy(Arc<Connection>);

impl Connections {
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a new connection in its data; one too many of a network is shut at once.
    pub fn enter(self: &Arc<Self>, stream: &dyn Any, proxies: &Proxies, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<TcpStream>() else { return };
        let socket = SockRef::from(stream);
        let peer = stream.peer_addr().ok().map(|peer| peer.ip());
        let counted = peer.filter(|peer| !proxies.trusts(*peer)).map(network);
        let Ok(handle) = socket.try_clone() else {
            // Without a handle to spare there are too many already.
            socket.shutdown(Shutdown::Both).ok();
            return;
        };
        let mut state = self.state();
        if let Some(counted) = counted {
            let held = state.by_network.entry(counted).or_default();
            if *held >= self.most {
                socket.shutdown(Shutdown::Both).ok();
                return;
            }
            *held += 1;
        }
        state.next += 1;
        let key = state.next;
        state.open.insert(key, Open { socket: handle, idle_since: Some(Instant::now()) });
        data.insert(Arc::new(Connection { all: self.clone(), key, network: counted }));
    }

    /// Cuts who was idle for longer than `most`. What was answered before is still delivered.
    pub fn cut_idle(&self, now: Instant, most: Duration) {
        for open in self.state().open.values() {
            if open.idle_since.is_some_and(|since| now.saturating_duration_since(since) > most) {
                open.socket.shutdown(Shutdown::Read).ok();
            }
        }
    }

    /// How many there are, for the metrics.
    pub fn count(&self) -> usize {
        self.state().open.len()
    }
}

impl Connection {
    fn set_idle(&self, idle_since: Option<Instant>) {
        if let Some(open) = self.all.state().open.get_mut(&self.key) {
            open.idle_since = idle_since;
        }
    }

    /// A request begins.
    pub fn busy(self: &Arc<Self>) -> Busy {
        self.set_idle(None);
        Busy(self.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.set_idle(Some(Instant::now()));
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut state = self.all.state();
        state.open.remove(&self.key);
        if let Some(network) = self.network {
            let held = state.by_network.entry(network).or_default();
            *held = held.saturating_sub(1);
            if *held == 0 {
                state.by_network.remove(&network);
            }
        }
    }
}

/// A body that keeps its connection busy until it is sent; a whole one goes out in pieces, with its length.
pub struct Sent {
    body: Result<Bytes, BoxBody>,
    _busy: Option<Busy>,
}

impl Sent {
    pub fn new(body: BoxBody, busy: Option<Busy>) -> Self {
        Self { body: body.try_into_bytes(), _busy: busy }
    }
}

impl MessageBody for Sent {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.as_ref().map_or_else(MessageBody::size, MessageBody::size)
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        match &mut self.body {
            Ok(bytes) if bytes.is_empty() => Poll::Ready(None),
            Ok(bytes) => Poll::Ready(Some(Ok(bytes.split_to(bytes.len().min(PIECE))))),
            Err(stream) => Pin::new(stream).poll_next(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_network_holds_so_many_and_leaves_the_others_alone() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a listener");
        let address = listener.local_addr().expect("an address");
        let all = Connections::new(2);
        let mut held = vec![];
        let mut arrive = async |proxies: &Proxies| {
            let (near, far) = tokio::join!(TcpStream::connect(address), listener.accept());
            let (near, (far, _)) = (near.expect("a connection"), far.expect("a connection"));
            let mut data = Extensions::new();
            all.enter(&far, proxies, &mut data);
            let entered = data.contains::<Arc<Connection>>();
            held.push((near, far, data));
            entered
        };
        let nobody = Proxies::default();
        assert!(arrive(&nobody).await && arrive(&nobody).await);
        assert!(!arrive(&nobody).await, "one too many");
        let proxy = Proxies::new(vec![super::super::proxies::parse("127.0.0.1").expect("an address")]);
        assert!(arrive(&proxy).await, "a proxy stands for many");
        assert_eq!(all.count(), 3);
        held.clear();
        assert_eq!(all.count(), 0, "who goes makes room");
    }
}
