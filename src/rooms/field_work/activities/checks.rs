//! What an activity must be like: pure rules over its fields, no rights.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::dto::{Activity, ActivityKind, ActivityStatus, CreateActivity, Session, UpdateActivity};
use super::parts::Course;
use super::rules::{ASK_OFFICE, NOT_READY, OFFICE};
use crate::access::reach::Held;
use crate::access::roles::Relation::Lead;
use crate::access::roles::Role::Member;
use crate::campaigns::{Campaign, CampaignStatus};
use crate::clock::{local_day, vietnam};
use crate::db::values::Json;
use crate::error::{Error, FieldError, Result};
use crate::said;

/// Another day at the same hours.
pub fn same_hours(activity: &mut Activity, day: NaiveDate) {
    let by = activity.starts_at.map(|start| day - local_day(start)).unwrap_or_default();
    (activity.starts_at, activity.ends_at) = (activity.starts_at.map(|at| at + by), activity.ends_at.map(|at| at + by));
    activity.date = Some(day);
}

/// Whether people have to be asked again: another day, another part of it, or an hour earlier or later.
pub fn is_moved(before: &Activity, after: &Activity) -> bool {
    let start = before.starts_at.zip(after.starts_at).is_some_and(|(one, other)| (one - other).abs() >= TimeDelta::hours(1));
    before.date.is_some() && before.date != after.date || before.session.is_some() && before.session != after.session || start
}

/// Fills day and times from each other: a start gives the day; a day and a session give the campaign's times.
pub fn fill_times(activity: &mut Activity, campaign: &Campaign) {
    if let Some(start) = activity.starts_at {
        activity.date = activity.date.or(Some(local_day(start)));
        return;
    }
    if let (Some(date), Some(session)) = (activity.date, activity.session) {
        let sessions = campaign.day_sessions.0;
        let times = match session {
            Session::Morning => sessions.morning,
            Session::Afternoon => sessions.afternoon,
            Session::Evening => sessions.evening,
        };
        let at = |time| date.and_time(time).and_local_timezone(vietnam()).single().map(|t| t.to_utc());
        (activity.starts_at, activity.ends_at) = (at(times.from), activity.ends_at.or_else(|| at(times.to)));
    }
}

