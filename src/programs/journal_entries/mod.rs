//! The journal as people read it: who changed what, when, on whose behalf, from which device.

mod dto;
mod handlers;
pub mod rules;
mod store;

use crate::handler;
use crate::text::Text;
use crate::web::operation::{Kind, Operation, Room};
use crate::web::shapes;

pub fn room() -> Room {
    let kind = Kind::List { sorts: &["number"], includes: &[], commune: true, search: &[] };
    let list = Operation::get("list_journal_entries", "/v1/journal", Text::new("Nhật ký thay đổi của xã", "The commune's journal"), handler!(handlers::list))
        .kind(kind)
        .lists::<dto::JournalEntry, dto::JournalFilter>(|out| shapes::log_page::<dto::JournalEntry>("JournalPage", out))
        .policy(&rules::POLICY, rules::POLICY.read)
        .describe(Text::new(
            "Giá trị của trường liên hệ, nhạy cảm và tên người không được lưu, chỉ ghi là đã đổi.",
            "Of contact and sensitive fields and of people's names no value is kept, only that it changed.",
        ))
        .problems(&[&crate::error::FORBIDDEN]);
    let mut room = Room::new("journal_entries", Text::new("Nhật ký: ai đã đổi gì, khi nào.", "The journal: who changed what, and when.")).with(list);
    room.policy = Some(&rules::POLICY);
    room
}
