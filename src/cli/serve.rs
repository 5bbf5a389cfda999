//! `danvan serve`: checks the database, serves, works in the background, drains at the end.

use std::io::{BufWriter, Stderr, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use anyhow::{Context, Result};
use tokio::runtime::Runtime;
use tracing_appender::non_blocking::WorkerGuard;

use super::database::Target;
use crate::app;
use crate::clock::Clock;
use crate::config::{DatabaseSettings, ServeSettings};
use crate::db::{Connection, migrations};
use crate::journal::{retention, seals};
use crate::service::{Parts, Service};
use crate::web::metrics;
use crate::web::proxies::Proxies;
use crate::webhooks::{self, Allowed};

/// Time between two rounds of sealing; a change is sealed within ten seconds.
const SEAL_EVERY: Duration = Duration::from_secs(5);
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
/// How long a round of sealing may take before the database counts as silent.
const JOB: Duration = Duration::from_secs(60);

pub fn serve(runtime: &Runtime, database: &DatabaseSettings, settings: &ServeSettings) -> Result<()> {
    let _log = init_log();
    let target = Target::open(database, &|text| eprintln!("{text}"))?;
    if target.supervised() {
        runtime.block_on(target.migrate(None))?;
    }
    let listener = TcpListener::bind(settings.bind).with_context(|| format!("cannot listen on {}", settings.bind))?;
    let fitness = wait_for_database(runtime, &target, settings, &listener)?;
    if fitness.rewritable_journal {
        tracing::warn!("the service's role may change the journal: run `danvan migrate --service-role ROLE` as the owner and serve as that role");
    }
    tracing::info!(address = %listener.local_addr()?, database = target.description, "serving");
    run(runtime, &target, settings, listener, || ())
}

/// Between two looks for a database that is away at the start.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The database's fitness. While it is away the listener answers already, that the process lives and is not ready: a machine
/// that starts brings up its services in any order. What another start would not mend (a schema that is missing, a wrong
/// password) ends the process.
fn wait_for_database(runtime: &Runtime, target: &Target, settings: &ServeSettings, listener: &TcpListener) -> Result<migrations::Fitness> {
    let look = || runtime.block_on(migrations::check_fit(&target.service_url, settings.allow_unsafe_database));
    let mut fitness = look();
    if !fitness.as_ref().is_err_and(migrations::is_away) {
        return fitness;
    }
    tracing::warn!("the database is away: the service waits for it");
    let (waiting, admin) = (listener.try_clone()?, settings.admin_bind.map(TcpListener::bind).transpose()?);
    let (sender, receiver) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = app::serve_waiting(waiting, admin)?;
            sender.send(server.handle()).ok();
            server.await
        })
    });
    let handle = receiver.recv().context("the waiting server did not start")?;
    while fitness.as_ref().is_err_and(migrations::is_away) && !server.is_finished() {
        std::thread::sleep(LOOK_AGAIN);
        fitness = look();
    }
    // Ended by a signal meanwhile, or about to serve.
    runtime.block_on(handle.stop(false));
    server.join().map_err(|_| anyhow::anyhow!("the waiting server panicked"))??;
    fitness
}

/// Serves until a signal asks to stop; `started` is called once the listener accepts.
pub fn run(runtime: &Runtime, target: &Target, settings: &ServeSettings, listener: TcpListener, started: impl FnOnce()) -> Result<()> {
    let parts = Parts {
        database_url: target.service_url.clone(),
        pool_size: settings.pool_size,
        secret: target.secret()?,
        clock: Clock::default(),
        proxies: Proxies::new(settings.trusted_proxy.clone()),
        rate_limit: settings.rate_limit,
        public_url: settings.public_url.clone(),
    };
    let webhooks = Allowed { private: settings.webhook_allow_private, ports: settings.webhook_port.clone() };
    let service = runtime.block_on(app::service(parts, webhooks))?;
    runtime.spawn(sealing(service.clone()));
    runtime.spawn(sweeping(service.clone()));
    runtime.spawn(housekeeping(service.clone()));
    let workers = settings.workers.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(2);
    let origins = settings.cors_origin.clone();
    let admin = match settings.admin_bind {
        Some(address) => Some(TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?),
        None => None,
    };
    let wait = Duration::from_secs(settings.drain_wait);
    actix_web::rt::System::new().block_on(async move {
        metrics::start();
        let server = app::serve(service.clone(), listener, workers, &origins)?;
        if let Some(listener) = admin {
            tracing::info!(address = %listener.local_addr()?, "admin listener");
            actix_web::rt::spawn(app::serve_admin(service.clone(), listener)?);
        }
        actix_web::rt::spawn(webhooks::run(service.clone()));
        actix_web::rt::spawn(crate::imports::run(service.clone()));
        actix_web::rt::spawn(drain(service.clone(), server.handle(), wait));
        started();
        server.await?;
        service.reader_log.flush().await;
        std::io::Result::Ok(())
    })?;
    tracing::info!("ended");
    Ok(())
}

