//! What clients look up: the lifecycle tables, and the problems by their codes.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::call::Call;
use super::operation::{Operation, Room};
use super::vocabulary;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::{Grants, Relation, Role};
use crate::error::{COMMON, Error, Problem, Result};
use crate::handler;
use crate::text::Text;

/// The lifecycle tables of all resources, and what their words mean. `allowed_actions` of a row are the actions of the steps
/// whose `from` has its status, and whose `by` has one of its rights (`rights` of a sync with `rights=true`).
#[derive(Debug, Serialize, ToSchema)]
pub struct Lifecycles {
    /// One table for each resource with a status.
    pub items: Vec<LifecycleTable>,
    /// The roles.
    pub roles: Vec<Word>,
    /// The relations of rows to rights.
    pub relations: Vec<Word>,
    /// What steps ask for.
    pub needs: Vec<Word>,
}

/// What may happen to a resource's rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct LifecycleTable {
    /// The resource.
    pub resource: &'static str,
    /// The status that a new row has.
    pub initial: &'static str,
    /// Statuses in which fields are closed: a change of them is refused.
    pub frozen: &'static [&'static str],
    /// Who reads a row.
    pub read: Vec<Right>,
    /// Who changes a row's fields.
    pub update: Vec<Right>,
    /// The actions.
    pub steps: Vec<LifecycleStep>,
}

/// One action.
#[derive(Debug, Serialize, ToSchema)]
pub struct LifecycleStep {
    /// Its name in the path.
    pub action: &'static str,
    /// Statuses in which it may be done.
    pub from: &'static [&'static str],
    /// The status afterwards; null leaves it as it is.
    pub to: Option<&'static str>,
    /// Who may do it: any one is enough.
    pub by: Vec<Right>,
    /// What it asks for beside status and right; looked at when it is done.
    pub needs: Vec<&'static str>,
    /// What it is called.
    pub label: Label,
}

/// A role with how a row must lie to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Right {
    /// The role.
    pub role: Role,
    /// The relation.
    pub relation: String,
}

/// A text in both languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Label {
    /// Vietnamese.
    #[schema(value_type = String)]
    pub vi: Cow<'static, str>,
    /// English.
    #[schema(value_type = String)]
    pub en: Cow<'static, str>,
}

/// A word of the API, and what people call it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Word {
    /// As it is written in JSON.
    pub name: String,
    /// What it means.
    pub label: Label,
}

impl From<Text> for Label {
    fn from(text: Text) -> Self {
        Self { vi: text.vi.into(), en: text.en.into() }
    }
}

impl Word {
    pub fn new(name: &str, text: Text) -> Self {
        Self { name: name.into(), label: text.into() }
    }
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
                .tagged()
                .gives::<Lifecycles>()
                .describe(Text::new("Để điện thoại tự tính các nút bấm khi không có mạng.", "From these a phone computes its buttons offline.")),
        )
        .with(
            Operation::get("list_problems", "/v1/problems", Text::new("Các loại lỗi", "The kinds of problems"), handler!(problems))
                .open()
                .tagged()
                .gives::<Problems>(),
        )
        .with(
            Operation::get("get_problem", "/v1/problems/{code}", Text::new("Một loại lỗi", "One kind of problem"), handler!(problem))
                .open()
                .tagged()
                .gives::<ProblemKind>()
                .problems(&[&crate::error::NOT_FOUND]),
        )
        .with(vocabulary::operation())
}

async fn lifecycles(call: Call) -> Result<Answer> {
    let policies = || call.service().rooms.iter().filter_map(|room| room.policy);
    let mut relations: Vec<Relation> = policies().flat_map(Policy::pairs).map(|(_, relation)| relation).collect();
    relations.sort();
    relations.dedup();
    let all = Lifecycles {
        items: policies().filter(|policy| !policy.lifecycle.steps.is_empty()).map(table).collect(),
        roles: Role::ALL.iter().map(|role| Word::new(role.name(), role.means())).collect(),
        relations: relations.into_iter().map(|relation| Word::new(&relation.name(), relation.means())).collect(),
        needs: Need::WORDS.iter().map(|(name, text)| Word::new(name, *text)).collect(),
    };
    Ok(Answer::ok(all)?.fixed(&call))
}

fn rights(grants: Grants) -> Vec<Right> {
    grants.iter().map(|(role, relation)| Right { role: *role, relation: relation.name() }).collect()
}

fn table(policy: &Policy) -> LifecycleTable {
    let step = |step: &'static Step| LifecycleStep {
        action: step.action,
        from: step.from,
        to: step.to,
        by: rights(step.by),
        needs: step.needs.iter().map(Need::name).collect(),
        label: step.summary.into(),
    };
    let Lifecycle { initial, frozen, steps } = policy.lifecycle;
    LifecycleTable {
        resource: policy.resource,
        initial,
        frozen,
        read: rights(policy.read),
        update: rights(policy.update),
        steps: steps.iter().map(step).collect(),
    }
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
    Ok(Answer::ok(Problems { items: known(&call).into_iter().map(shown).collect() })?.fixed(&call))
}

async fn problem(call: Call) -> Result<Answer> {
    let code = call.path.first().map(String::as_str).unwrap_or_default();
    let found = known(&call).into_iter().find(|problem| problem.code == code).ok_or_else(Error::not_found)?;
    Ok(Answer::ok(shown(found))?.fixed(&call))
}
