//! What may happen next: one table per resource with a status, and nothing else that compares statuses.

use super::roles::Grants;
use crate::error::Problem;
use crate::text::Text;

/// What an action asks for beside status and right. Checked when it is done, never shown as a lack beforehand.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// A `reason` in the body.
    Reason,
    /// An `If-Match` header: one signs what one has read.
    Read,
    /// Somebody else than the field names, with the refusal of that person: who did a thing does not confirm it.
    Another(&'static str, &'static Problem),
}

impl PartialEq for Need {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Need {
    /// All needs by name, with what each asks for.
    pub const WORDS: &'static [(&'static str, Text)] = &[
        ("reason", Text::new("phải nêu lý do (`reason`)", "a `reason` in the body")),
        ("if_match", Text::new("phải gửi ETag của bản đã đọc (`If-Match`)", "the ETag of what was read (`If-Match`)")),
        ("another_person", Text::new("phải là người khác với người đã làm", "somebody else than who did it")),
    ];

    /// The need as `GET /v1/lifecycles` names it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Read => "if_match",
            Self::Another(..) => "another_person",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
pub struct Step {
    pub action: &'static str,
    pub from: &'static [&'static str],
    /// The status afterwards; `None` leaves the status as it is.
    pub to: Option<&'static str>,
    pub by: Grants,
    pub needs: &'static [Need],
    pub summary: Text,
}

impl Step {
    /// A step that asks for nothing beside status and right.
    pub const fn new(action: &'static str, from: &'static [&'static str], to: Option<&'static str>, by: Grants, summary: Text) -> Self {
        Self { action, from, to, by, needs: &[], summary }
    }

    /// It asks for more.
    pub const fn with(self, needs: &'static [Need]) -> Self {
        Self { needs, ..self }
    }

    /// What it is called: the summary without what it explains.
    pub fn label(&self) -> Text {
        let head = |text: &'static str| text.split([':', ';']).next().unwrap_or(text);
        Text::new(head(self.summary.vi), head(self.summary.en))
    }

    pub fn needs(&self, need: Need) -> bool {
        self.needs.contains(&need)
    }
}

/// The table of one resource.
#[derive(Debug)]
pub struct Lifecycle {
    pub initial: &'static str,
    /// Statuses in which the fields are closed: a PATCH answers 409 like an action in a wrong state.
    pub frozen: &'static [&'static str],
    pub steps: &'static [Step],
}

impl Lifecycle {
    pub const NONE: Self = Self { initial: "", frozen: &[], steps: &[] };

    /// All statuses that it names.
    pub fn statuses(&self) -> impl Iterator<Item = &'static str> {
        let of_steps = self.steps.iter().flat_map(|step| step.from.iter().copied().chain(step.to));
        of_steps.chain(self.frozen.iter().copied()).chain(Some(self.initial).filter(|initial| !initial.is_empty()))
    }
}
