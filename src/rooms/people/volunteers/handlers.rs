//! What happens with volunteers.

use super::dto::{ActOnVolunteer, CreateVolunteer, MergeVolunteer, UpdateVolunteer, Volunteer};
use super::known::Known;
use super::{Followers, rules};
use crate::error::{Error, FieldError, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::operation::tell;
use crate::web::table::{self, New as _, Patch as _};
use crate::{consents, hamlets, random, said};

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateVolunteer = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    rules::check_consents(&input.consents.0, input.birth_year.map(i32::from), call.now)?;
    let id = input.id.unwrap_or_else(random::id);
    let made = table::write(&call, input.commune_id, async |write| Ok((201, insert(write, input, id, call.request_hash()).await?)));
    table::or_again::<Volunteer>(&call, id, made.await).await
}

/// A volunteer of an import, which knows by itself who is there, or of the program's own data.
pub async fn add(write: &mut Write, input: CreateVolunteer) -> Result<Volunteer> {
    rules::check_consents(&input.consents.0, input.birth_year.map(i32::from), write.now)?;
    let id = input.id.unwrap_or_else(random::id);
    Ok(enter(write, input, id, vec![]).await?.row)
}

async fn insert(write: &mut Write, input: CreateVolunteer, id: uuid::Uuid, request_hash: Vec<u8>) -> Result<Seen<Volunteer>> {
    let known = Known::load(write, input.commune_id, [input.full_name.0.as_str()].into_iter()).await?.alike(&input);
    let seen = enter(write, input, id, request_hash).await?;
    // Two heads may have entered one person: told, never refused, since families share a phone.
    if !known.is_empty() {
        let detail = said!("Có thể người này đã có hồ sơ", "This person may have a record already");
        write.warn("possible_duplicate", "/full_name", detail, known);
    }
    Ok(seen)
}

async fn enter(write: &mut Write, mut input: CreateVolunteer, id: uuid::Uuid, request_hash: Vec<u8>) -> Result<Seen<Volunteer>> {
    hamlets::check_living(write, input.commune_id, input.hamlet_id, None, "/hamlet_id").await?;
    let source = rules::source_of(&write.actor, input.commune_id);
    let consents = std::mem::take(&mut input.consents);
    let row = Volunteer { source, ..input.row(id, write.now, request_hash) };
    let seen = table::insert(write, "create", row).await?;
    consents::give(write, &seen.row.id, consents.0).await?;
    Ok(seen)
}

pub async fn update(call: Call) -> Result<Answer> {
    let input: UpdateVolunteer = call.body()?;
    table::update(&call, async |write, before: &Seen<Volunteer>| {
        let after = input.onto(before.row.clone());
        if after.hamlet_id != before.row.hamlet_id {
            hamlets::check_living(write, after.commune_id, after.hamlet_id, None, "/hamlet_id").await?;
        }
        // Else a minor would step round the guardian.
        let born = before.row.birth_year;
        if born.is_some() && after.birth_year != born && before.held.by(rules::POLICY.create).is_none() {
            let text = said!("Chỉ trưởng thôn/ấp hoặc văn phòng xã được sửa năm sinh", "Only the head or the office corrects the year of birth");
            return Err(Error::forbidden().with_errors(vec![FieldError::new("/birth_year", "office_only", text)]));
        }
        Ok(after)
    })
    .await
}

pub async fn verify(call: Call, body: ActOnVolunteer, followers: &Followers) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Volunteer| {
        tell(followers.verified, write, after.id).await?;
        Ok(after)
    })
    .await
}

pub async fn merge(call: Call, body: MergeVolunteer, followers: &Followers) -> Result<Answer> {
    let into = body.into;
    table::act(&call, body.acting(), async |write, _, mut after: Volunteer| {
        let other = table::found::<Volunteer>(write, into).await?.map(|seen| seen.row);
        rules::check_merge(&after, other.as_ref())?;
        after.merged_into = Some(into);
        // What hangs on the person goes along.
        consents::reassign(write, after.id, into).await?;
        tell(followers.merged, write, (after.id, into)).await?;
        Ok(after)
    })
    .await
}
