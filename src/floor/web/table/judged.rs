//! How a record is written: all of its columns, with the right looked at in the same statement.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Nullable};

use super::record::Record;
use crate::db::sql::Sql;

/// Which clauses hold for a row, for the database.
pub(super) type Masks = Array<Nullable<Bool>>;

/// A creation that looks at the right first: a row that is not in the actor's reach is not inserted, so that no constraint is
/// asked, and what one may not see cannot be found out by what is taken or not there.
///
/// `INSERT … SELECT … WHERE` the row lies in reach, and what the actor is to what was made. The row stands under the table's own
/// name while it is judged, so that the table's one predicate judges it. The second is asked of what the insertion returns and
/// not in its `RETURNING`: where communes lie apart that may hold no condition that looks into other tables.
pub(super) struct Insert<'r, R> {
    pub row: &'r R,
    /// None: it follows from another change, and no right of its own is asked for.
    pub within: Option<Sql>,
    pub mask: Sql,
}

impl<R> Query for Insert<'_, R> {
    type SqlType = Masks;
}
impl<R> QueryId for Insert<'_, R> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<R: Record> QueryFragment<Pg> for Insert<'_, R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let table = R::TABLE;
        let columns = table.columns.join(", ");
        out.push_sql(&format!("WITH made AS (INSERT INTO {} ({columns}) SELECT * FROM (VALUES (", table.name));
        for column in 0..table.columns.len() {
            if column > 0 {
                out.push_sql(", ");
            }
            self.row.bind(column, out.reborrow())?;
        }
        out.push_sql(&format!(")) AS {} ({columns})", table.name));
        if let Some(within) = &self.within {
            out.push_sql(" WHERE ");
            within.walk_ast(out.reborrow())?;
        }
        out.push_sql(" RETURNING *) SELECT ");
        self.mask.walk_ast(out.reborrow())?;
        out.push_sql(&format!(" FROM made AS {}", table.name));
        Ok(())
    }
}

/// `UPDATE` of all columns but those that never change: a row stays what it is and where it is.
pub(super) struct Update<'r, R> {
    pub row: &'r R,
    pub rest: Sql,
}

const NEVER_CHANGE: &[&str] = &["id", "commune_id", "created_at"];

impl<R> Query for Update<'_, R> {
    type SqlType = Masks;
}
impl<R> QueryId for Update<'_, R> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<R: Record> QueryFragment<Pg> for Update<'_, R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(&format!("UPDATE {} SET ", R::TABLE.name));
        let columns = R::TABLE.columns.iter().enumerate().filter(|(_, name)| !NEVER_CHANGE.contains(name));
        for (i, (column, name)) in columns.enumerate() {
            out.push_sql(&format!("{}{name} = ", if i > 0 { ", " } else { "" }));
            self.row.bind(column, out.reborrow())?;
        }
        self.rest.piece(out)
    }
}
