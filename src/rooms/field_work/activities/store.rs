//! Activities in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::dto::{Activity, ActivityStatus};
use crate::access::relations::pinned;
use crate::access::roles::{Clause, Relation};
use crate::db::schema::activities;
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Write;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        Relation::Lead => {
            let works = "k.commune_id = activities.commune_id AND k.id = activities.campaign_id AND k.status NOT IN ('closed', 'archived', 'cancelled'))";
            let works = Sql::around("EXISTS (SELECT FROM campaigns k WHERE ", pinned(clause, "k"), works);
            Some(Sql::of("activities.lead_user_id = {}", [clause.user?]).and(works))
        }
        _ => Activity::LIES.usually(clause),
    }
}

/// The set activities of a commune that may meet another one in time.
pub async fn around(write: &mut Write, date: NaiveDate) -> Result<Vec<Activity>> {
    let commune = write.feed;
    let set = [ActivityStatus::Scheduled, ActivityStatus::Open, ActivityStatus::InProgress];
    let found = activities::table
        .filter(activities::commune_id.eq(commune).and(activities::date.eq(date)).and(activities::status.eq_any(set)))
        .order(activities::sort_at);
    Ok(found.select(Activity::as_select()).load(write.connection()).await?)
}
