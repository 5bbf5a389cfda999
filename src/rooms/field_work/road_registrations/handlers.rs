//! What happens with road registrations.

use uuid::Uuid;

use super::dto::{
    AcceptRoadRegistration, ActOnRoadRegistration, FinishRoadRegistration, MergeRoadRegistration, RoadRegistration, RoadStatus, ScheduleRoadRegistration,
    SurveyRoadRegistration,
};
use super::{checks, rules, store};
use crate::access::roles::Role;
use crate::activities::{self, Activity, ActivityStatus};
use crate::campaigns::Campaign;
use crate::db::values::Json;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::results::{self, Side};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Kept};
use crate::{hamlets, said};

impl Kept for RoadRegistration {
    async fn check(write: &mut Write, before: Option<&Seen<Self>>, mut row: Self) -> Result<Self> {
        checks::check(&row)?;
        let Some(Seen { row: before, .. }) = before else {
            row.source = checks::source_of(&write.actor, row.commune_id, row.campaign_id);
            hamlets::check_living(write, row.commune_id, Some(row.hamlet_id), None, "/hamlet_id").await?;
            warn_of_alike(write, &row).await?;
            return Ok(row);
        };
        if checks::key(&row.road_name) != checks::key(&before.road_name) {
            warn_of_alike(write, &row).await?;
        }
        Ok(row)
    }
}

/// The same road twice, also from the other side of a boundary: told, never refused. Of a registration that the caller
/// may not see it is said that it is there, not what it says.
async fn warn_of_alike(write: &mut Write, road: &RoadRegistration) -> Result<()> {
    let alike = store::alike(write, road).await?;
    if alike.is_empty() {
        return Ok(());
    }
    let mut visible = vec![];
    for other in &alike {
        if table::found::<RoadRegistration>(write, other.id).await?.is_some() {
            visible.push(other.id);
        }
    }
    let elsewhere = alike.iter().any(|other| other.hamlet_id != road.hamlet_id);
    let detail = if elsewhere {
        said!("Tuyến đường này cũng được thôn/ấp khác đăng ký", "Another hamlet has registered this road too")
    } else {
        said!("Tuyến đường này đã được đăng ký", "This road is registered already")
    };
    write.warn("same_road", "/road_name", detail, visible);
    Ok(())
}

pub async fn submit(call: Call, body: ActOnRoadRegistration) -> Result<Answer> {
    table::act(&call, body.into(), async |write, before: &Seen<RoadRegistration>, mut after: RoadRegistration| {
        let campaign = table::named::<Campaign>(write, after.campaign_id, "/campaign_id").await?;
        after.late = checks::check_window(&before.held, &campaign, write.now)?;
        warn_of_alike(write, &after).await?;
        Ok(after)
    })
    .await
}

pub async fn unschedule(call: Call, body: ActOnRoadRegistration) -> Result<Answer> {
    table::act(&call, body.into(), async |_, _, after: RoadRegistration| Ok(RoadRegistration { activity_ids: vec![], ..after })).await
}

pub async fn start(call: Call, body: ActOnRoadRegistration) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: RoadRegistration| {
        activities::check_campaign_works(&table::named::<Campaign>(write, after.campaign_id, "/campaign_id").await?)?;
        Ok(after)
    })
    .await
}

pub async fn send_back(call: Call, body: ActOnRoadRegistration) -> Result<Answer> {
    table::act(&call, body.into(), async |_, _, after: RoadRegistration| Ok(RoadRegistration { done_by: None, ..after })).await
}

pub async fn accept(call: Call, body: AcceptRoadRegistration) -> Result<Answer> {
    table::act(&call, body.acting(), async |_, _, mut after: RoadRegistration| {
        after.accepted_length_m = Some(body.accepted_length_m.map_or(after.length_m, i32::from));
        Ok(after)
    })
    .await
}

pub async fn merge(call: Call, body: MergeRoadRegistration) -> Result<Answer> {
    let into = body.into;
    table::act(&call, body.acting(), async |write, _, mut after: RoadRegistration| {
        let other = table::row::<RoadRegistration>(write, into).await?;
        checks::check_merge(&after, other.as_ref())?;
        after.merged_into = Some(into);
        Ok(after)
    })
    .await
}

