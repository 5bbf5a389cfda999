//! Reach: an actor's clauses for a resource as SQL. List, item, count and the row read before every write start
//! from the same predicates, and each row comes back with the clauses that hold for it.

use std::sync::Arc;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Nullable};
use diesel::{BoolExpressionMethods as _, BoxableExpression, IntoSql as _, NullableExpressionMethods as _, QueryResult};

use super::actor::Actor;
use super::client::Client;
use super::lifecycle::{Lifecycle, Step};
use super::roles::{Class, Classes, Clause, Fields, Grants, Relation, Role, called, class_of, classes};
use crate::error::{Error, Result, WRONG_STATE};
use crate::said;
use crate::text::Text;

/// One clause as SQL for the table `T`. NULL counts as false.
pub type Predicate<T> = Box<dyn BoxableExpression<T, Pg, SqlType = Nullable<Bool>>>;

/// A clause that holds for every row, or for none.
pub fn always<T: 'static>(holds: bool) -> Predicate<T>
where
    diesel::dsl::Nullable<diesel::dsl::AsExprOf<bool, Bool>>: BoxableExpression<T, Pg, SqlType = Nullable<Bool>>,
{
    Box::new(holds.into_sql::<Bool>().nullable())
}

/// A clause narrowed by another condition: a grant for one campaign.
pub fn both<T: 'static>(one: Predicate<T>, other: Option<Predicate<T>>) -> Predicate<T> {
    match other {
        Some(other) => Box::new(one.and(other)),
        None => one,
    }
}

/// A clause in SQL for what the query builder cannot say (overlapping arrays of sub-selects): pieces of fixed text
/// with an id bound between each two.
pub fn fixed<T: 'static>(pieces: &'static [&'static str], ids: Vec<uuid::Uuid>) -> Predicate<T> {
    Box::new(Fixed { pieces, ids })
}

struct Fixed {
    pieces: &'static [&'static str],
    ids: Vec<uuid::Uuid>,
}

impl Expression for Fixed {
    type SqlType = Nullable<Bool>;
}
impl<T> AppearsOnTable<T> for Fixed {}
impl<T> SelectableExpression<T> for Fixed {}
impl ValidGrouping<()> for Fixed {
    type IsAggregate = is_aggregate::No;
}
impl QueryId for Fixed {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Pg> for Fixed {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut ids = self.ids.iter();
        for (i, piece) in self.pieces.iter().enumerate() {
            if i > 0
                && let Some(id) = ids.next()
            {
                out.push_bind_param::<diesel::sql_types::Uuid, _>(id)?;
            }
            out.push_sql(piece);
        }
        Ok(())
    }
}

/// Who may do what with a resource. Everything that checks, shows or documents rights reads this.
#[derive(Debug)]
pub struct Policy {
    pub resource: &'static str,
    pub read: Grants,
    pub create: Grants,
    pub update: Grants,
    pub fields: Fields,
    pub lifecycle: &'static Lifecycle,
}

impl Policy {
    /// Every pair that some right of the resource names, each once.
    fn pairs(&self) -> Vec<(Role, Relation)> {
        let mut pairs: Vec<_> = [self.read, self.create, self.update].into_iter().chain(self.lifecycle.steps.iter().map(|s| s.by)).flatten().copied().collect();
        pairs.sort();
        pairs.dedup();
        pairs
    }
}

/// An actor's clauses for one resource.
#[derive(Debug, Clone)]
pub struct Reach {
    pub policy: &'static Policy,
    pub clauses: Vec<Clause>,
    /// The program itself asks: every row, every right.
    everything: bool,
    /// The API client that asks: what it may not do is no action of its.
    client: Option<Arc<Client>>,
}

impl Reach {
    /// What this actor's grants give for this resource; `commune` narrows it to one commune.
    pub fn of(actor: &Actor, policy: &'static Policy, commune: Option<uuid::Uuid>) -> Self {
        let mut clauses = actor.clauses(&policy.pairs());
        if let Some(commune) = commune {
            clauses.retain(|clause| clause.commune.is_none_or(|own| own == commune));
        }
        // Without a scope of the resource a client sees what anybody sees.
        if !actor.in_scope(policy.resource, "read") {
            clauses.retain(|clause| clause.role == Role::Public);
        }
        Self { policy, clauses, everything: actor.system.is_some(), client: actor.client.clone() }
    }

    /// The rows that a right reaches, as one predicate.
    pub fn within<T: 'static>(&self, grants: Grants, clause: fn(&Clause) -> Predicate<T>) -> Predicate<T>
    where
        diesel::dsl::Nullable<diesel::dsl::AsExprOf<bool, Bool>>: BoxableExpression<T, Pg, SqlType = Nullable<Bool>>,
    {
        if self.everything {
            return always(true);
        }
        let mut pairs = self.clauses.iter().filter(|c| grants.contains(&(c.role, c.relation))).map(clause);
        match pairs.next() {
            None => always(false),
            Some(first) => pairs.fold(first, |all, one| Box::new(all.or(one))),
        }
    }

