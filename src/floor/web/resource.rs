//! The operations of a resource that follow the patterns: list, item, create, update, one for each action.

use std::marker::PhantomData;
use std::sync::Arc;

use futures::FutureExt as _;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::call::Call;
use super::format::Format;
use super::include::Include;
use super::named::Named;
use super::operation::{Caller, Handler, Kind, Method, Noun, Operation, Room, Text2};
use super::patch::ClearQuery;
use super::table::{self, Acting, Changed, Created, Kept, Record, Table};
use super::{by_ref, shapes};
use crate::access::lifecycle::Step;
use crate::access::reach::Policy;
use crate::access::roles::{Grants, Role};
use crate::error::Result;
use crate::handler;
use crate::text::Text;

/// Makes the operations of a resource that follow the patterns.
pub struct Resource<R> {
    room: &'static str,
    path: String,
    noun: Noun,
    policy: &'static Policy,
    caller: Caller,
    operations: Vec<Operation>,
    named: Vec<Named>,
    of: PhantomData<fn() -> R>,
}

impl<R: Record + ToSchema> Resource<R> {
    /// The resource of a record. Reads that the policy gives to the public need no token; writes always do.
    ///
    /// # Panics
    /// Where the lifecycle names a status that the record cannot have.
    pub fn of(noun: Noun) -> Self {
        let policy = R::POLICY;
        let unknown = policy.lifecycle.statuses().find(|status| R::status_label(status).is_none());
        assert!(unknown.is_none(), "{} has no status {unknown:?}", policy.resource);
        let public = policy.read.iter().any(|(role, _)| *role == Role::Public);
        let caller = if public { Caller::Anyone } else { Caller::SignedIn };
        let path = format!("/v1/{}", policy.resource.replace('_', "-"));
        Self { room: R::TABLE.name, path, noun, policy, caller, operations: vec![], named: vec![], of: PhantomData }
    }

