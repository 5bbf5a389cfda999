//! What happens with results.

use uuid::Uuid;

use super::dto::{ActOnResult, ActivityResult, CreateResult, Metrics, Side, UpdateResult};
use super::rules::METRES;
use super::{rules, store, sums};
use crate::activities::{self, Activity};
use crate::campaigns::Campaign;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::road_registrations::{self, RoadRegistration, RoadStatus};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, New as _};
use crate::web::values::{Code, Positive};
use crate::{random, said};

pub async fn metrics(call: Call) -> Result<Answer> {
    let items = store::metrics_of(&call.worker.lane).await?;
    Ok(Answer::ok(Metrics { items })?.header("Cache-Control", "public, max-age=3600"))
}

/// Activity and campaign of a result, when results are taken.
async fn working(write: &mut Write, activity: Uuid) -> Result<Activity> {
    let found = table::row::<Activity>(write, activity).await?;
    let activity =
        found.ok_or_else(|| Error::field("/activity_id", "no_activity", said!("Không có hoạt động này trong xã", "The commune has no such activity")))?;
    rules::check_takes_place(&activity)?;
    let campaign = table::row::<Campaign>(write, activity.campaign_id).await?.ok_or_else(|| Error::internal("an activity has a campaign"))?;
    activities::check_campaign_works(&campaign)?;
    Ok(activity)
}

/// The road of a result, which is of the same campaign.
async fn road_of(write: &mut Write, input: &CreateResult, activity: &Activity) -> Result<Option<RoadRegistration>> {
    let Some(id) = input.road_registration_id else { return Ok(None) };
    let road = table::refer::<RoadRegistration>(write, id, "/road_registration_id").await?;
    if road.campaign_id != activity.campaign_id {
        return Err(Error::field("/road_registration_id", "no_road", said!("Không có tuyến đường này trong đợt", "The campaign has no such road")));
    }
    if road.status == RoadStatus::Confirmed {
        return Err(Error::new(&rules::ROAD_CONFIRMED).member("road_registration_id", road.id.to_string()));
    }
    Ok(Some(road))
}

async fn insert(write: &mut Write, input: CreateResult, id: Uuid, request_hash: Vec<u8>) -> Result<Seen<ActivityResult>> {
    // In the caller's reach: who may not see an activity or a road writes no figures into it.
    table::refer::<Activity>(write, input.activity_id, "/activity_id").await?;
    let activity = working(write, input.activity_id).await?;
    let road = road_of(write, &input, &activity).await?;
    // Where the work was done is what road and activity say.
    let hamlet = road.as_ref().map(|road| road.hamlet_id).or(activity.hamlet_id);
    if let (Some(told), Some(hamlet)) = (input.hamlet_id, hamlet)
        && told != hamlet
    {
        return Err(Error::field(
            "/hamlet_id",
            "other_hamlet",
            said!("Hoạt động hoặc tuyến đường thuộc thôn/ấp khác", "The activity or road is of another hamlet"),
        ));
    }
    let hamlet_id = input.hamlet_id.or(hamlet);
    let (campaign_id, reported_by) = (activity.campaign_id, write.actor.user_id());
    let row = ActivityResult { campaign_id, hamlet_id, reported_by, ..input.row(id, write.now, request_hash) };
    let metric = store::metric(write, &row.metric).await?;
    rules::check(&row, metric.as_ref())?;
    table::insert(write, "create", row).await
}

/// Sums and the road follow, each in the same transaction.
async fn follow(write: &mut Write, row: &ActivityResult) -> Result<()> {
    sums::bring_up(write, row.campaign_id, Some(row.activity_id)).await?;
    match row.road_registration_id {
        Some(road) if row.metric == METRES => road_registrations::measure(write, road).await,
        _ => Ok(()),
    }
}

