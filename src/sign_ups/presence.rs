//! Presence: coming, leaving, walking in, and putting right what was written down wrong. Presence is never refused
//! for want of a seat, nor because it was written down late: it is marked.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::dto::{CheckInMethod, SignUp, SignUpSource, SignUpStatus};
use super::handlers::{activity_of, counted_in};
use super::presence_dto::{CheckIn, CheckOut, CorrectSignUp, WalkIn};
use super::seats::Counted;
use super::{rules, store};
use crate::access::reach::Held;
use crate::activities::{self, Activity};
use crate::campaigns;
use crate::check_in_codes::{self, About};
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};
use crate::{random, said};

/// A phone's clock may run ahead of ours by so much.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(10);

/// The activity of presence: it takes place, and its campaign is between preparation and closing.
pub async fn takes_place(write: &mut Write, activity: Uuid) -> Result<Activity> {
    let activity = activity_of(write, activity).await?;
    check_campaign(write, &activity).await?;
    Ok(activity)
}

async fn check_campaign(write: &mut Write, activity: &Activity) -> Result<()> {
    rules::check_takes_place(activity)?;
    match campaigns::of_write(write, activity.campaign_id).await? {
        Some(campaign) => activities::check_campaign_works(&campaign),
        None => Err(Error::internal("an activity has a campaign")),
    }
}

pub fn check_time(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
    if at.is_some_and(|at| at > now + CLOCK_SKEW) {
        return Err(Error::field("/occurred_at", "in_the_future", said!("Không được ở tương lai", "May not lie in the future")));
    }
    Ok(())
}

/// A headcount is a group's matter.
pub fn check_group(row: &SignUp) -> Result<()> {
    if row.group_name.is_some() {
        return Ok(());
    }
    Err(Error::field("/headcount", "group_only", said!("Chỉ dùng cho nhóm", "Only for a group")))
}

/// The activity whose code was scanned.
pub async fn shown(call: &Call, code: Option<&str>, at: DateTime<Utc>, pointer: &'static str) -> Result<Option<Uuid>> {
    match code {
        Some(code) => Ok(Some(check_in_codes::subject(call, code, About::Activity, at, pointer).await?)),
        None => Ok(None),
    }
}

/// Whether somebody comes alone, proved by a code of this activity; false for those who take others' presence. A code
/// that was sent must be right in any case.
pub fn proved(held: &Held, shown: Option<Uuid>, activity: Uuid, pointer: &'static str) -> Result<bool> {
    let on_the_spot = held.by(rules::CHECK_IN).is_some();
    match shown {
        Some(shown) if shown != activity => {
            Err(Error::field(pointer, "code_foreign", said!("Mã này là của hoạt động khác", "This code is of another activity")))
        }
        Some(_) => Ok(!on_the_spot),
        None if on_the_spot => Ok(false),
        None => Err(Error::new(&rules::CODE_REQUIRED)),
    }
}

/// How somebody came.
pub struct Came {
    pub at: DateTime<Utc>,
    pub method: CheckInMethod,
    /// The session's where none is named.
    pub device: Option<String>,
    /// Of a group.
    pub headcount: Option<i32>,
}

/// The row of who came; `after` has the new status already.
pub fn came(write: &Write, activity: &Activity, before: &SignUp, after: SignUp, came: Came) -> Result<SignUp> {
    if came.headcount.is_some() {
        check_group(&after)?;
    }
    Ok(SignUp {
        checked_in_at: Some(came.at),
        check_in_method: Some(came.method),
        check_in_device: came.device.or_else(|| own_device(write)),
        headcount_present: came.headcount.or(Some(after.headcount_signed_up)),
        late: rules::is_late(activity, write.now),
        walk_in: before.status != SignUpStatus::Confirmed,
        ..after
    })
}

pub fn own_device(write: &Write) -> Option<String> {
    write.actor.session.as_ref().and_then(|session| session.device_id.clone())
}

