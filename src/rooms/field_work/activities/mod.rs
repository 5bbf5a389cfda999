//! Activities: the schedule of a campaign, row by row: what is done when, where, by whom.
//!
//! Others may use [`INCLUDE`].

mod actions_dto;
mod checks;
mod clashes;
mod dto;
mod handlers;
mod parts;
pub mod rules;
mod store;

pub use checks::check_campaign_works;
pub use clashes::warn_of_strength;
pub use dto::{Activity, ActivityKind, ActivityStatus, CreateActivity, Session};
pub use handlers::add;
pub use parts::PlaceKind;

use crate::handler;
use crate::text::Text;
use crate::web::format::Format;
use crate::web::include::Include;
use crate::web::operation::{Noun, Operation, Resource, Room};

/// `include=activity`.
pub static INCLUDE: Include = Include::of::<Activity>("activity", "activity_id");

const INCLUDES: &[&Include] = &[&crate::hamlets::INCLUDE, &crate::campaigns::INCLUDE, &crate::plan_items::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "activity", text: Text::new("hoạt động", "activity"), plural: "activities" };
    Resource::<Activity>::of(noun)
        .list(INCLUDES)
        .formats(Format::ALL)
        .item()
        .create_by::<CreateActivity>(handler!(handlers::create))
        .update_by::<dto::UpdateActivity>(handler!(handlers::update))
        .put()
        .act("schedule", handlers::schedule)
        .act("open", handlers::work)
        .plain::<actions_dto::ActOnActivity>(&["close_sign_ups"])
        .act("start", handlers::work)
        .act("finish", handlers::finish)
        .act("verify", handlers::verify)
        .plain::<actions_dto::ActOnActivity>(&["correct"])
        .act("postpone", handlers::postpone)
        .act("ask_to_postpone", handlers::ask_to_postpone)
        .act("decline_postponement", handlers::decline_postponement)
        .act("reschedule", handlers::reschedule)
        .act("cancel", handlers::cancel)
        .act("publish", handlers::publish)
        .room(Text::new("Lịch hoạt động của đợt: làm gì, khi nào, ở đâu, do ai.", "The schedule of a campaign: what is done when, where and by whom."))
        .with(
            Operation::get(
                "list_campaign_warnings",
                "/v1/campaigns/{id}/warnings",
                Text::new("Các cảnh báo của đợt", "The standing warnings of a campaign"),
                handler!(clashes::of_campaign),
            )
            .gives::<clashes::Warnings>()
            .policy(&crate::campaigns::rules::POLICY, rules::OFFICE)
            .problems(&[&crate::error::NOT_FOUND, &crate::error::FORBIDDEN]),
        )
        .problems(&[&rules::NOT_READY, &rules::ASK_OFFICE])
}
