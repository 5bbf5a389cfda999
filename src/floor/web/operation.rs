//! The table of operations. Routes, guard, documentation, `Allow` and the tests all read it; nothing of it is
//! written twice.

use std::sync::Arc;

use futures::future::LocalBoxFuture;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::call::Call;
use super::columns::Columns;
use super::format::Format;
use super::include::Include;
pub use super::noun::{Noun, Text2};
use super::shapes;
use crate::access::lifecycle::Step;
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::error::{Problem, Result};
use crate::text::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call an operation at all; what of it they reach is the policy's matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Without a token too.
    Anyone,
    SignedIn,
}

/// The pattern that an operation follows; parameters, headers and problems follow from it.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    List {
        sorts: &'static [&'static str],
        includes: &'static [&'static Include],
        commune: bool,
        /// Fields whose words `q` finds; who does not see them all does not search.
        search: &'static [&'static str],
    },
    Item,
    Create,
    Update,
    Act(&'static Step),
    /// Creates or changes under the caller's own key; see [`by_ref`](super::by_ref).
    Put,
    /// Reads that follow no pattern.
    Read,
    /// A read that does not end by itself.
    Stream,
    /// Writes that follow no pattern; `secret` ones answer secrets and take no retry key.
    Write {
        secret: bool,
    },
}

pub use super::resource::Resource;
pub use super::room::{After, Follow, Room, Sends, tell};
pub use super::scope::Scope;

/// Where programs get their tokens (RFC 6749 section 4.4).
pub const TOKEN_PATH: &str = "/v1/oauth/token";
/// Where changes are told as they happen.
pub const STREAM_PATH: &str = "/v1/stream";

/// What most bodies are.
pub const JSON: &[&str] = &["application/json", "application/merge-patch+json"];
/// What bodies of OAuth are.
pub const FORM: &[&str] = &["application/x-www-form-urlencoded"];

pub type Handler = Arc<dyn Fn(Call) -> LocalBoxFuture<'static, Result<Answer>> + Send + Sync>;
pub type SchemaOf = fn(&mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema>;

pub struct Operation {
    /// `list_hamlets`: also the name in grid, journal and tests.
    pub id: String,
    pub method: Method,
    pub path: String,
    pub room: &'static str,
    pub caller: Caller,
    pub kind: Kind,
    pub policy: Option<&'static Policy>,
    /// Who has the right, for grid and documentation; empty where the handler alone decides.
    pub grants: Grants,
    pub summary: Text2,
    pub description: Text2,
    pub request: Option<SchemaOf>,
    /// Types that the body may be of.
    pub media: &'static [&'static str],
    pub response: Option<SchemaOf>,
    pub status: u16,
    /// The scope of API clients, where policy and kind do not say it.
    pub scope: Option<(&'static str, &'static str)>,
    /// Types of the file that it answers, instead of JSON.
    pub file: &'static [&'static str],
    /// A client that has what there is may say so (`If-None-Match`), and is answered 304.
    pub tagged: bool,
    /// What a list can be beside pages of JSON.
    pub formats: &'static [Format],
    /// A list's columns as a table.
    pub columns: Arc<Columns>,
    pub parameters: Vec<Parameter>,
    pub problems: Vec<&'static Problem>,
    pub handler: Handler,
}

/// Makes a handler of an async function.
#[macro_export]
macro_rules! handler {
    ($function:path) => {
        std::sync::Arc::new(|call| futures::FutureExt::boxed_local($function(call)))
    };
}

/// Operations that follow no pattern, for who is signed in. The room is the one that they are put into.
impl Operation {
    pub fn get(id: &str, path: &str, summary: Text, handler: Handler) -> Self {
        Self::new(Method::Get, Kind::Read, id, path, summary.into(), handler)
    }

    pub fn post(id: &str, path: &str, summary: Text, handler: Handler) -> Self {
        Self::new(Method::Post, Kind::Write { secret: false }, id, path, summary.into(), handler)
    }

    pub fn delete(id: &str, path: &str, summary: Text, handler: Handler) -> Self {
        Self::new(Method::Delete, Kind::Write { secret: false }, id, path, summary.into(), handler)
    }

    pub fn new(method: Method, kind: Kind, id: &str, path: &str, summary: Text2, handler: Handler) -> Self {
        Self {
            id: id.into(),
            method,
            path: path.into(),
            room: "",
            caller: Caller::SignedIn,
            kind,
            policy: None,
            grants: &[],
            summary,
            description: Text2::default(),
            request: None,
            media: JSON,
            response: None,
            status: 200,
            scope: None,
            file: &[],
            tagged: matches!(kind, Kind::List { .. } | Kind::Item),
            formats: &[],
            columns: Arc::default(),
            parameters: vec![],
            problems: vec![],
            handler,
        }
    }

    /// For those without a token too.
    pub fn open(self) -> Self {
        Self { caller: Caller::Anyone, ..self }
    }

    /// It answers secrets, and takes no retry key.
    pub fn secret(self) -> Self {
        self.kind(Kind::Write { secret: true })
    }

    pub fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// A body of `application/x-www-form-urlencoded`.
    pub fn takes_form<I: ToSchema>(self) -> Self {
        Self { media: FORM, ..self.takes::<I>() }
    }

    /// A body that is a file of one of these types.
    pub fn takes_file(self, media: &'static [&'static str]) -> Self {
        Self { media, request: None, ..self }
    }

    /// The body is a file.
    pub fn is_file(&self) -> bool {
        self.media != JSON && self.media != FORM
    }

    pub fn takes<I: ToSchema>(mut self) -> Self {
        self.request = Some(shapes::plain::<I>);
        self
    }

    /// What a read may be asked with.
    pub fn asks<F: IntoParams>(mut self) -> Self {
        self.parameters = F::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query));
        self
    }

    /// And with more.
    pub fn also_asks<F: IntoParams>(mut self) -> Self {
        self.parameters.extend(F::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query)));
        self
    }

    /// A list of what a type says, with the filters that another one says.
    pub fn lists<O: ToSchema, F: IntoParams>(self, page: SchemaOf) -> Self {
        let resource = self.path.rsplit('/').next().unwrap_or_default().replace('-', "_");
        let columns = Arc::new(shapes::columns::<O>(&resource));
        Self { response: Some(page), formats: Format::TABLES, columns, ..self.asks::<F>() }
    }

    pub fn gives<O: ToSchema>(mut self) -> Self {
        self.response = Some(shapes::plain::<O>);
        self
    }

    /// A file of one of these types.
    pub fn gives_file(self, file: &'static [&'static str]) -> Self {
        Self { file, ..self }
    }

    /// An answer whose schema is put together by hand.
    pub fn answers(mut self, schema: SchemaOf) -> Self {
        self.response = Some(schema);
        self
    }

    /// Its answer has a tag that a client may come back with, as lists and items have.
    pub fn tagged(self) -> Self {
        Self { tagged: true, ..self }
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub fn describe(mut self, text: Text) -> Self {
        self.description = text.into();
        self
    }

    pub fn policy(mut self, policy: &'static Policy, grants: Grants) -> Self {
        self.policy = Some(policy);
        self.grants = grants;
        self
    }

    pub fn problems(mut self, problems: &[&'static Problem]) -> Self {
        self.problems = problems.to_vec();
        self
    }

    /// Needs this scope of an API client.
    pub fn scoped(mut self, resource: &'static str, verb: &'static str) -> Self {
        self.scope = Some((resource, verb));
        self
    }

    pub fn writes(&self) -> bool {
        self.method != Method::Get
    }
}
