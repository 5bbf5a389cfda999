//! What is sent: an event with the object as the webhook's owner may see it now.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::dto::{Delivery, Webhook, WebhookEvent};
use super::{rules, store};
use crate::access::guard::{Principal, on_behalf};
use crate::access::reader_log::{Reading, Shown};
use crate::error::{Error, Result};
use crate::random;
use crate::service::Worker;
use crate::sync;
use crate::text::Lang;
use crate::web::call::Call;

/// A request of the owner's, as it were: what it shows goes through the same projection.
///
/// None when the account or the client ended.
async fn call_of(worker: &Rc<Worker>, webhook: &Webhook, now: DateTime<Utc>) -> Result<Option<Call>> {
    let principal = Principal { user_id: webhook.user_id, client_id: webhook.client_id, scopes: webhook.scopes.clone() };
    let owner = match on_behalf(worker, &principal, now).await {
        Err(error) if error.status() == 401 => return Ok(None),
        owner => owner?,
    };
    let operation = worker.service.rooms.iter().flat_map(|room| &room.operations).find(|operation| operation.id == "get_webhook");
    Ok(Some(Call {
        worker: worker.clone(),
        operation: operation.ok_or_else(|| Error::internal("no such operation"))?,
        actor: owner.actor,
        epoch: owner.epoch,
        lang: Lang::Vi,
        now,
        request_id: random::id(),
        path: [].into(),
        query: "".into(),
        headers: Rc::default(),
        body: actix_web::web::Bytes::new(),
        address: None,
        shown: Shown::default(),
    }))
}

/// The event's body; none where the owner may not see the object.
pub async fn body(worker: &Rc<Worker>, webhook: &Webhook, delivery: &Delivery, now: DateTime<Utc>) -> Result<Option<WebhookEvent>> {
    let Some(call) = call_of(worker, webhook, now).await? else { return Ok(None) };
    let kinds = rules::kinds(webhook);
    let cursor = sync::cursor_at(&call, webhook.commune_id, &kinds, delivery.number, delivery.seq).await?;
    let mut event = WebhookEvent {
        id: delivery.id,
        webhook_id: webhook.id,
        r#type: format!("{}.{}", delivery.kind, delivery.action),
        timestamp: delivery.made_at,
        commune: webhook.commune_id,
        cursor,
        resources: kinds.join(","),
        actor: None,
        object: None,
    };
    if delivery.action == "test" && delivery.kind == "webhooks" {
        return Ok(Some(event));
    }
    let Some(object) = object(&call, webhook.commune_id, delivery).await? else { return Ok(None) };
    event.actor = Some(store::who(&worker.lane, webhook.commune_id, delivery.number, delivery.seq).await?);
    event.object = Some(object);
    call.service().reader_log.keep(Reading { actor: &call.actor, operation: "webhook", request_id: call.request_id, at: now }, &call.shown);
    Ok(Some(event))
}

async fn object(call: &Call, commune: Uuid, delivery: &Delivery) -> Result<Option<Box<RawValue>>> {
    let Some(source) = sync::SOURCES.iter().find(|source| source.kind == delivery.kind) else { return Ok(None) };
    let rows = (source.many)(call.clone(), commune, vec![delivery.row_id], 0).await?;
    rows.into_iter().next().map(|row| row.object.raw()).transpose()
}
