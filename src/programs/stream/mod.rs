//! What a sync would give, as it happens: server-sent events (the HTML standard, section 9.2).
//!
//! On the top floor, on [`sync`]: an event is a page of it, its id the page's cursor, so that who was cut off
//! goes on where the copy stands, by stream or by sync, on any instance.

mod events;
mod handlers;

use crate::handler;
use crate::sync;
use crate::text::Text;
use crate::web::operation::{Kind, Operation, Room, STREAM_PATH};
use crate::web::tickets::TicketQuery;

pub fn room() -> Room {
    Room::new("stream", Text::new("Thay đổi được gửi ngay khi xảy ra.", "Changes as they happen.")).with(
        Operation::get("stream", STREAM_PATH, Text::new("Nhận thay đổi ngay khi xảy ra (server-sent events)", "Changes as they happen (server-sent events)"), handler!(handlers::stream)).kind(Kind::Stream)
        .asks::<sync::SyncQuery>()
        .also_asks::<TicketQuery>()
        .answers(sync::event_schema)
        .describe(Text::new(
            "Như /v1/sync, nhưng kết nối để mở: mỗi sự kiện `changes` là một trang (changes, has_more), `id` của nó là con trỏ. Nối lại bằng Last-Event-ID hoặc cursor. Sự kiện `resync` nghĩa là đồng bộ lại từ đầu. Luồng tự kết thúc khi mã truy cập hết hạn, khi người đọc quá chậm hoặc khi máy chủ dừng: hãy nối lại.",
            "Like `/v1/sync` with the line kept open: each event `changes` is a page (`changes`, `has_more`), its `id` the cursor. Go on with `Last-Event-ID` or `cursor`. The event `resync` means: begin anew. \
             The stream ends by itself when the access token is over, when the reader is too slow (30 seconds) or when the server stops: connect again. A line of `:` comes every 15 seconds.",
        ))
        .problems(&[&crate::error::NOT_FOUND, &crate::error::RESYNC_REQUIRED, &crate::error::VALIDATION_FAILED, &crate::error::COMMUNE_REQUIRED, &crate::error::TOO_MANY_REQUESTS]),
    )
    .with(
        Operation::post("issue_stream_ticket", "/v1/stream/tickets", Text::new("Lấy vé để trình duyệt mở luồng", "A ticket with which a browser opens a stream"), handler!(handlers::ticket))
            .kind(Kind::Write { secret: true })
            .gives::<handlers::StreamTicket>()
            .describe(Text::new(
                "Cho `EventSource`, vốn không gửi được tiêu đề: mở `/v1/stream?ticket=…` trong vòng một phút. Vé chỉ mở luồng; luồng kết thúc cùng mã truy cập đã lấy vé.",
                "For `EventSource`, which sends no headers: open `/v1/stream?ticket=…` within a minute. A ticket opens streams alone; the stream ends with the access token that it was got with.",
            )),
    )
}
