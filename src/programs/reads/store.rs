//! The reader log in the database. A commune's log is read as a whole or not at all.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Read, ReadFilter};
use crate::clock::start_of_day;
use crate::db::schema::reads;
use crate::db::{Database, Lane};
use crate::error::{Error, INVALID_CURSOR, Result};
use crate::web::query::ListQuery;

fn filtered(commune: Uuid, filter: &ReadFilter) -> reads::BoxedQuery<'static, diesel::pg::Pg> {
    let mut rows = reads::table.filter(reads::commune_id.eq(commune)).into_boxed();
    if let Some(row) = filter.row_id {
        rows = rows.filter(reads::row_ids.contains(vec![row]));
    }
    if let Some(resource) = &filter.resource {
        rows = rows.filter(reads::resource.eq(resource.clone()));
    }
    if let Some(user) = filter.user_id {
        rows = rows.filter(reads::user_id.eq(user));
    }
    if let Some(first) = filter.date_from {
        rows = rows.filter(reads::at.ge(start_of_day(first.0)));
    }
    if let Some(next) = filter.date_to.and_then(|last| last.0.succ_opt()) {
        rows = rows.filter(reads::at.lt(start_of_day(next)));
    }
    rows
}

/// A page of a commune's reader log, in the order of time or the newest first.
pub async fn page(lane: &Lane, commune: Uuid, query: &ListQuery, filter: &ReadFilter) -> Result<Vec<Read>> {
    let mut rows = filtered(commune, filter);
    if let Some(after) = &query.after {
        let at: DateTime<Utc> = serde_json::from_value(after.k.clone()).map_err(|_| Error::new(&INVALID_CURSOR))?;
        rows = if query.descending {
            rows.filter(reads::at.le(at).and(reads::at.lt(at).or(reads::id.lt(after.i))))
        } else {
            rows.filter(reads::at.ge(at).and(reads::at.gt(at).or(reads::id.gt(after.i))))
        };
    }
    rows = if query.descending { rows.order((reads::at.desc(), reads::id.desc())) } else { rows.order((reads::at.asc(), reads::id.asc())) };
    let connection = lane.connection().await?;
    Ok(rows.select(Read::as_select()).limit(query.limit).load(&mut &*connection).await?)
}

/// How many there are on all pages: over the pool, since a log is long.
pub async fn total(database: &Database, commune: Uuid, filter: &ReadFilter) -> Result<i64> {
    let mut connection = database.connection().await?;
    Ok(filtered(commune, filter).count().get_result(&mut connection).await?)
}

/// The newest notes of who saw a row's personal data.
pub async fn of_row(lane: &Lane, commune: Uuid, row: Uuid) -> Result<Vec<Read>> {
    let connection = lane.connection().await?;
    let rows = reads::table.filter(reads::commune_id.eq(commune).and(reads::row_ids.contains(vec![row]))).order((reads::at.desc(), reads::id.desc()));
    Ok(rows.select(Read::as_select()).limit(500).load(&mut &*connection).await?)
}
