//! `danvan health`: asks a running service whether it is well, for health checks in images that hold no other client.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// Time that connecting, asking and answering may take, each.
const PATIENCE: Duration = Duration::from_secs(2);

/// Ends well when the address (`http://HOST:PORT/PATH`) answers 200.
pub fn ask(address: &str) -> Result<()> {
    let rest = address.strip_prefix("http://").context("the address begins with http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let socket = host.to_socket_addrs()?.next().with_context(|| format!("{host} has no address"))?;
    let mut stream = TcpStream::connect_timeout(&socket, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    let status = String::from_utf8_lossy(&head).into_owned();
    ensure!(status.ends_with(" 200"), "{address} answers {status}");
    Ok(())
}
