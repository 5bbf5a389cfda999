//! What clients look up: the lifecycle tables, and the problems by their codes.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::answer::Answer;
use super::call::Call;
use super::fixed::tag_of;
use super::operation::{Operation, Room};
use super::shapes::Free;
use crate::error::{COMMON, Error, Problem, Result};
use crate::handler;
use crate::text::Text;

/// The lifecycle tables of all resources.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lifecycles {
    /// One table per resource with a status; see the field names inside.
    #[schema(value_type = Vec<Free>)]
    pub items: Vec<Value>,
}

/// A kind of problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemKind {
    /// Stable name.
    pub code: &'static str,
    /// The HTTP status that it comes with.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// Vietnamese title.
    pub title_vi: &'static str,
    /// English title.
    pub title_en: &'static str,
}

/// All kinds of problems.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problems {
    /// Sorted by code.
    pub items: Vec<ProblemKind>,
}

pub fn room() -> Room {
    Room::new("reference", Text::new("Những gì ứng dụng tra cứu.", "What clients look up."))
        .with(
            Operation::get("list_lifecycles", "/v1/lifecycles", Text::new("Các bảng vòng đời", "The lifecycle tables"), handler!(lifecycles))
                .open()
                .gives::<Lifecycles>()
                .describe(Text::new("Để điện thoại tự tính các nút bấm khi không có mạng.", "From these a phone computes its buttons offline.")),
        )
        .with(
            Operation::get("list_problems", "/v1/problems", Text::new("Các loại lỗi", "The kinds of problems"), handler!(problems)).open().gives::<Problems>(),
        )
        .with(
            Operation::get("get_problem", "/v1/problems/{code}", Text::new("Một loại lỗi", "One kind of problem"), handler!(problem))
                .open()
                .gives::<ProblemKind>()
                .problems(&[&crate::error::NOT_FOUND]),
        )
}

async fn lifecycles(call: Call) -> Result<Answer> {
    let policies = call.service().rooms.iter().filter_map(|room| room.policy);
    let items = policies.filter(|policy| !policy.lifecycle.steps.is_empty()).map(|policy| policy.lifecycle.document(policy.resource));
    Answer::ok(Lifecycles { items: items.collect() }).map(cached)
}

/// Every problem that some operation answers, once.
fn known(call: &Call) -> Vec<&'static Problem> {
    let rooms = call.service().rooms;
    let own = rooms.iter().flat_map(|room| room.problems.iter().chain(room.operations.iter().flat_map(|operation| &operation.problems)));
    let mut all: Vec<&'static Problem> = COMMON.iter().chain(own).copied().collect();
    all.sort_by_key(|problem| problem.code);
    all.dedup_by_key(|problem| problem.code);
    all
}

fn shown(problem: &Problem) -> ProblemKind {
    ProblemKind { code: problem.code, status: problem.status, title_vi: problem.title.vi, title_en: problem.title.en }
}

async fn problems(call: Call) -> Result<Answer> {
    Answer::ok(Problems { items: known(&call).into_iter().map(shown).collect() }).map(cached)
}

async fn problem(call: Call) -> Result<Answer> {
    let code = call.path.first().map(String::as_str).unwrap_or_default();
    let found = known(&call).into_iter().find(|problem| problem.code == code).ok_or_else(Error::not_found)?;
    Answer::ok(json!(shown(found))).map(cached)
}

/// It changes with the program alone.
fn cached(answer: Answer) -> Answer {
    let tag = tag_of(&answer.body);
    answer.etag(tag).header("Cache-Control", "public, max-age=3600")
}
