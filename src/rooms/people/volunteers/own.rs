//! What a person does with the own record: entering alone, taking it onto a phone, getting all that is kept.

use serde_json::{Map, json};
use uuid::Uuid;

use super::dto::{ActOnVolunteer, EnterVolunteer, Entered, Volunteer, VolunteerStatus};
use super::{Followers, rules, store};
use crate::access::actor::{Actor, leads};
use crate::access::roles::Role;
use crate::accounts::{IssuedCode, Newcomer, User, office};
use crate::consents::Consent;
use crate::error::{CONFLICT, Error, ID_TAKEN, NOT_FOUND, Result};
use crate::journal::feeds::ACCOUNTS;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::operation::tell;
use crate::web::table;
use crate::{consents, said};

const ENTRY: &str = "a person without an account enters alone: the row is of that person";
const INVITATION: &str = "an account for a volunteer whom the caller may invite, with the right of a volunteer alone";

const ERASURE: &str = "the accounts of a person whose data the office erases";

/// The account of a volunteer: the same at each try, so that a lost answer leaves no second one.
fn account_of(call: &Call, volunteer: Uuid) -> Uuid {
    call.service().secret.id("account-of-volunteer", &[volunteer.as_bytes()])
}

/// Makes the account and its right where they are missing, and issues a code.
async fn account(call: &Call, reason: &'static str, volunteer: &Newcomer) -> Result<IssuedCode> {
    let code = table::alone(call, Actor::entrusted(&call.actor, reason), ACCOUNTS, async |write| {
        let code = office::newcomer(write, &call.service().secret, volunteer, call.actor.user_id()).await?;
        Ok((volunteer.user_id, code))
    })
    .await?;
    call.service().pulse.forget();
    Ok(code)
}

/// `POST /v1/volunteers/self`. First the account, then the row: should the second fail, an account without rights to
/// anything but its own is left, which the next try finds again.
pub async fn enter(call: Call) -> Result<Answer> {
    let input: EnterVolunteer = call.body()?;
    rules::check_consents(&input.consents.0, input.birth_year.map(i32::from), call.now)?;
    let hash = call.request_hash();
    let made = table::alone(&call, Actor::system(ENTRY), input.commune_id, async |write| {
        if let Some(there) = table::row::<Volunteer>(write, input.id).await? {
            let same = there.request_hash == hash;
            return match (same, there.status) {
                // A lost answer is asked for again; once somebody signed in with the code, it was not lost.
                (true, VolunteerStatus::Unverified) if !office::was_used(write, account_of(&call, there.id)).await? => Ok((there.id, ())),
                (true, _) => Err(Error::new(&CONFLICT)),
                (false, _) => Err(Error::new(&ID_TAKEN)),
            };
        }
        // The user comes in the next step; a row may name no user that is not there yet.
        let row = Volunteer { user_id: None, ..rules::entered(&input, account_of(&call, input.id), call.now, hash.clone()) };
        let seen = table::insert(write, "enter", row).await?;
        consents::give(write, &seen.row.id, input.consents.0.clone()).await?;
        Ok((seen.row.id, ()))
    });
    made.await.map_err(|error| if error.problem() == &NOT_FOUND { no_commune() } else { error })?;
    let newcomer =
        Newcomer { user_id: account_of(&call, input.id), commune_id: input.commune_id, display_name: input.full_name.0.clone(), volunteer_id: input.id };
    let code = account(&call, ENTRY, &newcomer).await?;
    link(&call, &newcomer).await?;
    let entered = Entered { id: input.id, status: VolunteerStatus::Unverified, claim_code: code.code, expires_at: code.expires_at };
    Ok(Answer::new(201, entered)?.header("Cache-Control", "no-store"))
}

fn no_commune() -> Error {
    Error::field("/commune_id", "no_commune", said!("Không có xã này", "There is no such commune"))
}

