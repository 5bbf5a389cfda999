//! Volunteers: the people who come. They enter alone, or a head, an organisation or the office enters them.
//!
//! Others may read a volunteer of their write through [`of_write`].

mod dto;
mod handlers;
mod known;
mod own;
pub mod rules;
mod store;

pub use dto::{CreateVolunteer, Volunteer, VolunteerStatus};
pub use handlers::add;
pub use known::Known;
pub use store::of_write;

use crate::handler;
use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Caller, Kind, Method, Noun, Resource, Room, single};
use crate::web::shapes;

/// `include=volunteer`.
pub static INCLUDE: Include = Include::of::<Volunteer>("volunteer", "volunteer_id");

const INCLUDES: &[&Include] = &[&crate::hamlets::INCLUDE, &crate::units::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "volunteer", text: Text::new("tình nguyện viên", "volunteer"), plural: "volunteers" };
    let secret = Kind::Write { secret: true };
    Resource::<Volunteer>::of(noun)
        .list(INCLUDES)
        .item()
        .create_by::<CreateVolunteer>(handler!(handlers::create))
        .update_by::<dto::UpdateVolunteer>(handler!(handlers::update))
        .put()
        .actions::<Volunteer>(handler!(handlers::act), |action| match action {
            "merge" => shapes::plain::<dto::MergeVolunteer>,
            _ => shapes::plain::<dto::ActOnVolunteer>,
        })
        .action_gives::<crate::accounts::IssuedCode>("invite")
        .room(Text::new("Tình nguyện viên của xã.", "The commune's volunteers."))
        .with(
            single(
                "volunteers",
                "enter_volunteer",
                Method::Post,
                "/v1/volunteers/self",
                Caller::Anyone,
                secret,
                Text::new("Tự đăng ký làm tình nguyện viên", "Enter oneself as a volunteer"),
                handler!(own::enter),
            )
            .takes::<dto::EnterVolunteer>()
            .gives::<dto::Entered>()
            .status(201)
            .describe(Text::new("Không bao giờ cho biết số điện thoại đã có hay chưa.", "Never tells whether a phone number is known: families share one."))
            .problems(&[&crate::error::TOO_MANY_REQUESTS, &crate::error::CONFLICT, &crate::error::ID_TAKEN, &crate::error::NOT_FOUND]),
        )
        .with(
            single(
                "volunteers",
                "export_volunteer",
                Method::Get,
                "/v1/volunteers/{id}/export",
                Caller::SignedIn,
                Kind::Read,
                Text::new("Xuất toàn bộ dữ liệu về một người", "Export all that is kept of a person"),
                handler!(own::export),
            )
            .gives::<shapes::Free>()
            .policy(&rules::POLICY, rules::EXPORT)
            .problems(&[&crate::error::NOT_FOUND, &crate::error::FORBIDDEN]),
        )
        .problems(&[&rules::NOT_MERGEABLE])
}
