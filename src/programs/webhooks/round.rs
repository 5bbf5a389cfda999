//! The work behind webhooks: noting what is to be sent, and sending what is due.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;

use super::Sender;
use super::dto::{Delivery, DeliveryStatus, Webhook, WebhookStatus};
use super::sender::{Message, Outcome};
use super::store::{self, Ended, Place};
use super::{deliveries, event, signature};
use crate::access::actor::Actor;
use crate::error::Result;
use crate::journal::Write;
use crate::random;
use crate::service::{Service, Worker};
use crate::web::table;

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// How long a try may take before somebody else takes it up: longer than its own limits.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Tries of one round.
const TOGETHER: i64 = 50;
/// Waits between tries, as the specification proposes: ten tries over three days.
const WAITS: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// Works for as long as the process serves. Each instance does; they take different deliveries.
pub async fn run(service: Arc<Service>) {
    let worker = Worker::new(service);
    while !worker.service.draining.load(Ordering::Relaxed) {
        match due(&worker).await {
            // Each by itself: a receiver that hangs holds up its own five at most.
            Ok(due) => {
                for place in due {
                    let worker = worker.clone();
                    tokio::task::spawn_local(async move { log(attempt(&worker, place).await) });
                }
            }
            Err(error) => tracing::debug!(code = error.problem().code, "webhooks wait"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn log(done: Result<()>) {
    if let Err(error) = done {
        tracing::warn!(code = error.problem().code, cause = error.cause(), "a webhook's delivery could not be tried; it is taken up again");
    }
}

/// One round to its end; returns the number of tries. For tests, which hold the time.
pub async fn round(worker: &Rc<Worker>) -> Result<usize> {
    let due = due(worker).await?;
    let tries = due.len();
    for done in join_all(due.into_iter().map(|place| attempt(worker, place))).await {
        done?;
    }
    Ok(tries)
}

/// Notes what is to be sent, and takes what is due.
async fn due(worker: &Worker) -> Result<Vec<Place>> {
    let service = &worker.service;
    let mut connection = service.database.connection().await?;
    let now = service.clock.now();
    let (behind, due) = store::work(&mut connection, now).await?;
    if behind {
        while deliveries::note(&mut connection, now).await? {}
    }
    if !behind && !due {
        return Ok(vec![]);
    }
    store::lease(&mut connection, now, now + LEASE, TOGETHER).await
}

async fn attempt(worker: &Rc<Worker>, place: Place) -> Result<()> {
    let service = &worker.service;
    let now = service.clock.now();
    let found = store::with_webhook(&mut *service.database.connection().await?, place).await?;
    let Some((webhook, delivery)) = found else { return Ok(()) };
    let Some(body) = event::body(worker, &webhook, &delivery, now).await? else {
        return end(service, &webhook, &delivery, Ended { status: DeliveryStatus::Skipped, ..ended(now) }).await;
    };
    let (body, timestamp) = (serde_json::to_string(&body)?, now.timestamp());
    let signature = signature::sign(&service.secret, &webhook, &delivery.id.to_string(), timestamp, &body, now)?;
    let outcome = service.kept::<Sender>()?.send(Message { url: webhook.url.clone(), id: delivery.id.to_string(), timestamp, signature, body }).await;
    let now = service.clock.now();
    let (last_status, last_error) = match outcome {
        Outcome::Answered(status) => (Some(i32::from(status)), (!(200..300).contains(&status)).then(|| format!("answered {status}"))),
        Outcome::Failed(reason) => (None, Some(reason.to_owned())),
    };
    crate::web::metrics::delivered(last_error.is_none());
    let told = Ended { last_status, last_error, ..ended(now) };
    match outcome {
        Outcome::Answered(200..300) => end(service, &webhook, &delivery, told).await,
        Outcome::Answered(410) => {
            end(service, &webhook, &delivery, Ended { status: DeliveryStatus::Failed, ..told }).await?;
            disable(service, &webhook, now).await
        }
        _ => match usize::try_from(delivery.attempts - 1).ok().and_then(|tries| WAITS.get(tries)) {
            Some(wait) => {
                let next = Ended { status: DeliveryStatus::Pending, next_attempt_at: now + jitter(*wait), ended_at: None, ..told };
                end(service, &webhook, &delivery, next).await
            }
            None => end(service, &webhook, &delivery, Ended { status: DeliveryStatus::Failed, ..told }).await,
        },
    }
}

/// A try that ends a delivery well.
fn ended(now: DateTime<Utc>) -> Ended {
    Ended { status: DeliveryStatus::Delivered, next_attempt_at: now, leased_until: None, last_status: None, last_error: None, ended_at: Some(now) }
}

async fn end(service: &Service, webhook: &Webhook, delivery: &Delivery, ended: Ended) -> Result<()> {
    store::end(&mut *service.database.connection().await?, webhook, delivery.id, &ended).await
}

/// A tenth more or less: what failed together does not come again together.
fn jitter(wait: TimeDelta) -> TimeDelta {
    let [byte] = random::bytes::<1>();
    wait * (900 + i32::from(byte) * 200 / 255) / 1000
}

/// The address said that it is gone.
async fn disable(service: &Service, webhook: &Webhook, now: DateTime<Utc>) -> Result<()> {
    let _turn = service.queues.enter(webhook.commune_id, Some(webhook.user_id)).await?;
    let actor = Actor::system("an address that answered 410 is sent nothing more");
    let mut write = Write::begin(service.database.connection().await?, webhook.commune_id, actor, now).await?;
    let done = async {
        let before = table::load::<Webhook>(&mut write, webhook.id).await?.row;
        if before.status == WebhookStatus::Active {
            let after = Webhook { status: WebhookStatus::Disabled, disabled_reason: Some("410".into()), ..before.clone() };
            table::follow(&mut write, "disable", &before, after).await?;
            store::drop_pending(&mut write, webhook.id).await?;
        }
        Ok(())
    };
    match done.await {
        Ok(()) if write.changed() => write.commit(None, 200, webhook.id).await,
        done => {
            write.roll_back().await;
            done
        }
    }
}
