//! What happens with webhooks.

use super::Sender;
use super::dto::{
    ActOnWebhook, CreateWebhook, Deliveries, DeliveryQuery, EventType, EventTypes, IssuedWebhookSecret, Redeliver, StoredSecret, UpdateWebhook, Webhook,
};
use super::{address, deliveries as noted, rules, signature, store};
use crate::access::guard::Principal;
use crate::error::{CONFLICT, Error, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting, New as _, Patch as _};
use crate::web::{body, query};
use crate::{random, said};

/// Deliveries on a page of the log.
const PAGE: i64 = 100;

fn check(call: &Call, row: &Webhook) -> Result<()> {
    address::check(&row.url, &call.service().kept::<Sender>()?.allowed)?;
    rules::check_events(row)
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateWebhook = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let (id, user) = (input.id.unwrap_or_else(random::id), call.user_id()?);
    let Principal { user_id, client_id, scopes } = call.principal()?;
    let row = Webhook { user_id, client_id, scopes, ..input.row(id, call.now, call.request_hash()) };
    check(&call, &row)?;
    let made = table::write(&call, row.commune_id, async |write| {
        if store::count_of(write, user).await? >= rules::MAX_PER_OWNER {
            let most = rules::MAX_PER_OWNER;
            return Err(
                Error::new(&CONFLICT).detail(said!("Mỗi người có tối đa {most} webhook trong một xã", "One owner has at most {most} webhooks in a commune"))
            );
        }
        let seen = table::insert(write, "create", row).await?;
        store::begin(write, id).await?;
        Ok((201, seen))
    });
    table::or_again::<Webhook>(&call, id, made.await).await
}

pub async fn update(call: Call) -> Result<Answer> {
    let sent: UpdateWebhook = call.body()?;
    table::update(&call, async |_, before: &Seen<Webhook>| {
        let mut after = sent.onto(before.row.clone());
        // A token of fewer scopes does not turn to its own address what one of more scopes made.
        if let Some(client) = &call.actor.client {
            after.scopes.retain(|scope| client.scopes.contains(scope));
        }
        check(&call, &after)?;
        Ok(after)
    })
    .await
}

/// Most of what actions change is no field that anybody sees, but has to be written and journalled.
fn touched(write: &Write, row: Webhook) -> Webhook {
    Webhook { updated_at: write.now, ..row }
}

pub async fn rotate_secret(call: Call, body: ActOnWebhook) -> Result<Answer> {
    table::act_secretly(&call, body.into(), async |write, _, after: Webhook| {
        let mut after = touched(write, after);
        let secret = rotate(&call, &mut after)?;
        Ok((after, secret))
    })
    .await
}

pub async fn test(call: Call, body: ActOnWebhook) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Webhook| {
        let (number, now) = (write.number, write.now);
        noted::note_test(write.connection(), &after, number, now).await?;
        Ok(touched(write, after))
    })
    .await
}

pub async fn redeliver(call: Call, again: Redeliver) -> Result<Answer> {
    table::act(&call, Acting::default(), async |write, _, after: Webhook| {
        if store::send_again(write, after.id, &again).await? == 0 && again.delivery_id.is_some() {
            let detail = said!("Không có lần gửi này đã kết thúc", "There is no such delivery that has ended");
            return Err(Error::field("/delivery_id", "no_delivery", detail));
        }
        Ok(touched(write, after))
    })
    .await
}

pub async fn disable(call: Call, body: ActOnWebhook) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Webhook| {
        store::drop_pending(write, after.id).await?;
        let disabled_reason = Some(write.reason.clone().unwrap_or_else(|| "owner".into()));
        Ok(touched(write, Webhook { disabled_reason, ..after }))
    })
    .await
}

pub async fn enable(call: Call, body: ActOnWebhook) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Webhook| {
        store::begin(write, after.id).await?;
        Ok(touched(write, Webhook { disabled_reason: None, ..after }))
    })
    .await
}

/// The newest secret signs from now on; the one before it for a day more.
fn rotate(call: &Call, row: &mut Webhook) -> Result<IssuedWebhookSecret> {
    let master = &call.service().secret;
    let text = signature::new_secret();
    let mut secrets: Vec<StoredSecret> = serde_json::from_value(row.secrets.clone())?;
    secrets.truncate(1);
    let previous_until = secrets.first_mut().map(|before| *before.until.insert(call.now + rules::OVERLAP));
    secrets.insert(0, StoredSecret { sealed: signature::seal(master, row.id, &text), made_at: call.now, until: None });
    row.secrets = serde_json::to_value(secrets)?;
    Ok(IssuedWebhookSecret { webhook_id: row.id, secret: text, public_key: signature::public_key(master)?, previous_until })
}

pub async fn deliveries(call: Call) -> Result<Answer> {
    let DeliveryQuery { status, before } = body::query(&query::pairs(&call)?)?;
    let seen = table::get::<Webhook>(&call, call.id()?).await?;
    let items = store::log(&call.worker.lane, &seen.row, status.map(|status| status.0), before, PAGE).await?;
    Answer::ok(Deliveries { items })
}

/// What webhooks may name; it changes with the program alone.
pub async fn event_types(call: Call) -> Result<Answer> {
    let items = rules::types().map(|(r#type, label)| EventType { r#type, label: label.into() }).collect();
    Ok(Answer::ok(EventTypes { items })?.fixed(&call))
}
