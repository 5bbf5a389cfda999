//! Headcounts: how many officers and soldiers a unit has at the campaign on a day. The liaison writes, the office reads.

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::Headcount;
pub use store::on_day;

use crate::text::Text;
use crate::units;
use crate::web::include::Include;
use crate::web::operation::{Noun, Resource, Room};

const INCLUDES: &[&Include] = &[&units::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "headcount", text: Text::new("quân số trong ngày", "headcount"), plural: "headcounts" };
    Resource::<Headcount>::of(noun).list(INCLUDES).item().create().update().put().room(Text::new(
        "Quân số của đơn vị theo ngày; chỉ người có quyền về quân sự được xem.",
        "A unit's strength by day; only for those who see military fields.",
    ))
}
