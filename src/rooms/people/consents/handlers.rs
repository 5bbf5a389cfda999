//! What happens with consents.

use uuid::Uuid;

use super::dto::{ActOnConsent, Consent, CreateConsent, GivenConsent};
use super::rules;
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::random;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Kept, New as _};

impl Kept for Consent {
    async fn check(write: &mut Write, before: Option<&Seen<Self>>, mut row: Self) -> Result<Self> {
        if before.is_none() {
            row.recorded_by = write.actor.user_id();
            rules::check(&row, write.now)?;
        }
        Ok(row)
    }
}

/// The consents that come with a new person: who may enter somebody may say what they agreed to.
pub async fn give(write: &mut Write, volunteer: &Uuid, consents: Vec<GivenConsent>) -> Result<()> {
    for given in consents {
        let GivenConsent { purpose, text_version, given_via, given_at, guardian } = given;
        let sent = CreateConsent { id: None, commune_id: write.feed, volunteer_id: *volunteer, purpose, text_version, given_via, given_at, guardian };
        let row = Consent::check(write, None, sent.row(random::id(), write.now, vec![])).await?;
        table::append(write, "create", row).await?;
    }
    Ok(())
}

pub async fn withdraw(call: Call, body: ActOnConsent) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Consent| Ok(Consent { withdrawn_at: Some(write.now), ..after })).await
}
