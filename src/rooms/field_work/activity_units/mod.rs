//! Units in activities: which unit comes in which part, with how many people. Each unit writes its own row.

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{ActivityUnit, CreateActivityUnit};
pub use handlers::add;

use crate::handler;
use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Noun, Resource, Room};

const INCLUDES: &[&Include] = &[&crate::activities::INCLUDE, &crate::units::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "activity_unit", text: Text::new("đơn vị trong hoạt động", "unit in an activity"), plural: "units in activities" };
    Resource::<ActivityUnit>::of(noun)
        .list(INCLUDES)
        .item()
        .create_by::<CreateActivityUnit>(handler!(handlers::create))
        .update_by::<dto::UpdateActivityUnit>(handler!(handlers::update))
        .put()
        .plain::<dto::ActOnActivityUnit>(&["confirm", "decline"])
        .act("release", handlers::release)
        .room(Text::new("Đơn vị tham gia hoạt động: vai trò, số người, xác nhận.", "Units that take part in activities: part, people, confirmation."))
}
