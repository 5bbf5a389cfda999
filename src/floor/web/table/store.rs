//! The SQL of every room's table, written once. The text is put together from the table's names and the reach; what comes
//! from outside is bound.

use diesel::QueryResult;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::row::Field as _;
use diesel::sql_types::{BigInt, Bool, Nullable, Untyped, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::judged::{Insert, Masks, Update};
use super::record::{Record, Table};
use super::source::{Follows, Formerly, Overlay, States};
use crate::access::reach::Reach;
use crate::access::roles::Grants;
use crate::db::Lane;
use crate::db::sql::{Bind, Sql, Statement};
use crate::error::{Error, INVALID_CURSOR, Result};
use crate::journal::Write;
use crate::web::query::{ListQuery, Search};

/// A row as it comes from a list: with its mask, and whether it matched a search with its accents.
pub type Found<R> = (R, Vec<Option<bool>>, bool);
/// A row with which clauses hold for it.
pub type Masked<R> = (R, Vec<Option<bool>>);

/// `SELECT columns, mask FROM table WHERE` the row is in reach.
fn rows(table: &Table, reach: &Reach, exactly: Option<Sql>) -> Sql {
    let mut sql = Sql::text(format!("SELECT {}, ", table.selected));
    sql.add(reach.mask(table.lies));
    if let Some(exactly) = exactly {
        sql.push(", ", exactly);
    }
    sql.add_text(" FROM ");
    sql.add_text(table.name);
    sql.push(" WHERE ", reach.within(reach.policy.read, table.lies));
    sql
}

/// Narrows to the rows that a commune's list shows, where the table has such.
fn in_commune(sql: &mut Sql, table: &Table, commune: Option<Uuid>) {
    if let (Some(column), Some(commune)) = (table.commune, commune) {
        sql.push(" AND ", Sql::of(format!("{}.{column} = {{}}", table.name), [commune]));
    }
}

fn with_id(table: &Table, id: Uuid) -> Sql {
    Sql::of(format!("{}.id = {{}}", table.name), [id])
}

fn with_ids(table: &Table, ids: Vec<Uuid>) -> Sql {
    Sql::of(format!("{}.id = ANY({{}})", table.name), [ids])
}

/// Whether a row matches a search as it was written, with its accents.
fn exactly(table: &Table, search: Option<&Search>) -> Sql {
    match (search, table.search.first()) {
        (Some(search), Some(column)) => Sql::of(format!("{}.{column} ILIKE {{}}", table.name), [search.exact.clone()]),
        _ => Sql::always(false),
    }
}

/// What a list's query asks of the rows, beside reach and cursor.
fn asked(sql: &mut Sql, table: &Table, query: &ListQuery) {
    in_commune(sql, table, query.commune);
    if let Some(search) = &query.search {
        sql.push(" AND ", Sql::of(format!("{}.search LIKE ALL ({{}})", table.name), [search.words.clone()]));
    }
    for condition in &query.conditions {
        sql.push(" AND ", condition.clone());
    }
}

/// A row with what was selected beside it.
struct Loaded<R> {
    row: R,
    mask: Vec<Option<bool>>,
    exact: bool,
}

impl<R: Record> FromSqlRow<Untyped, Pg> for Loaded<R> {
    fn build_from_row<'a>(row: &impl diesel::row::Row<'a, Pg>) -> deserialize::Result<Self> {
        let columns = R::TABLE.columns.len();
        let beside = |at: usize| row.get(columns + at);
        let mask = beside(0).ok_or("a row without its mask")?;
        let mask = <Vec<Option<bool>> as FromSql<Masks, Pg>>::from_nullable_sql(mask.value())?;
        let exact = beside(1).map(|exact| <Option<bool> as FromSql<Nullable<Bool>, Pg>>::from_nullable_sql(exact.value())).transpose()?;
        let row = <R as FromSqlRow<R::Sql, Pg>>::build_from_row(&row.partial_row(0..columns))?;
        Ok(Self { row, mask, exact: exact.flatten().unwrap_or(false) })
    }
}

async fn loaded<R: Record>(mut connection: &AsyncPgConnection, sql: Sql) -> QueryResult<Vec<Loaded<R>>> {
    Statement::<Untyped>::new(sql).load(&mut connection).await
}

async fn masked<R: Record>(connection: &AsyncPgConnection, sql: Sql) -> QueryResult<Vec<Masked<R>>> {
    Ok(loaded::<R>(connection, sql).await?.into_iter().map(|found| (found.row, found.mask)).collect())
}