/// What an activity of a campaign must be like; more from its scheduling on.
pub fn check(activity: &Activity, campaign: &Campaign) -> Result<()> {
    let mut errors = vec![];
    let mut wrong = |pointer: &str, code, detail| errors.push(FieldError::new(pointer, code, detail));
    if let (Some(start), Some(date)) = (activity.starts_at, activity.date)
        && local_day(start) != date
    {
        wrong("/starts_at", "other_day", said!("Giờ bắt đầu không thuộc ngày {date}", "The start is not on {date}"));
    }
    match (activity.starts_at, activity.ends_at) {
        (Some(start), Some(end)) if end <= start => {
            wrong("/ends_at", "end_before_start", said!("Phải kết thúc sau khi bắt đầu", "The end must be after the start"));
        }
        (Some(start), Some(end)) if end - start > TimeDelta::hours(24) => {
            wrong("/ends_at", "too_long", said!("Một hoạt động dài tối đa 24 giờ", "An activity is at most 24 hours long"));
        }
        (None, Some(_)) => wrong("/starts_at", "required", said!("Có giờ kết thúc thì cần giờ bắt đầu", "An end needs a start")),
        _ => {}
    }
    let (first, last) = (campaign.start_date, campaign.end_date);
    if let Some(date) = activity.date
        && !activity.outside_period
        && !(first..=last).contains(&date)
    {
        wrong(
            "/date",
            "outside_period",
            said!("Ngày phải từ {first} đến {last}, hoặc đặt outside_period = true", "The day must be from {first} to {last}, or set outside_period = true"),
        );
    }
    let set = !matches!(activity.status, ActivityStatus::Draft | ActivityStatus::Postponed | ActivityStatus::Cancelled);
    if set && activity.date.is_none() {
        wrong("/date", "required", said!("Cần có ngày", "A day is needed"));
    }
    if set && activity.kind == ActivityKind::RoadLabour && activity.hamlet_id.is_none() {
        wrong("/hamlet_id", "required", said!("Lao động trên tuyến đường cần đúng một thôn/ấp", "Labour on roads needs exactly one hamlet"));
    }
    // Gifts are brought to households, and the place is public.
    if activity.kind == ActivityKind::GiftPresentation && activity.place.0.geometry.is_some() {
        let detail =
            said!("Buổi tặng quà không ghi tọa độ: có thể là nhà của hộ dân", "A presentation of gifts has no place on the map: it may be a household's house");
        wrong("/place/geometry", "not_allowed", detail);
    }
    if let Some(target) = &activity.course.0.target
        && (!target.value.is_finite() || target.value < 0.0)
    {
        wrong("/target/value", "out_of_range", said!("Giá trị từ 0 trở lên", "The value is 0 or more"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// Who proposes or leads changes drafts; the lead also what people bring, at any time; the office everything.
pub fn check_editor(held: &Held, before: &Activity, after: &Activity) -> Result<()> {
    if held.by(OFFICE).is_some() || before.status == ActivityStatus::Draft {
        return Ok(());
    }
    let same = Activity { preparation: after.preparation.clone(), description: after.description.clone(), ..before.clone() };
    if held.by(&[(Member, Lead)]).is_some() && serde_json::to_value(&same)? == serde_json::to_value(after)? {
        return Ok(());
    }
    Err(Error::forbidden().detail(said!(
        "Sau khi xếp lịch chỉ văn phòng xã được sửa; người phụ trách sửa phần chuẩn bị và mô tả",
        "Once scheduled the office alone changes it; the lead changes `preparation` and `description`"
    )))
}

/// Work starts while the campaign prepares, runs or closes: it does not wait for a forgotten launch.
pub fn check_campaign_works(campaign: &Campaign) -> Result<()> {
    let works = matches!(campaign.status, CampaignStatus::Preparing | CampaignStatus::Running | CampaignStatus::Closing);
    if works { Ok(()) } else { Err(Error::new(&NOT_READY).member("campaign_status", campaign.status.name())) }
}

/// A liaison puts off what begins within a day; before that the office decides.
pub fn check_postpone(held: &Held, activity: &Activity, now: DateTime<Utc>) -> Result<()> {
    // Not what is over: people's presence would leave the sums.
    let over = activity.ends_at.or(activity.starts_at).is_some_and(|end| end < now);
    let soon = !over && activity.starts_at.is_some_and(|start| start - now <= TimeDelta::hours(24));
    if held.by(OFFICE).is_some() || soon {
        return Ok(());
    }
    Err(Error::new(&ASK_OFFICE).detail(said!("Còn hơn 24 giờ: đề nghị văn phòng xã hoãn", "More than 24 hours are left: ask the commune's office to postpone")))
}

/// What is public has a title for the public: the other may name a household.
pub fn check_public(activity: &Activity) -> Result<()> {
    if activity.public_title.is_some() {
        return Ok(());
    }
    Err(Error::field(
        "/public_title",
        "required",
        said!("Cần tiêu đề công khai, không nêu tên hộ dân", "A title for the public is needed, which names no household"),
    ))
}

pub fn new_activity(input: CreateActivity, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> Activity {
    let CreateActivity {
        id: _,
        commune_id,
        campaign_id,
        plan_item_id,
        code,
        kind,
        title,
        public_title,
        description,
        date,
        session,
        starts_at,
        ends_at,
        place,
        hamlet_id,
        work_types,
        lead_user_id,
        capacity,
        preparation,
        target,
        outside_period,
        continues_id,
        default_minutes,
    } = input;
    Activity {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        campaign_id,
        plan_item_id,
        code: code.into(),
        kind,
        title: title.into(),
        public_title: public_title.map(String::from),
        description: description.map(String::from),
        date: date.map(Into::into),
        session,
        starts_at,
        ends_at,
        sort_at: now,
        place: Json(place),
        hamlet_id,
        work_types: work_types.map(Into::into).unwrap_or_default(),
        lead_user_id,
        capacity: capacity.map(i32::from),
        preparation: Json(preparation.unwrap_or_default()),
        course: Json(Course { target, default_minutes: default_minutes.map(i32::from), ..Course::default() }),
        outside_period,
        published_at: None,
        outcome: None,
        continues_id,
        status: ActivityStatus::Draft,
        search: String::new(),
        request_hash,
    }
}

pub fn changed(mut activity: Activity, input: UpdateActivity) -> Activity {
    let UpdateActivity {
        plan_item_id,
        kind,
        title,
        public_title,
        description,
        date,
        session,
        starts_at,
        ends_at,
        place,
        hamlet_id,
        work_types,
        lead_user_id,
        capacity,
        preparation,
        target,
        outside_period,
        default_minutes,
    } = input;
    // A new session brings its own times, a new day keeps the hours, unless they are sent along.
    if starts_at.0.is_none() && ends_at.0.is_none() {
        match (date.0, session.0) {
            (_, Some(_)) | (Some(None), _) => (activity.starts_at, activity.ends_at) = (None, None),
            (Some(Some(day)), None) => same_hours(&mut activity, day.into()),
            (None, None) => {}
        }
    }
    default_minutes.apply(&mut activity.course.0.default_minutes);
    plan_item_id.apply(&mut activity.plan_item_id);
    kind.apply(&mut activity.kind);
    title.apply(&mut activity.title);
    public_title.apply(&mut activity.public_title);
    description.apply(&mut activity.description);
    date.apply(&mut activity.date);
    session.apply(&mut activity.session);
    starts_at.apply(&mut activity.starts_at);
    ends_at.apply(&mut activity.ends_at);
    if let Some(place) = place.0 {
        place.apply(&mut activity.place.0);
    }
    hamlet_id.apply(&mut activity.hamlet_id);
    if let Some(types) = work_types.0 {
        activity.work_types = types.into();
    }
    lead_user_id.apply(&mut activity.lead_user_id);
    capacity.apply(&mut activity.capacity);
    if let Some(preparation) = preparation.0 {
        activity.preparation = Json(preparation);
    }
    if let Some(target) = target.0 {
        activity.course.0.target = target;
    }
    outside_period.apply(&mut activity.outside_period);
    activity
}