/// At SIGTERM or Ctrl-C: readiness falls, after the wait the listener closes, and what is under way is answered. A
/// second signal ends at once.
async fn drain(service: Arc<Service>, server: ServerHandle, wait: Duration) {
    if !signalled().await {
        return;
    }
    tracing::info!(wait_seconds = wait.as_secs(), "draining");
    service.draining.store(true, Ordering::Relaxed);
    let calm = async {
        tokio::time::sleep(wait).await;
        server.stop(true).await;
    };
    tokio::select! {
        () = calm => {}
        _ = signalled() => server.stop(false).await,
    }
}

async fn signalled() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        tracing::error!("signals cannot be waited for: the process ends without draining");
        return false;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
    }
    true
}

/// Seals what was journalled.
async fn sealing(service: Arc<Service>) {
    loop {
        if let Ok(mut connection) = service.database.connection().await {
            let sealed = tokio::time::timeout(JOB, seals::seal(&mut connection, &service.secret, service.clock.now())).await;
            match sealed {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::warn!(%error, "sealing failed; it is tried again"),
                Err(_) => silent(&service, connection, "sealing"),
            }
        }
        tokio::time::sleep(SEAL_EVERY).await;
    }
}

/// Sweeps what is past its time. A task of its own: a long sweep holds up no seals.
async fn sweeping(service: Arc<Service>) {
    loop {
        if let Ok(mut connection) = service.database.connection().await {
            let swept = tokio::time::timeout(SWEEP_EVERY, retention::sweep(&mut connection, service.clock.now())).await;
            match swept {
                Ok(failed) => failed.iter().for_each(|(kind, error)| tracing::warn!(kind, %error, "sweeping failed; it is tried again")),
                Err(_) => silent(&service, connection, "sweeping"),
            }
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

/// The database did not answer in the middle of a job: the connection is of no use to anybody.
fn silent(service: &Service, connection: Connection, job: &'static str) {
    tracing::warn!(job, "the database did not answer; it is tried again");
    drop(Connection::take(connection));
    service.database.suspect();
}

/// What needs no database, and goes on without one: budgets are swept, times put into their buckets, idle connections cut.
async fn housekeeping(service: Arc<Service>) {
    loop {
        service.limits.sweep();
        metrics::tidy();
        service.connections.cut_idle(std::time::Instant::now(), app::MAX_IDLE);
        tokio::time::sleep(SEAL_EVERY).await;
    }
}

/// JSON lines on standard error: what a command prints stays readable by programs; `RUST_LOG` chooses what.
///
/// A thread of its own writes them, so that no request waits for who reads them. A reader that has stopped loses lines
/// beyond the next 128,000; what is waiting when the guard is dropped has a second to be written.
#[must_use = "what is waiting to be written is lost with the guard"]
pub fn init_log() -> WorkerGuard {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    // A line that cannot be written (a full disk) is lost: told of on standard error too, it would end the request in a panic.
    let (lines, guard) = tracing_appender::non_blocking(Gathered(BufWriter::with_capacity(64 * 1024, std::io::stderr())));
    tracing_subscriber::fmt().json().with_writer(lines).log_internal_errors(false).with_env_filter(filter).try_init().ok();
    guard
}

/// Lines that are written together: to wake the thread for each costs a request more than all else of its line.
struct Gathered(BufWriter<Stderr>);

impl Write for Gathered {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.write(line)
    }

    /// Called when no more lines are waiting; those of the next moment come together.
    fn flush(&mut self) -> std::io::Result<()> {
        let done = self.0.flush();
        std::thread::sleep(Duration::from_millis(20));
        done
    }
}
