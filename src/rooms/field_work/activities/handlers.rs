//! What happens with activities.

use super::actions_dto::{ActOnActivity, FinishActivity, PostponeActivity, PublishActivity, RescheduleActivity};
use super::dto::{Activity, ActivityStatus, CreateActivity, Outcome, UpdateActivity};
use super::parts::{Moved, PostponementAsked};
use super::{checks, clashes, rules};
use crate::campaigns::{self, Campaign};
use crate::error::{Error, FieldError, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting, Record as _};
use crate::{activity_sums, hamlets, random, road_registrations, said, sign_ups};

/// Times filled, rules kept, what is derived in step.
async fn checked(write: &mut Write, mut activity: Activity) -> Result<Activity> {
    let campaign = table::named::<Campaign>(write, activity.campaign_id, "/campaign_id").await?;
    checks::fill_times(&mut activity, &campaign);
    checks::check(&activity, &campaign)?;
    Ok(activity.derived())
}

/// The same where day or hamlet are new.
async fn in_living_hamlet(write: &mut Write, before: Option<&Activity>, activity: Activity) -> Result<Activity> {
    if before.is_none_or(|before| (before.hamlet_id, before.date) != (activity.hamlet_id, activity.date)) {
        hamlets::check_living(write, activity.commune_id, activity.hamlet_id, activity.date, "/hamlet_id").await?;
    }
    Ok(activity)
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateActivity = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let id = input.id.unwrap_or_else(random::id);
    let office = call.actor.office_of(input.commune_id, Some(input.campaign_id));
    if input.lead_user_id.is_some() && !office {
        return Err(lead_is_the_offices());
    }
    table::create(&call, input.commune_id, id, async |write| {
        let row = checked(write, checks::new_activity(input, id, call.now, call.request_hash())).await?;
        in_living_hamlet(write, None, row).await
    })
    .await
}

/// An activity of the import.
pub async fn add(write: &mut Write, input: CreateActivity) -> Result<Activity> {
    let id = input.id.unwrap_or_else(random::id);
    let row = checked(write, checks::new_activity(input, id, write.now, vec![])).await?;
    let row = in_living_hamlet(write, None, row).await?;
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn update(call: Call) -> Result<Answer> {
    let input: UpdateActivity = call.body()?;
    table::update_then(
        &call,
        async |write, before: &Seen<Activity>| {
            let after = checked(write, checks::changed(before.row.clone(), input)).await?;
            let mut after = in_living_hamlet(write, Some(&before.row), after).await?;
            if matches!(after.status, ActivityStatus::Scheduled | ActivityStatus::Open) && checks::is_moved(&before.row, &after) {
                moved(write, &before.row, &mut after, None).await?;
            }
            checks::check_editor(&before.held, &before.row, &after)?;
            let office = before.held.by(rules::OFFICE).is_some();
            if after.lead_user_id != before.row.lead_user_id && !office {
                return Err(lead_is_the_offices());
            }
            // Told to the office alone: the other activity's title is not everybody's to see.
            if office && after.status != ActivityStatus::Draft {
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

pub async fn schedule(call: Call, body: ActOnActivity) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Activity| {
        let after = checked(write, after).await?;
        clashes::warn(write, &after).await?;
        Ok(after)
    })
    .await
}

/// Opened for sign-ups, or started: while the campaign works.
pub async fn work(call: Call, body: ActOnActivity) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Activity| {
        checks::check_campaign_works(&table::named::<Campaign>(write, after.campaign_id, "/campaign_id").await?)?;
        Ok(after)
    })
    .await
}

pub async fn verify(call: Call, body: ActOnActivity) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Activity| {
        warn_of_open(write, &after).await?;
        Ok(after)
    })
    .await
}

pub async fn cancel(call: Call, body: ActOnActivity) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Activity| {
        set_apart(write, &after).await?;
        sign_ups::cancel_all(write, &after).await?;
        road_registrations::release(write, after.id).await?;
        Ok(after)
    })
    .await
}

pub async fn decline_postponement(call: Call, body: ActOnActivity) -> Result<Answer> {
    table::act(&call, body.into(), async |_, _, mut after: Activity| {
        after.course.0.postponement_asked = None;
        Ok(after)
    })
    .await
}

/// Who is still there counts with the default hours, and the answer says how many.
pub async fn finish(call: Call, body: FinishActivity) -> Result<Answer> {
    let FinishActivity { outcome, default_minutes, occurred_at } = body;
    table::act(&call, Acting { reason: None, occurred_at }, async |write, _, mut after: Activity| {
        after.outcome = Some(outcome);
        let ended = occurred_at.unwrap_or(write.now);
        let until = after.starts_at.filter(|start| ended > *start && after.ends_at.is_some_and(|end| ended < end)).map(|start| (ended - start).num_minutes());
        let interrupted = until.filter(|_| outcome == Outcome::Interrupted).and_then(|minutes| i32::try_from(minutes).ok());
        let course = &mut after.course.0;
        course.default_minutes = default_minutes.map(i32::from).or(interrupted).or(course.default_minutes);
        let (people, minutes) = sign_ups::count_rest(write, &after).await?;
        if people > 0 {
            let detail = said!(
                "{people} người chưa điểm danh về: tính {minutes} phút mỗi người",
                "{people} people were not checked out: {minutes} minutes count for each"
            );
            write.warn("counted_by_default", "/default_minutes", detail, vec![]);
        }
        warn_of_open(write, &after).await?;
        Ok(after)
    })
    .await
}