/// Behind the row that a page before ended with.
fn behind<R: Record>(query: &ListQuery) -> Result<Option<Sql>> {
    let Some(after) = &query.after else { return Ok(None) };
    let (table, sort) = (R::TABLE.name, &query.sort);
    let key = R::sort_bind(sort, &after.k).ok_or_else(|| Error::new(&INVALID_CURSOR))?;
    let sign = if query.descending { '<' } else { '>' };
    let text = format!("{table}.{sort} {sign}= {{}} AND ({table}.{sort} {sign} {{}} OR {table}.id {sign} {{}})");
    let behind = Sql::of(text, [key.clone(), key, Bind::Id(after.i)]);
    // Rows that match a search as it was written come first.
    Ok(Some(match (&query.search, after.r) {
        (None, _) => behind,
        (Some(search), true) => exactly(R::TABLE, Some(search)).negated().or(behind),
        (Some(search), false) => exactly(R::TABLE, Some(search)).negated().and(behind),
    }))
}

/// What is done with every record. Nothing else reads or writes its table as a whole.
#[expect(async_fn_in_trait, reason = "handlers stay on their worker's thread")]
pub trait Stored: Record {
    /// A page of a list, with whether a row matched a search with its accents.
    async fn page(lane: &Lane, query: &ListQuery) -> Result<Vec<Found<Self>>> {
        let (table, sort) = (Self::TABLE, &query.sort);
        if !table.sorts.contains(&sort.as_str()) {
            return Err(Error::internal("a sort that the table does not know"));
        }
        let mut sql = rows(table, &query.reach, Some(exactly(table, query.search.as_ref())));
        asked(&mut sql, table, query);
        if let Some(behind) = behind::<Self>(query)? {
            sql.push(" AND ", behind);
        }
        sql.add_text(" ORDER BY ");
        if query.search.is_some() {
            sql.push("", exactly(table, query.search.as_ref()));
            sql.add_text(" DESC, ");
        }
        let turn = if query.descending { " DESC" } else { "" };
        sql.add_text(&format!("{}.{sort}{turn}, {}.id{turn}", table.name, table.name));
        sql.add(Sql::of(" LIMIT {}", [query.limit]));
        let connection = lane.connection().await?;
        let found = loaded::<Self>(&connection, sql).await?;
        Ok(found.into_iter().map(|Loaded { row, mask, exact }| (row, mask, exact)).collect())
    }

    async fn total(lane: &Lane, query: &ListQuery) -> Result<i64> {
        let mut sql = Sql::text(format!("SELECT count(*) FROM {}", Self::TABLE.name));
        sql.push(" WHERE ", query.reach.within(query.reach.policy.read, Self::TABLE.lies));
        asked(&mut sql, Self::TABLE, query);
        let connection = lane.connection().await?;
        Ok(Statement::<BigInt>::new(sql).get_result(&mut &*connection).await?)
    }

    async fn find(lane: &Lane, reach: &Reach, id: Uuid) -> Result<Option<Masked<Self>>> {
        let mut sql = rows(Self::TABLE, reach, None);
        in_commune(&mut sql, Self::TABLE, Self::TABLE.within(reach.commune));
        sql.push(" AND ", with_id(Self::TABLE, id));
        let connection = lane.connection().await?;
        Ok(masked(&connection, sql).await?.pop())
    }

    async fn many(lane: &Lane, reach: &Reach, ids: Vec<Uuid>) -> Result<Vec<Masked<Self>>> {
        let mut sql = rows(Self::TABLE, reach, None);
        in_commune(&mut sql, Self::TABLE, Self::TABLE.within(reach.commune));
        sql.push(" AND ", with_ids(Self::TABLE, ids));
        let connection = lane.connection().await?;
        Ok(masked(&connection, sql).await?)
    }

    /// Rows in reach after an id, in the order of ids.
    async fn after(lane: &Lane, reach: &Reach, commune: Uuid, after: Uuid, limit: i64) -> Result<Vec<Masked<Self>>> {
        let mut sql = rows(Self::TABLE, reach, None);
        in_commune(&mut sql, Self::TABLE, Some(commune));
        sql.push(" AND ", Sql::of(format!("{}.id > {{}}", Self::TABLE.name), [after]));
        sql.add(Sql::of(format!(" ORDER BY {}.id LIMIT {{}}", Self::TABLE.name), [limit]));
        let connection = lane.connection().await?;
        Ok(masked(&connection, sql).await?)
    }

