//! Users and grants in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{GrantRow, GrantStatus, User, UserStatus};
use super::rules;
use crate::access::actor::Grant;
use crate::access::reach::Reach;
use crate::access::roles::{Clause, Relation, Role};
use crate::clock::local_day;
use crate::db::schema::{activities, grants, sessions, sign_in_codes, users};
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Write;

/// What relations mean here alone.
pub fn here(clause: &Clause) -> Option<Sql> {
    match clause.relation {
        // Those whom the commune's office keeps, and those who hold a right in it.
        Relation::InCommune => {
            let there = "users.home_commune_id = {} OR users.id IN (SELECT g.user_id FROM grants g WHERE g.commune_id = {} AND g.status = 'active')";
            Some(Sql::of(there, [clause.commune?, clause.commune?]))
        }
        _ => User::LIES.usually(clause),
    }
}

/// The unrevoked rights of a user, whatever their term.
pub async fn grants_of(write: &mut Write, user: Uuid) -> Result<Vec<GrantRow>> {
    let rows = grants::table.filter(grants::user_id.eq(user).and(grants::status.eq(GrantStatus::Active))).order(grants::id);
    Ok(rows.select(GrantRow::as_select()).load(write.connection()).await?)
}

/// Another standing right of the same user, of the same kind in the same place, whose term meets this one's.
pub async fn same_right(write: &mut Write, row: &GrantRow) -> Result<Option<Uuid>> {
    let theirs = grants_of(write, row.user_id).await?.into_iter().filter(|other| other.id != row.id);
    let place = |grant: &GrantRow| (grant.role, grant.commune_id, grant.unit_id, grant.hamlet_id, grant.campaign_id, grant.acting_for);
    let meets = |other: &GrantRow| other.valid_to.is_none_or(|last| row.valid_from <= last) && row.valid_to.is_none_or(|last| other.valid_from <= last);
    Ok(theirs.filter(|other| place(other) == place(row) && meets(other)).map(|other| other.id).next())
}

/// Whether somebody who may sign in leads a commune today, beside whom a right makes a leader.
pub async fn leads_anybody(write: &mut Write, commune: Uuid, but: Option<&GrantRow>) -> Result<bool> {
    let today = local_day(write.now);
    let but = but.map(|grant| grant.user_id).unwrap_or_default();
    let leaders = grants::table
        .inner_join(users::table.on(users::id.eq(grants::user_id)))
        .filter(grants::commune_id.eq(commune).and(grants::role.eq(Role::CommuneLeader)).and(grants::status.eq(GrantStatus::Active)))
        .filter(grants::acting_for.is_null().and(grants::valid_from.le(today)).and(grants::valid_to.is_null().or(grants::valid_to.ge(today))))
        .filter(users::status.eq(UserStatus::Active).and(users::id.ne(but)));
    Ok(diesel::select(diesel::dsl::exists(leaders)).get_result(write.connection()).await?)
}

/// Who handed the user codes that were used.
pub async fn let_in_by(write: &mut Write, user: Uuid) -> Result<Vec<Uuid>> {
    let used = sign_in_codes::table.filter(sign_in_codes::user_id.eq(user).and(sign_in_codes::used_at.is_not_null())).select(sign_in_codes::issued_by);
    Ok(used.distinct().load(write.connection()).await?)
}

/// The rights that hold for a user on a day, as the guard sees them.
pub async fn actor_grants_of(write: &mut Write, user: Uuid, day: chrono::NaiveDate) -> Result<Vec<Grant>> {
    let rows = grants::table.filter(grants::user_id.eq(user).and(grants::status.eq(GrantStatus::Active))).order(grants::id);
    let all: Vec<Grant> = rows.select(Grant::as_select()).load(write.connection()).await?;
    Ok(all.into_iter().filter(|grant| grant.holds_on(day)).collect())
}

/// Ends every open session of a user, but for one that goes on.
pub async fn end_sessions(write: &mut Write, user: Uuid, but: Option<Uuid>, reason: &'static str) -> Result<()> {
    let now = write.now;
    let but = but.unwrap_or_default();
    let open = sessions::table.filter(sessions::user_id.eq(user).and(sessions::ended_at.is_null()).and(sessions::id.ne(but)));
    diesel::update(open).set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason))).execute(write.connection()).await?;
    Ok(())
}

