//! A room's table with its row type forgotten: what walks over many kinds at once (sync, stream, webhooks) asks these.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Jsonb, Uuid as SqlUuid};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::object::Object;
use super::read::fields;
use super::store::Stored;
use crate::access::reach::{Policy, Reach};
use crate::access::relations::Lies;
use crate::access::roles::{Classes, Clause, Relation, Role, classes};
use crate::db::sql::Sql;
use crate::error::Result;
use crate::journal::Seen;
use crate::web::call::Call;
use crate::web::operation::SchemaOf;
use crate::web::shapes;

/// A change of another kind's row by which rows of a table enter or leave somebody's reach: an activity that moves to
/// another hamlet takes its sign-ups along.
#[derive(Debug)]
pub struct Follows {
    /// The other kind.
    pub of: &'static str,
    /// Its field that matters.
    pub field: &'static str,
    pub by: Key,
    /// The column of the table's own that refers to it.
    pub via: &'static str,
}

/// What of the other row the followers refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Row,
    /// The person whom the other row is of.
    Owner,
}

/// Former states of rows. Each is `{"id", "image": {field: former value}}`; what an image leaves out is as it is now.
pub type States = Vec<Value>;

/// Former states of another kind's rows, that what is judged follows.
#[derive(Debug, Clone)]
pub struct Overlay {
    pub of: &'static str,
    pub commune: Uuid,
    pub states: States,
}

/// Former states of rows, looked at through today's reach: which of them were in it.
///
/// The states stand under the table's own name, so that the table's one predicate judges them too; with an overlay the
/// same is done for the table that they follow.
pub struct Formerly {
    pub table: &'static str,
    states: Value,
    overlay: Option<(&'static str, Uuid, Value)>,
    within: Sql,
    commune: Option<Uuid>,
}

impl Formerly {
    pub fn new(table: &'static str, states: States, overlay: Option<Overlay>, within: Sql, commune: Option<Uuid>) -> Self {
        let overlay = overlay.map(|Overlay { of, commune, states }| (of, commune, Value::Array(states)));
        Self { table, states: Value::Array(states), overlay, within, commune }
    }
}

impl Query for Formerly {
    type SqlType = (SqlUuid, Bool);
}
impl QueryId for Formerly {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Pg> for Formerly {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut push = |pieces: &[&str]| pieces.iter().for_each(|piece| out.push_sql(piece));
        push(&["WITH "]);
        if let Some((of, commune, states)) = &self.overlay {
            push(&[of, " AS (SELECT x.* FROM jsonb_to_recordset("]);
            out.push_bind_param::<Jsonb, _>(states)?;
            let mut push = |pieces: &[&str]| pieces.iter().for_each(|piece| out.push_sql(piece));
            push(&[") AS i(id uuid, image jsonb) LEFT JOIN ", of, " AS now ON now.id = i.id AND now.commune_id = "]);
            out.push_bind_param::<SqlUuid, _>(commune)?;
            let mut push = |pieces: &[&str]| pieces.iter().for_each(|piece| out.push_sql(piece));
            push(&[
                " CROSS JOIN LATERAL jsonb_populate_record(now, i.image) AS x UNION ALL SELECT o.* FROM ",
                of,
                " AS o WHERE NOT EXISTS (SELECT FROM jsonb_to_recordset(",
            ]);
            out.push_bind_param::<Jsonb, _>(states)?;
            out.push_sql(") AS i(id uuid) WHERE i.id = o.id) AND o.commune_id = ");
            out.push_bind_param::<SqlUuid, _>(commune)?;
            out.push_sql("), ");
        }
        let mut push = |pieces: &[&str]| pieces.iter().for_each(|piece| out.push_sql(piece));
        push(&[self.table, " AS (SELECT x.*, (now.id IS NULL) AS purged FROM jsonb_to_recordset("]);
        out.push_bind_param::<Jsonb, _>(&self.states)?;
        let mut push = |pieces: &[&str]| pieces.iter().for_each(|piece| out.push_sql(piece));
        push(&[") AS i(id uuid, image jsonb) LEFT JOIN ", self.table, " AS now ON now.id = i.id"]);
        if let Some(commune) = &self.commune {
            out.push_sql(" AND now.commune_id = ");
            out.push_bind_param::<SqlUuid, _>(commune)?;
        }
        let mut push = |pieces: &[&str]| pieces.iter().for_each(|piece| out.push_sql(piece));
        push(&[" CROSS JOIN LATERAL jsonb_populate_record(now, i.image) AS x) SELECT DISTINCT id, purged FROM ", self.table, " WHERE "]);
        self.within.walk_ast(out.reborrow())
    }
}

/// One object on its way out.
#[derive(Debug)]
pub struct Shown {
    pub id: Uuid,
    pub version: i64,
    pub object: Object,
    /// What the caller is to it.
    pub rights: Vec<(Role, Relation)>,
    /// Its hamlet, where the caller sees it.
    pub hamlet: Option<Uuid>,
    /// A copy of `since` holds it as it is: it has not changed, and is in reach by a right in the whole commune, with every
    /// field that the caller may see of any row. Its object is left out.
    pub known: bool,
}

type Later<T> = LocalBoxFuture<'static, Result<Vec<T>>>;

/// A table that can be walked without knowing its type. All of it is in the caller's reach.
pub struct Source {
    pub kind: &'static str,
    pub policy: &'static Policy,
    pub lies: &'static Lies,
    pub follows: &'static [Follows],
    /// Its rows lie in a feed that all communes share.
    pub shared: bool,
    /// Its changes are in the journal. Sums are not: they follow from what they count, and only their version tells.
    pub journalled: bool,
    pub schema: SchemaOf,
    pub after: fn(Call, Uuid, Uuid, i64) -> Later<Shown>,
    pub changed: fn(Call, Uuid, i64) -> Later<Shown>,
    /// Rows by id, for a copy that holds all that changed before a number; 0 for none.
    pub many: fn(Call, Uuid, Vec<Uuid>, i64) -> Later<Shown>,
    pub formerly: fn(Call, Uuid, States, Option<Overlay>) -> Later<(Uuid, bool)>,
    pub following: fn(Call, Uuid, &'static Follows, Vec<Uuid>) -> Later<Uuid>,
}

impl Source {
    pub fn of<R: Stored + ToSchema>() -> Self {
        Self {
            kind: R::KIND,
            policy: R::POLICY,
            lies: R::TABLE.lies,
            follows: R::TABLE.follows,
            shared: R::TABLE.shared_feed.is_some(),
            journalled: true,
            schema: shapes::object::<R>,
            after: |call, commune, after, limit| {
                async move {
                    let reach = reach::<R>(&call, commune);
                    show(&call, &reach, R::after(&call.worker.lane, &reach, commune, after, limit).await?, 0)
                }
                .boxed_local()
            },
            changed: |call, commune, since| {
                async move {
                    let reach = reach::<R>(&call, commune);
                    show(&call, &reach, R::changed(&call.worker.lane, &reach, commune, since).await?, 0)
                }
                .boxed_local()
            },
            many: |call, commune, ids, since| {
                async move {
                    let reach = reach::<R>(&call, commune);
                    show(&call, &reach, R::many(&call.worker.lane, &reach, ids).await?, since)
                }
                .boxed_local()
            },
            formerly: |call, commune, states, overlay| {
                async move { R::formerly(&call.worker.lane, &reach::<R>(&call, commune), states, overlay).await }.boxed_local()
            },
            following: |call, commune, follows, keys| async move { R::following(&call.worker.lane, commune, follows, keys).await }.boxed_local(),
        }
    }

