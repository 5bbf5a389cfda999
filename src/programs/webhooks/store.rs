//! Webhooks and their deliveries in the database.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::deliveries;
use super::dto::{Delivery, DeliveryStatus, Redeliver, Webhook, WebhookActor};
use crate::db::Lane;
use crate::db::schema::{journal, webhook_deliveries, webhook_positions, webhooks};
use crate::error::Result;
use crate::journal::Write;
use crate::statement;

// A client's are those that it made: by another's address it would hear what it may not see.
/// Webhooks that somebody has in a commune.
pub async fn count_of(write: &mut Write, user: Uuid) -> Result<i64> {
    let commune = write.feed;
    let own = webhooks::table.filter(webhooks::commune_id.eq(commune).and(webhooks::user_id.eq(user)));
    Ok(own.count().get_result(write.connection()).await?)
}

/// A webhook begins with what comes after this write.
pub async fn begin(write: &mut Write, webhook: Uuid) -> Result<()> {
    let (commune, number) = (write.feed, write.number);
    let row = (
        webhook_positions::webhook_id.eq(webhook),
        webhook_positions::commune_id.eq(commune),
        webhook_positions::number.eq(number),
        webhook_positions::seq.eq(i32::MAX),
    );
    let again = (webhook_positions::number.eq(number), webhook_positions::seq.eq(i32::MAX));
    diesel::insert_into(webhook_positions::table)
        .values(row)
        .on_conflict((webhook_positions::commune_id, webhook_positions::webhook_id))
        .do_update()
        .set(again)
        .execute(write.connection())
        .await?;
    Ok(())
}

/// Deliveries of a webhook.
#[diesel::dsl::auto_type]
fn of(commune: Uuid, webhook: Uuid) -> _ {
    let commune_id: diesel::dsl::Eq<webhook_deliveries::commune_id, Uuid> = webhook_deliveries::commune_id.eq(commune);
    webhook_deliveries::table.filter(commune_id.and(webhook_deliveries::webhook_id.eq(webhook)))
}

/// What was not sent is dropped.
pub async fn drop_pending(write: &mut Write, webhook: Uuid) -> Result<()> {
    let (commune, now) = (write.feed, write.now);
    let pending = of(commune, webhook).filter(webhook_deliveries::status.eq(DeliveryStatus::Pending));
    let ended = (webhook_deliveries::status.eq(DeliveryStatus::Skipped), webhook_deliveries::ended_at.eq(now));
    diesel::update(pending).set(ended).execute(write.connection()).await?;
    Ok(())
}

/// Makes deliveries due again; returns how many.
pub async fn send_again(write: &mut Write, webhook: Uuid, which: &Redeliver) -> Result<usize> {
    let (commune, now) = (write.feed, write.now);
    let mut rows = diesel::update(of(commune, webhook))
        .set((
            webhook_deliveries::status.eq(DeliveryStatus::Pending),
            webhook_deliveries::attempts.eq(0),
            webhook_deliveries::next_attempt_at.eq(now),
            webhook_deliveries::ended_at.eq(None::<DateTime<Utc>>),
        ))
        .into_boxed();
    rows = match which.delivery_id {
        Some(id) => rows.filter(webhook_deliveries::id.eq(id).and(webhook_deliveries::status.ne(DeliveryStatus::Pending))),
        None => rows.filter(webhook_deliveries::status.eq(DeliveryStatus::Failed)),
    };
    if let Some(since) = which.since {
        rows = rows.filter(webhook_deliveries::made_at.ge(since.0));
    }
    Ok(rows.execute(write.connection()).await?)
}

/// A page of the log, the newest first.
pub async fn log(lane: &Lane, webhook: &Webhook, status: Option<Vec<DeliveryStatus>>, before: Option<Uuid>, limit: i64) -> Result<Vec<Delivery>> {
    let connection = lane.connection().await?;
    let own = || of(webhook.commune_id, webhook.id);
    let mut rows = own().select(Delivery::as_select()).into_boxed();
    if let Some(status) = status {
        rows = rows.filter(webhook_deliveries::status.eq_any(status));
    }
    if let Some(before) = before {
        let at: Option<(i64, i32)> = own()
            .filter(webhook_deliveries::id.eq(before))
            .select((webhook_deliveries::number, webhook_deliveries::seq))
            .first(&mut &*connection)
            .await
            .optional()?;
        let (number, seq) = at.unwrap_or_default();
        rows = rows.filter(webhook_deliveries::number.lt(number).or(webhook_deliveries::number.eq(number).and(webhook_deliveries::seq.lt(seq))));
    }
    Ok(rows.order((webhook_deliveries::number.desc(), webhook_deliveries::seq.desc())).limit(limit).load(&mut &*connection).await?)
}