/// The commune that keeps an account; none for an account that is not there.
pub async fn home_of(write: &mut Write, user: Uuid) -> Result<Option<Uuid>> {
    let found: Option<Option<Uuid>> = users::table.find(user).select(users::home_commune_id).first(write.connection()).await.optional()?;
    Ok(found.flatten())
}

/// Makes a user's unused codes void: they were issued for the rights of before.
pub async fn void_codes(write: &mut Write, user: Uuid) -> Result<()> {
    let now = write.now;
    let unused = sign_in_codes::table.filter(sign_in_codes::user_id.eq(user).and(sign_in_codes::used_at.is_null()));
    diesel::update(unused).set(sign_in_codes::used_at.eq(now)).execute(write.connection()).await?;
    Ok(())
}

/// Stores a fresh one-time code and makes the user's older ones void.
pub async fn put_code(write: &mut Write, user: Uuid, issued_by: Uuid, hash: Vec<u8>, expires_at: chrono::DateTime<chrono::Utc>) -> Result<()> {
    void_codes(write, user).await?;
    let row = (
        sign_in_codes::id.eq(crate::random::id()),
        sign_in_codes::user_id.eq(user),
        sign_in_codes::code_hash.eq(hash),
        sign_in_codes::issued_by.eq(issued_by),
        sign_in_codes::expires_at.eq(expires_at),
    );
    diesel::insert_into(sign_in_codes::table).values(row).execute(write.connection()).await?;
    Ok(())
}

/// A user inside the reach of the write's actor, in whichever feed the write is.
pub async fn in_reach(write: &mut Write, id: Uuid) -> Result<Option<User>> {
    let reach = Reach::of(&write.actor, &rules::USERS, None);
    let found = users::table.filter(users::id.eq(id)).filter(reach.within(rules::USERS.read, User::LIES)).select(User::as_select());
    Ok(found.first(write.connection()).await.optional()?)
}

/// The activities that a user leads and that are not over, in any commune.
pub async fn led_by(write: &mut Write, user: Uuid) -> Result<Vec<Uuid>> {
    let led = activities::table.filter(activities::lead_user_id.eq(user).and(activities::status.ne_all(vec!["verified", "cancelled"])));
    Ok(led.order((activities::sort_at, activities::id)).limit(200).select(activities::id).load(write.connection()).await?)
}

/// The rights of a hamlet's heads that would hold after a day.
pub async fn heads_of(write: &mut Write, commune: Uuid, hamlet: Uuid, last: chrono::NaiveDate) -> Result<Vec<GrantRow>> {
    let heads = grants::table
        .filter(grants::commune_id.eq(commune).and(grants::hamlet_id.eq(hamlet)).and(grants::status.eq(GrantStatus::Active)))
        .filter(grants::valid_to.is_null().or(grants::valid_to.gt(last)));
    Ok(heads.order(grants::id).select(GrantRow::as_select()).load(write.connection()).await?)
}

/// What people of a commune's offices are called, for imports: username, name.
pub async fn names(write: &mut Write, commune: Uuid) -> Result<Vec<(Uuid, Vec<String>)>> {
    let rows = users::table.filter(users::home_commune_id.eq(commune).and(users::status.eq(UserStatus::Active)));
    let rows: Vec<(Uuid, String, String)> = rows.order(users::id).select((users::id, users::username, users::display_name)).load(write.connection()).await?;
    Ok(rows.into_iter().map(|(id, username, name)| (id, vec![username, name])).collect())
}

/// The names of somebody's devices go with the person; that there were sessions stays.
pub async fn forget_devices(write: &mut Write, user: Uuid) -> Result<()> {
    let theirs = sessions::table.filter(sessions::user_id.eq(user));
    diesel::update(theirs).set((sessions::device_name.eq(""), sessions::device_id.eq(None::<String>))).execute(write.connection()).await?;
    Ok(())
}
