//! Sums of an activity's sign-ups and results: seats taken, waiting, present, man-days, figures. Kept in the write that
//! changes them, by what it changes; a table of its own, so that a check-in does not change the schedule's tags.

mod dto;
mod recount;
pub mod rules;
mod store;

pub use dto::{ActivitySum, Figure, Tally};
pub use recount::{differences, fix};
pub use store::{add, figures_of, move_to, put_figures, seats_taken};

use crate::text::Text;
use crate::web::operation::{Noun, Resource, Room};

pub fn room() -> Room {
    let noun = Noun { one: "activity_sum", text: Text::new("số liệu hoạt động", "activity sum"), plural: "activity sums" };
    Resource::<ActivitySum>::of(noun).list(&[]).item().room(Text::new(
        "Số liệu đăng ký và tham gia của từng hoạt động; id là id của hoạt động.",
        "Sums of sign-ups and presence by activity; the id is the activity's.",
    ))
}
