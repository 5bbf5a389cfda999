//! Rewards in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Reward, RewardFilter, RewardStatus, SubjectType};
use super::rules;
use crate::access::relations::{Lies, OWN_RECORDS, Sql};
use crate::access::roles::Relation;
use crate::db::Lane;
use crate::db::schema::rewards;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies {
    campaign: Some("campaign_id"),
    unit: Some("unit_id"),
    hamlet: Some("hamlet_id"),
    here: Some(|clause| match clause.relation {
        // One's own, once it is decided.
        Relation::Own => {
            let own = format!(
                "rewards.subject_type = 'user' AND rewards.subject_id = {{}} OR rewards.subject_type = 'volunteer' AND rewards.subject_id IN ({OWN_RECORDS})"
            );
            Some(Sql::of(own, [clause.user?, clause.user?]).and(decided()))
        }
        // Names are public with the person's consent alone; organisations are named.
        Relation::Published => {
            let agreed = "rewards.name_consent OR rewards.subject_class = 'collective' OR rewards.subject_type = 'volunteer' AND EXISTS (\
                SELECT FROM consents c WHERE c.commune_id = rewards.commune_id AND c.volunteer_id = rewards.subject_id AND c.purpose = 'awards' AND c.status = 'given')";
            Some(decided().and(Sql::of(agreed, [])))
        }
        _ => LIES.usually(clause),
    }),
    ..Lies::in_commune("rewards")
};

fn decided() -> Sql {
    Sql::of("rewards.status IN ('awarded', 'presented')", [])
}

type Rows<S> = rewards::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<RewardFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(campaign) = filter.campaign_id {
        rows = rows.filter(rewards::campaign_id.eq(campaign));
    }
    if let Some(activity) = filter.activity_id {
        rows = rows.filter(rewards::activity_id.eq(activity));
    }
    if let Some(status) = &filter.status {
        rows = rows.filter(rewards::status.eq_any(status.0.clone()));
    }
    if let Some(kinds) = &filter.subject_type {
        rows = rows.filter(rewards::subject_type.eq_any(kinds.0.clone()));
    }
    if let Some(subject) = filter.subject_id {
        rows = rows.filter(rewards::subject_id.eq(subject));
    }
    if let Some(decision) = filter.decision_id {
        rows = rows.filter(rewards::decision_id.eq(decision));
    }
    rows
}

crate::room_store! {
    table: rewards, row: Reward, policy: rules::POLICY, lies: LIES,
    filter: RewardFilter => filtered,
    feed: |row| row.commune_id, feed_column: rewards::commune_id, shared_feed: None, commune_column: rewards::commune_id,
    place: |row| Place { campaign_id: Some(row.campaign_id), hamlet_id: row.hamlet_id, unit_id: row.unit_id, owner_id: row.subject_id }, status: RewardStatus,
    search: subject_name,
    sorts: { "created_at" => created_at: chrono::DateTime<chrono::Utc>, "subject_name" => subject_name: String },
    constraints: rules::CONSTRAINTS,
    follows: { "consents"."status" by Owner => subject_id },
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
