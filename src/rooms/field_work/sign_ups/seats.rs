//! Seats, the waiting list, and what follows when an activity or a person changes. A commune's writers take turns, so
//! what is counted here cannot change before the commit.

use uuid::Uuid;

use super::dto::{Reconfirmation, SignUp, SignUpStatus};
use super::{rules, store};
use crate::activities::Activity;
use crate::activity_sums::{self, Tally};
use crate::error::Result;
use crate::journal::Write;
use crate::web::table;

/// Free seats of an activity; none counted where it is open to all. Of the sums, so that it is one row.
pub async fn free(write: &mut Write, activity: &Activity) -> Result<Option<i32>> {
    match activity.capacity {
        Some(capacity) => Ok(Some(capacity - activity_sums::seats_taken(write, activity.id).await?)),
        None => Ok(None),
    }
}

/// What a write changed in the sums of one activity; kept in one statement at its end.
#[derive(Debug, Default)]
pub struct Counted(Tally);

impl Counted {
    /// A sign-up that counted as `before` counts as `after` now.
    pub fn change(&mut self, before: Option<&SignUp>, after: &SignUp) {
        self.0 = self.0.plus(rules::tally(after)).minus(before.map(rules::tally).unwrap_or_default());
    }

    pub async fn keep(self, write: &mut Write, activity: Uuid) -> Result<()> {
        activity_sums::add(write, activity, self.0).await
    }
}

/// Gives free seats to those who wait, the first first; a group that does not fit waits on.
pub async fn promote(write: &mut Write, activity: &Activity) -> Result<()> {
    let mut free = free(write, activity).await?;
    if free.is_some_and(|free| free <= 0) {
        return Ok(());
    }
    let waiting = store::of_activity(write, activity.id, &[SignUpStatus::Waitlisted]).await?;
    let mut counted = Counted::default();
    for row in waiting {
        if free.is_some_and(|free| free < row.headcount_signed_up) {
            continue;
        }
        free = free.map(|free| free - row.headcount_signed_up);
        let after = SignUp { status: SignUpStatus::Confirmed, ..row.clone() };
        counted.change(Some(&row), &after);
        table::follow(write, "promote", &row, after).await?;
    }
    counted.keep(write, activity.id).await
}

/// The activity was put off: everybody is asked again.
pub async fn ask_again(write: &mut Write, activity: Uuid) -> Result<()> {
    for row in store::of_activity(write, activity, &[SignUpStatus::Pending, SignUpStatus::Waitlisted, SignUpStatus::Confirmed]).await? {
        let after = SignUp { reconfirmation: Some(Reconfirmation::Asked), ..row.clone() };
        table::follow(write, "ask_again", &row, after).await?;
    }
    Ok(())
}

/// The activity was cancelled.
pub async fn cancel_all(write: &mut Write, activity: &Activity) -> Result<()> {
    let mut counted = Counted::default();
    for row in store::of_activity(write, activity.id, &[SignUpStatus::Pending, SignUpStatus::Waitlisted, SignUpStatus::Confirmed]).await? {
        let after = SignUp { status: SignUpStatus::Cancelled, ..row.clone() };
        counted.change(Some(&row), &after);
        table::follow(write, "cancel", &row, after).await?;
    }
    counted.keep(write, activity.id).await
}

/// A person was verified: what was pending takes a seat, or waits.
pub async fn confirm_pending(write: &mut Write, volunteer: Uuid) -> Result<()> {
    for row in store::of_person(write, volunteer).await?.into_iter().filter(|row| row.status == SignUpStatus::Pending) {
        let Some(activity) = table::row::<Activity>(write, row.activity_id).await? else { continue };
        let fits = row.group_id.is_some() || free(write, &activity).await?.is_none_or(|free| free >= row.headcount_signed_up);
        let status = if fits { SignUpStatus::Confirmed } else { SignUpStatus::Waitlisted };
        let after = SignUp { status, ..row.clone() };
        let mut counted = Counted::default();
        counted.change(Some(&row), &after);
        table::follow(write, "confirm", &row, after).await?;
        counted.keep(write, activity.id).await?;
    }
    Ok(())
}

/// Two records of a person became one: the sign-ups go along, but for those that the other has too.
pub async fn reassign(write: &mut Write, from: Uuid, into: Uuid) -> Result<()> {
    // What is kept apart goes along whatever the other has: the office places it.
    let gone = [SignUpStatus::Rejected, SignUpStatus::Withdrawn, SignUpStatus::Cancelled, SignUpStatus::ToPlace];
    let theirs: Vec<Uuid> = store::of_person(write, into).await?.into_iter().filter(|row| !gone.contains(&row.status)).map(|row| row.activity_id).collect();
    for row in store::of_person(write, from).await? {
        let double = theirs.contains(&row.activity_id) && !gone.contains(&row.status);
        let after = if double { SignUp { status: SignUpStatus::Cancelled, ..row.clone() } } else { SignUp { volunteer_id: Some(into), ..row.clone() } };
        let mut counted = Counted::default();
        counted.change(Some(&row), &after);
        table::follow(write, if double { "cancel" } else { "reassign" }, &row, after).await?;
        if double {
            counted.keep(write, row.activity_id).await?;
        }
    }
    Ok(())
}

/// A person's data are erased: notes and devices go, the figures stay.
pub async fn erase(write: &mut Write, volunteer: Uuid) -> Result<()> {
    for row in store::of_person(write, volunteer).await?.into_iter().filter(|row| row.note.is_some() || row.check_in_device.is_some()) {
        table::follow(write, "erase", &row, SignUp { note: None, check_in_device: None, ..row.clone() }).await?;
    }
    Ok(())
}