    /// The expression that tells for each row which clauses hold.
    pub fn mask<T>(&self, clause: fn(&Clause) -> Predicate<T>) -> Mask<T> {
        Mask(self.clauses.iter().map(clause).collect())
    }

    /// The held clauses of a row, from the mask's value.
    pub fn held(&self, mask: &[Option<bool>]) -> Held {
        let clauses = self.clauses.iter().zip(mask).filter(|(_, held)| **held == Some(true)).map(|(clause, _)| clause.clone()).collect();
        Held { policy: self.policy, clauses, everything: self.everything, client: self.client.clone() }
    }

    /// The reach in rows that show fields of this class: what a list that filters, searches or sorts by such a field
    /// is made of. None when the actor sees the class nowhere.
    pub fn seeing(mut self, class: Class) -> Option<Self> {
        self.clauses.retain(|c| classes(c.role, c.relation).has(class));
        let readable = self.clauses.iter().any(|c| self.policy.read.contains(&(c.role, c.relation)));
        (self.everything || readable).then_some(self)
    }
}

/// `ARRAY[clause, clause, ...]`: which clauses hold for a row.
pub struct Mask<T>(Vec<Predicate<T>>);

impl<T> Expression for Mask<T> {
    type SqlType = Array<Nullable<Bool>>;
}
impl<T> AppearsOnTable<T> for Mask<T> {}
impl<T> SelectableExpression<T> for Mask<T> {}
impl<T> ValidGrouping<()> for Mask<T> {
    type IsAggregate = is_aggregate::No;
}
impl<T> QueryId for Mask<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<T> QueryFragment<Pg> for Mask<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("ARRAY[");
        for (i, predicate) in self.0.iter().enumerate() {
            if i > 0 {
                out.push_sql(", ");
            }
            predicate.walk_ast(out.reborrow())?;
        }
        out.push_sql("]::bool[]");
        Ok(())
    }
}

/// What an actor is to one row.
#[derive(Debug, Clone)]
pub struct Held {
    pub policy: &'static Policy,
    pub clauses: Vec<Clause>,
    everything: bool,
    client: Option<Arc<Client>>,
}

/// 403 that says who may: else a clerk does not know whom to ask.
pub fn forbidden_but(grants: Grants) -> Error {
    let mut who: Vec<Text> = vec![];
    for &(role, relation) in grants {
        let text = called(role, relation);
        if !who.contains(&text) {
            who.push(text);
        }
    }
    if who.is_empty() {
        return Error::forbidden();
    }
    let vi = who.iter().map(|text| text.vi).collect::<Vec<_>>().join(", ");
    let en = who.iter().map(|text| text.en).collect::<Vec<_>>().join(", ");
    Error::forbidden().detail(said!("Việc này thuộc về: {vi}", "This is for: {en}"))
}

/// Stands for the program itself where a clause is asked for.
static SYSTEM: Clause = Clause {
    role: Role::PlatformAdmin,
    relation: Relation::Everywhere,
    commune: None,
    unit: None,
    hamlet: None,
    campaign: None,
    user: None,
    client: None,
    acting_for: None,
};

impl Held {
    /// The clause that gives a right, if one does.
    pub fn by(&self, grants: Grants) -> Option<&Clause> {
        if self.everything {
            return Some(&SYSTEM);
        }
        self.clauses.iter().find(|c| grants.contains(&(c.role, c.relation)))
    }

    /// 404 for who may not read the row, 403 for who may read it but not do this.
    pub fn require(&self, grants: Grants) -> Result<&Clause> {
        self.by(self.policy.read).ok_or_else(Error::not_found)?;
        self.by(grants).ok_or_else(|| forbidden_but(grants))
    }

    /// The classes of fields that this actor sees in this row.
    pub fn classes(&self) -> Classes {
        if self.everything {
            return classes(Role::CommuneLeader, Relation::Everywhere);
        }
        self.clauses.iter().map(|c| classes(c.role, c.relation)).fold(Classes::default(), Classes::with)
    }

    pub fn sees(&self, field: &str) -> bool {
        self.classes().has(class_of(self.policy.fields, field))
    }

    /// The actions that status, role and relation allow; neither the clock nor another row is asked.
    pub fn allowed_actions(&self, status: &str) -> Vec<&'static str> {
        let scoped = |step: &Step| self.client.as_ref().is_none_or(|client| client.allows(self.policy.resource, step.action));
        let steps = self.policy.lifecycle.steps.iter().filter(|step| scoped(step));
        steps.filter(|step| step.from.contains(&status) && self.by(step.by).is_some()).map(|step| step.action).collect()
    }

    /// The refusal of an action (or of `update`) in a wrong state, naming what is allowed instead.
    pub fn wrong_state(&self, action: &str, status: &str) -> Error {
        Error::new(&WRONG_STATE)
            .detail(said!("Không thể thực hiện \"{action}\" khi trạng thái là \"{status}\"", "\"{action}\" is not possible in the status \"{status}\""))
            .member("current_status", status)
            .member("allowed_actions", self.allowed_actions(status))
    }
}
