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
use crate::web::operation::{Caller, Kind, Method, Room, single};

pub fn room() -> Room {
    Room::new("calendars", Text::new("Lịch riêng để theo dõi bằng ứng dụng lịch.", "The own schedule for calendar programs."))
        .with(
            single(
                "calendars",
                "create_my_calendar",
                Method::Post,
                "/v1/me/calendar",
                Caller::SignedIn,
                Kind::Write { secret: true },
                Text::new("Tạo đường dẫn lịch riêng của tôi", "Make the link to my own calendar"),
                handler!(handlers::create),
            )
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
            single(
                "calendars",
                "delete_my_calendar",
                Method::Delete,
                "/v1/me/calendar",
                Caller::SignedIn,
                Kind::Write { secret: true },
                Text::new("Hủy các đường dẫn lịch của tôi", "End the links to my calendars"),
                handler!(handlers::delete),
            )
            .status(204),
        )
        .with(
            single(
                "calendars",
                "get_calendar",
                Method::Get,
                "/v1/calendars/{token}",
                Caller::Anyone,
                Kind::Read,
                Text::new("Lịch riêng (iCalendar)", "Somebody's own calendar (iCalendar)"),
                handler!(handlers::get),
            )
            .gives_file(&["text/calendar"])
            .describe(Text::new(
                "Các hoạt động mà chủ đường dẫn đã đăng ký hoặc phụ trách, theo quyền hiện tại của họ. Có thể thêm `.ics` vào cuối.",
                "The activities that the link's owner signed up for or leads, as they may see them now. `.ics` may stand at the end.",
            ))
            .problems(&[&crate::error::NOT_FOUND]),
        )
}
