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
pub use handlers::{add, measure, release};
pub use store::of_write;

use futures::FutureExt as _;

use crate::handler;
use crate::text::Text;
use crate::web::format::Format;
use crate::web::include::{self, Include};
use crate::web::operation::{Kind, Noun, Resource, Room};
use crate::web::shapes;
use crate::web::table::Stored;

/// `include=road_registration`.
pub static INCLUDE: Include = Include {
    name: "road_registration",
    field: "road_registration_id",
    depends: <RoadRegistration as Stored>::depends,
    load: |call, ids| include::rows::<RoadRegistration>(call, ids).boxed_local(),
};

const INCLUDES: &[&Include] = &[&crate::hamlets::INCLUDE, &crate::campaigns::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "road_registration", text: Text::new("đăng ký tuyến đường", "road registration"), plural: "road registrations" };
    Resource::new("road_registrations", noun, &rules::POLICY)
        .list::<RoadRegistration, dto::RoadRegistrationFilter>(
            Kind::List { sorts: &["road_name", "created_at"], includes: INCLUDES, commune: true, search: Some("road_name") },
            handler!(handlers::list),
        )
        .formats(Format::MAP)
        .item::<RoadRegistration>(handler!(handlers::get))
        .create::<RoadRegistration, CreateRoadRegistration>(handler!(handlers::create))
        .update::<RoadRegistration, dto::UpdateRoadRegistration>(handler!(handlers::update))
        .put()
        .actions::<RoadRegistration>(handler!(handlers::act), |action| match action {
            "accept" => shapes::plain::<dto::AcceptRoadRegistration>,
            "merge" => shapes::plain::<dto::MergeRoadRegistration>,
            "schedule" => shapes::plain::<dto::ScheduleRoadRegistration>,
            "survey" => shapes::plain::<dto::SurveyRoadRegistration>,
            "finish" => shapes::plain::<dto::FinishRoadRegistration>,
            _ => shapes::plain::<dto::ActOnRoadRegistration>,
        })
        .room(Text::new(
            "Tuyến đường các ấp đăng ký cần làm, từ đăng ký đến xác nhận.",
            "Roads that hamlets ask to be worked on, from registration to confirmation.",
        ))
        .problems(&[&rules::CLOSED, &rules::OWN_WORK, &rules::NOT_MERGEABLE, &rules::NOTHING_DONE, &crate::activities::rules::NOT_READY])
}
