//! Clashes: told as warnings, never refused. The office knows why two things may meet.

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Date, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::dto::Activity;
use super::{rules, store};
use crate::error::Result;
use crate::journal::Write;
use crate::journal::write::Warning;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::shapes;
use crate::web::table;
use crate::{campaigns, headcounts, said, statement};

fn meet(one: &Activity, other: &Activity) -> bool {
    match (one.starts_at, one.ends_at, other.starts_at, other.ends_at) {
        (Some(a), Some(b), Some(c), Some(d)) => a < d && c < b,
        // Without times, the same session of the same day is a meeting.
        _ => one.date == other.date && one.session.is_some() && one.session == other.session,
    }
}

/// Adds warnings of the same place and the same lead at the same time.
pub async fn warn(write: &mut Write, activity: &Activity) -> Result<()> {
    let Some(date) = activity.date else { return Ok(()) };
    for other in store::around(write, date).await? {
        if other.id == activity.id || !meet(activity, &other) {
            continue;
        }
        let title = &other.title;
        if crate::text::fold(&other.place.0.name.0) == crate::text::fold(&activity.place.0.name.0) {
            write.warn(
                "same_place",
                "/place",
                said!("Cùng lúc, cùng địa điểm với \"{title}\"", "At the same time in the same place as \"{title}\""),
                vec![other.id],
            );
        }
        if other.lead_user_id.is_some() && other.lead_user_id == activity.lead_user_id {
            write.warn(
                "same_lead",
                "/lead_user_id",
                said!("Người phụ trách cùng lúc phụ trách \"{title}\"", "The lead also leads \"{title}\" at that time"),
                vec![other.id],
            );
        }
    }
    Ok(())
}

statement! {
    /// What a unit plans in all set activities of a day.
    PlannedOnDay(commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid, unit: Uuid as SqlUuid, date: NaiveDate as Date) -> BigInt,
    "SELECT coalesce(max(planned), 0)::bigint FROM (
        SELECT sum(r.headcount_planned) AS planned FROM activity_units r JOIN activities a ON a.commune_id = r.commune_id AND a.id = r.activity_id
        WHERE r.commune_id = $1 AND r.campaign_id = $2 AND r.unit_id = $3 AND a.date = $4 AND r.status <> 'declined' AND a.status NOT IN ('cancelled', 'postponed')
        GROUP BY coalesce(a.session, a.starts_at::text, a.id::text)) AS sessions"
}

/// Warns when a unit plans more people in one session of a day than it has there.
pub async fn warn_of_strength(write: &mut Write, campaign: Uuid, unit: Uuid, date: NaiveDate, pointer: &str) -> Result<()> {
    let Some(there) = headcounts::on_day(write, campaign, unit, date).await? else { return Ok(()) };
    let planned: i64 = PlannedOnDay { commune: write.feed, campaign, unit, date }.get_result(write.connection()).await?;
    if planned > i64::from(there) {
        // The numbers are military: the sentence goes to whoever writes the row, and tells none.
        write.warn(
            "beyond_strength",
            pointer,
            said!("Số người dự kiến vượt quân số ngày {date}", "More people are planned than the unit has there on {date}"),
            vec![unit],
        );
    }
    Ok(())
}

/// The standing warnings of a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct Warnings {
    /// Clashes of the schedule, in its order; then what is open, outside the period or left behind, the gravest kinds first,
    /// each with the row that it is about in `related`.
    pub items: Vec<shapes::Warning>,
}

statement! {
    StandingClashes(commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid) -> (Text, SqlUuid, SqlUuid, Text, Text),
    "SELECT CASE WHEN lower(a.place->>'name') = lower(b.place->>'name') THEN 'same_place' ELSE 'same_lead' END, a.id, b.id, a.title, b.title
     FROM activities a JOIN activities b ON b.commune_id = a.commune_id AND b.id > a.id
     WHERE a.commune_id = $1 AND a.campaign_id = $2
       AND a.status IN ('scheduled', 'open', 'in_progress') AND b.status IN ('scheduled', 'open', 'in_progress')
       AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
       AND (lower(a.place->>'name') = lower(b.place->>'name') OR a.lead_user_id = b.lead_user_id)
     ORDER BY a.sort_at, a.id, b.id LIMIT 200"
}

/// `GET /v1/campaigns/{id}/warnings`: for the office, which sees all that they tell.
pub async fn of_campaign(call: Call) -> Result<Answer> {
    let campaign = table::get::<campaigns::Campaign>(&call, call.id()?).await?;
    campaign.held.require(rules::OFFICE)?;
    let connection = call.worker.lane.connection().await?;
    let rows: Vec<(String, Uuid, Uuid, String, String)> =
        StandingClashes { commune: campaign.row.commune_id, campaign: campaign.row.id }.load(&mut &*connection).await?;
    let items = rows.into_iter().map(|(code, one, other, title, also)| {
        let (code, pointer) = if code == "same_place" { ("same_place", "/place") } else { ("same_lead", "/lead_user_id") };
        let detail = match code {
            "same_place" => said!("\"{title}\" và \"{also}\" cùng lúc, cùng địa điểm", "\"{title}\" and \"{also}\" are at the same time in the same place"),
            _ => said!("\"{title}\" và \"{also}\" cùng lúc, cùng người phụ trách", "\"{title}\" and \"{also}\" have the same lead at the same time"),
        };
        Warning { code, pointer: pointer.into(), detail, related: vec![one, other] }
    });
    let standing = campaigns::standing_of(&call.worker.lane, &campaign.row, call.now).await?;
    let told = |warning: Warning| shapes::Warning {
        code: warning.code.into(),
        pointer: warning.pointer,
        detail: warning.detail.of(call.lang).into(),
        related: warning.related,
    };
    Answer::ok(Warnings { items: items.chain(standing).map(told).collect() })
}
