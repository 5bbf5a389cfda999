//! Hours of presence: what a phone tells, what lies beside the activity's hours, and what counts. Pure rules.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::dto::{PresenceMark, SignUp};
use crate::activities::{Activity, ActivityStatus};
use crate::check_in_codes::LEEWAY;
use crate::clock::{local_day, start_of_day};
use crate::error::{Error, Result};
use crate::said;

/// A clock that is further off than this tells nothing: the service's time is taken, and the row is marked.
const LOST: TimeDelta = TimeDelta::days(366);
/// Who comes alone tells of it within two days: a picture of a code is of no use later.
const ALONE: TimeDelta = TimeDelta::hours(48);
/// A session's length where the activity has no hours: half a day's work.
const SESSION: i32 = 240;
const DAY: i32 = 1440;

/// The activity at which presence is taken.
#[derive(Debug, Clone)]
pub struct Occasion {
    pub activity: Activity,
    /// How far beside the hours presence still counts as it was told; the campaign's setting.
    pub tolerance: TimeDelta,
    /// The campaign works: what comes for another one is kept for the office.
    pub works: bool,
}

impl Occasion {
    fn window(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let Activity { starts_at, ends_at, date, .. } = self.activity;
        match (starts_at, ends_at, date) {
            (Some(from), Some(to), _) => Some((from - self.tolerance, to + self.tolerance)),
            (Some(from), None, _) => Some((from - self.tolerance, from + TimeDelta::minutes(SESSION.into()) + self.tolerance)),
            (None, _, Some(day)) => Some((start_of_day(day), start_of_day(day) + TimeDelta::days(1))),
            (None, _, None) => None,
        }
    }

    fn is_inside(&self, at: DateTime<Utc>) -> bool {
        self.window().is_none_or(|(from, to)| (from..=to).contains(&at))
    }

    /// Whether presence of that moment is of a session that did not take place then, or is no longer counted: the activity
    /// was put off or called off, or moved to another day, or its campaign is closed.
    pub fn is_apart(&self, at: DateTime<Utc>) -> bool {
        let off = matches!(self.activity.status, ActivityStatus::Postponed | ActivityStatus::Cancelled);
        let former_day = self.activity.course.0.moved.is_some() && !self.is_inside(at) && self.activity.date != Some(local_day(at));
        off || former_day || !self.works
    }

    pub fn is_over(&self) -> bool {
        matches!(self.activity.status, ActivityStatus::Done | ActivityStatus::Verified)
    }

    fn length(&self) -> i32 {
        let hours = self.activity.starts_at.zip(self.activity.ends_at).map(|(from, to)| to - from);
        hours.map_or(SESSION, minutes_of)
    }

    /// What counts for who came and was never seen leaving.
    pub fn default_minutes(&self) -> i32 {
        self.activity.course.0.default_minutes.unwrap_or_else(|| self.length())
    }
}

fn minutes_of(span: TimeDelta) -> i32 {
    i32::try_from(span.num_minutes()).unwrap_or(0).clamp(0, DAY)
}

/// A moment as it is taken: the phone's, or ours where its clock is years off.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    pub at: DateTime<Utc>,
    pub lost: bool,
    /// By the phone.
    said: DateTime<Utc>,
}

impl Told {
    /// What is told of a campaign long ago is no wrong clock, when it was the activity's hour.
    pub fn of(self, occasion: &Occasion) -> Self {
        if self.lost && occasion.window().is_some() && occasion.is_inside(self.said) { Self { at: self.said, lost: false, ..self } } else { self }
    }
}

/// # Errors
/// 422 `in_the_future`, with the service's time: a clock that is hours ahead can be set right, and the queue sent again.
pub fn told(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Told> {
    let said = at.unwrap_or(now);
    if said - now > LOST || now - said > LOST {
        return Ok(Told { at: now, lost: true, said });
    }
    if said - now > LEEWAY {
        let time = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let detail = said!(
            "Ở tương lai: giờ máy chủ là {time}. Chỉnh giờ trong hàng đợi theo độ lệch này rồi gửi lại",
            "In the future: the service's time is {time}. Correct the queue's times by the difference and send again"
        );
        return Err(Error::field("/occurred_at", "in_the_future", detail).member("server_time", time));
    }
    Ok(Told { at: said, lost: false, said })
}

/// Who comes alone, with a code.
///
/// # Errors
/// 422 `too_long_ago` after two days: somebody on the spot writes it down then.
pub fn check_alone(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    if now - at <= ALONE {
        return Ok(());
    }
    let detail =
        said!("Tự điểm danh trong 48 giờ; sau đó nhờ người phụ trách ghi", "To check in alone is possible for 48 hours; later the lead writes it down");
    Err(Error::field("/occurred_at", "too_long_ago", detail))
}

pub fn mark(row: &mut SignUp, mark: PresenceMark, set: bool) {
    row.marks.retain(|other| *other != mark);
    if set {
        row.marks.push(mark);
        row.marks.sort();
    }
}

/// The marks of a coming or a leaving.
pub fn mark_told(row: &mut SignUp, told: Told, alone: bool, now: DateTime<Utc>) {
    if told.lost {
        mark(row, PresenceMark::ClockWrong, true);
    }
    if alone && now - told.at > LEEWAY {
        mark(row, PresenceMark::SentLate, true);
    }
}

/// Marks what lies beside the hours.
pub fn mark_hours(row: &mut SignUp, occasion: &Occasion) {
    let outside = [row.checked_in_at, row.checked_out_at].into_iter().flatten().any(|at| !occasion.is_inside(at));
    mark(row, PresenceMark::OutsideHours, outside);
    let reversed = row.checked_in_at.zip(row.checked_out_at).is_some_and(|(from, to)| to <= from);
    mark(row, PresenceMark::OutBeforeIn, reversed);
}

/// Minutes that count: between coming and leaving; the default where a time is missing or they are reversed. What lies
/// beside the hours counts at most the activity's length.
pub fn measure(row: &mut SignUp, occasion: &Occasion, said: Option<i32>) {
    mark_hours(row, occasion);
    let outside = row.marks.contains(&PresenceMark::OutsideHours);
    let most = match (occasion.activity.starts_at.is_some(), outside) {
        (_, true) => occasion.length(),
        (true, false) => (occasion.length() + 2 * minutes_of(occasion.tolerance)).min(DAY),
        (false, false) => DAY,
    };
    let between = row.checked_in_at.zip(row.checked_out_at).filter(|(from, to)| to > from).map(|(from, to)| minutes_of(to - from));
    mark(row, PresenceMark::DefaultHours, said.is_none() && row.checked_out_at.is_none());
    if said.is_some_and(|said| said > most) {
        mark(row, PresenceMark::OutsideHours, true);
    }
    row.minutes = Some(said.or(between).unwrap_or_else(|| occasion.default_minutes()).min(most));
}

/// From coming to leaving; a moment where only one of them is known.
pub fn span(row: &SignUp) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let from = row.checked_in_at.or(row.checked_out_at)?;
    Some((from, row.checked_out_at.filter(|to| *to > from).unwrap_or(from)))
}
