//! The scopes of API clients, from the table of operations: `resource:verb`.

use super::operation::{Kind, Operation};

/// What an API client needs for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// `resource:verb`.
    Of(&'a str, &'a str),
    /// Nothing: what it shows or does is decided row by row.
    None,
    /// It is for people alone.
    People,
}

impl Scope<'_> {
    /// `resource:verb`, where a scope is needed.
    pub fn name(self) -> Option<String> {
        match self {
            Self::Of(resource, verb) => Some(format!("{resource}:{verb}")),
            Self::None | Self::People => None,
        }
    }
}

impl Operation {
    /// The scope of an API client that this takes: reading, creating, changing, an action's name, or the name of an
    /// operation that follows no pattern.
    pub fn scope(&self) -> Scope<'_> {
        if let Some((resource, verb)) = self.scope {
            return Scope::Of(resource, verb);
        }
        let verb = match self.kind {
            // What it comes to, a creation or a change, is looked at when it is known.
            Kind::List { .. } | Kind::Item | Kind::Read | Kind::Stream | Kind::Put => "read",
            Kind::Create => "create",
            Kind::Update => "update",
            Kind::Act(step) => step.action,
            Kind::Write { .. } => &self.id,
        };
        match self.policy {
            Some(policy) => Scope::Of(policy.resource, verb),
            None if self.id == "get_me" || self.room == "batch" || (self.room != "auth" && !self.writes()) => Scope::None,
            None => Scope::People,
        }
    }
}