/// The row of who left.
pub async fn left(write: &mut Write, activity: &Activity, mut after: SignUp, at: DateTime<Utc>, minutes: Option<i32>) -> Result<SignUp> {
    after.checked_out_at = Some(at);
    after.minutes = Some(minutes.unwrap_or_else(|| rules::minutes_of(&after, activity)));
    after.man_days = Some(man_days(write, &after).await?);
    Ok(after)
}

/// Statements beside begin, tick, load, journal and commit: activity, campaign, update, sums; a named member also its
/// group's.
pub async fn check_in(call: Call) -> Result<Answer> {
    let CheckIn { occurred_at, headcount_present, code } = call.body()?;
    check_time(occurred_at, call.now)?;
    let shown = shown(&call, code.as_ref().map(|code| code.0.as_str()), occurred_at.unwrap_or(call.now), "/code").await?;
    table::act_then(
        &call,
        Acting { reason: None, occurred_at },
        async |write, before: &Seen<SignUp>, after: SignUp| {
            // A double from another phone: who was there stays as written.
            if before.row.status == SignUpStatus::Attended {
                return Ok(before.row.clone());
            }
            let alone = proved(&before.held, shown, after.activity_id, "/code")?;
            let activity = takes_place(write, after.activity_id).await?;
            let at = occurred_at.unwrap_or(write.now);
            let method = if alone { CheckInMethod::Own } else { CheckInMethod::ByHand };
            let how = Came { at, method, device: None, headcount: headcount_present.map(i32::from) };
            came(write, &activity, &before.row, after, how)
        },
        async |write, before, after| count(write, before, after).await,
    )
    .await
}

pub async fn check_out(call: Call) -> Result<Answer> {
    let CheckOut { occurred_at, minutes } = call.body()?;
    check_time(occurred_at, call.now)?;
    table::act_then(
        &call,
        Acting { reason: None, occurred_at },
        async |write, _, after: SignUp| {
            let activity = takes_place(write, after.activity_id).await?;
            let at = occurred_at.unwrap_or(write.now);
            left(write, &activity, after, at, minutes.map(i32::from)).await
        },
        async |write, before, after| count(write, before, after).await,
    )
    .await
}

pub async fn correct(call: Call) -> Result<Answer> {
    let CorrectSignUp { reason, status, minutes, headcount_present } = call.body()?;
    if !matches!(status, SignUpStatus::Attended | SignUpStatus::NoShow) {
        return Err(Error::field(
            "/status",
            "unknown_value",
            said!("Giá trị phải là một trong: attended, no_show", "The value must be one of: attended, no_show"),
        ));
    }
    table::act_then(
        &call,
        Acting { reason: reason.map(String::from), occurred_at: None },
        async |write, _, mut after: SignUp| {
            if headcount_present.is_some() {
                check_group(&after)?;
            }
            after.status = status;
            let activity = takes_place(write, after.activity_id).await?;
            if status == SignUpStatus::NoShow {
                (after.minutes, after.man_days, after.headcount_present) = (None, None, Some(0));
                return Ok(after);
            }
            let present = headcount_present.map(i32::from).or(after.headcount_present.filter(|people| *people > 0));
            after.headcount_present = Some(present.unwrap_or(after.headcount_signed_up));
            after.minutes = Some(minutes.map(i32::from).or(after.minutes).unwrap_or_else(|| rules::minutes_of(&after, &activity)));
            after.man_days = Some(man_days(write, &after).await?);
            Ok(after)
        },
        async |write, before, after| count(write, before, after).await,
    )
    .await
}

/// A group's man-days are those of its people who are not named one by one: nobody counts twice.
async fn man_days(write: &mut Write, row: &SignUp) -> Result<f64> {
    let mut people = row.headcount_present.unwrap_or(1);
    if row.group_name.is_some() {
        people -= i32::try_from(store::named_present(write, row.id).await?).unwrap_or(0);
    }
    Ok(rules::man_days(row.minutes.unwrap_or(0), people))
}

