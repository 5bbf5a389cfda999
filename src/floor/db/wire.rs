//! A socket to Postgres that does not wait for ever. The server answers each statement within its own limits; a host that is
//! gone without a word, or takes everything and says nothing, answers none. Then the connection breaks, whoever waits on it: a
//! request, a write, work in the background.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::Sleep;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// How long a peer may be silent before the system gives its connection up.
const SILENCE: Duration = Duration::from_secs(5);

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// The socket, and how long an answer may take.
#[derive(Debug)]
pub struct Socket {
    stream: Stream,
    patience: Option<Duration>,
    /// Runs from what was sent to the next that comes.
    asked: Option<Pin<Box<Sleep>>>,
}

impl Socket {
    /// Connects to one of the hosts of a connection string.
    pub async fn open(config: &Config, n: usize, patience: Option<Duration>) -> io::Result<Self> {
        let port = config.get_ports().get(n).or_else(|| config.get_ports().first()).copied().unwrap_or(5432);
        let address = config.get_hostaddrs().get(n);
        let stream = match (config.get_hosts().get(n), address) {
            (Some(Host::Unix(folder)), _) => Stream::Unix(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?),
            (_, Some(address)) => Stream::Tcp(TcpStream::connect((*address, port)).await?),
            (Some(Host::Tcp(name)), None) => Stream::Tcp(TcpStream::connect((name.as_str(), port)).await?),
            (None, None) => return Err(io::Error::new(io::ErrorKind::InvalidInput, "the connection names no host")),
        };
        if let Stream::Tcp(tcp) = &stream {
            tcp.set_nodelay(true)?;
            let alive = socket2::TcpKeepalive::new().with_time(SILENCE).with_interval(Duration::from_secs(2)).with_retries(2);
            socket2::SockRef::from(tcp).set_tcp_keepalive(&alive)?;
        }
        Ok(Self { stream, patience, asked: None })
    }

    /// Sockets of this machine have no TLS.
    pub fn is_local(&self) -> bool {
        matches!(self.stream, Stream::Unix(_))
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = match &mut self.stream {
            Stream::Tcp(tcp) => Pin::new(tcp).poll_read(context, buffer),
            Stream::Unix(unix) => Pin::new(unix).poll_read(context, buffer),
        };
        if read.is_ready() {
            if buffer.filled().len() > before {
                self.asked = None;
            }
            return read;
        }
        let over = self.asked.as_mut().is_some_and(|asked| asked.as_mut().poll(context).is_ready());
        if over { Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the database does not answer"))) } else { Poll::Pending }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = match &mut self.stream {
            Stream::Tcp(tcp) => Pin::new(tcp).poll_write(context, bytes),
            Stream::Unix(unix) => Pin::new(unix).poll_write(context, bytes),
        };
        if let (Poll::Ready(Ok(_)), Some(patience), None) = (&written, self.patience, &self.asked) {
            self.asked = Some(Box::pin(tokio::time::sleep(patience)));
            // The reader has looked already, and has to learn of the time that runs now.
            context.waker().wake_by_ref();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Tcp(tcp) => Pin::new(tcp).poll_flush(context),
            Stream::Unix(unix) => Pin::new(unix).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Tcp(tcp) => Pin::new(tcp).poll_shutdown(context),
            Stream::Unix(unix) => Pin::new(unix).poll_shutdown(context),
        }
    }
}
