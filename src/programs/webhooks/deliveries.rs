//! From the journal to deliveries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::dto::{DeliveryStatus, Webhook, WebhookStatus};
use super::rules;
use crate::db::schema::{feeds, journal, webhook_deliveries, webhook_positions, webhooks};
use crate::error::Result;

/// Journal rows that are looked at in one transaction.
const WINDOW: i64 = 500;

/// A journal row as far as a webhook asks.
#[derive(Queryable)]
struct Entry {
    number: i64,
    seq: i32,
    kind: String,
    row_id: Uuid,
    action: String,
    user_id: Option<Uuid>,
    session_id: Option<Uuid>,
}

/// The webhooks whose commune's journal went on since they were looked at. One that is disabled stays where it is: it begins
/// anew with what comes after it is enabled.
#[diesel::dsl::auto_type]
pub fn behind() -> _ {
    let active: WebhookStatus = WebhookStatus::Active;
    webhook_positions::table
        .inner_join(webhooks::table.on(webhooks::commune_id.eq(webhook_positions::commune_id).and(webhooks::id.eq(webhook_positions::webhook_id))))
        .inner_join(feeds::table.on(feeds::id.eq(webhook_positions::commune_id)))
        .filter(webhooks::status.eq(active).and(feeds::number.gt(webhook_positions::number)))
}

/// Notes the deliveries of what was journalled since the last look; returns whether there is more to look at.
pub async fn note(connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<bool> {
    let behind = behind().order(webhook_positions::webhook_id).select((Webhook::as_select(), webhook_positions::number, webhook_positions::seq));
    let behind: Vec<(Webhook, i64, i32)> = behind.load(connection).await?;
    let mut more = false;
    for (webhook, number, seq) in behind {
        more |= note_one(connection, &webhook, (number, seq), now).await?;
    }
    Ok(more)
}

/// Of two instances that look at one webhook's journal at once the second finds that the position has moved, and notes nothing.
async fn note_one(connection: &mut AsyncPgConnection, webhook: &Webhook, (number, seq): (i64, i32), now: DateTime<Utc>) -> Result<bool> {
    let entries: Vec<Entry> = journal::table
        .filter(journal::feed_id.eq(webhook.commune_id))
        .filter(journal::number.gt(number).or(journal::number.eq(number).and(journal::seq.gt(seq))))
        .order((journal::number, journal::seq))
        .limit(WINDOW)
        .select((journal::number, journal::seq, journal::kind, journal::row_id, journal::action, journal::user_id, journal::session_id))
        .load(connection)
        .await?;
    let Some((last, last_seq)) = entries.last().map(|entry| (entry.number, entry.seq)) else { return Ok(false) };
    let wanted: Vec<_> = entries
        .iter()
        .filter(|entry| is_wanted(webhook, entry))
        .map(|entry| due(webhook, (entry.number, entry.seq), (&entry.kind, entry.row_id, &entry.action), now))
        .collect();
    connection
        .transaction(async |connection| {
            let position = webhook_positions::table
                .filter(webhook_positions::commune_id.eq(webhook.commune_id).and(webhook_positions::webhook_id.eq(webhook.id)))
                .filter(webhook_positions::number.eq(number).and(webhook_positions::seq.eq(seq)));
            let to = (webhook_positions::number.eq(last), webhook_positions::seq.eq(last_seq));
            if diesel::update(position).set(to).execute(connection).await? == 0 {
                return Ok(false);
            }
            diesel::insert_into(webhook_deliveries::table).values(wanted).on_conflict_do_nothing().execute(connection).await?;
            Ok(i64::try_from(entries.len()).is_ok_and(|entries| entries == WINDOW))
        })
        .await
}

fn is_wanted(webhook: &Webhook, entry: &Entry) -> bool {
    // A client's changes are its own, not its maker's: see the session.
    let own = match webhook.client_id {
        Some(client) => entry.session_id == Some(client),
        None => entry.user_id == Some(webhook.user_id),
    };
    rules::wants(webhook, &entry.kind, &entry.action) && rules::kinds(webhook).contains(&entry.kind.as_str()) && !(webhook.exclude_own && own)
}

/// The id follows from webhook and journal row.
pub fn id_of(webhook: Uuid, number: i64, seq: i32) -> Uuid {
    Uuid::new_v5(&webhook, format!("{number}/{seq}").as_bytes())
}

#[derive(Insertable)]
#[diesel(table_name = webhook_deliveries)]
struct NewDelivery<'a> {
    webhook_id: Uuid,
    id: Uuid,
    commune_id: Uuid,
    number: i64,
    seq: i32,
    kind: &'a str,
    row_id: Uuid,
    action: &'a str,
    made_at: DateTime<Utc>,
    status: DeliveryStatus,
    next_attempt_at: DateTime<Utc>,
}

fn due<'a>(webhook: &Webhook, (number, seq): (i64, i32), (kind, row_id, action): (&'a str, Uuid, &'a str), now: DateTime<Utc>) -> NewDelivery<'a> {
    NewDelivery {
        webhook_id: webhook.id,
        id: id_of(webhook.id, number, seq),
        commune_id: webhook.commune_id,
        number,
        seq,
        kind,
        row_id,
        action,
        made_at: now,
        status: DeliveryStatus::Pending,
        next_attempt_at: now,
    }
}

/// A delivery that no change of an object stands behind: the test event.
pub async fn note_test(connection: &mut AsyncPgConnection, webhook: &Webhook, number: i64, now: DateTime<Utc>) -> Result<()> {
    let row = due(webhook, (number, 0), ("webhooks", webhook.id, "test"), now);
    diesel::insert_into(webhook_deliveries::table).values(row).execute(connection).await?;
    Ok(())
}
