//! What happens with calendars.

use actix_web::web::Bytes;
use sha2::{Digest as _, Sha256};

use super::dto::{CalendarLink, CreateCalendar};
use super::store;
use crate::access::guard::{Principal, on_behalf};
use crate::access::reach::Reach;
use crate::activities::Activity;
use crate::error::{COMMUNE_REQUIRED, Error, Result};
use crate::journal::Seen;
use crate::random;
use crate::web::answer::{Answer, File};
use crate::web::call::Call;
use crate::web::format::Format;
use crate::web::table::{self, Record as _, Stored};

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

pub async fn create(call: Call) -> Result<Answer> {
    let CreateCalendar { commune_id } = call.body()?;
    let commune_id = commune_id.or_else(|| call.actor.only_commune()).ok_or_else(|| Error::new(&COMMUNE_REQUIRED))?;
    let token = random::token(32);
    store::put(&mut *call.service().database.connection().await?, call.user_id()?, commune_id, hash(&token), call.now).await?;
    let path = format!("/v1/calendars/{token}.ics");
    let url = call.service().public_url.as_ref().map(|service| format!("{service}{path}"));
    Answer::new(201, CalendarLink { commune_id, path, url })
}

pub async fn delete(call: Call) -> Result<Answer> {
    store::remove(&mut *call.service().database.connection().await?, call.user_id()?).await?;
    Ok(Answer::empty())
}

/// Statements: the link, the ids, the activities; and the owner where they are not remembered.
pub async fn get(call: Call) -> Result<Answer> {
    let token = call.path.first().map(|token| token.trim_end_matches(".ics")).unwrap_or_default();
    let (user_id, commune) = store::of_token(&call.worker.lane, hash(token)).await?.ok_or_else(Error::not_found)?;
    // Who has lost the account has lost the calendar.
    let owner = match on_behalf(&call.worker, &Principal { user_id, client_id: None, scopes: vec![] }, call.now).await {
        Err(error) if error.status() == 401 => return Err(Error::not_found()),
        owner => owner?,
    };
    let call = Call { actor: owner.actor, ..call };
    let ids = store::own(&call.worker.lane, user_id, commune).await?;
    let reach = Reach::of(&call.actor, Activity::POLICY, Some(commune));
    let found = Activity::many(&call.worker.lane, &reach, ids).await?;
    let mut own: Vec<Seen<Activity>> = found.into_iter().map(|(row, mask)| Seen { row, held: reach.held(&mask) }).collect();
    own.sort_by_key(|seen| seen.row.id);
    let bytes = table::calendar(&call, &own)?;
    let etag = format!("\"{}\"", Sha256::digest(&bytes).iter().take(12).map(|byte| format!("{byte:02x}")).collect::<String>());
    let answer = Answer::file(File { mime: Format::Ics.content_type(), bytes: Bytes::from(bytes) });
    Ok(answer.header("Cache-Control", "private, no-cache").etag(etag).unless_known(&call))
}
