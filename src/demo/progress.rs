//! What a half-finished campaign has to show: the plan issued, roads at every stage, a session done with its results,
//! nominations. Demo data throughout: the plan itself names no road, no figure and no award.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::story::{NOTE, parse};
use crate::activities::Activity;
use crate::activities::ActivityStatus;
use crate::documents::{Document, DocumentStatus};
use crate::error::{Error, Result};
use crate::journal::Write;
use crate::plan_import::Imported;
use crate::road_registrations::{RoadRegistration, RoadStatus};
use crate::volunteers::Volunteer;
use crate::web::table;
use crate::{results, rewards, sign_ups};

/// Roads by hamlet, with how far each is.
const ROADS: &[(&str, &str, RoadStatus)] = &[
    ("ap-1", "Tuyến đường mẫu số 1", RoadStatus::Confirmed),
    ("ap-2", "Tuyến đường mẫu số 2", RoadStatus::Scheduled),
    ("ap-3", "Tuyến đường mẫu số 3", RoadStatus::Accepted),
    ("ap-4", "Tuyến đường mẫu số 4", RoadStatus::Returned),
    ("ly-lich-1", "Tuyến đường mẫu số 5", RoadStatus::Submitted),
    ("ly-lich-2", "Tuyến đường mẫu số 6", RoadStatus::Draft),
];

/// Goes on from the schedule: `done` is a session that is over, with the people who came.
pub async fn fill(write: &mut Write, plan: &Imported, done: Uuid, people: &[Volunteer]) -> Result<()> {
    issue_plan(write, plan).await?;
    let activity = table::row::<Activity>(write, done).await?.ok_or_else(|| Error::internal("the session was made"))?;
    let mut roads = vec![];
    for (hamlet, name, status) in ROADS {
        let body = json!({
            "commune_id": plan.commune, "campaign_id": plan.campaign, "hamlet_id": plan.hamlets.get(*hamlet), "road_name": name, "length_m": 400,
            "work_types": ["clear_brush", "plant_flowers"], "condition": NOTE,
        });
        let draft = table::add::<RoadRegistration>(write, parse(body)?).await?;
        // What is confirmed takes no more metres: its report comes first.
        let now = if *status == RoadStatus::Confirmed { RoadStatus::Scheduled } else { *status };
        let accepted = !matches!(status, RoadStatus::Draft | RoadStatus::Submitted | RoadStatus::Returned);
        let scheduled = matches!(status, RoadStatus::Scheduled | RoadStatus::Confirmed);
        let after = RoadRegistration {
            status: now,
            accepted_length_m: accepted.then_some(400),
            activity_ids: if scheduled { vec![activity.id] } else { vec![] },
            ..draft.clone()
        };
        table::follow(write, "submit", &draft, after).await?;
        roads.push(draft.id);
    }
    for person in people {
        let sign_up = sign_ups::add(write, &activity, person).await?;
        sign_ups::attended(write, &sign_up, 240).await?;
    }
    let under_way = Activity { status: ActivityStatus::InProgress, ..activity.clone() };
    table::follow(write, "start", &activity, under_way.clone()).await?;
    for (side, metric, value, unit, road) in [
        ("local", "metres", 380.0, None, roads.first().copied()),
        ("local", "plants", 120.0, None, None),
        ("military", "man_days", 10.0, plan.units.get("lu-doan-75"), None),
    ] {
        let body = json!({"commune_id": plan.commune, "activity_id": activity.id, "side": side, "metric": metric, "value": value, "unit_id": unit, "road_registration_id": road, "note": NOTE});
        results::add(write, parse(body)?).await?;
    }
    for (id, (_, _, status)) in roads.iter().zip(ROADS) {
        if *status == RoadStatus::Confirmed
            && let Some(road) = table::row::<RoadRegistration>(write, *id).await?
        {
            table::follow(write, "confirm", &road, RoadRegistration { status: *status, ..road.clone() }).await?;
        }
    }
    table::follow(write, "finish", &under_way, Activity { status: ActivityStatus::Done, ..under_way.clone() }).await?;
    let person = people.first().map(|person| person.id);
    for (kind, subject) in [("volunteer", person), ("hamlet", plan.hamlets.get("ap-1").copied())] {
        let body = json!({
            "commune_id": plan.commune, "campaign_id": plan.campaign, "subject_type": kind, "subject_id": subject, "achievement": format!("Tích cực tham gia lao động. {NOTE}"),
            "kind": "thematic", "form": "certificate_of_merit",
        });
        rewards::add(write, parse(body)?).await?;
    }
    Ok(())
}

/// The print has neither number nor day: these are the demo's.
async fn issue_plan(write: &mut Write, plan: &Imported) -> Result<()> {
    let Some(id) = plan.document else { return Ok(()) };
    let draft = table::named::<Document>(write, id, "/document").await?;
    let issued_on = NaiveDate::from_ymd_opt(2024, 7, 10);
    table::follow(write, "issue", &draft, Document { number: Some(1), issued_on, status: DocumentStatus::Issued, ..draft.clone() }).await
}
