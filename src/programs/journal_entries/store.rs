//! The journal in the database. A commune's journal is read as a whole or not at all.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{JournalEntry, JournalFilter};
use crate::clock::start_of_day;
use crate::db::schema::{api_clients, grants, journal, users};
use crate::db::{Database, Lane};
use crate::error::{Error, INVALID_CURSOR, Result};
use crate::journal::feeds::ACCOUNTS;
use crate::web::query::ListQuery;

fn filtered(commune: Uuid, filter: &JournalFilter, kinds: Vec<String>) -> journal::BoxedQuery<'static, diesel::pg::Pg> {
    let mut rows = journal::table.filter(journal::kind.eq_any(kinds)).into_boxed();
    rows = match filter.kind.as_deref() {
        Some("grants") => {
            rows.filter(journal::feed_id.eq(ACCOUNTS).and(journal::row_id.eq_any(grants::table.filter(grants::commune_id.eq(commune)).select(grants::id))))
        }
        Some("users") => {
            rows.filter(journal::feed_id.eq(ACCOUNTS).and(journal::row_id.eq_any(users::table.filter(users::home_commune_id.eq(commune)).select(users::id))))
        }
        Some("api_clients") => {
            let own = api_clients::table.filter(api_clients::commune_id.eq(commune)).select(api_clients::id);
            rows.filter(journal::feed_id.eq(ACCOUNTS).and(journal::row_id.eq_any(own)))
        }
        _ => rows.filter(journal::feed_id.eq(commune)),
    };
    if let Some(row) = filter.row_id {
        rows = rows.filter(journal::row_id.eq(row));
    }
    if let Some(kind) = &filter.kind {
        rows = rows.filter(journal::kind.eq(kind.clone()));
    }
    if let Some(user) = filter.user_id {
        rows = rows.filter(journal::user_id.eq(user));
    }
    if let Some(first) = filter.date_from {
        rows = rows.filter(journal::at.ge(start_of_day(first.0)));
    }
    if let Some(next) = filter.date_to.and_then(|last| last.0.succ_opt()) {
        rows = rows.filter(journal::at.lt(start_of_day(next)));
    }
    rows
}

/// A page of a commune's journal, in its order or the newest first.
pub async fn page(lane: &Lane, commune: Uuid, query: &ListQuery, filter: &JournalFilter, kinds: Vec<String>) -> Result<Vec<JournalEntry>> {
    let mut rows = filtered(commune, filter, kinds);
    if let Some(after) = &query.after {
        let (number, seq): (i64, i32) = serde_json::from_value(after.k.clone()).map_err(|_| Error::new(&INVALID_CURSOR))?;
        rows = if query.descending {
            rows.filter(journal::number.le(number).and(journal::number.lt(number).or(journal::seq.lt(seq))))
        } else {
            rows.filter(journal::number.ge(number).and(journal::number.gt(number).or(journal::seq.gt(seq))))
        };
    }
    rows = if query.descending { rows.order((journal::number.desc(), journal::seq.desc())) } else { rows.order((journal::number.asc(), journal::seq.asc())) };
    let connection = lane.connection().await?;
    Ok(rows.select(JournalEntry::as_select()).limit(query.limit).load(&mut &*connection).await?)
}

/// How many there are on all pages: over the pool, since a log is long.
pub async fn total(database: &Database, commune: Uuid, filter: &JournalFilter, kinds: Vec<String>) -> Result<i64> {
    let mut connection = database.connection().await?;
    Ok(filtered(commune, filter, kinds).count().get_result(&mut connection).await?)
}