    /// Rows in reach of a later version.
    async fn changed(lane: &Lane, reach: &Reach, commune: Uuid, since: i64) -> Result<Vec<Masked<Self>>> {
        let mut sql = rows(Self::TABLE, reach, None);
        in_commune(&mut sql, Self::TABLE, Some(commune));
        sql.push(" AND ", Sql::of(format!("{}.version > {{}}", Self::TABLE.name), [since]));
        sql.add_text(&format!(" ORDER BY {}.id", Self::TABLE.name));
        let connection = lane.connection().await?;
        Ok(masked(&connection, sql).await?)
    }

    /// Of former states of rows those that were in reach, and whether the row is gone altogether; see [`Formerly`].
    async fn formerly(lane: &Lane, reach: &Reach, states: States, overlay: Option<Overlay>) -> Result<Vec<(Uuid, bool)>> {
        let within = reach.within(reach.policy.read, Self::TABLE.lies);
        let connection = lane.connection().await?;
        Ok(Formerly::new(Self::KIND, states, overlay, within, Self::TABLE.within(reach.commune)).load(&mut &*connection).await?)
    }

    /// Rows, whoever may read them, that follow rows of another kind.
    async fn following(lane: &Lane, commune: Uuid, follows: &Follows, keys: Vec<Uuid>) -> Result<Vec<Uuid>> {
        let table = Self::TABLE.name;
        let mut sql = Sql::of(format!("SELECT {table}.id FROM {table} WHERE {table}.{} = ANY({{}})", follows.via), [keys]);
        in_commune(&mut sql, Self::TABLE, Some(commune));
        let connection = lane.connection().await?;
        Ok(Statement::<SqlUuid>::new(sql).load(&mut &*connection).await?)
    }

    async fn find_for_write(write: &mut Write, reach: &Reach, id: Uuid) -> Result<Option<Masked<Self>>> {
        let mut sql = rows(Self::TABLE, reach, None);
        // A row of another feed is not protected by this write's lock.
        in_commune(&mut sql, Self::TABLE, Self::TABLE.within(Some(write.feed)));
        sql.push(" AND ", with_id(Self::TABLE, id));
        Ok(masked(write.connection(), sql).await?.pop())
    }

    /// A row of the write's commune, in nobody's reach.
    async fn whoever_asks(write: &mut Write, id: Uuid) -> QueryResult<Option<Self>> {
        let table = Self::TABLE;
        let mut sql = Sql::text(format!("SELECT {}, ARRAY[]::bool[] FROM {} WHERE ", table.selected, table.name));
        sql.push("", with_id(table, id));
        in_commune(&mut sql, table, table.within(Some(write.feed)));
        Ok(loaded::<Self>(write.connection(), sql).await?.pop().map(|found| found.row))
    }

    async fn many_for_write(write: &mut Write, reach: &Reach, ids: Vec<Uuid>) -> Result<Vec<Masked<Self>>> {
        let mut sql = rows(Self::TABLE, reach, None);
        in_commune(&mut sql, Self::TABLE, Self::TABLE.within(Some(write.feed)));
        sql.push(" AND ", with_ids(Self::TABLE, ids));
        Ok(masked(write.connection(), sql).await?)
    }

    /// Inserts a row where one of these rights reaches it, or in any case where none is asked for; None where none does.
    async fn insert(write: &mut Write, reach: &Reach, by: Option<Grants>, row: &Self) -> QueryResult<Option<Vec<Option<bool>>>> {
        let within = by.map(|grants| reach.within(grants, Self::TABLE.lies));
        let made = Insert { row, within, mask: reach.mask(Self::TABLE.lies) };
        made.get_result(write.connection()).await.optional()
    }

    async fn update(write: &mut Write, reach: &Reach, row: &Self) -> QueryResult<Vec<Option<bool>>> {
        let mut rest = Sql::default();
        rest.push(" WHERE ", with_id(Self::TABLE, row.id()));
        in_commune(&mut rest, Self::TABLE, Self::TABLE.within(Some(write.feed)));
        rest.add_text(" RETURNING ");
        rest.add(reach.mask(Self::TABLE.lies));
        Update { row, rest }.get_result(write.connection()).await
    }

    /// The feed of a row, without looking at reach: only to know which queue to wait in.
    async fn feed_of(lane: &Lane, id: Uuid) -> Result<Option<Uuid>> {
        let table = Self::TABLE.name;
        let mut sql = match Self::TABLE.shared_feed {
            Some(feed) => Sql::of("SELECT {}", [feed]),
            None => Sql::text("SELECT commune_id"),
        };
        sql.add(Sql::of(format!(" FROM {table} WHERE {table}.id = {{}}"), [id]));
        let connection = lane.connection().await?;
        Ok(Statement::<SqlUuid>::new(sql).load(&mut &*connection).await?.pop())
    }
}

impl<R: Record> Stored for R {}
