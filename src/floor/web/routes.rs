//! From a method and path to an operation, by one tree: for requests, and for the operations of a batch.

use std::rc::Rc;

use super::operation::{Method, Operation, Room};

/// All operations by their paths.
#[derive(Default)]
pub struct Routes(matchit::Router<Vec<&'static Operation>>);

/// What a path leads to.
pub struct Place<'r> {
    operations: &'r [&'static Operation],
    /// The path's variables in their order.
    pub variables: Rc<[String]>,
}

impl Routes {
    /// # Errors
    /// Where two paths cannot be told apart.
    pub fn of(rooms: &'static [Room]) -> anyhow::Result<Self> {
        let mut paths: Vec<(&str, Vec<&'static Operation>)> = vec![];
        for operation in rooms.iter().flat_map(|room| &room.operations) {
            match paths.iter_mut().find(|(path, _)| *path == operation.path) {
                Some((_, operations)) => operations.push(operation),
                None => paths.push((&operation.path, vec![operation])),
            }
        }
        let mut routes = Self::default();
        for (path, operations) in paths {
            routes.0.insert(path, operations)?;
        }
        Ok(routes)
    }

    pub fn at(&self, path: &str) -> Option<Place<'_>> {
        let found = self.0.at(path).ok()?;
        let variables = found.params.iter().map(|(_, value)| value.to_owned()).collect();
        Some(Place { operations: found.value, variables })
    }
}

impl Place<'_> {
    /// The operation of a method; HEAD is GET without the body.
    pub fn operation(&self, method: &str) -> Option<&'static Operation> {
        let method = if method == "HEAD" { "GET" } else { method };
        self.operations.iter().copied().find(|operation| operation.method.name() == method)
    }

    /// The methods that the place knows.
    pub fn allow(&self) -> String {
        let mut methods: Vec<&str> = self.operations.iter().map(|operation| operation.method.name()).collect();
        if self.operations.iter().any(|operation| operation.method == Method::Get) {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.join(", ")
    }
}
