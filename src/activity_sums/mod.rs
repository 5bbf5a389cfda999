//! Sums of an activity's sign-ups: seats taken, waiting, present, man-days. Kept in the write that changes them, read
//! by screens; a table of its own, so that a check-in does not change the schedule's tags.

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::ActivitySum;
pub use store::{recount, seats_taken};

use crate::handler;
use crate::text::Text;
use crate::web::operation::{Kind, Noun, Resource, Room};

pub fn room() -> Room {
    let noun = Noun { one: "activity_sum", text: Text::new("số liệu hoạt động", "activity sum"), plural: "activity sums" };
    Resource::new("activity_sums", noun, &rules::POLICY)
        .list::<ActivitySum, dto::ActivitySumFilter>(
            Kind::List { sorts: &["created_at"], includes: &[], commune: true, search: None },
            handler!(handlers::list),
        )
        .item::<ActivitySum>(handler!(handlers::get))
        .room(Text::new(
            "Số liệu đăng ký và tham gia của từng hoạt động; id là id của hoạt động.",
            "Sums of sign-ups and presence by activity; the id is the activity's.",
        ))
}
