//! What happens with sign-ups before the day; presence is in `presence`.

use serde_json::Value;
use uuid::Uuid;

use super::dto::{ActOnSignUp, CreateSignUp, Reconfirm, Reconfirmation, SignUp, SignUpStatus, UpdateSignUp};
use super::seats::{self, Counted};
use super::{presence, rules, store};
use crate::activities::{self, Activity};
use crate::campaigns::Campaign;
use crate::campaigns::CampaignStatus;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::volunteers::{self, Volunteer, VolunteerStatus};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self};
use crate::{consents, hamlets, random, said};

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateSignUp = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    rules::check_who(&input)?;
    let id = input.id.unwrap_or_else(random::id);
    let made = table::write(&call, input.commune_id, async |write| Ok((201, sign_up(write, input, id, call.request_hash()).await?)));
    table::or_again::<SignUp>(&call, id, made.await).await
}

/// A member whom a group's list names.
pub async fn name_member(write: &mut Write, group: Uuid, person: Uuid) -> Result<()> {
    let group: SignUp = table::refer(write, group, "/group_id").await?;
    let body = serde_json::json!({"commune_id": group.commune_id, "activity_id": group.activity_id, "volunteer_id": person, "group_id": group.id});
    sign_up(write, serde_json::from_value(body)?, random::id(), vec![]).await?;
    Ok(())
}

/// Statements beside begin, tick, journal and commit: activity, campaign, volunteer, sums read, insert, the same time,
/// sums written; a guardian's consent for minors alone.
async fn sign_up(write: &mut Write, input: CreateSignUp, id: Uuid, request_hash: Vec<u8>) -> Result<Seen<SignUp>> {
    write.occurred_at = input.occurred_at;
    // In the caller's reach, or not there: what is said of them below is said to nobody else.
    let activity = table::refer::<Activity>(write, input.activity_id, "/activity_id").await?;
    let group = match input.group_id {
        Some(group) => Some(table::refer::<SignUp>(write, group, "/group_id").await?),
        None => None,
    };
    check_open(write, &activity).await?;
    if let Some(group) = &group {
        check_member(write, group, &activity).await?;
    }
    let person = match input.volunteer_id {
        Some(volunteer) => Some(eligible(write, volunteer, &activity).await?),
        None => None,
    };
    // Of a group; a person comes from where their record says.
    hamlets::check_living(write, activity.commune_id, input.hamlet_id, activity.date, "/hamlet_id").await?;
    let row = new_row(write, input, id, &activity, person.as_ref(), request_hash).await?;
    let seen = table::insert(write, "create", row).await?;
    if let (Some(person), Some(from), Some(to)) = (&person, activity.starts_at, activity.ends_at) {
        let others = store::at_the_same_time(write, person.id, activity.id, from, to).await?;
        if !others.is_empty() {
            write.warn(
                "same_time",
                "/activity_id",
                said!("Người này đã đăng ký hoạt động khác cùng giờ", "This person is signed up for another activity at that time"),
                others,
            );
        }
    }
    counted_in(write, &seen.row).await?;
    Ok(seen)
}

/// A sign-up of the program's own data.
pub async fn add(write: &mut Write, activity: &Activity, person: &Volunteer) -> Result<SignUp> {
    let input = serde_json::from_value(serde_json::json!({"commune_id": activity.commune_id, "activity_id": activity.id, "volunteer_id": person.id}))?;
    let row = new_row(write, input, random::id(), activity, Some(person), vec![]).await?;
    let seen = table::insert(write, "create", row).await?;
    counted_in(write, &seen.row).await?;
    Ok(seen.row)
}

/// Presence of the program's own data: there for so many minutes.
pub async fn attended(write: &mut Write, before: &SignUp, minutes: i32) -> Result<()> {
    let after = SignUp {
        status: SignUpStatus::Attended,
        headcount_present: Some(before.headcount_signed_up),
        minutes: Some(minutes),
        man_days: Some(rules::man_days(minutes, before.headcount_signed_up)),
        ..before.clone()
    };
    let mut counted = Counted::default();
    counted.change(Some(before), &after);
    table::follow(write, "check_out", before, after).await?;
    counted.keep(write, before.activity_id).await
}

