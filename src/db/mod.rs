//! The ways to Postgres: a pipelined lane per worker for reads, a pool for write transactions and slow work.

pub mod binaries;
pub mod migrations;
pub mod schema_print;
#[rustfmt::skip]
pub mod schema;
pub mod statement;
pub mod supervise;
pub mod tls;
pub mod values;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use futures::FutureExt as _;
use tokio::sync::Mutex;

use crate::error::{Error, Result};

/// A connection that a write transaction or slow work owns for a while.
pub type Connection = Object<AsyncPgConnection>;

/// Time that one statement of a pooled connection may take.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time that a pooled statement may wait for a lock.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(3);
/// Time that one statement of a read lane may take: what is slower belongs to the pool.
pub const LANE_TIMEOUT: Duration = Duration::from_secs(2);
/// Time to wait for a free pooled connection, or for a new one.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The pool, shared by all workers of a process.
#[derive(Clone)]
pub struct Database {
    url: Arc<str>,
    pool: Pool<AsyncPgConnection>,
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
                Ok(connect(&url, &settings).await?.0)
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let pool = Pool::builder(manager)
            .max_size(size)
            .wait_timeout(Some(CONNECT_TIMEOUT))
            .create_timeout(Some(CONNECT_TIMEOUT))
            .runtime(deadpool::Runtime::Tokio1)
            .build()?;
        Ok(Self { url: url.into(), pool })
    }

    /// A connection for a transaction; 503 when none is free in time.
    pub async fn connection(&self) -> Result<Connection> {
        self.pool.get().await.map_err(|error| {
            tracing::warn!(%error, "no database connection");
            Error::unavailable()
        })
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
    closed: Arc<AtomicBool>,
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
        let settings = format!("-c statement_timeout={} -c timezone=UTC", LANE_TIMEOUT.as_millis());
        let opened = tokio::time::timeout(CONNECT_TIMEOUT, async {
            let (mut connection, closed) = connect(&self.url, &settings).await?;
            // Not with the settings above: `target_session_attrs=read-write` would take the lane's own host for a standby.
            connection.batch_execute("SET default_transaction_read_only = on").await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            diesel::ConnectionResult::Ok((connection, closed))
        })
        .await;
        let (connection, closed) = opened.map_err(|_| Error::unavailable())?.map_err(|error| {
            tracing::warn!(%error, "the read lane cannot connect");
            Error::unavailable()
        })?;
        let connection = Rc::new(connection);
        self.open.replace(Some(Open { connection: connection.clone(), closed }));
        Ok(connection)
    }

    fn usable(&self) -> Option<Rc<AsyncPgConnection>> {
        let open = self.open.borrow();
        open.as_ref().filter(|open| !open.closed.load(Ordering::Relaxed)).map(|open| open.connection.clone())
    }
}

/// Connects with settings that hold from the first statement on, and a mark that is set once the connection is lost.
async fn connect(url: &str, settings: &str) -> diesel::ConnectionResult<(AsyncPgConnection, Arc<AtomicBool>)> {
    let refused = |error: tokio_postgres::Error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        diesel::ConnectionError::BadConnection(format!("{error}{cause}"))
    };
    let mut config: tokio_postgres::Config = url.parse().map_err(refused)?;
    let options = format!("{} {settings}", config.get_options().unwrap_or_default());
    config.options(options.trim()).application_name("danvan").connect_timeout(CONNECT_TIMEOUT);
    let (client, connection) = config.connect(tls::connector()).await.map_err(refused)?;
    let closed = Arc::new(AtomicBool::new(false));
    let mark = closed.clone();
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "database connection lost");
        }
        mark.store(true, Ordering::Relaxed);
    });
    Ok((AsyncPgConnection::try_from(client).await?, closed))
}

/// A connection for the command line and migrations, without limits on time.
pub async fn connect_plainly(url: &str) -> diesel::ConnectionResult<AsyncPgConnection> {
    Ok(connect(url, "-c timezone=UTC").await?.0)
}
