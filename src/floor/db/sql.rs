//! Conditions and statements that are put together from pieces: fixed text with a place for each value that is bound.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Date, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::Value;
use uuid::Uuid;

/// A value on its way into a statement.
#[derive(Debug, Clone)]
pub enum Bind {
    Id(Uuid),
    Ids(Vec<Uuid>),
    Text(String),
    Texts(Vec<String>),
    Flag(bool),
    Int(i32),
    Long(i64),
    Double(f64),
    Day(NaiveDate),
    Moment(DateTime<Utc>),
    Json(Value),
}

macro_rules! binds {
    ($($variant:ident($ty:ty)),+) => {
        $(impl From<$ty> for Bind {
            fn from(value: $ty) -> Self { Self::$variant(value) }
        })+
    };
}
binds! { Id(Uuid), Ids(Vec<Uuid>), Text(String), Texts(Vec<String>), Flag(bool), Int(i32), Long(i64), Double(f64), Day(NaiveDate), Moment(DateTime<Utc>), Json(Value) }

impl Bind {
    fn push<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Id(value) => out.push_bind_param::<SqlUuid, _>(value),
            Self::Ids(value) => out.push_bind_param::<Array<SqlUuid>, _>(value),
            Self::Text(value) => out.push_bind_param::<Text, _>(value),
            Self::Texts(value) => out.push_bind_param::<Array<Text>, _>(value),
            Self::Flag(value) => out.push_bind_param::<Bool, _>(value),
            Self::Int(value) => out.push_bind_param::<Integer, _>(value),
            Self::Long(value) => out.push_bind_param::<BigInt, _>(value),
            Self::Double(value) => out.push_bind_param::<Double, _>(value),
            Self::Day(value) => out.push_bind_param::<Date, _>(value),
            Self::Moment(value) => out.push_bind_param::<Timestamptz, _>(value),
            Self::Json(value) => out.push_bind_param::<Jsonb, _>(value),
        }
    }
}

/// Where a value is bound: the only braces of a text.
const PLACE: &str = "{}";

/// A piece of SQL: the program's own text with `{}` where a value is bound. As a condition, NULL counts as false.
#[derive(Debug, Clone, Default)]
pub struct Sql {
    text: String,
    binds: Vec<Bind>,
}

impl Sql {
    /// The text is the program's own; what comes from outside is among the values.
    pub fn of<B: Into<Bind>, const N: usize>(text: impl Into<String>, values: [B; N]) -> Self {
        let text = text.into();
        // A surplus value would be bound in the next condition's place; the tests ask each condition once.
        debug_assert_eq!(text.matches(PLACE).count(), N, "a value for each place: {text}");
        Self { text, binds: values.into_iter().map(Into::into).collect() }
    }

    /// Text without values.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of::<Bind, 0>(text, [])
    }

    pub fn always(holds: bool) -> Self {
        Self::text(if holds { "true" } else { "false" })
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.joined(" AND ", other)
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.joined(" OR ", other)
    }

    #[must_use]
    pub fn negated(self) -> Self {
        Self { text: format!("NOT ({})", self.text), binds: self.binds }
    }

    fn joined(mut self, by: &str, other: Self) -> Self {
        self.binds.extend(other.binds);
        Self { text: format!("({}){by}({})", self.text, other.text), binds: self.binds }
    }

    /// A piece within text.
    pub fn around(before: &str, within: Self, after: &str) -> Self {
        let mut all = Self::text(before);
        all.add(within);
        all.add_text(after);
        all
    }

    /// Goes on with a condition, in brackets.
    pub fn push(&mut self, before: &str, other: Self) {
        self.text.push_str(before);
        self.text.push('(');
        self.add(other);
        self.text.push(')');
    }

    /// Goes on with another piece.
    pub fn add(&mut self, other: Self) {
        self.text.push_str(&other.text);
        self.binds.extend(other.binds);
    }

    /// The text, with `{}` where values are bound.
    pub fn as_text(&self) -> &str {
        &self.text
    }

    pub fn add_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// `ARRAY[condition, condition, ...]`.
    pub fn array(conditions: impl Iterator<Item = Self>) -> Self {
        let mut all = Self::text("ARRAY[");
        for (i, condition) in conditions.enumerate() {
            all.push(if i > 0 { ", " } else { "" }, condition);
        }
        all.add_text("]::bool[]");
        all
    }
}

impl Expression for Sql {
    type SqlType = Nullable<Bool>;
}
impl<T> AppearsOnTable<T> for Sql {}
impl<T> SelectableExpression<T> for Sql {}
impl ValidGrouping<()> for Sql {
    type IsAggregate = is_aggregate::No;
}
impl QueryId for Sql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Pg> for Sql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(");
        self.piece(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

impl Sql {
    /// As part of a statement, without brackets.
    pub fn piece<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut rest = self.text.as_str();
        for bind in &self.binds {
            // By its first letter: a search for the pair costs as much as all else here.
            let (before, after) = rest.split_once('{').ok_or_else(unequal)?;
            out.push_sql(before);
            bind.push(out.reborrow())?;
            rest = after.strip_prefix('}').unwrap_or(after);
        }
        if rest.contains('{') {
            return Err(unequal());
        }
        out.push_sql(rest);
        Ok(())
    }
}

/// A value too many or too few: nothing is asked then, since each would be bound in another's place.
fn unequal() -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError("as many values as places".into())
}

/// A whole statement that answers rows of `T`; prepared once for each text.
pub struct Statement<T> {
    sql: Sql,
    of: std::marker::PhantomData<fn() -> T>,
}

impl<T> Statement<T> {
    pub fn new(sql: Sql) -> Self {
        Self { sql, of: std::marker::PhantomData }
    }
}

impl<T> Query for Statement<T> {
    type SqlType = T;
}
impl<T> QueryId for Statement<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<T> QueryFragment<Pg> for Statement<T> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.sql.piece(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_without_a_place_or_a_place_without_a_value_is_never_asked() {
        let shown = |text: &str, values: i64| {
            let sql = Sql { text: text.into(), binds: (0..values).map(Bind::Long).collect() };
            let statement = diesel::query_builder::QueryBuilder::<Pg>::finish;
            let mut builder = diesel::pg::PgQueryBuilder::default();
            QueryFragment::<Pg>::to_sql(&Statement::<Bool>::new(sql), &mut builder, &Pg).ok().map(|()| statement(builder))
        };
        assert_eq!(shown("a = {} AND b = {}", 2).as_deref(), Some("a = $1 AND b = $2"));
        assert_eq!((shown("a = {}", 2), shown("a = {} AND b = {}", 1)), (None, None));
    }
}
