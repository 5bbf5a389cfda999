//! The own schedule as a calendar that programs subscribe to, by a link with a token of its own: they can neither sign in
//! nor renew a token.
//!
//! What it shows is what its owner may see at that moment of the activities that they signed up for or lead, and nothing
//! once their account is shut. Like sessions it ticks nothing.

mod dto;
mod handlers;
mod store;

use crate::handler;
use crate::text::Text;
use crate::web::operation::{Operation, Room};

pub fn room() -> Room {
    Room::new("calendars", Text::new("Lịch riêng để theo dõi bằng ứng dụng lịch.", "The own schedule for calendar programs."))
        .with(
            Operation::post(
                "create_my_calendar",
                "/v1/me/calendar",
                Text::new("Tạo đường dẫn lịch riêng của tôi", "Make the link to my own calendar"),
                handler!(handlers::create),
            )
            .secret()
            .takes::<dto::CreateCalendar>()
            .gives::<dto::CalendarLink>()
            .status(201)
            .describe(Text::new(
                "Đường dẫn chỉ hiện một lần; ai có nó thì đọc được lịch. Tạo lại thì đường dẫn trước hết hiệu lực.",
                "The link is shown once; who has it reads the calendar. A new one ends the one before.",
            ))
            .problems(&[&crate::error::COMMUNE_REQUIRED]),
        )
        .with(
            Operation::delete(
                "delete_my_calendar",
                "/v1/me/calendar",
                Text::new("Hủy các đường dẫn lịch của tôi", "End the links to my calendars"),
                handler!(handlers::delete),
            )
            .secret()
            .status(204),
        )
        .with(
            Operation::get(
                "get_calendar",
                "/v1/calendars/{token}",
                Text::new("Lịch riêng (iCalendar)", "Somebody's own calendar (iCalendar)"),
                handler!(handlers::get),
            )
            .open()
            .tagged()
            .gives_file(&["text/calendar"])
            .describe(Text::new(
                "Các hoạt động mà chủ đường dẫn đã đăng ký hoặc phụ trách, theo quyền hiện tại của họ. Có thể thêm `.ics` vào cuối.",
                "The activities that the link's owner signed up for or leads, as they may see them now. `.ics` may stand at the end.",
            ))
            .problems(&[&crate::error::NOT_FOUND]),
        )
}