/// A new sign-up counts in the sums.
pub async fn counted_in(write: &mut Write, row: &SignUp) -> Result<()> {
    let mut counted = Counted::default();
    counted.change(None, row);
    counted.keep(write, row.activity_id).await
}

/// A named member belongs to a group of the same activity that still comes and has a seat for one more.
async fn check_member(write: &mut Write, group: &SignUp, activity: &Activity) -> Result<()> {
    let live = matches!(group.status, SignUpStatus::Confirmed | SignUpStatus::CheckedIn);
    let named = store::named_live(write, group.id).await?;
    if live && group.group_name.is_some() && group.activity_id == activity.id && named < i64::from(group.headcount_signed_up) {
        return Ok(());
    }
    let detail = said!(
        "Phải là nhóm đã được xác nhận của cùng hoạt động và còn chỗ cho một tên",
        "Must be a confirmed group of the same activity with room for one more name"
    );
    Err(Error::field("/group_id", "no_group", detail))
}

/// Sign-ups are taken while the campaign prepares or runs.
async fn check_open(write: &mut Write, activity: &Activity) -> Result<()> {
    let office = write.actor.office_of(write.feed, Some(activity.campaign_id));
    rules::check_open(activity, office)?;
    let campaign = table::row::<Campaign>(write, activity.campaign_id).await?;
    match campaign.map(|campaign| campaign.status) {
        Some(CampaignStatus::Preparing | CampaignStatus::Running) => Ok(()),
        status => Err(Error::new(&activities::rules::NOT_READY).member("campaign_status", status.map_or("none", CampaignStatus::name))),
    }
}

/// A person who may take part: living record, and a guardian's consent for a minor.
async fn eligible(write: &mut Write, id: Uuid, activity: &Activity) -> Result<Volunteer> {
    let person = table::refer::<Volunteer>(write, id, "/volunteer_id").await?;
    if !matches!(person.status, VolunteerStatus::Active | VolunteerStatus::Unverified) {
        return Err(Error::new(&rules::NOT_ELIGIBLE).member("volunteer_status", person.status.name()));
    }
    let minor = volunteers::rules::is_minor(person.birth_year, activity.starts_at.unwrap_or(write.now));
    if minor && !consents::guardian_consented(write, id).await? {
        return Err(Error::new(&rules::NOT_ELIGIBLE).detail(said!("Người dưới 18 tuổi cần người giám hộ đồng ý", "Who is under 18 needs a guardian's consent")));
    }
    Ok(person)
}

async fn new_row(write: &mut Write, input: CreateSignUp, id: Uuid, activity: &Activity, person: Option<&Volunteer>, request_hash: Vec<u8>) -> Result<SignUp> {
    let people = input.headcount.map_or(1, i32::from);
    let status = match (person.map(|person| person.status), input.group_id) {
        (Some(VolunteerStatus::Unverified), _) => SignUpStatus::Pending,
        // The group holds the member's seat.
        (_, Some(_)) => SignUpStatus::Confirmed,
        _ if seats::free(write, activity).await?.is_none_or(|free| free >= people) => SignUpStatus::Confirmed,
        _ => SignUpStatus::Waitlisted,
    };
    Ok(SignUp {
        id,
        commune_id: activity.commune_id,
        version: 0,
        created_at: write.now,
        updated_at: write.now,
        campaign_id: activity.campaign_id,
        activity_id: activity.id,
        volunteer_id: input.volunteer_id,
        group_name: input.group_name.map(String::from),
        unit_id: person.map_or(input.unit_id, |person| person.unit_id),
        hamlet_id: person.map_or(input.hamlet_id, |person| person.hamlet_id),
        headcount_signed_up: people,
        headcount_present: None,
        source: rules::source_of(&write.actor, activity.commune_id, activity.campaign_id, person.and_then(|person| person.user_id)),
        reconfirmation: None,
        checked_in_at: None,
        check_in_method: None,
        check_in_device: None,
        late: false,
        walk_in: false,
        checked_out_at: None,
        minutes: None,
        man_days: None,
        note: input.note.map(String::from),
        group_id: input.group_id,
        marks: vec![],
        apart_of: None,
        status,
        request_hash,
    })
}