/// The row names its account.
async fn link(call: &Call, newcomer: &Newcomer) -> Result<()> {
    let linked = table::alone(call, Actor::entrusted(&call.actor, INVITATION), newcomer.commune_id, async |write| {
        let before = table::load::<Volunteer>(write, newcomer.volunteer_id).await?;
        // Erased or merged while the account was made.
        if matches!(before.row.status, VolunteerStatus::Anonymised | VolunteerStatus::Merged) {
            return Ok((newcomer.volunteer_id, false));
        }
        let mut after = before.row.clone();
        after.user_id = Some(newcomer.user_id);
        table::save(write, "link_account", rules::POLICY.update, &before, after).await?;
        Ok((newcomer.volunteer_id, true))
    })
    .await?;
    if linked {
        return Ok(());
    }
    // The name was written into an account meanwhile: it goes again.
    table::alone(call, Actor::entrusted(&call.actor, ERASURE), ACCOUNTS, async |write| {
        office::erase(write, newcomer.user_id).await?;
        Ok((newcomer.user_id, ()))
    })
    .await?;
    Err(Error::not_found())
}

/// `invite`: a code for the volunteer's phone, with an account made on the way.
pub async fn invite(call: Call, _: ActOnVolunteer) -> Result<Answer> {
    let seen = table::ready::<Volunteer>(&call).await?;
    let row = &seen.row;
    // An account that leads an activity reads its people's phones: only the office hands out codes for it.
    let office = seen.held.by(rules::EXPORT).is_some_and(|clause| clause.role != Role::Member);
    if let (Some(user), false) = (row.user_id, office)
        && leads(&call.worker.lane, user, row.commune_id).await?
    {
        return Err(
            Error::forbidden().detail(said!("Người này phụ trách hoạt động: văn phòng xã cấp mã", "This person leads an activity: the office issues the code"))
        );
    }
    let newcomer = Newcomer {
        user_id: row.user_id.unwrap_or_else(|| account_of(&call, row.id)),
        commune_id: row.commune_id,
        display_name: row.full_name.clone(),
        volunteer_id: row.id,
    };
    let code = account(&call, INVITATION, &newcomer).await?;
    link(&call, &newcomer).await?;
    Ok(Answer::ok(code)?.header("Cache-Control", "no-store"))
}

/// `anonymise`: first the accounts of the person and of the records merged into this one, then the records. Should the
/// second fail, the accounts are shut and the next try goes on from there.
pub async fn anonymise(call: Call, body: ActOnVolunteer, followers: &Followers) -> Result<Answer> {
    let seen = table::ready::<Volunteer>(&call).await?;
    let (commune, id) = (seen.row.commune_id, seen.row.id);
    table::alone(&call, Actor::entrusted(&call.actor, ERASURE), ACCOUNTS, async |write| {
        for row in store::with_merged(write, commune, id).await? {
            if let Some(user) = row.user_id {
                office::erase(write, user).await?;
            }
        }
        Ok((id, ()))
    })
    .await?;
    table::act(&call, body.into(), async |write, _, after: Volunteer| {
        for row in store::with_merged(write, commune, id).await? {
            consents::erase(write, row.id).await?;
            tell(followers.erased, write, row.id).await?;
            if row.id != id {
                let after = Volunteer { status: VolunteerStatus::Anonymised, ..rules::anonymised(row.clone()) };
                table::follow(write, "anonymise", &row, after).await?;
            }
        }
        Ok(rules::anonymised(after))
    })
    .await
}

/// `GET /v1/volunteers/{id}/export`: all that is kept of a person (law 91/2025/QH15: the right to see): the record, the
/// account's name, consents, sign-ups, awards, and who saw it. Each part as the caller may see it anyway.
pub async fn export(call: Call, followers: &Followers) -> Result<Answer> {
    let seen = table::get::<Volunteer>(&call, call.id()?).await?;
    seen.held.require(rules::EXPORT)?;
    let (commune, id) = (seen.row.commune_id, seen.row.id);
    let lane = &call.worker.lane;
    let account = match seen.row.user_id {
        Some(user) => table::objects_of::<User>(&call, commune, vec![user]).await?.pop().map(|user| user.map()).transpose()?,
        None => None,
    };
    let consents = table::values_of::<Consent>(&call, commune, consents::of_volunteer(lane, commune, id).await?).await?;
    let mut all = Map::from_iter([
        ("volunteer".to_owned(), table::object(&call, &seen)?.map()?.into()),
        ("account".to_owned(), json!(account)),
        ("consents".to_owned(), consents),
    ]);
    for (name, kept) in followers.kept {
        all.insert((*name).to_owned(), kept(&call, commune, id).await?);
    }
    all.insert("exported_at".to_owned(), json!(call.now));
    Ok(Answer::ok(all)?.header("Cache-Control", "no-store"))
}
