//! What the codes of a phone's queue say: whose card was scanned, and which activity's code.

use uuid::Uuid;

use super::presence_dto::CheckInItem;
use super::{hours, presence};
use crate::check_in_codes::{self, About};
use crate::error::{Error, Result};
use crate::said;
use crate::web::call::Call;

/// An item with what its codes say.
pub struct Queued<'a> {
    pub item: &'a CheckInItem,
    pub codes: Result<Codes>,
}

#[derive(Clone, Copy)]
pub struct Codes {
    pub volunteer: Option<Uuid>,
    /// The activity whose code was scanned.
    pub shown: Option<Uuid>,
}

/// Before the commune's other writers have to wait.
pub async fn read_codes<'a>(call: &Call, items: &[&'a CheckInItem]) -> Vec<Queued<'a>> {
    let mut queued = vec![];
    for &item in items {
        queued.push(Queued { item, codes: codes(call, item).await });
    }
    queued
}

async fn codes(call: &Call, item: &CheckInItem) -> Result<Codes> {
    let at = hours::told(Some(item.occurred_at.0), call.now)?.at;
    let volunteer = match &item.volunteer_code {
        Some(code) if item.volunteer_id.is_none() => Some(check_in_codes::subject(call, &code.0, About::Volunteer, at, "/volunteer_code").await?),
        Some(_) => return Err(one_of()),
        None => item.volunteer_id,
    };
    let shown = presence::shown(call, item.code.as_ref().map(|code| code.0.as_str()), at, "/code").await?;
    Ok(Codes { volunteer, shown })
}

pub fn one_of() -> Error {
    let detail = said!(
        "Nêu đúng một trong hai: sign_up_id, hoặc activity_id cùng volunteer_id hay volunteer_code",
        "Name exactly one: sign_up_id, or activity_id with volunteer_id or volunteer_code"
    );
    Error::field("/sign_up_id", "one_of", detail)
}
