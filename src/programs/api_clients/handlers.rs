//! What happens with API clients.

use super::dto::{ActOnApiClient, ApiClient, CreateApiClient, IssuedSecret, StoredSecret, UpdateApiClient};
use super::{oauth, rules};
use crate::campaigns::Campaign;
use crate::error::{Error, Result};
use crate::journal::feeds::ACCOUNTS;
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::operation::Operation;
use crate::web::table::{self, New as _, Patch as _};
use crate::{random, said};

fn operations(call: &Call) -> Vec<&'static Operation> {
    call.service().rooms.iter().flat_map(|room| &room.operations).collect()
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateApiClient = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let id = input.id.unwrap_or_else(random::id);
    let mut row = ApiClient { user_id: call.user_id()?, ..input.row(id, call.now, call.request_hash()) };
    row.scopes = rules::sorted(row.scopes);
    rules::check(&row, &call.actor, &operations(&call), call.now)?;
    if let Some(campaign) = row.campaign_id {
        let seen = match table::get::<Campaign>(&call, campaign).await {
            Err(error) if error.status() != 404 => return Err(error),
            found => found.ok(),
        };
        if seen.is_none_or(|seen| seen.row.commune_id != row.commune_id) {
            let detail = said!("Không có đợt này trong phạm vi của bạn", "There is no such campaign within your reach");
            return Err(Error::field("/campaign_id", "no_campaign", detail));
        }
    }
    table::create(&call, ACCOUNTS, id, async |_| Ok(row)).await
}

pub async fn update(call: Call) -> Result<Answer> {
    let sent: UpdateApiClient = call.body()?;
    table::update(&call, async |_, before: &Seen<ApiClient>| {
        let mut after = sent.onto(before.row.clone());
        after.scopes = rules::sorted(after.scopes);
        rules::check(&after, &call.actor, &operations(&call), call.now)?;
        Ok(after)
    })
    .await
}

/// The secrets are no field that anybody sees, but their change has to be written and journalled.
fn with_secrets(write: &Write, row: ApiClient, secrets: Vec<StoredSecret>) -> Result<ApiClient> {
    Ok(ApiClient { secrets: serde_json::to_value(secrets)?, updated_at: write.now, ..row })
}

pub async fn issue_secret(call: Call, body: ActOnApiClient) -> Result<Answer> {
    table::act_secretly(&call, body.into(), async |write, _, after: ApiClient| {
        let (mut secrets, secret) = (rules::secrets(&after)?, oauth::new_secret());
        secrets.insert(0, StoredSecret { hash: oauth::secret_hash(&call.service().secret, after.id, &secret), made_at: write.now });
        secrets.truncate(rules::MAX_SECRETS);
        let issued = IssuedSecret { client_id: after.id, client_secret: secret, live_secrets: secrets.len() };
        Ok((with_secrets(write, after, secrets)?, issued))
    })
    .await
}

pub async fn drop_old_secret(call: Call, body: ActOnApiClient) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: ApiClient| {
        let mut secrets = rules::secrets(&after)?;
        secrets.truncate(1);
        with_secrets(write, after, secrets)
    })
    .await
}

pub async fn revoke(call: Call, body: ActOnApiClient) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: ApiClient| with_secrets(write, after, vec![])).await
}
