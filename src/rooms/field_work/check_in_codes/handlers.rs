//! What happens with check-in codes.

use chrono::TimeDelta;

use super::HOLDERS;
use super::dto::{ActivityCodes, CodesQuery, TimedCode, VolunteerCode};
use super::rules::{self, MAX_SPAN, STEP};
use crate::activities::Activity;
use crate::error::{Error, Result};
use crate::said;
use crate::volunteers::{self, Volunteer};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::{body, query, table};

/// How long before the beginning the first ones come.
const EARLY: TimeDelta = TimeDelta::minutes(30);

/// One statement: the activity.
pub async fn of_activity(call: Call) -> Result<Answer> {
    let CodesQuery { from, to, svg } = body::query(&query::pairs(&call)?)?;
    let seen = table::get::<Activity>(&call, call.id()?).await?;
    seen.held.require(HOLDERS)?;
    let missing = |pointer: &str| Error::field(pointer, "required", said!("Hoạt động chưa có giờ", "The activity has no hours yet"));
    let from = from.map(|at| at.0).or(seen.row.starts_at.map(|at| at - EARLY)).ok_or_else(|| missing("?from"))?;
    let to = to.map(|at| at.0).or(seen.row.ends_at).ok_or_else(|| missing("?to"))?;
    if to <= from || to - from > MAX_SPAN {
        let detail = said!("Phải sau from, cách nhau không quá 24 giờ", "Must lie after from, at most 24 hours later");
        return Err(Error::field("?to", "out_of_range", detail));
    }
    let keys = call.service().keys.current();
    let mut codes = vec![];
    let mut start = rules::step_of(from)?;
    while start < to {
        let text = rules::of_activity(&keys, seen.row.id, start)?;
        let svg = if svg.unwrap_or(false) { Some(rules::svg(&text)?) } else { None };
        codes.push(TimedCode { valid_from: start, valid_until: start + STEP, text, svg });
        start += STEP;
    }
    Ok(Answer::ok(ActivityCodes { activity_id: seen.row.id, codes })?.header("Cache-Control", "no-store"))
}

/// One statement: the volunteer.
pub async fn of_volunteer(call: Call) -> Result<Answer> {
    let seen = table::get::<Volunteer>(&call, call.id()?).await?;
    seen.held.require(volunteers::rules::POLICY.update)?;
    let text = rules::of_volunteer(&call.service().keys.current(), seen.row.id)?;
    let code = VolunteerCode { volunteer_id: seen.row.id, svg: rules::svg(&text)?, text };
    Ok(Answer::ok(code)?.header("Cache-Control", "no-store"))
}
