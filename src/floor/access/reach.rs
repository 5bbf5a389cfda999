//! Reach: an actor's clauses for a resource as SQL. List, item, count and the row read before every write start
//! from the same predicates, and each row comes back with the clauses that hold for it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use uuid::Uuid;

use super::actor::Actor;
use super::client::Client;
use super::lifecycle::{Lifecycle, Step};
use super::relations::Lies;
use super::roles::{Class, Classes, Clause, Fields, Grants, Relation, Role, called, class_of, classes};
use crate::db::sql::Sql;
use crate::error::{Error, Result, WRONG_STATE};
use crate::said;
use crate::text::{Said, Text};

/// Who may do what with a resource. Everything that checks, shows or documents rights reads this.
#[derive(Debug)]
pub struct Policy {
    pub resource: &'static str,
    pub read: Grants,
    pub create: Grants,
    pub update: Grants,
    pub fields: Fields,
    pub lifecycle: &'static Lifecycle,
    /// What else is written down of its rows: changes that follow from others, which nobody asks for by these names.
    pub follows: &'static [(&'static str, Text)],
}

impl Policy {
    /// Whether some of its rows are somebody's own.
    pub fn has_own(&self) -> bool {
        self.read.iter().any(|(_, relation)| relation.is_own())
    }

    /// Every pair that some right of the resource names, each once.
    pub fn pairs(&self) -> Vec<(Role, Relation)> {
        let mut pairs: Vec<_> = [self.read, self.create, self.update].into_iter().chain(self.lifecycle.steps.iter().map(|s| s.by)).flatten().copied().collect();
        pairs.sort();
        pairs.dedup();
        pairs
    }
}

/// The pairs of a policy, sorted out once for each worker.
fn known_pairs(policy: &'static Policy) -> Rc<[(Role, Relation)]> {
    thread_local! {
        static KNOWN: RefCell<HashMap<usize, Rc<[(Role, Relation)]>>> = RefCell::default();
    }
    let at = std::ptr::from_ref(policy).addr();
    KNOWN.with_borrow_mut(|known| known.entry(at).or_insert_with(|| policy.pairs().into()).clone())
}

/// An actor's clauses for one resource.
#[derive(Debug, Clone)]
pub struct Reach {
    pub policy: &'static Policy,
    pub clauses: Vec<Clause>,
    /// The one commune that is asked about: each statement names it on every table, so that it is answered where the commune's
    /// rows lie. None for what all communes share, and where it is not known yet.
    pub commune: Option<Uuid>,
    /// The program itself asks: every row, every right.
    everything: bool,
    /// Rows alone that are the actor's own.
    mine: bool,
    /// The API client that asks: what it may not do is no action of its.
    client: Option<Arc<Client>>,
}

impl Reach {
    /// What this actor's grants give for this resource; `commune` narrows it to one commune.
    pub fn of(actor: &Actor, policy: &'static Policy, commune: Option<Uuid>) -> Self {
        let mut clauses = actor.clauses(&known_pairs(policy));
        if let Some(commune) = commune {
            clauses.retain(|clause| clause.commune.is_none_or(|own| own == commune));
            clauses.iter_mut().for_each(|clause| clause.pin = Some(commune));
        }
        // Without a scope of the resource a client sees what anybody sees.
        if !actor.in_scope(policy.resource, "read") {
            clauses.retain(|clause| clause.role == Role::Public);
        }
        Self { policy, clauses, commune, everything: actor.system.is_some(), mine: false, client: actor.client.clone() }
    }

    /// The rows that a right reaches, as one condition.
    pub fn within(&self, grants: Grants, lies: &Lies) -> Sql {
        if self.everything {
            return Sql::always(true);
        }
        let asked = |c: &&Clause| grants.contains(&(c.role, c.relation)) && (!self.mine || c.relation.is_own());
        let reached = self.clauses.iter().filter(asked).map(|clause| lies.reached(clause));
        reached.reduce(Sql::or).unwrap_or_else(|| Sql::always(false))
    }

    /// The expression that tells for each row which clauses hold.
    pub fn mask(&self, lies: &Lies) -> Sql {
        Sql::array(self.clauses.iter().map(|clause| lies.reached(clause)))
    }

    /// The held clauses of a row, from the mask's value.
    pub fn held(&self, mask: &[Option<bool>]) -> Held {
        let clauses = self.clauses.iter().zip(mask).filter(|(_, held)| **held == Some(true)).map(|(clause, _)| clause.clone()).collect();
        Held { policy: self.policy, clauses, everything: self.everything, client: self.client.clone() }
    }

    /// Of these rows those that are the actor's own; what it is to them stays.
    #[must_use]
    pub fn own(self) -> Self {
        Self { mine: true, everything: false, ..self }
    }

    /// The reach in rows that show fields of this class: what a list that filters, searches or sorts by such a field
    /// is made of. None when the actor sees the class nowhere.
    pub fn seeing(mut self, class: Class) -> Option<Self> {
        self.clauses.retain(|c| classes(c.role, c.relation).has(class));
        let readable = self.clauses.iter().any(|c| self.policy.read.contains(&(c.role, c.relation)));
        (self.everything || readable).then_some(self)
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
    pin: None,
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
    pub fn wrong_state(&self, what: Text, status: &str, called: Text) -> Error {
        let detail = Said {
            vi: format!("Không thể \"{}\" khi trạng thái là \"{}\"", what.vi, called.vi),
            en: format!("\"{}\" is not possible in the status \"{}\"", what.en, called.en),
        };
        Error::new(&WRONG_STATE).detail(detail).member("current_status", status).member("allowed_actions", self.allowed_actions(status))
    }
}