statement! {
    /// What is due in all communes. Of one object the first alone, of one webhook five at a time.
    Due(now: DateTime<Utc> as Timestamptz, limit: i64 as BigInt) -> (SqlUuid, SqlUuid, SqlUuid),
    "SELECT commune_id, webhook_id, id FROM (
        SELECT p.commune_id, p.webhook_id, p.id, p.next_attempt_at, (p.leased_until > $1) IS TRUE AS taken,
            row_number() OVER (PARTITION BY p.commune_id, p.webhook_id ORDER BY (p.leased_until > $1) IS TRUE DESC, p.number, p.seq) AS place
        FROM webhook_deliveries p JOIN webhooks w ON w.commune_id = p.commune_id AND w.id = p.webhook_id AND w.status = 'active'
        WHERE p.status = 'pending' AND p.next_attempt_at <= $1 AND NOT EXISTS (
            SELECT FROM webhook_deliveries e WHERE e.commune_id = p.commune_id AND e.webhook_id = p.webhook_id AND e.row_id = p.row_id
                AND e.status = 'pending' AND (e.number, e.seq) < (p.number, p.seq))
     ) AS placed WHERE place <= 5 AND NOT taken ORDER BY next_attempt_at LIMIT $2"
}

statement! {
    /// Takes deliveries of a webhook for a while, those that nobody else has.
    Take(commune: Uuid as SqlUuid, webhook: Uuid as SqlUuid, ids: Vec<Uuid> as Array<SqlUuid>, now: DateTime<Utc> as Timestamptz, until: DateTime<Utc> as Timestamptz)
        -> SqlUuid,
    "UPDATE webhook_deliveries SET leased_until = $5, attempts = attempts + 1
     WHERE commune_id = $1 AND webhook_id = $2 AND id = ANY($3) AND status = 'pending' AND next_attempt_at <= $4 AND (leased_until > $4) IS NOT TRUE RETURNING id"
}

/// Where a delivery lies: commune, webhook, id.
pub type Place = (Uuid, Uuid, Uuid);

/// Takes what is due, for a while: one statement, and one for each webhook. No row is locked to look for it: rows of communes
/// may lie on several servers.
pub async fn lease(connection: &mut AsyncPgConnection, now: DateTime<Utc>, until: DateTime<Utc>, limit: i64) -> Result<Vec<Place>> {
    let due: Vec<Place> = Due { now, limit }.load(connection).await?;
    let mut by_webhook: BTreeMap<(Uuid, Uuid), Vec<Uuid>> = BTreeMap::new();
    for (commune, webhook, id) in due {
        by_webhook.entry((commune, webhook)).or_default().push(id);
    }
    let mut taken = vec![];
    for ((commune, webhook), ids) in by_webhook {
        match RunQueryDsl::load::<Uuid>(Take { commune, webhook, ids, now, until }, connection).await {
            Ok(ids) => taken.extend(ids.into_iter().map(|id| (commune, webhook, id))),
            // What was taken before is sent; the rest is found at the next look.
            Err(error) if taken.is_empty() => return Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "some deliveries could not be taken up");
                break;
            }
        }
    }
    Ok(taken)
}

/// A leased delivery with its webhook.
pub async fn with_webhook(connection: &mut AsyncPgConnection, (commune, webhook, id): Place) -> Result<Option<(Webhook, Delivery)>> {
    let whose = webhooks::id.eq(webhook_deliveries::webhook_id).and(webhooks::commune_id.eq(commune));
    let rows = of(commune, webhook).inner_join(webhooks::table.on(whose)).filter(webhook_deliveries::id.eq(id));
    Ok(rows.select((Webhook::as_select(), Delivery::as_select())).first(connection).await.optional()?)
}

/// How a try ended.
#[derive(AsChangeset)]
#[diesel(table_name = webhook_deliveries, treat_none_as_null = true)]
pub struct Ended {
    pub status: DeliveryStatus,
    pub next_attempt_at: DateTime<Utc>,
    pub leased_until: Option<DateTime<Utc>>,
    pub last_status: Option<i32>,
    pub last_error: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
}

pub async fn end(connection: &mut AsyncPgConnection, webhook: &Webhook, id: Uuid, ended: &Ended) -> Result<()> {
    let row = of(webhook.commune_id, webhook.id).filter(webhook_deliveries::id.eq(id).and(webhook_deliveries::status.eq(DeliveryStatus::Pending)));
    diesel::update(row).set(ended).execute(connection).await?;
    Ok(())
}

/// Who made a change, as the journal has it.
pub async fn who(lane: &Lane, commune: Uuid, number: i64, seq: i32) -> Result<WebhookActor> {
    type Who = (Option<Uuid>, Option<Uuid>, Option<String>, Option<Uuid>, Option<DateTime<Utc>>);
    let connection = lane.connection().await?;
    let found: Option<Who> = journal::table
        .find((commune, number, seq))
        .select((journal::user_id, journal::session_id, journal::role, journal::acting_for, journal::occurred_at))
        .first(&mut &*connection)
        .await
        .optional()?;
    let (user_id, session_id, role, acting_for, occurred_at) = found.unwrap_or_default();
    Ok(WebhookActor { user_id, session_id, role, acting_for, occurred_at })
}

/// What there is to be done: feeds that went on, deliveries that are due. The one statement of a round in which nothing is.
pub async fn work(connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<(bool, bool)> {
    let due = webhook_deliveries::table.filter(webhook_deliveries::status.eq(DeliveryStatus::Pending).and(webhook_deliveries::next_attempt_at.le(now)));
    Ok(diesel::select((diesel::dsl::exists(deliveries::behind()), diesel::dsl::exists(due))).get_result(connection).await?)
}