    /// The list, as sorts, search and filter of the record's fields say.
    pub fn list(mut self, includes: &'static [&'static Include]) -> Self
    where
        R::Filter: IntoParams,
    {
        let Table { sorts, search, .. } = *R::TABLE;
        let kind = Kind::List { sorts, includes, commune: R::TABLE.commune.is_some_and(|column| column != "id"), search };
        let operation = self.list_of(kind, handler!(table::list::<R>));
        self.operations.push(operation.lists::<R, R::Filter>(shapes::page::<R>));
        self.named.push(Named::of::<R>());
        self
    }

    pub fn item(mut self) -> Self {
        let operation = self.item_of(handler!(table::item::<R>));
        self.operations.push(operation.answers(shapes::object::<R>));
        self
    }

    /// A creation of what the record's fields say.
    pub fn create(self) -> Self
    where
        R: Kept + Created<New: ToSchema>,
    {
        self.create_by::<R::New>(handler!(table::create_of::<R>))
    }

    /// The same where the room does more.
    pub fn create_by<I: ToSchema>(mut self, handler: Handler) -> Self {
        let operation = self.create_of(handler);
        self.operations.push(operation.takes::<I>().answers(shapes::object::<R>));
        self
    }

    /// A change of what the record's fields say.
    pub fn update(self) -> Self
    where
        R: Kept + Changed<Patch: ToSchema>,
    {
        self.update_by::<R::Patch>(handler!(table::update_of::<R>))
    }

    /// The same where the room does more.
    pub fn update_by<I: ToSchema>(mut self, handler: Handler) -> Self {
        let operation = self.update_of(handler);
        self.operations.push(operation.takes::<I>().answers(shapes::object::<R>));
        self
    }

    /// Actions that change the status alone.
    pub fn plain<B>(self, actions: &[&'static str]) -> Self
    where
        B: ToSchema + DeserializeOwned + Into<Acting> + 'static,
    {
        actions.iter().fold(self, |resource, action| resource.act(action, table::step::<R, B>))
    }

    /// An action of the lifecycle: who may do it and when stands there, what it takes and does in its function.
    ///
    /// # Panics
    /// While the doors are put together, where the lifecycle has no such action.
    #[expect(clippy::expect_used, reason = "a door without a lifecycle's row is noticed at the first start")]
    pub fn act<B, F>(mut self, action: &'static str, function: impl Fn(Call, B) -> F + Copy + Send + Sync + 'static) -> Self
    where
        B: ToSchema + DeserializeOwned + 'static,
        F: Future<Output = Result<Answer>> + 'static,
    {
        let handler: Handler = Arc::new(move |call: Call| {
            async move {
                let body: B = call.body()?;
                function(call, body).await
            }
            .boxed_local()
        });
        let step = self.policy.lifecycle.steps.iter().find(|step| step.action == action).expect("an action of the lifecycle");
        let operation = self.action_of(step, handler);
        self.operations.push(operation.takes::<B>().answers(shapes::object::<R>));
        self
    }
}

impl<R> Resource<R> {
    fn list_of(&self, kind: Kind, handler: Handler) -> Operation {
        let id = format!("list_{}", self.policy.resource);
        let summary = (format!("Danh sách {}", self.noun.text.vi), format!("List {}", self.noun.plural));
        self.operation(id, Method::Get, self.path.clone(), kind, self.policy.read, summary, handler)
    }

    fn item_of(&self, handler: Handler) -> Operation {
        let id = format!("get_{}", self.noun.one);
        let summary = (format!("Xem chi tiết {}", self.noun.text.vi), format!("Get one {}", self.noun.text.en));
        self.operation(id, Method::Get, format!("{}/{{id}}", self.path), Kind::Item, self.policy.read, summary, handler)
    }

    fn create_of(&self, handler: Handler) -> Operation {
        let id = format!("create_{}", self.noun.one);
        let summary = (format!("Tạo {}", self.noun.text.vi), format!("Create one {}", self.noun.text.en));
        self.operation(id, Method::Post, self.path.clone(), Kind::Create, self.policy.create, summary, handler).status(201)
    }

    fn update_of(&self, handler: Handler) -> Operation {
        let id = format!("update_{}", self.noun.one);
        let summary = (format!("Sửa {}", self.noun.text.vi), format!("Change one {}", self.noun.text.en));
        let mut operation = self.operation(id, Method::Patch, format!("{}/{{id}}", self.path), Kind::Update, self.policy.update, summary, handler);
        operation.parameters = ClearQuery::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query));
        operation
    }

    fn action_of(&self, step: &'static Step, handler: Handler) -> Operation {
        let id = format!("{}_{}", step.action, self.noun.one);
        let path = format!("{}/{{id}}/actions/{}", self.path, step.action);
        self.operation(id, Method::Post, path, Kind::Act(step), step.by, (step.summary.vi.into(), step.summary.en.into()), handler)
    }

    fn operation(&self, id: String, method: Method, path: String, kind: Kind, grants: Grants, summary: (String, String), handler: Handler) -> Operation {
        let reads = matches!(kind, Kind::List { .. } | Kind::Item | Kind::Read);
        let caller = if reads { self.caller } else { Caller::SignedIn };
        let summary = Text2 { vi: summary.0, en: summary.1 };
        Operation { room: self.room, caller, ..Operation::new(method, kind, &id, &path, summary, handler) }.policy(self.policy, grants)
    }

    /// What else the last operation, a list, can be than pages and tables.
    pub fn formats(mut self, formats: &'static [Format]) -> Self {
        if let Some(operation) = self.operations.last_mut() {
            operation.formats = formats;
        }
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

    /// # Panics
    /// Where an action of the lifecycle has no door: it would be shown as allowed, and be nowhere.
    pub fn room(self, description: Text) -> Room {
        for step in self.policy.lifecycle.steps {
            let there = self.operations.iter().any(|operation| matches!(operation.kind, Kind::Act(own) if own.action == step.action));
            assert!(there, "{} of {} has no door", step.action, self.policy.resource);
        }
        Room {
            name: self.room,
            description,
            policy: Some(self.policy),
            operations: self.operations,
            problems: vec![],
            sends: None,
            after: vec![],
            named: self.named,
        }
    }
}