/// After presence changed: the group of a named member, then the sums.
async fn count(write: &mut Write, before: &SignUp, after: &SignUp) -> Result<()> {
    let mut counted = Counted::default();
    counted.change(Some(before), after);
    count_group(write, &mut counted, after).await?;
    counted.keep(write, after.activity_id).await
}

/// The group of a named member whose presence changed. Whether the group's row changed.
pub async fn count_group(write: &mut Write, counted: &mut Counted, member: &SignUp) -> Result<bool> {
    if let Some(group) = member.group_id
        && let Some(group) = store::of_write(write, group).await?
        && group.minutes.is_some()
    {
        let man_days = Some(man_days(write, &group).await?);
        if group.man_days != man_days {
            let with_fewer = SignUp { man_days, ..group.clone() };
            counted.change(Some(&group), &with_fewer);
            table::follow(write, "recount", &group, with_fewer).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// `POST /v1/activities/{id}/walk-ins`: those who just came, in one row.
pub async fn walk_in(call: Call) -> Result<Answer> {
    let WalkIn { id, headcount, names, hamlet_id, occurred_at } = call.body()?;
    check_time(occurred_at, call.now)?;
    let activity_id = call.id()?;
    let names: Vec<String> = names.map(|names| names.0.into_iter().map(String::from).collect()).unwrap_or_default();
    let named = i32::try_from(names.len()).unwrap_or(i32::MAX);
    let people = match headcount.map(i32::from) {
        None if named == 0 => return Err(Error::field("/headcount", "required", said!("Nêu số người hoặc tên", "Give a headcount or names"))),
        None => named,
        Some(people) if people < named => return Err(Error::field("/headcount", "out_of_range", said!("Ít hơn số tên đã nêu", "Fewer than the names given"))),
        Some(people) => people,
    };
    let id = id.unwrap_or_else(random::id);
    let feed = table::feed_of::<Activity>(&call, activity_id).await?;
    table::may_create(&call, &rules::POLICY, Some(feed)).await?;
    let made = table::write(&call, feed, async |write| {
        write.occurred_at = occurred_at;
        let activity = table::load::<Activity>(write, activity_id).await?.row;
        let row = SignUp {
            group_name: Some("Người dân đến thêm".into()),
            hamlet_id: hamlet_id.or(activity.hamlet_id),
            note: (!names.is_empty()).then(|| names.join(", ")),
            request_hash: call.request_hash(),
            ..unasked(write, &activity, id, people, occurred_at.unwrap_or(write.now))
        };
        let seen = table::insert(write, "walk_in", row).await?;
        // A volunteer may sign up, but presence is written down by those on the spot.
        seen.held.require(rules::CHECK_IN)?;
        check_campaign(write, &activity).await?;
        counted_in(write, &seen.row).await?;
        Ok((201, seen))
    });
    table::or_again::<SignUp>(&call, id, made.await).await
}

/// The row of those who came without a sign-up.
pub fn unasked(write: &Write, activity: &Activity, id: Uuid, people: i32, at: DateTime<Utc>) -> SignUp {
    SignUp {
        id,
        commune_id: activity.commune_id,
        version: 0,
        created_at: write.now,
        updated_at: write.now,
        campaign_id: activity.campaign_id,
        activity_id: activity.id,
        volunteer_id: None,
        group_name: None,
        unit_id: None,
        hamlet_id: None,
        headcount_signed_up: people,
        headcount_present: Some(people),
        source: SignUpSource::WalkIn,
        reconfirmation: None,
        checked_in_at: Some(at),
        check_in_method: Some(CheckInMethod::WalkIn),
        check_in_device: own_device(write),
        late: rules::is_late(activity, write.now),
        walk_in: true,
        checked_out_at: None,
        minutes: None,
        man_days: None,
        note: None,
        group_id: None,
        status: SignUpStatus::CheckedIn,
        request_hash: vec![],
    }
}
