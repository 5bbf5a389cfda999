//! Presence of a session that did not take place then: a head without a network takes it while the office puts the activity
//! off. It is kept in a row of its own, counts nowhere, and waits for the office to place or to reject it.

use uuid::Uuid;

use super::dto::{CheckInMethod, PlaceSignUp, SignUp, SignUpStatus};
use super::hours::{self, Occasion, Told};
use super::presence::{self, Came};
use super::seats::Counted;
use super::{rules, store};
use crate::activities::{Activity, ActivityStatus};
use crate::clock::local_day;
use crate::error::{Error, Result};
use crate::journal::Write;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};
use crate::{random, said};

/// What is kept.
pub enum Kept {
    Came(Came),
    Left(Told),
}

impl Kept {
    fn told(&self) -> Told {
        match self {
            Self::Came(came) => came.told,
            Self::Left(told) => *told,
        }
    }
}

/// Keeps it: one row for a sign-up, or for a person without one, and a local day. `row` is the sign-up, or what it would
/// have been. The row, and whether it changed.
pub async fn keep(write: &mut Write, occasion: &Occasion, sign_up: Option<&SignUp>, row: &SignUp, kept: Kept) -> Result<(SignUp, bool)> {
    let day = local_day(kept.told().at);
    if let Kept::Came(came) = &kept
        && came.method == CheckInMethod::Own
    {
        hours::check_alone(came.told.at, write.now)?;
    }
    let found = store::apart(write, occasion.activity.id, sign_up.map(|row| row.id), row.volunteer_id, day).await?;
    match (found, kept) {
        // Placed or rejected meanwhile: the queue comes again.
        (Some(known), _) if known.status != SignUpStatus::ToPlace => Ok((known, false)),
        (None, Kept::Came(came)) => {
            let first = first(write, sign_up, row, came);
            Ok((table::append(write, "set_apart", first).await?, true))
        }
        (None, Kept::Left(told)) => {
            let mut first = bare(write, sign_up, row);
            first.checked_out_at = Some(told.at);
            hours::mark_told(&mut first, told, false, write.now);
            Ok((table::append(write, "set_apart", first).await?, true))
        }
        (Some(known), Kept::Came(came)) if known.checked_in_at.is_none() => {
            let after = SignUp { checked_in_at: Some(came.told.at), check_in_method: Some(came.method), version: write.number, ..known.clone() };
            table::follow(write, "check_in", &known, after.clone()).await?;
            Ok((after, true))
        }
        (Some(known), Kept::Left(told)) if known.checked_out_at.is_none() => {
            let after = SignUp { checked_out_at: Some(told.at), version: write.number, ..known.clone() };
            table::follow(write, "check_out", &known, after.clone()).await?;
            Ok((after, true))
        }
        // A double from another phone, or the same queue again.
        (Some(known), _) => Ok((known, false)),
    }
}

/// A row of presence that counts nowhere: what is told of it comes on top.
fn bare(write: &Write, sign_up: Option<&SignUp>, row: &SignUp) -> SignUp {
    SignUp {
        // Of a sign-up it is a second row; otherwise it is the one that the client named.
        id: if sign_up.is_some() { random::id() } else { row.id },
        created_at: write.now,
        headcount_present: Some(row.headcount_signed_up),
        reconfirmation: None,
        check_in_device: presence::own_device(write),
        late: false,
        walk_in: true,
        minutes: None,
        man_days: None,
        group_id: None,
        marks: vec![],
        apart_of: sign_up.map(|row| row.id),
        status: SignUpStatus::ToPlace,
        request_hash: if sign_up.is_some() { vec![] } else { row.request_hash.clone() },
        ..row.clone()
    }
}

/// The row of who came to what did not take place then.
pub fn first(write: &Write, sign_up: Option<&SignUp>, row: &SignUp, came: Came) -> SignUp {
    let mut first = bare(write, sign_up, row);
    first.checked_in_at = Some(came.told.at);
    first.check_in_method = Some(came.method);
    first.check_in_device = came.device.or(first.check_in_device);
    first.headcount_present = came.headcount.or(first.headcount_present);
    hours::mark_told(&mut first, came.told, came.method == CheckInMethod::Own, write.now);
    first
}

pub fn warn(write: &mut Write, kept: Uuid) {
    let detail = said!(
        "Buổi này đã hoãn, hủy, dời ngày hoặc đợt đã kết thúc: lượt có mặt được để riêng, văn phòng xã sẽ xếp vào đúng hoạt động",
        "This session was put off, called off or moved, or the campaign is closed: the presence is kept apart for the commune's office to place"
    );
    write.warn("kept_apart", "/occurred_at", detail, vec![kept]);
}

