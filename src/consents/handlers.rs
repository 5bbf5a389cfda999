//! What happens with consents.

use uuid::Uuid;

use super::dto::{ActOnConsent, Consent, CreateConsent, GivenConsent};
use super::rules;
use crate::error::Result;
use crate::journal::Write;
use crate::random;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<Consent>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<Consent>(call).await
}

pub async fn create(call: Call) -> Result<Answer> {
    let CreateConsent { id, commune_id, volunteer_id, purpose, text_version, given_via, given_at, guardian } = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(commune_id)).await?;
    let id = id.unwrap_or_else(random::id);
    let given = GivenConsent { purpose, text_version, given_via, given_at, guardian };
    table::create(&call, commune_id, id, async |write| {
        let row = rules::given(given, id, commune_id, volunteer_id, write.actor.user_id(), write.now, call.request_hash());
        rules::check(&row, write.now)?;
        Ok(row)
    })
    .await
}

/// The consents that come with a new person: who may enter somebody may say what they agreed to.
pub async fn give(write: &mut Write, volunteer: &Uuid, consents: Vec<GivenConsent>) -> Result<()> {
    for given in consents {
        let row = rules::given(given, random::id(), write.feed, *volunteer, write.actor.user_id(), write.now, vec![]);
        rules::check(&row, write.now)?;
        table::append(write, "create", row).await?;
    }
    Ok(())
}

pub async fn act(call: Call) -> Result<Answer> {
    let input: ActOnConsent = call.body()?;
    let acting = Acting { reason: input.reason.map(String::from), occurred_at: input.occurred_at };
    table::act(&call, acting, async |write, _, mut after: Consent| {
        after.withdrawn_at = Some(write.now);
        Ok(after)
    })
    .await
}
