//! The reader log as people read it: who saw contact and sensitive fields of whom, and when. It is written by
//! [`access::reader_log`](crate::access::reader_log).

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use handlers::kept_of;

use crate::handler;
use crate::text::Text;
use crate::web::operation::{Kind, Operation, Room};
use crate::web::shapes;

pub fn room() -> Room {
    let kind = Kind::List { sorts: &["at"], includes: &[], commune: true, search: &[] };
    let list =
        Operation::get("list_reads", "/v1/reads", Text::new("Nhật ký xem dữ liệu cá nhân", "The log of who saw personal data"), handler!(handlers::list))
            .kind(kind)
            .lists::<dto::Read, dto::ReadFilter>(|out| shapes::log_page::<dto::Read>("ReadPage", out))
            .policy(&rules::POLICY, rules::POLICY.read)
            .describe(Text::new(
                "Mỗi dòng là một yêu cầu đã hiển thị trường liên hệ hoặc nhạy cảm; ghi sau vài giây, lưu hai năm. Xem dữ liệu của chính mình không được ghi.",
                "Each row is a request that showed contact or sensitive fields; written within seconds, kept two years. Reading one's own record is not noted.",
            ))
            .problems(&[&crate::error::FORBIDDEN]);
    let mut room = Room::new("reads", Text::new("Ai đã xem dữ liệu cá nhân của ai.", "Who saw whose personal data.")).with(list);
    room.policy = Some(&rules::POLICY);
    room
}
