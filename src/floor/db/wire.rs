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
use tokio::time::{Instant, Sleep};
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
    /// Until when something has to come: from what was sent to the next that comes.
    until: Option<Instant>,
    /// Wakes the reader, who made it. It runs on through many answers and looks at the time again: to set it anew for each
    /// statement costs more than the rest of what is done here.
    alarm: Option<Pin<Box<Sleep>>>,
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
        Ok(Self { stream, patience, until: None, alarm: None })
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
                self.until = None;
            }
            return read;
        }
        let this = &mut *self;
        let Some(until) = this.until else {
            // Who reads may be another task than before: it is the one to be woken once something is sent.
            if this.alarm.as_mut().is_some_and(|alarm| alarm.as_mut().poll(context).is_ready()) {
                this.alarm = None;
            }
            return Poll::Pending;
        };
        let alarm = this.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        while alarm.as_mut().poll(context).is_ready() {
            if Instant::now() >= until {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the database does not answer")));
            }
            alarm.as_mut().reset(until);
        }
        Poll::Pending
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = match &mut self.stream {
            Stream::Tcp(tcp) => Pin::new(tcp).poll_write(context, bytes),
            Stream::Unix(unix) => Pin::new(unix).poll_write(context, bytes),
        };
        if let (Poll::Ready(Ok(_)), Some(patience), None) = (&written, self.patience, self.until) {
            self.until = Some(Instant::now() + patience);
            // One that is still to ring rings before that, and is set anew then.
            if self.alarm.as_ref().is_none_or(|alarm| alarm.is_elapsed()) {
                self.alarm = None;
                // The reader has looked already, and has to learn of the time that runs now.
                context.waker().wake_by_ref();
            }
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers some messages, then says nothing.
    async fn host(answers: usize) -> Config {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.unwrap();
            for _ in 0..answers {
                client.read_u8().await.unwrap();
                client.write_u8(1).await.unwrap();
            }
            std::future::pending::<()>().await;
        });
        let mut config = Config::new();
        config.host("127.0.0.1").port(port);
        config
    }

    /// As a connection does it: what is read is waited for while something is written.
    async fn ask(socket: &mut Socket) -> io::Result<u8> {
        let mut sent = false;
        let mut byte = [0];
        std::future::poll_fn(|context| {
            let mut buffer = ReadBuf::new(&mut byte);
            if let Poll::Ready(read) = Pin::new(&mut *socket).poll_read(context, &mut buffer) {
                return Poll::Ready(read);
            }
            if !sent {
                sent = Pin::new(&mut *socket).poll_write(context, &[0]).is_ready();
            }
            Poll::Pending
        })
        .await?;
        Ok(byte[0])
    }

    /// A connection is made by one task, and driven by another.
    #[tokio::test]
    async fn whoever_reads_is_told() {
        let mut socket = Socket::open(&host(1).await, 0, Some(Duration::from_millis(150))).await.unwrap();
        let mut socket = tokio::spawn(async move {
            ask(&mut socket).await.unwrap();
            socket
        })
        .await
        .unwrap();
        let asked = tokio::spawn(async move { ask(&mut socket).await.unwrap_err().kind() });
        let told = tokio::time::timeout(Duration::from_secs(60), asked).await;
        assert_eq!(told.expect("it is told").unwrap(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_host_that_says_nothing_any_more_is_left_whenever_it_falls_silent() {
        for answers in [0, 1, 5] {
            let mut socket = Socket::open(&host(answers).await, 0, Some(Duration::from_millis(150))).await.unwrap();
            for _ in 0..answers {
                assert_eq!(ask(&mut socket).await.unwrap(), 1);
            }
            assert_eq!(ask(&mut socket).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        }
    }
}
