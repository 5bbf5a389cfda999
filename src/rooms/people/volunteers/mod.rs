//! Volunteers: the people who come. They enter alone, or a head, an organisation or the office enters them.
//!

mod dto;
mod handlers;
mod known;
mod own;
pub mod rules;
mod store;

pub use dto::{CreateVolunteer, Volunteer, VolunteerStatus};
pub use handlers::add;
pub use known::Known;

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use serde_json::Value;
use uuid::Uuid;

use crate::error::Result;
use crate::handler;
use crate::text::Text;
use crate::web::call::Call;
use crate::web::include::Include;
use crate::web::operation::{Follow, Kind, Noun, Operation, Resource, Room};
use crate::web::shapes;

/// `include=volunteer`.
pub static INCLUDE: Include = Include::of::<Volunteer>("volunteer", "volunteer_id");

const INCLUDES: &[&Include] = &[&crate::hamlets::INCLUDE, &crate::units::INCLUDE];

/// What other rooms do when something becomes of a person: they know of people, and people of nobody.
pub struct Followers {
    /// The office or the head has seen the record.
    pub verified: Follow<Uuid>,
    /// The first record goes on in the second.
    pub merged: Follow<(Uuid, Uuid)>,
    /// A person's data are erased.
    pub erased: Follow<Uuid>,
    /// What else is kept of a person, by the name under which the export shows it.
    pub kept: &'static [(&'static str, Kept)],
}

/// What is kept of a person of a commune, as the caller may see it.
pub type Kept = for<'c> fn(&'c Call, Uuid, Uuid) -> LocalBoxFuture<'c, Result<Value>>;

pub fn room(followers: &'static Followers) -> Room {
    let noun = Noun { one: "volunteer", text: Text::new("tình nguyện viên", "volunteer"), plural: "volunteers" };
    let secret = Kind::Write { secret: true };
    Resource::<Volunteer>::of(noun)
        .list(INCLUDES)
        .item()
        .create_by::<CreateVolunteer>(handler!(handlers::create))
        .update_by::<dto::UpdateVolunteer>(handler!(handlers::update))
        .put()
        .act("verify", |call, body| handlers::verify(call, body, followers))
        .plain::<dto::ActOnVolunteer>(&["suspend", "reinstate"])
        .act("invite", own::invite)
        .act("merge", |call, body| handlers::merge(call, body, followers))
        .act("anonymise", |call, body| own::anonymise(call, body, followers))
        .action_gives::<crate::accounts::IssuedCode>("invite")
        .room(Text::new("Tình nguyện viên của xã.", "The commune's volunteers."))
        .with(
            Operation::post(
                "enter_volunteer",
                "/v1/volunteers/self",
                Text::new("Tự đăng ký làm tình nguyện viên", "Enter oneself as a volunteer"),
                handler!(own::enter),
            )
            .open()
            .kind(secret)
            .takes::<dto::EnterVolunteer>()
            .gives::<dto::Entered>()
            .status(201)
            .describe(Text::new("Không bao giờ cho biết số điện thoại đã có hay chưa.", "Never tells whether a phone number is known: families share one."))
            .problems(&[&crate::error::TOO_MANY_REQUESTS, &crate::error::CONFLICT, &crate::error::ID_TAKEN, &crate::error::NOT_FOUND]),
        )
        .with(
            Operation::get(
                "export_volunteer",
                "/v1/volunteers/{id}/export",
                Text::new("Xuất toàn bộ dữ liệu về một người", "Export all that is kept of a person"),
                Arc::new(|call| own::export(call, followers).boxed_local()),
            )
            .gives::<shapes::Free>()
            .policy(&rules::POLICY, rules::EXPORT)
            .problems(&[&crate::error::NOT_FOUND, &crate::error::FORBIDDEN]),
        )
        .problems(&[&rules::NOT_MERGEABLE])
}
