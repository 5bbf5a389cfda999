//! Fixed SQL that Diesel prepares once per connection. `sql_query` and `dsl::sql` are prepared anew each time,
//! which doubles the cost of a hot statement.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// `statement! { /// docs
///  Name(id: Uuid as sql_types::Uuid) -> (BigInt, Text), "SELECT ... WHERE id = $1" }`
///
/// Makes a struct whose values are bound as `$1`, `$2`, ... in the order written.
#[macro_export]
macro_rules! statement {
    ($(#[$meta:meta])* $vis:vis $name:ident($($bind:ident: $ty:ty as $sql:ty),* $(,)?) -> $out:ty, $text:expr) => {
        $(#[$meta])*
        #[derive(Debug, diesel::query_builder::QueryId)]
        $vis struct $name { $(pub $bind: $ty),* }

        impl diesel::query_builder::Query for $name {
            type SqlType = $out;
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name {
            fn walk_ast<'b>(&'b self, mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>) -> diesel::QueryResult<()> {
                out.push_sql($text);
                $(out.push_bind_param_value_only::<$sql, $ty>(&self.$bind)?;)*
                Ok(())
            }
        }
    };
}

/// A statement whose text is the same each time, which Diesel cannot know: it has its creations and changes parsed and
/// planned anew, and with a reach in their answer that costs more than doing them. Prepared once for each text instead.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<Q>(pub Q);

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}
impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}
