//! The ways to Postgres: a pipelined lane per worker for reads, a pool for write transactions and slow work.

pub mod binaries;
pub mod constraints;
mod errors;
pub mod migrations;
pub mod schema_print;
pub mod sql;
#[rustfmt::skip]
pub mod schema;
pub mod statement;
pub mod supervise;
pub mod tls;
pub mod values;
mod wire;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, PoisonError};
use std::time::Duration;

use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use futures::FutureExt as _;
use tokio::sync::Mutex;
use tokio_postgres::tls::MakeTlsConnect;
use wire::Socket;

use crate::error::{Error, Result};

/// A connection that a write transaction or slow work owns for a while.
pub type Connection = Object<AsyncPgConnection>;

/// Time that one statement of a pooled connection may take.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time that a pooled statement may wait for a lock.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(3);
/// Time that one statement of a read lane may take: what is slower belongs to the pool.
pub const LANE_TIMEOUT: Duration = Duration::from_secs(2);
/// Time that a statement of a read lane may wait for a lock: others' statements wait behind it.
pub const LANE_LOCK_TIMEOUT: Duration = Duration::from_millis(250);
/// Time to wait for a free pooled connection.
pub const POOL_TIMEOUT: Duration = Duration::from_secs(2);
/// Time to wait for a new connection, of all hosts together.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Time that one of several hosts has to take a connection.
const HOST_TIMEOUT: Duration = Duration::from_millis(1_000);
/// How much longer than its statements may take a connection waits for an answer.
const GRACE: Duration = Duration::from_secs(1);

/// The pool, shared by all workers of a process.
#[derive(Clone)]
pub struct Database {
    url: Arc<str>,
    pool: Pool<AsyncPgConnection>,
    /// The pool is being asked whether it still speaks.
    suspected: Arc<AtomicBool>,
}

impl Database {
    /// A pool of at most `size` connections to the service's role; connects when first used.
    pub fn new(url: &str, size: usize) -> anyhow::Result<Self> {
        let mut config = ManagerConfig::default();
        // The default asks `SELECT 1` before each use; a broken connection shows itself at BEGIN instead.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(|url| {
            let url = url.to_owned();
            async move {
                let settings = format!(
                    "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout=10000 -c timezone=UTC",
                    STATEMENT_TIMEOUT.as_millis(),
                    LOCK_TIMEOUT.as_millis()
                );
                Ok(connect(&url, &settings, Some(STATEMENT_TIMEOUT + GRACE)).await?.0)
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let pool = Pool::builder(manager)
            .max_size(size)
            .wait_timeout(Some(POOL_TIMEOUT))
            .create_timeout(Some(CONNECT_TIMEOUT))
            .runtime(deadpool::Runtime::Tokio1)
            .build()?;
        Ok(Self { url: url.into(), pool, suspected: Arc::default() })
    }

    /// A connection for a transaction; 503 when none is free in time.
    pub async fn connection(&self) -> Result<Connection> {
        self.pool.get().await.map_err(|error| {
            tracing::warn!(%error, "no database connection");
            Error::unavailable()
        })
    }

    /// Something did not come in time: connections that wait in the pool may be to a host that says nothing any more, and
    /// each would cost a request its time. One is asked, one at a time; when it is silent all that wait are closed.
    pub fn suspect(&self) {
        if self.suspected.swap(true, Ordering::Relaxed) {
            return;
        }
        let database = self.clone();
        tokio::spawn(async move {
            if let Ok(mut connection) = database.pool.get().await
                && tokio::time::timeout(HOST_TIMEOUT, connection.batch_execute("SELECT 1")).await.is_err()
            {
                drop(Connection::take(connection));
                database.pool.retain(|_, _| false);
            }
            database.suspected.store(false, Ordering::Relaxed);
        });
    }

    /// How the pool stands, for the metrics.
    pub fn status(&self) -> deadpool::Status {
        self.pool.status()
    }

    /// A read lane of its own: each worker has one.
    pub fn lane(&self) -> Lane {
        Lane { url: self.url.clone(), open: Rc::default(), opening: Rc::default() }
    }
}

/// One pipelined connection for single-statement reads: what many requests send at once goes out together.
///
/// Only implicit transactions of one statement may use it: no BEGIN, no SET, nothing slow.
#[derive(Clone)]
pub struct Lane {
    url: Arc<str>,
    open: Rc<RefCell<Option<Open>>>,
    opening: Rc<Mutex<()>>,
}

#[derive(Clone)]
struct Open {
    connection: Rc<AsyncPgConnection>,
    wire: Wire,
}

/// The task that speaks for a connection.
#[derive(Clone)]
struct Wire {
    closed: Arc<AtomicBool>,
    task: tokio::task::AbortHandle,
}

impl Lane {
    /// The lane's connection, opened anew when it was lost; 503 when the database is away.
    pub async fn connection(&self) -> Result<Rc<AsyncPgConnection>> {
        if let Some(connection) = self.usable() {
            return Ok(connection);
        }
        let _turn = self.opening.lock().await;
        if let Some(connection) = self.usable() {
            return Ok(connection);
        }
        let settings = format!("-c statement_timeout={} -c lock_timeout={} -c timezone=UTC", LANE_TIMEOUT.as_millis(), LANE_LOCK_TIMEOUT.as_millis());
        let opened = tokio::time::timeout(CONNECT_TIMEOUT, async {
            let (mut connection, wire) = connect(&self.url, &settings, Some(LANE_TIMEOUT + GRACE)).await?;
            // Not with the settings above: `target_session_attrs=read-write` would take the lane's own host for a standby.
            connection.batch_execute("SET default_transaction_read_only = on").await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            diesel::ConnectionResult::Ok((connection, wire))
        })
        .await;
        let (connection, wire) = opened.map_err(|_| Error::unavailable())?.map_err(|error| {
            tracing::warn!(%error, "the read lane cannot connect");
            Error::unavailable()
        })?;
        let connection = Rc::new(connection);
        self.open.replace(Some(Open { connection: connection.clone(), wire }));
        Ok(connection)
    }

