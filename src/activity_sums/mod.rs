//! Sums of an activity's sign-ups and results: seats taken, waiting, present, man-days, figures. Kept in the write that
//! changes them, by what it changes; a table of its own, so that a check-in does not change the schedule's tags.

mod dto;
mod handlers;
mod recount;
pub mod rules;
mod store;

pub use dto::{ActivitySum, Figure, Tally};
pub use recount::{differences, fix};
pub use store::{add, figures_of, move_to, put_figures, seats_taken};

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
