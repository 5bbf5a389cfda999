//! Hamlets in the database.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{Hamlet, HamletStatus};
use crate::clock::local_day;
use crate::db::schema::hamlets;
use crate::error::{Error, Result};
use crate::journal::Write;
use crate::text::fold;
use crate::{said, statement};

/// The hamlets whose place this one took: their successors follow it further.
pub async fn predecessors(write: &mut Write, id: Uuid) -> Result<Vec<Hamlet>> {
    let commune = write.feed;
    let found = hamlets::table.filter(hamlets::commune_id.eq(commune).and(hamlets::successors.contains(vec![id]))).order(hamlets::id);
    Ok(found.select(Hamlet::as_select()).load(write.connection()).await?)
}

/// Whether a commune has this hamlet, living or not; for writes of other feeds.
pub async fn exists(write: &mut Write, commune: Uuid, id: Uuid) -> Result<bool> {
    let found = hamlets::table.filter(hamlets::commune_id.eq(commune).and(hamlets::id.eq(id)));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(write.connection()).await?)
}

/// The living hamlets of the write's commune by their codes.
pub async fn by_code(write: &mut Write) -> Result<HashMap<String, Uuid>> {
    let commune = write.feed;
    let rows = hamlets::table.filter(hamlets::commune_id.eq(commune).and(hamlets::status.eq(HamletStatus::Active))).select((hamlets::code, hamlets::id));
    let found: Vec<(String, Uuid)> = rows.load(write.connection()).await?;
    Ok(found.into_iter().collect())
}

statement! {
    EndedHamlet(commune: Uuid as SqlUuid, id: Uuid as SqlUuid) -> (Text, Nullable<Date>, Array<SqlUuid>, Array<Text>),
    "SELECT h.name, h.valid_to, h.successors, ARRAY(SELECT s.name FROM hamlets s WHERE s.commune_id = $1 AND s.id = ANY(h.successors) AND s.status = 'active' ORDER BY s.sort_order)
     FROM hamlets h WHERE h.commune_id = $1 AND h.id = $2 AND h.status <> 'active'"
}

/// What is new in a hamlet finds it living on its day, or today; one that ended takes nothing more and names its
/// successors. One statement where a hamlet is named; whether there is such a hamlet says the constraint.
///
/// # Errors
/// 422 `hamlet_ended` with the successors.
pub async fn check_living(write: &mut Write, commune: Uuid, id: Option<Uuid>, day: Option<NaiveDate>, pointer: &str) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    let found: Option<(String, Option<NaiveDate>, Vec<Uuid>, Vec<String>)> = EndedHamlet { commune, id }.get_result(write.connection()).await.optional()?;
    let Some((name, last, successors, names)) = found else { return Ok(()) };
    if last.is_some_and(|last| day.unwrap_or(local_day(write.now)) <= last) {
        return Ok(());
    }
    let detail = if names.is_empty() {
        said!("{name} đã giải thể", "{name} was dissolved")
    } else {
        let names = names.join(", ");
        said!("{name} đã nhập vào hoặc đổi thành {names}: dùng thôn/ấp đó", "{name} was merged into or replaced by {names}: use that hamlet")
    };
    let successors: Vec<String> = successors.iter().map(Uuid::to_string).collect();
    Err(Error::field(pointer, "hamlet_ended", detail).member("successors", successors))
}

/// Hamlets of a commune with everything that they are called: code, name, other names. Of one that ended what no living
/// one is called by: who still writes its name is told its successor.
pub async fn names(write: &mut Write, commune: Uuid) -> Result<Vec<(Uuid, Vec<String>)>> {
    let rows = hamlets::table.filter(hamlets::commune_id.eq(commune)).order((hamlets::status.ne(HamletStatus::Active), hamlets::id));
    let rows: Vec<(Uuid, HamletStatus, String, String, Vec<String>)> =
        rows.select((hamlets::id, hamlets::status, hamlets::code, hamlets::name, hamlets::alternative_names)).load(write.connection()).await?;
    let mut living = HashSet::new();
    let mut all = vec![];
    for (id, status, code, name, others) in rows {
        let mut called: Vec<String> = [code, name].into_iter().chain(others).collect();
        if status == HamletStatus::Active {
            living.extend(called.iter().map(|name| fold(name)));
        } else {
            called.retain(|name| !living.contains(&fold(name)));
        }
        all.push((id, called));
    }
    Ok(all)
}