    /// The same for a table whose changes are marked and not journalled.
    pub fn marked<R: Stored + ToSchema>() -> Self {
        Self { journalled: false, ..Self::of::<R>() }
    }
}

fn reach<R: Stored>(call: &Call, commune: Uuid) -> Reach {
    Reach::of(&call.actor, R::POLICY, Some(commune))
}

fn show<R: Stored>(call: &Call, reach: &Reach, rows: Vec<(R, Vec<Option<bool>>)>, since: i64) -> Result<Vec<Shown>> {
    let seen = |clauses: &mut dyn Iterator<Item = &Clause>| clauses.map(|clause| classes(clause.role, clause.relation)).fold(Classes::default(), Classes::with);
    let most = seen(&mut reach.clauses.iter());
    let shown = |(row, mask): (R, Vec<Option<bool>>)| {
        let (id, version, held) = (row.id(), row.version(), reach.held(&mask));
        let whole = |clause: &&Clause| clause.relation == Relation::InCommune && clause.campaign.is_none();
        let settled = held.clauses.iter().any(|clause| whole(&clause)) && seen(&mut held.clauses.iter().filter(whole)) == most;
        let known = settled && version < since;
        let hamlet = row.reference("hamlet_id").filter(|_| held.sees("hamlet_id"));
        let rights = held.clauses.iter().map(|clause| (clause.role, clause.relation)).collect();
        let object = if known { Object::default() } else { fields(call, &Seen { row, held })? };
        Ok(Shown { id, version, known, rights, hamlet, object })
    };
    rows.into_iter().map(shown).collect()
}
