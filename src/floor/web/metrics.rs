//! What operators watch, for Prometheus, on a listener of its own: nothing of it names a person or a commune.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use metrics::{Counter, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::service::Service;
use crate::statement;

/// Upper bounds of the histogram's buckets, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The recorder of this process, made once; none until it is started.
static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

fn recorder() -> Option<&'static PrometheusHandle> {
    HANDLE.get()?.as_ref()
}

/// Starts to record; what was counted before is lost.
pub fn start() {
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full("danvan_request_seconds".into()), BUCKETS).ok()?;
        builder.install_recorder().inspect_err(|error| tracing::error!(%error, "metrics are not recorded")).ok()
    });
}

/// Puts what was measured into its buckets: otherwise every request's time is kept until somebody scrapes.
pub fn tidy() {
    if let Some(handle) = recorder() {
        handle.run_upkeep();
    }
}

/// What one operation is counted with.
struct Counters {
    /// By the first digit of the status, from 2.
    requests: [Counter; 4],
    seconds: Histogram,
}

impl Counters {
    fn of(operation: &'static str) -> Self {
        let of = |class: &'static str| counter!("danvan_requests_total", "operation" => operation, "status" => class);
        Self { requests: ["2xx", "3xx", "4xx", "5xx"].map(of), seconds: histogram!("danvan_request_seconds", "operation" => operation) }
    }
}

/// One answered request.
pub fn answered(operation: &'static str, status: u16, took: Duration) {
    thread_local! {
        /// Looked up once for each worker: looking them up costs more than counting.
        static KNOWN: RefCell<HashMap<&'static str, Counters>> = RefCell::default();
    }
    if recorder().is_none() {
        return;
    }
    KNOWN.with_borrow_mut(|known| {
        let counters = known.entry(operation).or_insert_with(|| Counters::of(operation));
        let class = usize::from(status / 100).clamp(2, 5) - 2;
        if let Some(requests) = counters.requests.get(class) {
            requests.increment(1);
        }
        counters.seconds.record(took.as_secs_f64());
    });
}

/// A password, code or secret that was refused.
pub fn sign_in_failed() {
    counter!("danvan_sign_in_failures_total").increment(1);
}

/// One try of a webhook.
pub fn delivered(well: bool) {
    counter!("danvan_webhook_tries_total", "outcome" => if well { "delivered" } else { "failed" }).increment(1);
}

/// The text for a scrape: what was counted, and how things stand now. The database is asked one statement; when it is
/// away that is told, and the rest still is.
pub async fn text(service: &Service) -> String {
    let Some(handle) = recorder() else { return String::new() };
    gauge!("danvan_write_queue_depth").set(as_f64(service.queues.depth()));
    let pool = service.database.status();
    gauge!("danvan_pool_connections", "state" => "open").set(as_f64(pool.size));
    gauge!("danvan_pool_connections", "state" => "idle").set(as_f64(pool.available));
    gauge!("danvan_pool_waiting").set(as_f64(pool.waiting));
    gauge!("danvan_pool_max").set(as_f64(pool.max_size));
    #[expect(clippy::cast_precision_loss, reason = "a count of lost notes")]
    gauge!("danvan_reader_log_lost").set(service.reader_log.lost() as f64);
    match crate::journal::seals::unsealed(&service.database).await {
        Ok(numbers) => {
            gauge!("danvan_database_up").set(1.0);
            #[expect(clippy::cast_precision_loss, reason = "a count of numbers")]
            gauge!("danvan_feed_lag_numbers").set(numbers as f64);
        }
        Err(_) => gauge!("danvan_database_up").set(0.0),
    }
    match backlog(service).await {
        Ok((deliveries, oldest, imports)) => {
            #[expect(clippy::cast_precision_loss, reason = "counts and seconds")]
            for (name, value) in [("danvan_webhook_backlog", deliveries), ("danvan_webhook_oldest_seconds", oldest), ("danvan_import_backlog", imports)] {
                gauge!(name).set(value as f64);
            }
        }
        Err(error) => tracing::debug!(code = error.problem().code, "no backlog could be counted"),
    }
    tidy();
    handle.render()
}

statement! {
    /// Deliveries that wait, for how many seconds the oldest, imports that wait.
    Backlog() -> (BigInt, BigInt, BigInt),
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(made_at)), 0)::bigint, (SELECT count(*) FROM import_work WHERE ended_at IS NULL)
     FROM webhook_deliveries WHERE status = 'pending'"
}

async fn backlog(service: &Service) -> crate::error::Result<(i64, i64, i64)> {
    let mut connection = service.database.connection().await?;
    Ok(Backlog {}.get_result(&mut connection).await?)
}

#[expect(clippy::cast_precision_loss, reason = "counts of connections and waiters")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
