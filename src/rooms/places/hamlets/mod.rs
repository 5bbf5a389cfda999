//! Hamlets (ấp, thôn, khu phố ...): the places that a campaign works in.
//!
//! A commune keeps its hamlets for ever: one that was merged, renamed or dissolved stays with its old campaigns and
//! names its successors. Others may use [`INCLUDE`] and read the table's ids inside a reach.

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{CreateHamlet, Hamlet};
pub use store::{by_code, check_living, exists, names};

use crate::text::Text;
use crate::web::format::Format;
use crate::web::include::Include;
use crate::web::operation::{Noun, Resource, Room};

/// `include=hamlet`.
pub static INCLUDE: Include = Include::of::<Hamlet>("hamlet", "hamlet_id");

pub fn room() -> Room {
    let noun = Noun { one: "hamlet", text: Text::new("thôn/ấp", "hamlet"), plural: "hamlets" };
    Resource::<Hamlet>::of(noun)
        .list(&[])
        .formats(Format::MAP)
        .item()
        .create()
        .update()
        .put()
        .act("merge", handlers::succeed)
        .act("rename", handlers::succeed)
        .act("dissolve", handlers::dissolve)
        .room(Text::new("Các thôn/ấp của xã, kể cả thôn/ấp đã sáp nhập hoặc đổi tên.", "The commune's hamlets, including those that were merged or renamed."))
}