/// The sign-up itself stays as it was.
pub fn leave(write: &mut Write, before: &SignUp, kept: Uuid) -> SignUp {
    warn(write, kept);
    before.clone()
}

/// The activity is put off or moved to another day: presence that was taken already is not of the new day.
pub async fn set_apart_all(write: &mut Write, activity: &Activity) -> Result<i32> {
    let (mut counted, mut people) = (Counted::default(), 0);
    let there = store::of_activity(write, activity.id, &[SignUpStatus::CheckedIn, SignUpStatus::Attended]).await?;
    for row in there.iter().cloned() {
        people += if row.group_id.is_none() { row.headcount_present.unwrap_or(1) } else { 0 };
        if row.walk_in {
            // Came without a sign-up: there is nothing to go back to.
            let after = SignUp { status: SignUpStatus::ToPlace, minutes: None, man_days: None, ..row.clone() };
            counted.change(Some(&row), &after);
            table::follow(write, "set_apart", &row, after).await?;
            continue;
        }
        // Each named member has a row of its own: the group's is of those who are not named.
        let named = there.iter().filter(|member| member.group_id == Some(row.id)).count();
        let named = i32::try_from(named).unwrap_or(0);
        let kept = SignUp {
            checked_in_at: row.checked_in_at,
            check_in_method: row.check_in_method,
            check_in_device: row.check_in_device.clone(),
            headcount_present: row.headcount_present.map(|people| (people - named).max(0)),
            checked_out_at: row.checked_out_at,
            ..bare(write, Some(&row), &row)
        };
        table::append(write, "set_apart", kept).await?;
        let back = SignUp {
            status: SignUpStatus::Confirmed,
            headcount_present: None,
            checked_in_at: None,
            check_in_method: None,
            check_in_device: None,
            checked_out_at: None,
            minutes: None,
            man_days: None,
            late: false,
            marks: vec![],
            ..row.clone()
        };
        counted.change(Some(&row), &back);
        table::follow(write, "set_apart", &row, back).await?;
    }
    counted.keep(write, activity.id).await?;
    Ok(people)
}

/// What the office may place: an activity that takes place.
const PLACED_AT: [ActivityStatus; 5] =
    [ActivityStatus::Scheduled, ActivityStatus::Open, ActivityStatus::InProgress, ActivityStatus::Done, ActivityStatus::Verified];

/// The sign-up that it was told for may be one of the very activity that it is placed at: then it ends in favour of it.
async fn make_room(write: &mut Write, kept: &SignUp, activity: Uuid) -> Result<()> {
    let Some(of) = kept.apart_of else { return Ok(()) };
    let Some(original) = table::row::<SignUp>(write, of).await? else { return Ok(()) };
    if original.activity_id != activity || rules::ENDED.contains(&original.status) {
        return Ok(());
    }
    if matches!(original.status, SignUpStatus::CheckedIn | SignUpStatus::Attended) {
        let detail = said!("Người này đã có mặt ở hoạt động đó", "This person's presence there is written down already");
        return Err(Error::new(&crate::error::CONFLICT).detail(detail));
    }
    let ended = SignUp { status: SignUpStatus::Cancelled, ..original.clone() };
    let mut counted = Counted::default();
    counted.change(Some(&original), &ended);
    table::follow(write, "cancel", &original, ended).await?;
    counted.keep(write, activity).await
}

/// `place`: what was kept apart counts at the activity that did take place.
pub async fn place(call: Call, body: PlaceSignUp) -> Result<Answer> {
    let PlaceSignUp { activity_id, minutes, reason } = body;
    table::act_then(
        &call,
        Acting { reason: reason.map(String::from), occurred_at: None },
        async |write, _, mut after: SignUp| {
            let activity = table::refer::<Activity>(write, activity_id, "/activity_id").await?;
            if !PLACED_AT.contains(&activity.status) {
                let detail = said!("Phải là hoạt động có diễn ra", "Must be an activity that takes place");
                return Err(Error::field("/activity_id", "does_not_take_place", detail));
            }
            let occasion = presence::occasion_of(write, activity).await?;
            if !occasion.works {
                return Err(Error::new(&crate::activities::rules::NOT_READY));
            }
            make_room(write, &after, occasion.activity.id).await?;
            (after.activity_id, after.campaign_id) = (occasion.activity.id, occasion.activity.campaign_id);
            after.late = true;
            hours::measure(&mut after, &occasion, minutes.map(i32::from));
            after.marks = vec![];
            after.man_days = Some(rules::man_days(after.minutes.unwrap_or(0), after.headcount_present.unwrap_or(1)));
            Ok(after)
        },
        async |write, before: &SignUp, after: &SignUp| {
            let mut counted = Counted::default();
            counted.change(Some(before), after);
            counted.keep(write, after.activity_id).await
        },
    )
    .await
}
