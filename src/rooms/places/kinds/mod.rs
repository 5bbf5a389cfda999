//! Kinds that differ by region and year, as rows that the operator keeps (`danvan kinds`): of hamlets, documents, work and
//! people. Those of units and what can be counted are kept the same way and stand in the same list.
//!
//! A kind is never removed, for rows of it stay: it is offered no more. Fields name their list with
//! the mark `kind`, and what is written by whatever door is looked at there.

mod dto;
mod handlers;
pub mod store;

pub use dto::KindList;
pub use store::{names, printed};

use crate::handler;
use crate::text::Text;
use crate::web::named::Named;
use crate::web::operation::{Operation, Room};

pub fn room() -> Room {
    let summary = Text::new("Danh mục loại do đơn vị vận hành quản lý", "The kinds that the operator keeps");
    let room = Room::new(
        "kinds",
        Text::new(
            "Các danh mục loại: thôn/ấp, văn bản, loại việc, đối tượng, đơn vị, chỉ tiêu.",
            "The kinds of hamlets, documents, work, people, units and metrics.",
        ),
    );
    KindList::ALL.iter().fold(room, |room, list| room.named(Named { kind: list.kind(), load: list.loader() })).with(
        Operation::get("list_kinds", "/v1/kinds", summary, handler!(handlers::list))
            .open()
            .asks::<dto::KindsQuery>()
            .gives::<dto::Kinds>()
            .problems(&[&crate::error::VALIDATION_FAILED])
            .describe(Text::new(
                "Loại không còn dùng (`offered` là false) vẫn đọc được ở bản ghi cũ, nhưng không nhận cho bản ghi mới.",
                "A kind that is offered no more (`offered` is false) still stands in older rows, and is not taken for new ones.",
            )),
    )
}
