//! Sign-ups in the database.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{SignUp, SignUpStatus};
use super::rules;
use crate::access::relations::{FORMER_HAMLETS, own_records};
use crate::access::roles::{Clause, Relation};
use crate::clock::start_of_day;
use crate::db::Lane;
use crate::db::schema::{activities, sign_ups};
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Write;
use crate::statement;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        // Those of the hamlet, and those who come to it.
        Relation::OwnHamlet => {
            let there = "sign_ups.hamlet_id = {} OR sign_ups.activity_id IN (SELECT a.id FROM activities a WHERE a.commune_id = {} AND a.hamlet_id = {})";
            Some(SignUp::LIES.of_commune(clause)?.and(Sql::of(there, [clause.hamlet?, clause.commune?, clause.hamlet?])))
        }
        Relation::FormerHamlet => {
            let (commune, hamlet) = (clause.commune?, clause.hamlet?);
            let there = format!(
                "sign_ups.hamlet_id IN ({FORMER_HAMLETS}) OR sign_ups.activity_id IN (SELECT a.id FROM activities a WHERE a.commune_id = {{}} AND a.hamlet_id IN ({FORMER_HAMLETS}))"
            );
            Some(SignUp::LIES.of_commune(clause)?.and(Sql::of(there, [commune, hamlet, commune, commune, hamlet])))
        }
        Relation::Own => Some(Sql::around("sign_ups.volunteer_id IN (", own_records(clause)?, ")")),
        _ => SignUp::LIES.usually(clause),
    }
}

/// The sign-ups of an activity in some statuses, in the order of the waiting list.
pub async fn of_activity(write: &mut Write, activity: Uuid, statuses: &[SignUpStatus]) -> Result<Vec<SignUp>> {
    let commune = write.feed;
    let rows = sign_ups::table.filter(sign_ups::commune_id.eq(commune).and(sign_ups::activity_id.eq(activity)).and(sign_ups::status.eq_any(statuses.to_vec())));
    Ok(rows.order((sign_ups::created_at, sign_ups::id)).select(SignUp::as_select()).load(write.connection()).await?)
}

/// The presence kept apart that is of a sign-up, or of a person without one, on a local day.
pub async fn apart(write: &mut Write, activity: Uuid, of: Option<Uuid>, person: Option<Uuid>, day: NaiveDate) -> Result<Option<SignUp>> {
    let commune = write.feed;
    let day = (start_of_day(day), start_of_day(day) + TimeDelta::days(1));
    let rows = sign_ups::table
        .filter(sign_ups::commune_id.eq(commune))
        .filter(sign_ups::checked_in_at.between(day.0, day.1).or(sign_ups::checked_out_at.between(day.0, day.1)));
    let mut rows = rows.into_boxed();
    rows = match of {
        // Wherever the office has put it since.
        Some(of) => rows.filter(sign_ups::apart_of.eq(of)),
        None => {
            let own = sign_ups::activity_id.eq(activity).and(sign_ups::status.eq(SignUpStatus::ToPlace)).and(sign_ups::apart_of.is_null());
            rows.filter(own).filter(sign_ups::volunteer_id.is_not_distinct_from(person))
        }
    };
    Ok(rows.order(sign_ups::id).select(SignUp::as_select()).first(write.connection()).await.optional()?)
}

/// Where people were, by their presence elsewhere: the person, the sign-up, its activity, from when to when.
pub type Elsewhere = (Uuid, Uuid, Uuid, DateTime<Utc>, DateTime<Utc>);

statement! {
    Presences(commune: Uuid as SqlUuid, people: Vec<Uuid> as Array<SqlUuid>, from: DateTime<Utc> as Timestamptz, to: DateTime<Utc> as Timestamptz)
        -> (SqlUuid, SqlUuid, SqlUuid, Timestamptz, Timestamptz),
    "SELECT * FROM (
        SELECT s.volunteer_id, s.id, s.activity_id, coalesce(s.checked_in_at, s.checked_out_at) AS came,
            greatest(coalesce(s.checked_in_at, s.checked_out_at), coalesce(s.checked_out_at, a.ends_at, s.checked_in_at)) AS went
        FROM sign_ups s JOIN activities a ON a.commune_id = s.commune_id AND a.id = s.activity_id
        WHERE s.commune_id = $1 AND s.volunteer_id = ANY($2) AND s.status IN ('checked_in', 'attended')
     ) AS p WHERE came IS NOT NULL AND came <= $4 AND went >= $3"
}