/// What of an activity the office should still look at.
async fn warn_of_open(write: &mut Write, activity: &Activity) -> Result<()> {
    for open in campaigns::open_of_activity(write, activity.campaign_id, activity.id).await? {
        write.warnings.push(open);
    }
    Ok(())
}

pub async fn postpone(call: Call, body: PostponeActivity) -> Result<Answer> {
    let PostponeActivity { reason, cause, occurred_at } = body;
    let words = reason.map(String::from);
    let noted = words.as_ref().map(|reason| format!("{}: {reason}", cause.name()));
    table::act(&call, Acting { reason: noted, occurred_at }, async |write, before: &Seen<Activity>, mut after: Activity| {
        checks::check_postpone(&before.held, &before.row, write.now)?;
        let course = &mut after.course.0;
        (course.moved, course.move_reason, course.postponement_asked) = (Some(Moved::from(&before.row, Some(cause), write.now)), words, None);
        set_apart(write, &after).await?;
        sign_ups::ask_again(write, after.id).await?;
        Ok(after)
    })
    .await
}

/// A head or a lead sees the rain first; the office decides.
pub async fn ask_to_postpone(call: Call, body: PostponeActivity) -> Result<Answer> {
    let PostponeActivity { reason, cause, occurred_at } = body;
    let reason = reason.map(String::from);
    table::act(&call, Acting { reason: reason.clone(), occurred_at }, async |write, _, mut after: Activity| {
        let asked = PostponementAsked { cause, reason: reason.unwrap_or_default(), user_id: write.actor.user_id(), at: write.now };
        after.course.0.postponement_asked = Some(asked);
        Ok(after)
    })
    .await
}

pub async fn reschedule(call: Call, body: RescheduleActivity) -> Result<Answer> {
    let RescheduleActivity { reason, date, session, starts_at, ends_at } = body;
    let words = reason.map(String::from);
    table::act(&call, Acting { reason: words.clone(), occurred_at: None }, async |write, before: &Seen<Activity>, mut after: Activity| {
        if session.is_none() && starts_at.is_none() {
            checks::same_hours(&mut after, date.into());
            after.ends_at = ends_at.or(after.ends_at);
        } else {
            (after.date, after.session, after.starts_at, after.ends_at) = (Some(date.into()), session, starts_at, ends_at);
        }
        // What was open for sign-ups is open again.
        let was = before.row.course.0.moved.as_ref().filter(|_| before.row.status == ActivityStatus::Postponed).map_or(before.row.status, |moved| moved.status);
        if was == ActivityStatus::Open {
            after.status = was;
        }
        let after = checked(write, after).await?;
        let mut after = in_living_hamlet(write, Some(&before.row), after).await?;
        if before.row.status == ActivityStatus::Postponed || checks::is_moved(&before.row, &after) {
            moved(write, &before.row, &mut after, words).await?;
        }
        clashes::warn(write, &after).await?;
        Ok(after)
    })
    .await
}

/// Another day or half-day: the former one stands at the activity, presence of it is set apart, people are asked again.
/// What was put off keeps the day that it was put off from.
async fn moved(write: &mut Write, before: &Activity, after: &mut Activity, reason: Option<String>) -> Result<()> {
    if before.status != ActivityStatus::Postponed {
        (after.course.0.moved, after.course.0.move_reason) = (Some(Moved::from(before, None, write.now)), reason);
        // Hours that are put right leave the presence of the day where it is.
        if (before.date, before.session) != (after.date, after.session) {
            set_apart(write, after).await?;
        }
    }
    after.course.0.postponement_asked = None;
    sign_ups::ask_again(write, after.id).await
}

async fn set_apart(write: &mut Write, activity: &Activity) -> Result<()> {
    let people = sign_ups::set_apart_all(write, activity).await?;
    if people > 0 {
        let detail = said!(
            "{people} người đã điểm danh: lượt có mặt được để riêng, văn phòng xã xếp vào đúng hoạt động",
            "{people} people were checked in: their presence is kept apart for the office to place"
        );
        write.warn("kept_apart", "/status", detail, vec![]);
    }
    Ok(())
}

pub async fn publish(call: Call, body: PublishActivity) -> Result<Answer> {
    let PublishActivity { public_title } = body;
    table::act(&call, Acting::default(), async |write, _, mut after: Activity| {
        after.public_title = public_title.map(String::from).or(after.public_title);
        checks::check_public(&after)?;
        after.published_at = after.published_at.or(Some(write.now));
        Ok(after)
    })
    .await
}
