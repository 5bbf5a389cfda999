//! Presence: coming, leaving, walking in, and putting right what was written down wrong. Presence is never refused
//! for want of a seat, nor because it was written down late: it is marked.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{CheckInMethod, PresenceMark, SignUp, SignUpSource, SignUpStatus};
use super::hours::{self, Occasion, Told};
use super::seats::Counted;
use super::store::Elsewhere;
use super::{rules, store};
use crate::access::reach::Held;
use crate::activities::Activity;
use crate::campaigns::Campaign;
use crate::campaigns::CampaignStatus;
use crate::check_in_codes::{self, About};
use crate::error::{Error, Result};
use crate::journal::Write;
use crate::said;
use crate::web::call::Call;
use crate::web::table::{self};

/// Where presence is taken: two statements, the activity and its campaign.
pub async fn occasion(write: &mut Write, activity: Uuid) -> Result<Occasion> {
    let activity = table::named::<Activity>(write, activity, "/activity_id").await?;
    occasion_of(write, activity).await
}

pub async fn occasion_of(write: &mut Write, activity: Activity) -> Result<Occasion> {
    let campaign = table::row::<Campaign>(write, activity.campaign_id).await?.ok_or_else(|| Error::internal("an activity has a campaign"))?;
    rules::check_scheduled(&activity, campaign.status)?;
    let works = matches!(campaign.status, CampaignStatus::Preparing | CampaignStatus::Running | CampaignStatus::Closing);
    let tolerance = chrono::TimeDelta::minutes(campaign.presence_tolerance_minutes.into());
    Ok(Occasion { activity, tolerance, works })
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

/// How somebody came or left.
pub struct Came {
    pub told: Told,
    pub method: CheckInMethod,
    /// The session's where none is named.
    pub device: Option<String>,
    /// Of a group.
    pub headcount: Option<i32>,
}

/// The row of who came; `after` has the new status already. Who is written down when the work is over counts at once, with
/// the default hours: nobody will check them out.
pub async fn came(write: &mut Write, occasion: &Occasion, before: &SignUp, after: SignUp, came: Came) -> Result<SignUp> {
    if came.headcount.is_some() {
        check_group(&after)?;
    }
    let alone = came.method == CheckInMethod::Own;
    if alone {
        hours::check_alone(came.told.at, write.now)?;
    }
    // Left already, by what came first: only the coming is filled in.
    let left = before.status == SignUpStatus::Attended;
    let mut row = SignUp {
        checked_in_at: Some(came.told.at),
        check_in_method: Some(came.method),
        check_in_device: came.device.or_else(|| own_device(write)),
        headcount_present: came.headcount.or(after.headcount_present.filter(|_| left)).or(Some(after.headcount_signed_up)),
        late: rules::is_late(&occasion.activity, write.now),
        walk_in: if left { before.walk_in } else { before.status != SignUpStatus::Confirmed },
        ..after
    };
    hours::mark_told(&mut row, came.told, alone, write.now);
    if left || occasion.is_over() {
        row.status = SignUpStatus::Attended;
        hours::measure(&mut row, occasion, None);
        row.man_days = Some(man_days(write, &row).await?);
    } else {
        hours::mark_hours(&mut row, occasion);
    }
    Ok(row)
}

pub fn own_device(write: &Write) -> Option<String> {
    write.actor.session.as_ref().and_then(|session| session.device_id.clone())
}

/// The row of who left. Leaving implies coming: a phone's check-out may arrive before another one's check-in.
pub async fn left(write: &mut Write, occasion: &Occasion, before: &SignUp, mut after: SignUp, told: Told, minutes: Option<i32>) -> Result<SignUp> {
    let here = matches!(before.status, SignUpStatus::CheckedIn | SignUpStatus::Attended);
    if !here {
        after.headcount_present = Some(after.headcount_signed_up);
        after.check_in_method = Some(CheckInMethod::ByHand);
        after.check_in_device = own_device(write);
        after.late = rules::is_late(&occasion.activity, write.now);
        after.walk_in = before.status != SignUpStatus::Confirmed;
    }
    after.checked_out_at = Some(told.at);
    hours::mark_told(&mut after, told, false, write.now);
    hours::measure(&mut after, occasion, minutes);
    after.man_days = Some(man_days(write, &after).await?);
    Ok(after)
}

/// A sign-up that was cancelled (with its activity, or as the double of another one) takes no presence itself.
pub fn check_not_cancelled(before: &SignUp) -> Result<()> {
    if before.status == SignUpStatus::Cancelled {
        return Err(Error::new(&rules::NOT_ELIGIBLE).member("sign_up_status", before.status.name()));
    }
    Ok(())
}

/// What a coming or a leaving changes in who attended already: a coming that was not known, a leaving where the default
/// hours counted. Anything else is a double from another phone: who was there stays as written.
pub fn tells_more(before: &SignUp, leaves: bool) -> bool {
    match (before.status, leaves) {
        (SignUpStatus::Attended, true) => before.marks.contains(&PresenceMark::DefaultHours),
        (SignUpStatus::Attended, false) => before.checked_in_at.is_none() && before.checked_out_at.is_some(),
        _ => true,
    }
}

/// Marks who was at another activity at the same hours.
pub fn mark_places(row: &mut SignUp, elsewhere: &[Elsewhere]) -> Option<Uuid> {
    let (person, (from, to)) = (row.volunteer_id?, hours::span(row)?);
    let meets = |(who, sign_up, activity, came, went): &&Elsewhere| {
        *who == person && *sign_up != row.id && *activity != row.activity_id && *came <= to && *went >= from
    };
    let other = elsewhere.iter().find(meets).map(|(_, sign_up, ..)| *sign_up);
    hours::mark(row, PresenceMark::TwoPlaces, other.is_some());
    other
}

/// The work is over: who was not seen leaving counts with the default hours. People, and the minutes of each.
pub async fn count_rest(write: &mut Write, activity: &Activity) -> Result<(i32, i32)> {
    let mut rest = store::of_activity(write, activity.id, &[SignUpStatus::CheckedIn]).await?;
    if rest.is_empty() {
        return Ok((0, 0));
    }
    let occasion = occasion_of(write, activity.clone()).await?;
    // Named members first: their group counts those who are not named.
    rest.sort_by_key(|row| row.group_name.is_some());
    let (mut counted, mut people) = (Counted::default(), 0);
    for row in rest {
        let mut after = SignUp { status: SignUpStatus::Attended, ..row.clone() };
        hours::measure(&mut after, &occasion, None);
        after.man_days = Some(man_days(write, &after).await?);
        people += if row.group_id.is_none() { row.headcount_present.unwrap_or(1) } else { 0 };
        counted.change(Some(&row), &after);
        table::follow(write, "check_out", &row, after.clone()).await?;
        count_group(write, &mut counted, &after).await?;
    }
    counted.keep(write, activity.id).await?;
    Ok((people, occasion.default_minutes()))
}

/// A group's man-days are those of its people who are not named one by one: nobody counts twice.
pub async fn man_days(write: &mut Write, row: &SignUp) -> Result<f64> {
    let mut people = row.headcount_present.unwrap_or(1);
    if row.group_name.is_some() {
        people -= i32::try_from(store::named_present(write, row.id).await?).unwrap_or(0);
    }
    Ok(rules::man_days(row.minutes.unwrap_or(0), people))
}

/// The group of a named member whose presence changed. Whether the group's row changed.
pub async fn count_group(write: &mut Write, counted: &mut Counted, member: &SignUp) -> Result<bool> {
    if let Some(group) = member.group_id
        && let Some(group) = table::row::<SignUp>(write, group).await?
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

/// The row of those who came without a sign-up.
pub fn unasked(write: &Write, activity: &Activity, id: Uuid, people: i32) -> SignUp {
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
        headcount_present: None,
        source: SignUpSource::WalkIn,
        reconfirmation: None,
        checked_in_at: None,
        check_in_method: None,
        check_in_device: None,
        late: rules::is_late(activity, write.now),
        walk_in: true,
        checked_out_at: None,
        minutes: None,
        man_days: None,
        note: None,
        group_id: None,
        marks: vec![],
        apart_of: None,
        status: SignUpStatus::CheckedIn,
        request_hash: vec![],
    }
}