/// The presences of people within a span, in one statement.
pub async fn presences(write: &mut Write, people: Vec<Uuid>, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Elsewhere>> {
    let commune = write.feed;
    Ok(Presences { commune, people, from, to }.load(write.connection()).await?)
}

/// The sign-ups of a person, in any status.
pub async fn of_person(write: &mut Write, volunteer: Uuid) -> Result<Vec<SignUp>> {
    let commune = write.feed;
    let rows = sign_ups::table.filter(sign_ups::commune_id.eq(commune).and(sign_ups::volunteer_id.eq(volunteer))).order((sign_ups::created_at, sign_ups::id));
    Ok(rows.select(SignUp::as_select()).load(write.connection()).await?)
}

/// Members of a group who are named one by one and were there.
pub async fn named_present(write: &mut Write, group: Uuid) -> Result<i64> {
    let commune = write.feed;
    let there = [SignUpStatus::CheckedIn, SignUpStatus::Attended];
    let rows = sign_ups::table.filter(sign_ups::commune_id.eq(commune).and(sign_ups::group_id.eq(group)).and(sign_ups::status.eq_any(there.to_vec())));
    Ok(rows.count().get_result(write.connection()).await?)
}

/// Members of a group who are named one by one and still come.
pub async fn members(write: &mut Write, group: Uuid) -> Result<Vec<SignUp>> {
    let commune = write.feed;
    let live = [SignUpStatus::Pending, SignUpStatus::Waitlisted, SignUpStatus::Confirmed];
    let rows = sign_ups::table.filter(sign_ups::commune_id.eq(commune).and(sign_ups::group_id.eq(group)).and(sign_ups::status.eq_any(live.to_vec())));
    Ok(rows.order(sign_ups::id).select(SignUp::as_select()).load(write.connection()).await?)
}

/// The names that a group holds already.
pub async fn named_live(write: &mut Write, group: Uuid) -> Result<i64> {
    let commune = write.feed;
    let rows = sign_ups::table.filter(sign_ups::commune_id.eq(commune).and(sign_ups::group_id.eq(group)).and(sign_ups::status.ne_all(rules::ENDED.to_vec())));
    Ok(rows.count().get_result(write.connection()).await?)
}

/// Other activities that a person is signed up for at the same time.
pub async fn at_the_same_time(write: &mut Write, volunteer: Uuid, activity: Uuid, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Uuid>> {
    let commune = write.feed;
    let live = [SignUpStatus::Pending, SignUpStatus::Waitlisted, SignUpStatus::Confirmed, SignUpStatus::CheckedIn];
    let meeting = activities::table
        .filter(activities::commune_id.eq(commune).and(activities::starts_at.lt(to)).and(activities::ends_at.gt(from)).and(activities::id.ne(activity)))
        .filter(activities::status.ne_all(vec!["cancelled", "postponed"]))
        .select(activities::id);
    let rows = sign_ups::table
        .filter(sign_ups::commune_id.eq(commune).and(sign_ups::volunteer_id.eq(volunteer)).and(sign_ups::status.eq_any(live.to_vec())))
        .filter(sign_ups::activity_id.eq_any(meeting))
        .order(sign_ups::activity_id);
    Ok(rows.select(sign_ups::activity_id).load(write.connection()).await?)
}

/// Sign-ups by activity and person, for a phone that knows no sign-up's id: the live one, else the one that ended last.
pub async fn of_people(write: &mut Write, pairs: &[(Uuid, Uuid)]) -> Result<HashMap<(Uuid, Uuid), Uuid>> {
    let commune = write.feed;
    let (activities, people): (Vec<Uuid>, Vec<Uuid>) = pairs.iter().copied().unzip();
    let rows: Vec<(Uuid, Option<Uuid>, Uuid, SignUpStatus)> = sign_ups::table
        .filter(sign_ups::status.ne(SignUpStatus::ToPlace))
        .filter(sign_ups::commune_id.eq(commune).and(sign_ups::activity_id.eq_any(activities)).and(sign_ups::volunteer_id.eq_any(people)))
        .order((sign_ups::updated_at, sign_ups::id))
        .select((sign_ups::activity_id, sign_ups::volunteer_id, sign_ups::id, sign_ups::status))
        .load(write.connection())
        .await?;
    let mut found = HashMap::new();
    let (ended, live): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(.., status)| rules::ENDED.contains(status));
    for (activity, person, id, _) in ended.into_iter().chain(live) {
        if let Some(person) = person {
            found.insert((activity, person), id);
        }
    }
    Ok(found)
}

/// The sign-ups of a person, whoever may see them.
pub async fn of_volunteer(lane: &Lane, commune: Uuid, volunteer: Uuid) -> Result<Vec<Uuid>> {
    let connection = lane.connection().await?;
    let rows = sign_ups::table.filter(sign_ups::commune_id.eq(commune).and(sign_ups::volunteer_id.eq(volunteer))).order(sign_ups::id);
    Ok(rows.select(sign_ups::id).load(&mut &*connection).await?)
}