pub async fn update(call: Call) -> Result<Answer> {
    let UpdateSignUp { headcount_signed_up, note } = call.body()?;
    table::update_then(
        &call,
        async |write, before: &Seen<SignUp>| {
            let mut after = before.row.clone();
            note.apply(&mut after.note);
            headcount_signed_up.apply(&mut after.headcount_signed_up);
            let more = after.headcount_signed_up - before.row.headcount_signed_up;
            if more == 0 {
                return Ok(after);
            }
            presence::check_group(&after)?;
            if !matches!(after.status, SignUpStatus::Pending | SignUpStatus::Waitlisted | SignUpStatus::Confirmed) {
                let detail = said!("Sau khi điểm danh chỉ sửa bằng hành động correct", "After the check-in only `correct` changes it");
                return Err(Error::new(&crate::error::CONFLICT).detail(detail));
            }
            let activity = table::named::<Activity>(write, after.activity_id, "/activity_id").await?;
            if after.status == SignUpStatus::Confirmed && seats::free(write, &activity).await?.is_some_and(|free| free < more) {
                return Err(Error::new(&rules::NO_SEAT));
            }
            Ok(after)
        },
        settle,
    )
    .await
}

pub async fn confirm(call: Call, body: ActOnSignUp) -> Result<Answer> {
    table::act_then(
        &call,
        body.into(),
        async |write, before: &Seen<SignUp>, after: SignUp| {
            let activity = table::named::<Activity>(write, after.activity_id, "/activity_id").await?;
            let seated = before.row.group_id.is_none();
            if seated && seats::free(write, &activity).await?.is_some_and(|free| free < before.row.headcount_signed_up) {
                return Err(Error::new(&rules::NO_SEAT));
            }
            Ok(after)
        },
        settle,
    )
    .await
}

/// Rejected, withdrawn, not there: a seat becomes free.
pub async fn leave(call: Call, body: ActOnSignUp) -> Result<Answer> {
    table::act_then(&call, body.into(), async |_, _, after: SignUp| Ok(after), settle).await
}

/// After a seat may have become free: a group's members go with it; sums, then the waiting list.
pub async fn settle(write: &mut Write, before: &SignUp, after: &SignUp) -> Result<()> {
    let mut counted = Counted::default();
    counted.change(Some(before), after);
    if after.group_name.is_some() && matches!(after.status, SignUpStatus::Withdrawn | SignUpStatus::Rejected) {
        for member in store::members(write, after.id).await? {
            let gone = SignUp { status: after.status, ..member.clone() };
            counted.change(Some(&member), &gone);
            table::follow(write, "leave_with_group", &member, gone).await?;
        }
    }
    counted.keep(write, after.activity_id).await?;
    let activity = table::named::<Activity>(write, after.activity_id, "/activity_id").await?;
    seats::promote(write, &activity).await
}

pub async fn reconfirm(call: Call, body: Reconfirm) -> Result<Answer> {
    let comes = body.comes;
    table::act_then(
        &call,
        body.acting(),
        async |_, _, mut after: SignUp| {
            after.reconfirmation = Some(if comes { Reconfirmation::Yes } else { Reconfirmation::No });
            if !comes {
                after.status = SignUpStatus::Withdrawn;
            }
            Ok(after)
        },
        settle,
    )
    .await
}

/// What is kept of a person, for the export of all that is.
pub async fn kept_of(call: &Call, commune: Uuid, person: Uuid) -> Result<Value> {
    table::values_of::<SignUp>(call, commune, store::of_volunteer(&call.worker.lane, commune, person).await?).await
}