    /// Ends the connection: what hangs on it, or waits there for a lock, holds up nobody any more. Who waits on it is told
    /// to come again.
    pub fn abandon(&self) {
        if let Some(open) = self.open.take() {
            open.wire.task.abort();
        }
    }

    fn usable(&self) -> Option<Rc<AsyncPgConnection>> {
        let open = self.open.borrow();
        open.as_ref().filter(|open| !open.wire.closed.load(Ordering::Relaxed)).map(|open| open.connection.clone())
    }
}

/// The host of each connection string that took a connection last: tried first, so that a silent one is met once.
static KNOWN: LazyLock<std::sync::Mutex<HashMap<String, usize>>> = LazyLock::new(Default::default);

/// Connects with settings that hold from the first statement on. Of several hosts each has its time: one that is silent, or
/// accepts and says nothing, does not use up the others'. An answer may take as long as `patience`.
async fn connect(url: &str, settings: &str, patience: Option<Duration>) -> diesel::ConnectionResult<(AsyncPgConnection, Wire)> {
    let mut config: tokio_postgres::Config = url.parse().map_err(refused)?;
    let options = format!("{} {settings}", config.get_options().unwrap_or_default());
    config.options(options.trim()).application_name("danvan");
    let hosts = config.get_hosts().len().max(config.get_hostaddrs().len()).max(1);
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(url).copied().unwrap_or(0);
    let mut last = diesel::ConnectionError::BadConnection("the database does not answer".into());
    for n in (0..hosts).map(|n| (known + n) % hosts) {
        match tokio::time::timeout(HOST_TIMEOUT, connect_to(&config, n, patience)).await {
            Ok(Ok((client, wire))) => {
                KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(url.to_owned(), n);
                return Ok((AsyncPgConnection::try_from(client).await?, wire));
            }
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
    }
    Err(last)
}

/// A value as it stands in a connection string.
pub fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn refused(error: impl std::error::Error) -> diesel::ConnectionError {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    diesel::ConnectionError::BadConnection(format!("{error}{cause}"))
}

/// Connects to one of the hosts, if it is what is asked for: one that takes writes, or one that does not.
async fn connect_to(config: &tokio_postgres::Config, n: usize, patience: Option<Duration>) -> diesel::ConnectionResult<(tokio_postgres::Client, Wire)> {
    use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
    let away = |error: std::io::Error| diesel::ConnectionError::BadConnection(format!("error connecting to server: {error}"));
    let socket = Socket::open(config, n, patience).await.map_err(away)?;
    let mut config = config.clone();
    if socket.is_local() {
        config.ssl_mode(SslMode::Disable);
    }
    let name = match config.get_hosts().get(n) {
        Some(Host::Tcp(name)) => name.clone(),
        _ => String::new(),
    };
    let Ok(tls) = MakeTlsConnect::<Socket>::make_tls_connect(&mut tls::connector(), &name);
    let (client, connection) = config.connect_raw(socket, tls).await.map_err(refused)?;
    let closed = Arc::new(AtomicBool::new(false));
    let mark = closed.clone();
    let task = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "database connection lost");
        }
        mark.store(true, Ordering::Relaxed);
    });
    let wire = Wire { closed, task: task.abort_handle() };
    let wanted = match config.get_target_session_attrs() {
        TargetSessionAttrs::ReadWrite => "off",
        TargetSessionAttrs::ReadOnly => "on",
        _ => return Ok((client, wire)),
    };
    let said = client.simple_query("SHOW transaction_read_only").await.map_err(refused)?;
    let fits = said.iter().any(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(row) if row.get(0) == Some(wanted)));
    if fits { Ok((client, wire)) } else { Err(diesel::ConnectionError::BadConnection("error connecting to server: not the host that is asked for".into())) }
}

/// A connection for the command line and migrations, without limits on time.
pub async fn connect_plainly(url: &str) -> diesel::ConnectionResult<AsyncPgConnection> {
    Ok(connect(url, "-c timezone=UTC", None).await?.0)
}