/// Told, never refused: a figure that is there already, and more metres than the road has.
async fn warn(write: &mut Write, row: &ActivityResult) -> Result<()> {
    let alike = store::alike(write, row).await?;
    if !alike.is_empty() {
        let detail = said!("Đã có số liệu giống hệt của hoạt động này", "The activity has the very same figure already");
        write.warn("possible_duplicate", "/value", detail, alike);
    }
    if let Some(road) = row.road_registration_id.filter(|_| row.metric == METRES)
        && let Some(road) = table::row::<RoadRegistration>(write, road).await?
    {
        let length = road.accepted_length_m.unwrap_or(road.length_m);
        if road.done_length_m > length {
            let done = road.done_length_m;
            let detail = said!("Đã báo {done} m trên tuyến đường dài {length} m", "{done} m are reported on a road of {length} m");
            write.warn("more_than_the_road", "/value", detail, vec![road.id]);
        }
    }
    Ok(())
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateResult = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let id = input.id.unwrap_or_else(random::id);
    let commune = input.commune_id;
    let made = table::write(&call, commune, async |write| {
        write.occurred_at = input.occurred_at.map(Into::into);
        let seen = insert(write, input, id, call.request_hash()).await?;
        follow(write, &seen.row).await?;
        warn(write, &seen.row).await?;
        Ok((201, seen))
    });
    table::or_again::<ActivityResult>(&call, id, made.await).await
}

/// A result of the program's own data.
pub async fn add(write: &mut Write, input: CreateResult) -> Result<ActivityResult> {
    let id = input.id.unwrap_or_else(random::id);
    let seen = insert(write, input, id, vec![]).await?;
    follow(write, &seen.row).await?;
    Ok(seen.row)
}

/// The metres of a road that is reported done: a result like any other. The road is the caller's to write.
pub async fn record_metres(write: &mut Write, activity: &Activity, road: &RoadRegistration, metres: i32, side: Side) -> Result<()> {
    let input = CreateResult {
        id: None,
        commune_id: road.commune_id,
        activity_id: activity.id,
        hamlet_id: Some(road.hamlet_id),
        road_registration_id: Some(road.id),
        unit_id: None,
        side,
        work_type: None,
        metric: Code(METRES.into()),
        value: Positive(metres.into()),
        note: None,
        occurred_at: None,
    };
    rules::check_takes_place(activity)?;
    let row = ActivityResult { campaign_id: road.campaign_id, reported_by: write.actor.user_id(), ..input.row(random::id(), write.now, vec![]) };
    let row = table::append(write, "create", row).await?;
    sums::bring_up(write, row.campaign_id, Some(row.activity_id)).await
}

pub async fn update(call: Call) -> Result<Answer> {
    let UpdateResult { value, work_type, note } = call.body()?;
    table::update_then(
        &call,
        async |write, before: &Seen<ActivityResult>| {
            let mut after = before.row.clone();
            value.apply(&mut after.value);
            work_type.apply(&mut after.work_type);
            note.apply(&mut after.note);
            working(write, after.activity_id).await?;
            let metric = store::metric(write, &after.metric).await?;
            rules::check(&after, metric.as_ref())?;
            Ok(after)
        },
        async |write, _, after| follow(write, after).await,
    )
    .await
}

pub async fn verify(call: Call, body: ActOnResult) -> Result<Answer> {
    let done = async |write: &mut Write, _: &Seen<ActivityResult>, after: ActivityResult| {
        let verified_by = write.actor.user_id();
        if after.reported_by.is_some() && after.reported_by == verified_by {
            let detail = said!("Người xác nhận cũng là người báo số liệu", "Who verifies is who reported");
            write.warn("own_figure", "/reported_by", detail, vec![after.id]);
        }
        Ok(ActivityResult { verified_by, ..after })
    };
    table::act_then(&call, body.into(), done, async |write, _, after| follow(write, after).await).await
}

/// Reopened or withdrawn, nobody vouches for it any more.
pub async fn reopen(call: Call, body: ActOnResult) -> Result<Answer> {
    table::act_then(
        &call,
        body.into(),
        async |_, _, after: ActivityResult| Ok(ActivityResult { verified_by: None, ..after }),
        async |write, _, after| follow(write, after).await,
    )
    .await
}