pub async fn survey(call: Call, body: SurveyRoadRegistration) -> Result<Answer> {
    let acting = body.acting();
    let SurveyRoadRegistration { note, geometry, occurred_at } = body;
    table::act(&call, acting, async |write, _, mut after: RoadRegistration| {
        (after.survey_note, after.surveyed_at) = (Some(note.into()), Some(occurred_at.unwrap_or(write.now)));
        if let Some(geometry) = geometry.0 {
            after.geometry = geometry.map(Json);
        }
        Ok(after)
    })
    .await
}

/// The activity of a reference, when a road of this campaign can be put into it.
async fn open_activity(write: &mut Write, road: &RoadRegistration, id: Uuid) -> Result<Activity> {
    let found = table::row::<Activity>(write, id).await?.filter(|activity| {
        let over = matches!(activity.status, ActivityStatus::Cancelled | ActivityStatus::Verified);
        activity.campaign_id == road.campaign_id && !over
    });
    found.ok_or_else(|| {
        Error::field(
            "/activity_id",
            "no_activity",
            said!("Phải là hoạt động còn hiệu lực của cùng đợt", "Must be an activity of the same campaign that is not over"),
        )
    })
}

pub async fn schedule(call: Call, body: ScheduleRoadRegistration) -> Result<Answer> {
    let activity_id = body.activity_id;
    table::act(&call, body.acting(), async |write, _, mut after: RoadRegistration| {
        open_activity(write, &after, activity_id).await?;
        if !after.activity_ids.contains(&activity_id) {
            after.activity_ids.push(activity_id);
        }
        Ok(after)
    })
    .await
}

/// Metres are results: those that come with the report are recorded as one, and the road holds the sum of all.
pub async fn finish(call: Call, body: FinishRoadRegistration) -> Result<Answer> {
    let acting = body.acting();
    let FinishRoadRegistration { length_m, activity_id, .. } = body;
    table::act(&call, acting, async |write, before: &Seen<RoadRegistration>, mut after: RoadRegistration| {
        activities::check_campaign_works(&table::named::<Campaign>(write, after.campaign_id, "/campaign_id").await?)?;
        if let Some(length) = length_m {
            let activity = activity_id
                .or(after.activity_ids.last().copied())
                .ok_or_else(|| Error::field("/activity_id", "required", said!("Cần nêu hoạt động", "Name the activity")))?;
            let activity = open_activity(write, &after, activity).await?;
            let military = before.held.by(rules::WORK).is_some_and(|clause| clause.role == Role::UnitLiaison);
            let side = if military { Side::Military } else { Side::Local };
            results::record_metres(write, &activity, &after, length.into(), side).await?;
        }
        after.done_length_m = results::metres_of(write, after.id).await?;
        if after.done_length_m == 0 {
            return Err(Error::new(&rules::NOTHING_DONE));
        }
        after.done_by = write.actor.user_id();
        Ok(after)
    })
    .await
}

/// The road's metres follow from its results.
pub async fn measure(write: &mut Write, road: Uuid) -> Result<()> {
    let Some(before) = table::row::<RoadRegistration>(write, road).await? else { return Ok(()) };
    let done_length_m = results::metres_of(write, road).await?;
    if done_length_m != before.done_length_m {
        table::follow(write, "measure", &before, RoadRegistration { done_length_m, ..before.clone() }).await?;
    }
    Ok(())
}

/// An activity was cancelled: the roads that were put into it wait for another one.
pub async fn release(write: &mut Write, activity: Uuid) -> Result<()> {
    for before in store::scheduled_in(write, activity).await? {
        let mut after = before.clone();
        after.activity_ids.retain(|id| *id != activity);
        if after.activity_ids.is_empty() {
            after.status = RoadStatus::Accepted;
        }
        table::follow(write, "unschedule", &before, after).await?;
    }
    Ok(())
}
