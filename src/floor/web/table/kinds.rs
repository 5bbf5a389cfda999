//! Kinds that the operator keeps: a row that somebody makes or changes is of those
//! alone that are offered, by whatever door it comes. What the service writes by itself is not looked at.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::record::{Record, Words};
use crate::db::schema::kinds;
use crate::error::{Error, Result};
use crate::journal::Write;
use crate::text::Said;

/// The codes of a field that are of a list.
#[derive(Debug)]
pub struct Kinds<'r> {
    list: &'static str,
    field: &'static str,
    codes: Vec<&'r str>,
}

impl<'r> Kinds<'r> {
    pub fn of(list: &'static str, field: &'static str, value: &'r impl Words) -> Self {
        let mut codes = vec![];
        value.words(&mut codes);
        Self { list, field, codes }
    }
}

/// Refuses codes that their list does not offer; what the row had before stays. A statement for each field with a new code.
pub async fn check_kinds<R: Record>(write: &mut Write, before: Option<&R>, row: &R) -> Result<()> {
    let had: Vec<Kinds<'_>> = before.map(Record::kinds).unwrap_or_default();
    for Kinds { list, field, codes } in row.kinds() {
        let old = had.iter().find(|kinds| kinds.field == field).map(|kinds| kinds.codes.as_slice()).unwrap_or_default();
        let new: Vec<&str> = codes.into_iter().filter(|code| !old.contains(code)).collect();
        if new.is_empty() {
            continue;
        }
        let offered = kinds::table.filter(kinds::list.eq(list).and(kinds::offered)).order((kinds::sort_order, kinds::code));
        let offered: Vec<(String, String, String)> = offered.select((kinds::code, kinds::label_vi, kinds::label_en)).load(write.connection()).await?;
        if new.iter().all(|code| offered.iter().any(|(known, ..)| known == code)) {
            continue;
        }
        let words =
            |label: fn(&(String, String, String)) -> &String| offered.iter().map(|kind| format!("{} ({})", kind.0, label(kind))).collect::<Vec<_>>().join(", ");
        let (vi, en) = (words(|kind| &kind.1), words(|kind| &kind.2));
        let detail = Said { vi: format!("Giá trị phải là một trong: {vi}"), en: format!("The value must be one of: {en}") };
        return Err(Error::field(format!("/{field}"), "unknown_value", detail));
    }
    Ok(())
}
