//! Road registrations: hamlet heads register roads that need work, the office accepts and schedules them, metres are
//! recorded as results, and the head or the office confirms (plan, part III.2.9).
//!
//! Others say that a road's results changed with [`measure`], and that an activity was cancelled with [`release`].

mod checks;
mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{CreateRoadRegistration, RoadRegistration, RoadStatus};
pub use handlers::{measure, release};

use crate::text::Text;
use crate::web::format::Format;
use crate::web::include::Include;
use crate::web::operation::{Noun, Resource, Room};

/// `include=road_registration`.
pub static INCLUDE: Include = Include::of::<RoadRegistration>("road_registration", "road_registration_id");

const INCLUDES: &[&Include] = &[&crate::hamlets::INCLUDE, &crate::campaigns::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "road_registration", text: Text::new("đăng ký tuyến đường", "road registration"), plural: "road registrations" };
    Resource::<RoadRegistration>::of(noun)
        .list(INCLUDES)
        .formats(Format::MAP)
        .item()
        .create()
        .update()
        .put()
        .act("submit", handlers::submit)
        .plain::<dto::ActOnRoadRegistration>(&["return"])
        .act("accept", handlers::accept)
        .plain::<dto::ActOnRoadRegistration>(&["reject"])
        .act("merge", handlers::merge)
        .plain::<dto::ActOnRoadRegistration>(&["withdraw"])
        .act("survey", handlers::survey)
        .act("schedule", handlers::schedule)
        .act("unschedule", handlers::unschedule)
        .act("start", handlers::start)
        .act("finish", handlers::finish)
        .plain::<dto::ActOnRoadRegistration>(&["confirm"])
        .act("send_back", handlers::send_back)
        .room(Text::new(
            "Tuyến đường các thôn/ấp đăng ký cần làm, từ đăng ký đến xác nhận.",
            "Roads that hamlets ask to be worked on, from registration to confirmation.",
        ))
        .problems(&[&rules::CLOSED, &rules::OWN_WORK, &rules::NOT_MERGEABLE, &rules::NOTHING_DONE, &crate::activities::rules::NOT_READY])
}
