//! What a campaign must be like: pure rules over its fields, no rights.

use chrono::{DateTime, Utc};

use super::dto::{Campaign, Lodging};
use super::rules::{STILL_OPEN, TOO_EARLY};
use crate::access::reach::Held;
use crate::access::roles::Relation::PartnerCampaign;
use crate::access::roles::Role::UnitLiaison;
use crate::clock::local_day;
use crate::db::values::Json;
use crate::error::{Error, FieldError, Result};
use crate::journal::write::Warning;
use crate::said;
use crate::text::Lang;
use crate::web::table::warning_json;

/// The period is one, and so are the sessions of a day.
pub fn check(campaign: &Campaign) -> Result<()> {
    let mut errors = vec![];
    let start = campaign.start_date;
    if campaign.end_date < start {
        errors.push(FieldError::new("/end_date", "end_before_start", said!("Phải từ ngày {start} trở đi", "Must be {start} or later")));
    }
    if (campaign.end_date - start).num_days() > 366 {
        errors.push(FieldError::new("/end_date", "too_long", said!("Một đợt dài tối đa 366 ngày", "A campaign is at most 366 days long")));
    }
    let sessions = campaign.day_sessions.0;
    for (name, session) in [("morning", sessions.morning), ("afternoon", sessions.afternoon), ("evening", sessions.evening)] {
        if session.to <= session.from {
            errors.push(FieldError::new(
                format!("/day_sessions/{name}/to"),
                "end_before_start",
                said!("Giờ kết thúc phải sau giờ bắt đầu", "The end must be after the start"),
            ));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// A liaison writes where the own unit's soldiers stay; the office everything else. What is said of other units stays,
/// whether it was sent along or not.
pub fn of_liaison(held: &Held, before: &Campaign, mut after: Campaign) -> Result<Campaign> {
    let same = Campaign { lodging: after.lodging.clone(), ..before.clone() };
    if serde_json::to_value(&same)? != serde_json::to_value(&after)? {
        return Err(
            Error::forbidden().detail(said!("Cán bộ liên lạc của đơn vị chỉ được sửa nơi ở của bộ đội (lodging)", "A liaison may change `lodging` alone"))
        );
    }
    let own = held.by(&[(UnitLiaison, PartnerCampaign)]).and_then(|clause| clause.unit);
    let mut rows: Vec<Lodging> = before.lodging.0.iter().filter(|row| row.unit_id.is_none() || row.unit_id != own).cloned().collect();
    for (i, row) in after.lodging.0.into_iter().enumerate() {
        if rows.contains(&row) {
            continue;
        }
        if row.unit_id.is_some() && row.unit_id != own {
            let detail = said!("Chỉ sửa nơi ở của đơn vị mình", "Only the lodging of your own unit is yours to change");
            return Err(Error::forbidden().with_errors(vec![FieldError::new(format!("/lodging/{i}/unit_id"), "foreign_unit", detail)]));
        }
        rows.push(Lodging { unit_id: own, ..row });
    }
    after.lodging = Json(rows);
    Ok(after)
}

pub fn still_open(open: &[Warning], lang: Lang) -> Error {
    let list: Vec<serde_json::Value> = open.iter().map(|warning| warning_json(warning, lang)).collect();
    let detail = said!(
        "Còn việc chưa xong (xem open): xử lý, hoặc gửi lại kèm reason để vẫn kết thúc",
        "Something is still open (see `open`): settle it, or send again with a `reason` to close in spite of it"
    );
    Error::new(&STILL_OPEN).detail(detail).member("open", list)
}

/// The launch waits for the first day, unless it is forced.
pub fn check_start(campaign: &Campaign, force: bool, now: DateTime<Utc>) -> Result<()> {
    let first = campaign.start_date;
    if !force && local_day(now) < first {
        return Err(Error::new(&TOO_EARLY)
            .detail(said!("Ngày bắt đầu là {first}; gửi force = true để ra quân sớm", "The first day is {first}; send force = true to launch early")));
    }
    Ok(())
}
