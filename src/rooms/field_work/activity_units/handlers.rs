//! What happens with units' parts in activities.

use super::dto::{ActOnActivityUnit, ActivityUnit, CreateActivityUnit, UpdateActivityUnit};
use super::rules;
use crate::activities::{self, Activity};
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::random;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, New as _};

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateActivityUnit = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let id = input.id.unwrap_or_else(random::id);
    let made = table::write(&call, input.commune_id, async |write| {
        // In the caller's reach: a unit brings itself only into what it may see.
        let activity: Activity = table::refer(write, input.activity_id, "/activity_id").await?;
        let row = ActivityUnit { campaign_id: activity.campaign_id, ..input.row(id, call.now, call.request_hash()) };
        let seen = table::insert(write, "create", row).await?;
        warn(write, &activity, &seen.row).await?;
        Ok((201, seen))
    });
    table::or_again::<ActivityUnit>(&call, id, made.await).await
}

/// A unit's part of the import.
pub async fn add(write: &mut Write, input: CreateActivityUnit) -> Result<ActivityUnit> {
    let id = input.id.unwrap_or_else(random::id);
    let activity = table::named::<Activity>(write, input.activity_id, "/activity_id").await?;
    let row = ActivityUnit { campaign_id: activity.campaign_id, ..input.row(id, write.now, vec![]) };
    Ok(table::insert(write, "create", row).await?.row)
}

/// Told after the row is written: the sum of the day holds it then.
async fn warn(write: &mut Write, activity: &Activity, row: &ActivityUnit) -> Result<()> {
    match activity.date {
        Some(date) if row.headcount_planned.is_some() => activities::warn_of_strength(write, row.campaign_id, row.unit_id, date, "/headcount_planned").await,
        _ => Ok(()),
    }
}

pub async fn update(call: Call) -> Result<Answer> {
    let UpdateActivityUnit { headcount_planned, headcount_actual } = call.body()?;
    let id = call.id()?;
    let expected = call.if_match(true)?;
    let feed = table::feed_of::<ActivityUnit>(&call, id).await?;
    table::may_change::<ActivityUnit>(&call, feed, id, rules::POLICY.update).await?;
    table::write(&call, feed, async |write| {
        let before: Seen<ActivityUnit> = table::load(write, id).await?;
        before.held.require(rules::POLICY.update)?;
        table::check_sent(&call, &before.held)?;
        table::check_version(&call, write, &before, expected).await?;
        let mut after = before.row.clone();
        headcount_planned.apply(&mut after.headcount_planned);
        headcount_actual.apply(&mut after.headcount_actual);
        let seen = table::save(write, "update", rules::POLICY.update, &before, after).await?;
        let activity = table::named::<Activity>(write, seen.row.activity_id, "/activity_id").await?;
        warn(write, &activity, &seen.row).await?;
        Ok((200, seen))
    })
    .await
}

pub async fn release(call: Call, body: ActOnActivityUnit) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, mut after: ActivityUnit| {
        after.released_at = after.released_at.or(Some(write.now));
        Ok(after)
    })
    .await
}
