//! Documents: plans, decisions, reports, notices and minutes, from the draft to the issue and what replaces it.
//!
//! Others may ask whether it is [`in_force`], and put a row on it
//! with [`touch`], so that who signs has read what is on it.

mod checks;
mod dto;
mod handlers;
mod parts;
pub mod rules;
mod store;

pub use checks::in_force;
pub use dto::{CreateDocument, Document, DocumentStatus};
pub use handlers::touch;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::error::Problem;
use crate::handler;
use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Follow, Noun, Resource, Room};

const INCLUDES: &[&Include] = &[&crate::campaigns::INCLUDE];

/// What other rooms do when a decision is issued or called off: they know of documents, and documents of none of them.
pub struct Followers {
    pub decided: Follow<Decided>,
    /// The decision.
    pub overturned: Follow<Uuid>,
    /// Why they may refuse it.
    pub problems: &'static [&'static Problem],
}

/// A decision that is being issued.
#[derive(Debug, Clone, Copy)]
pub struct Decided {
    pub decision: Uuid,
    /// Whose decision it is, where that person has an account.
    pub by: Option<Uuid>,
    pub on: NaiveDate,
}

pub fn room(followers: &'static Followers) -> Room {
    let noun = Noun { one: "document", text: Text::new("văn bản", "document"), plural: "documents" };
    Resource::<Document>::of(noun)
        .list(INCLUDES)
        .item()
        .create_by::<CreateDocument>(handler!(handlers::create))
        .update()
        .put()
        .act("submit", handlers::pass_on)
        .plain::<dto::ActOnDocument>(&["return"])
        .act("approve", handlers::pass_on)
        .act("issue", |call, body| handlers::issue(call, body, followers))
        .act("distribute", handlers::distribute)
        .act("publish", handlers::publish)
        .plain::<dto::ActOnDocument>(&["withdraw"])
        .act("cancel", |call, body| handlers::cancel(call, body, followers))
        .room(Text::new(
            "Văn bản: kế hoạch, quyết định, báo cáo, thông báo, biên bản. Ban hành quyết định khen thưởng là trao quyền khen cho mọi đề nghị nêu trong đó.",
            "Documents: plans, decisions, reports, notices, minutes. Issuing an awards decision awards every reward that is put on it.",
        ))
        .problems(&[&[&rules::NOT_FOR_ALL, &rules::NOT_IN_FORCE, &rules::SIGNER_NOT_ENTITLED], followers.problems].concat())
}
