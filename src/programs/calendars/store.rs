//! Links to calendars in the database.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::Lane;
use crate::db::schema::calendar_links;
use crate::error::{Error, Result};
use crate::statement;

/// The one link of a user in a commune.
pub async fn put(connection: &mut AsyncPgConnection, user: Uuid, commune: Uuid, token_hash: Vec<u8>, now: DateTime<Utc>) -> Result<()> {
    let link = (calendar_links::token_hash.eq(token_hash), calendar_links::made_at.eq(now));
    diesel::insert_into(calendar_links::table)
        .values((calendar_links::user_id.eq(user), calendar_links::commune_id.eq(commune), link.clone()))
        .on_conflict((calendar_links::user_id, calendar_links::commune_id))
        .do_update()
        .set(link)
        .execute(connection)
        .await
        .map_err(|error| Error::from(error).explain("calendar_links", &[]))?;
    Ok(())
}

pub async fn remove(connection: &mut AsyncPgConnection, user: Uuid) -> Result<()> {
    diesel::delete(calendar_links::table.filter(calendar_links::user_id.eq(user))).execute(connection).await?;
    Ok(())
}

/// Whose calendar a token is, and of which commune.
pub async fn of_token(lane: &Lane, token_hash: Vec<u8>) -> Result<Option<(Uuid, Uuid)>> {
    let connection = lane.connection().await?;
    let found = calendar_links::table.filter(calendar_links::token_hash.eq(token_hash)).select((calendar_links::user_id, calendar_links::commune_id));
    Ok(found.first(&mut &*connection).await.optional()?)
}

statement! {
    /// What somebody signed up for, or leads.
    Own(user: Uuid as SqlUuid, commune: Uuid as SqlUuid) -> SqlUuid,
    "SELECT s.activity_id FROM sign_ups s JOIN volunteers v ON v.commune_id = s.commune_id AND v.id = s.volunteer_id
        WHERE v.user_id = $1 AND s.commune_id = $2 AND s.status NOT IN ('withdrawn', 'rejected')
     UNION SELECT a.id FROM activities a WHERE a.lead_user_id = $1 AND a.commune_id = $2"
}

/// The ids of what concerns somebody.
pub async fn own(lane: &Lane, user: Uuid, commune: Uuid) -> Result<Vec<Uuid>> {
    let connection = lane.connection().await?;
    Ok(RunQueryDsl::load(Own { user, commune }, &mut &*connection).await?)
}
