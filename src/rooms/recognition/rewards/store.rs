//! Rewards in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Reward, RewardStatus, SubjectType};
use crate::access::relations::{own_records, pinned};
use crate::access::roles::{Clause, Relation};
use crate::db::Lane;
use crate::db::schema::rewards;
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Write;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        // One's own, once it is decided.
        Relation::Own => {
            let user = Sql::of("rewards.subject_type = 'user' AND rewards.subject_id = {}", [clause.user?]);
            let person = Sql::around("rewards.subject_type = 'volunteer' AND rewards.subject_id IN (", own_records(clause)?, ")");
            Some(user.or(person).and(decided()))
        }
        // Names are public with the person's consent alone; organisations are named.
        Relation::Published => {
            let agreed = "rewards.name_consent OR rewards.subject_class = 'collective' OR rewards.subject_type = 'volunteer' AND EXISTS (\
                SELECT FROM consents c WHERE ";
            let given = "c.commune_id = rewards.commune_id AND c.volunteer_id = rewards.subject_id AND c.purpose = 'awards' AND c.status = 'given')";
            Some(decided().and(Sql::around(agreed, pinned(clause, "c"), given)))
        }
        _ => Reward::LIES.usually(clause),
    }
}

fn decided() -> Sql {
    Sql::text("rewards.status IN ('awarded', 'presented')")
}

/// The rewards that are put on a decision, in some statuses.
pub async fn on_decision(write: &mut Write, decision: Uuid, statuses: &[RewardStatus]) -> Result<Vec<Reward>> {
    let commune = write.feed;
    let rows = rewards::table.filter(rewards::commune_id.eq(commune).and(rewards::decision_id.eq(decision)).and(rewards::status.eq_any(statuses.to_vec())));
    Ok(rows.order(rewards::id).select(Reward::as_select()).load(write.connection()).await?)
}

/// Other living rewards of the same subject in the same campaign.
pub async fn of_subject(write: &mut Write, reward: &Reward) -> Result<Vec<Uuid>> {
    let gone = [RewardStatus::Rejected, RewardStatus::Withdrawn, RewardStatus::Revoked];
    let rows = rewards::table
        .filter(rewards::commune_id.eq(reward.commune_id).and(rewards::campaign_id.eq(reward.campaign_id)).and(rewards::id.ne(reward.id)))
        .filter(rewards::subject_type.eq(reward.subject_type).and(rewards::subject_key.eq(reward.subject_key.clone())))
        .filter(rewards::status.ne_all(gone.to_vec()))
        .order(rewards::id);
    Ok(rows.select(rewards::id).load(write.connection()).await?)
}

/// The living rewards of people.
pub async fn of_volunteers(write: &mut Write, volunteers: &[Uuid]) -> Result<Vec<Reward>> {
    let commune = write.feed;
    let rows = rewards::table
        .filter(rewards::commune_id.eq(commune).and(rewards::subject_type.eq(SubjectType::Volunteer)).and(rewards::subject_id.eq_any(volunteers.to_vec())))
        .filter(rewards::status.ne_all(vec![RewardStatus::Rejected, RewardStatus::Withdrawn, RewardStatus::Revoked]))
        .order(rewards::id);
    Ok(rows.select(Reward::as_select()).load(write.connection()).await?)
}

/// The rewards of a person, whoever may see them.
pub async fn of_volunteer(lane: &Lane, commune: Uuid, volunteer: Uuid) -> Result<Vec<Uuid>> {
    let connection = lane.connection().await?;
    let rows =
        rewards::table.filter(rewards::commune_id.eq(commune).and(rewards::subject_type.eq(SubjectType::Volunteer)).and(rewards::subject_id.eq(volunteer)));
    Ok(rows.order(rewards::id).select(rewards::id).load(&mut &*connection).await?)
}
