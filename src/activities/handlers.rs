//! What happens with activities.

use super::dto::{ActOnActivity, Activity, CreateActivity, FinishActivity, PostponeActivity, PublishActivity, RescheduleActivity, UpdateActivity};
use super::{checks, clashes, rules};
use crate::access::roles::Role;
use crate::campaigns::{self, Campaign};
use crate::error::{Error, FieldError, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};
use crate::{activity_sums, random, road_registrations, said, sign_ups};

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<Activity>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<Activity>(call).await
}

async fn campaign_of(write: &mut Write, activity: &Activity) -> Result<Campaign> {
    let campaign = campaigns::of_write(write, activity.campaign_id).await?;
    campaign.ok_or_else(|| Error::field("/campaign_id", "no_campaign", said!("Không có đợt này trong xã", "The commune has no such campaign")))
}

/// Times filled, rules kept, what is derived in step.
async fn checked(write: &mut Write, mut activity: Activity) -> Result<Activity> {
    let campaign = campaign_of(write, &activity).await?;
    checks::fill_times(&mut activity, &campaign);
    checks::check(&activity, &campaign)?;
    Ok(activity.derived())
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateActivity = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let id = input.id.unwrap_or_else(random::id);
    let office =
        call.actor.grants.iter().any(|grant| grant.commune_id == Some(input.commune_id) && matches!(grant.role, Role::CommuneLeader | Role::CommuneOfficer));
    if input.lead_user_id.is_some() && !office {
        return Err(lead_is_the_offices());
    }
    table::create(&call, input.commune_id, id, async |write| checked(write, checks::new_activity(input, id, call.now, call.request_hash())).await).await
}

/// An activity of the import.
pub async fn add(write: &mut Write, input: CreateActivity) -> Result<Activity> {
    let id = input.id.unwrap_or_else(random::id);
    let row = checked(write, checks::new_activity(input, id, write.now, vec![])).await?;
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn update(call: Call) -> Result<Answer> {
    let input: UpdateActivity = call.body()?;
    table::update_then(
        &call,
        async |write, before: &Seen<Activity>| {
            let after = checked(write, checks::changed(before.row.clone(), input)).await?;
            checks::check_editor(&before.held, &before.row, &after)?;
            let office = before.held.by(rules::OFFICE).is_some();
            if after.lead_user_id != before.row.lead_user_id && !office {
                return Err(lead_is_the_offices());
            }
            // Told to the office alone: the other activity's title is not everybody's to see.
            if office && after.status != super::ActivityStatus::Draft {
                clashes::warn(write, &after).await?;
            }
            if after.capacity != before.row.capacity {
                fit_seats(write, &after).await?;
            }
            Ok(after)
        },
        async |write, before, after| if before.hamlet_id == after.hamlet_id { Ok(()) } else { activity_sums::move_to(write, after).await },
    )
    .await
}

/// Leading gives rights over people's records: nobody takes them by a proposal.
fn lead_is_the_offices() -> Error {
    let field = FieldError::new("/lead_user_id", "office_only", said!("Chỉ văn phòng xã cử người phụ trách", "Only the commune's office names the lead"));
    Error::forbidden().with_errors(vec![field])
}

/// A new capacity holds those who have seats, and lets in those who wait.
async fn fit_seats(write: &mut Write, activity: &Activity) -> Result<()> {
    let taken = activity_sums::seats_taken(write, activity.id).await?;
    if activity.capacity.is_some_and(|capacity| capacity < taken) {
        return Err(Error::field("/capacity", "below_taken", said!("Đã có {taken} chỗ được đăng ký", "{taken} seats are taken already")));
    }
    sign_ups::promote(write, activity).await
}

pub async fn act(call: Call) -> Result<Answer> {
    match call.operation.id.as_str() {
        "finish_activity" => finish(call).await,
        "postpone_activity" => postpone(call).await,
        "reschedule_activity" => reschedule(call).await,
        "publish_activity" => publish(call).await,
        _ => simply(call).await,
    }
}

async fn simply(call: Call) -> Result<Answer> {
    let input: ActOnActivity = call.body()?;
    let acting = Acting { reason: input.reason.map(String::from), occurred_at: input.occurred_at };
    table::act(&call, acting, async |write, _, after: Activity| {
        match call.operation.id.as_str() {
            "schedule_activity" => {
                let after = checked(write, after).await?;
                clashes::warn(write, &after).await?;
                return Ok(after);
            }
            "cancel_activity" => {
                sign_ups::cancel_all(write, &after).await?;
                road_registrations::release(write, after.id).await?;
            }
            "open_activity" | "start_activity" => checks::check_campaign_works(&campaign_of(write, &after).await?)?,
            _ => {}
        }
        Ok(after)
    })
    .await
}

async fn finish(call: Call) -> Result<Answer> {
    let FinishActivity { outcome, occurred_at } = call.body()?;
    table::act(&call, Acting { reason: None, occurred_at }, async |_, _, mut after: Activity| {
        after.outcome = Some(outcome);
        Ok(after)
    })
    .await
}

async fn postpone(call: Call) -> Result<Answer> {
    let PostponeActivity { reason, cause, occurred_at } = call.body()?;
    let reason = reason.map(|reason| format!("{}: {}", cause.name(), reason.0));
    table::act(&call, Acting { reason, occurred_at }, async |write, before: &Seen<Activity>, after: Activity| {
        checks::check_postpone(&before.held, &before.row, write.now)?;
        sign_ups::ask_again(write, after.id).await?;
        Ok(after)
    })
    .await
}

async fn reschedule(call: Call) -> Result<Answer> {
    let RescheduleActivity { reason, date, session, starts_at, ends_at } = call.body()?;
    let acting = Acting { reason: reason.map(String::from), occurred_at: None };
    table::act(&call, acting, async |write, before: &Seen<Activity>, mut after: Activity| {
        (after.date, after.session, after.starts_at, after.ends_at) = (Some(date.into()), session, starts_at, ends_at);
        // What was open for sign-ups stays open.
        if before.row.status == super::ActivityStatus::Open {
            after.status = before.row.status;
        }
        let after = checked(write, after).await?;
        clashes::warn(write, &after).await?;
        Ok(after)
    })
    .await
}

async fn publish(call: Call) -> Result<Answer> {
    let PublishActivity { public_title } = call.body()?;
    table::act(&call, Acting::default(), async |write, _, mut after: Activity| {
        after.public_title = public_title.map(String::from).or(after.public_title);
        checks::check_public(&after)?;
        after.published_at = after.published_at.or(Some(write.now));
        Ok(after)
    })
    .await
}
