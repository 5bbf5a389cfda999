//! A creation that looks at the right first: a row that is not in the actor's reach is not inserted, so that no constraint is
//! asked, and what one may not see cannot be found out by what is taken or not there.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::insertable::InsertValues;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_source::Table;
use diesel::sql_types::{Array, Bool, Nullable};

use crate::access::reach::Mask;
use crate::access::relations::Sql;

/// `INSERT … SELECT … WHERE` the row lies in reach `RETURNING` what the actor is to it: no row where it does not.
///
/// The row stands under the table's own name while it is judged, so that the table's one predicate judges it.
pub struct Judged<V, T> {
    pub table: &'static str,
    pub values: V,
    /// None: it follows from another change, and no right of its own is asked for.
    pub within: Option<Sql>,
    pub mask: Mask,
    pub of: PhantomData<T>,
}

impl<V, T> Query for Judged<V, T> {
    type SqlType = Array<Nullable<Bool>>;
}
impl<V, T> QueryId for Judged<V, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<V: InsertValues<Pg, T>, T: Table> QueryFragment<Pg> for Judged<V, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        out.push_identifier(self.table)?;
        out.push_sql(" (");
        self.values.column_names(out.reborrow())?;
        out.push_sql(") SELECT * FROM (VALUES (");
        self.values.walk_ast(out.reborrow())?;
        out.push_sql(")) AS ");
        out.push_identifier(self.table)?;
        out.push_sql(" (");
        self.values.column_names(out.reborrow())?;
        out.push_sql(")");
        if let Some(within) = &self.within {
            out.push_sql(" WHERE ");
            within.walk_ast(out.reborrow())?;
        }
        out.push_sql(" RETURNING ");
        self.mask.walk_ast(out.reborrow())
    }
}
