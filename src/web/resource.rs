//! The operations of a resource that follow the patterns: list, item, create, update, one for each action.

use utoipa::{IntoParams, ToSchema};

use super::format::Format;
use super::operation::{Caller, Handler, Kind, Method, Noun, Operation, Room, SchemaOf, Text2, single};
use super::{by_ref, shapes};
use crate::access::reach::Policy;
use crate::access::roles::{Grants, Role};
use crate::text::Text;

/// Makes the operations of a resource that follow the patterns.
pub struct Resource {
    room: &'static str,
    path: String,
    noun: Noun,
    policy: &'static Policy,
    caller: Caller,
    operations: Vec<Operation>,
}

impl Resource {
    /// Reads that the policy gives to the public need no token; writes always do.
    pub fn new(room: &'static str, noun: Noun, policy: &'static Policy) -> Self {
        let public = policy.read.iter().any(|(role, _)| *role == Role::Public);
        let caller = if public { Caller::Anyone } else { Caller::SignedIn };
        Self { room, path: format!("/v1/{}", policy.resource.replace('_', "-")), noun, policy, caller, operations: vec![] }
    }

    fn operation(&self, id: String, method: Method, path: String, kind: Kind, grants: Grants, summary: (String, String), handler: Handler) -> Operation {
        let reads = matches!(kind, Kind::List { .. } | Kind::Item | Kind::Read);
        let caller = if reads { self.caller } else { Caller::SignedIn };
        let operation = single(self.room, &id, method, &path, caller, kind, Text::new("", ""), handler).policy(self.policy, grants);
        Operation { summary: Text2 { vi: summary.0, en: summary.1 }, ..operation }
    }

    pub fn list<O: ToSchema, F: IntoParams>(mut self, kind: Kind, handler: Handler) -> Self {
        let id = format!("list_{}", self.policy.resource);
        let summary = (format!("Danh sách {}", self.noun.text.vi), format!("List {}", self.noun.plural));
        let operation = self.operation(id, Method::Get, self.path.clone(), kind, self.policy.read, summary, handler);
        self.operations.push(operation.lists::<O, F>(shapes::page::<O>));
        self
    }

    /// What else the last operation, a list, can be than pages and tables.
    pub fn formats(mut self, formats: &'static [Format]) -> Self {
        if let Some(operation) = self.operations.last_mut() {
            operation.formats = formats;
        }
        self
    }

    pub fn item<O: ToSchema>(mut self, handler: Handler) -> Self {
        let id = format!("get_{}", self.noun.one);
        let summary = (format!("Xem một {}", self.noun.text.vi), format!("Get one {}", self.noun.text.en));
        let mut operation = self.operation(id, Method::Get, format!("{}/{{id}}", self.path), Kind::Item, self.policy.read, summary, handler);
        operation.response = Some(shapes::object::<O>);
        self.operations.push(operation);
        self
    }

    pub fn create<O: ToSchema, I: ToSchema>(mut self, handler: Handler) -> Self {
        let id = format!("create_{}", self.noun.one);
        let summary = (format!("Tạo {}", self.noun.text.vi), format!("Create one {}", self.noun.text.en));
        let mut operation = self.operation(id, Method::Post, self.path.clone(), Kind::Create, self.policy.create, summary, handler);
        operation.request = Some(shapes::plain::<I>);
        operation.response = Some(shapes::object::<O>);
        operation.status = 201;
        self.operations.push(operation);
        self
    }

    pub fn update<O: ToSchema, I: ToSchema>(mut self, handler: Handler) -> Self {
        let id = format!("update_{}", self.noun.one);
        let summary = (format!("Sửa {}", self.noun.text.vi), format!("Change one {}", self.noun.text.en));
        let mut operation = self.operation(id, Method::Patch, format!("{}/{{id}}", self.path), Kind::Update, self.policy.update, summary, handler);
        operation.request = Some(shapes::plain::<I>);
        operation.response = Some(shapes::object::<O>);
        self.operations.push(operation);
        self
    }

    /// `PUT` by the caller's own key, for resources that are both created and changed.
    pub fn put(mut self) -> Self {
        let Some(create) = self.operations.iter().find(|operation| matches!(operation.kind, Kind::Create)) else { return self };
        let (request, response) = (create.request, create.response);
        let id = format!("put_{}_by_ref", self.noun.one);
        let summary = (format!("Tạo hoặc sửa {} theo mã riêng", self.noun.text.vi), format!("Create or change one {} by one's own key", self.noun.text.en));
        let path = format!("{}/by-ref/{{ref}}", self.path);
        let mut operation = self.operation(id, Method::Put, path, Kind::Put, self.policy.create, summary, crate::handler!(by_ref::put));
        operation.parameters = by_ref::PutQuery::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query));
        (operation.request, operation.response, operation.status) = (request, response, 201);
        self.operations.push(operation);
        self
    }

    /// One operation per action of the lifecycle table, all served by one handler. `body` names an action's own body.
    pub fn actions<O: ToSchema>(mut self, handler: Handler, body: fn(&str) -> SchemaOf) -> Self {
        for step in self.policy.lifecycle.steps {
            let id = format!("{}_{}", step.action, self.noun.one);
            let path = format!("{}/{{id}}/actions/{}", self.path, step.action);
            let summary = (step.summary.vi.to_owned(), step.summary.en.to_owned());
            let mut operation = self.operation(id, Method::Post, path, Kind::Act(step), step.by, summary, handler);
            operation.request = Some(body(step.action));
            operation.response = Some(shapes::object::<O>);
            self.operations.push(operation);
        }
        self
    }

    /// An action that answers something else than the object: a secret that is shown once.
    pub fn action_gives<O: ToSchema>(mut self, action: &str) -> Self {
        for operation in self.operations.iter_mut().filter(|operation| matches!(operation.kind, Kind::Act(step) if step.action == action)) {
            operation.response = Some(shapes::plain::<O>);
        }
        self
    }

    /// Adds to the description of the last operation.
    pub fn describe(mut self, text: Text) -> Self {
        if let Some(operation) = self.operations.last_mut() {
            operation.description = text.into();
        }
        self
    }

    pub fn room(self, description: Text) -> Room {
        Room { name: self.room, description, policy: Some(self.policy), operations: self.operations, problems: vec![], sends: None }
    }
}
