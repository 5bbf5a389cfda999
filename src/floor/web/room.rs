//! A room's door as the app sees it.

use futures::future::LocalBoxFuture;

use super::call::Call;
use super::named::Named;
use super::operation::{Operation, SchemaOf};
use crate::access::reach::Policy;
use crate::error::{Problem, Result};
use crate::journal::Write;
use crate::text::Text;

/// A room's door as the app sees it.
pub struct Room {
    pub name: &'static str,
    pub description: Text,
    pub policy: Option<&'static Policy>,
    pub operations: Vec<Operation>,
    pub problems: Vec<&'static Problem>,
    /// What the service itself sends to addresses of others.
    pub sends: Option<Sends>,
    /// What this room does once an operation of another one succeeded: that one does not know of it.
    pub after: Vec<(&'static str, After)>,
    /// The kinds whose rows it can call by name.
    pub named: Vec<Named>,
}

/// Done after a success, by the same caller; when it fails the whole operation is asked for again, and comes here again.
pub type After = fn(Call) -> LocalBoxFuture<'static, Result<()>>;

/// What other rooms do within a room's own write, in this order: a plain list, put together where all rooms are known.
pub type Follow<T> = &'static [for<'w> fn(&'w mut Write, T) -> LocalBoxFuture<'w, Result<()>>];

/// Lets them do it, one after the other.
pub async fn tell<T: Copy>(followers: Follow<T>, write: &mut Write, what: T) -> Result<()> {
    for follow in followers {
        follow(write, what).await?;
    }
    Ok(())
}

/// A request of the service's own, for the document's `webhooks`.
pub struct Sends {
    pub name: &'static str,
    pub summary: Text,
    pub body: SchemaOf,
    /// The kinds that it may be about, each with its object.
    pub objects: fn() -> Vec<(&'static str, SchemaOf)>,
    /// Headers with what they mean.
    pub headers: &'static [(&'static str, &'static str)],
}

impl Room {
    pub fn new(name: &'static str, description: Text) -> Self {
        Self { name, description, policy: None, operations: vec![], problems: vec![], sends: None, after: vec![], named: vec![] }
    }

    pub fn with(mut self, operation: Operation) -> Self {
        self.operations.push(Operation { room: self.name, ..operation });
        self
    }

    pub fn problems(mut self, problems: &[&'static Problem]) -> Self {
        self.problems = problems.to_vec();
        self
    }

    /// Does something after operations of other rooms.
    pub fn after(mut self, operations: &[&'static str], then: After) -> Self {
        self.after.extend(operations.iter().map(|id| (*id, then)));
        self
    }

    /// Calls rows by name.
    pub fn named(mut self, named: Named) -> Self {
        self.named.push(named);
        self
    }

    pub fn sends(self, sends: Sends) -> Self {
        Self { sends: Some(sends), ..self }
    }
}
