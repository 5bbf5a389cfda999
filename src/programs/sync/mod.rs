//! Synchronisation: a phone's copy of what its user may see, whole at first, then what changed, in commit order.
//!
//! On the top floor: it reads every room through its reach. A first sync walks the tables by id; from then on the
//! journal tells which rows changed since the cursor, and each of them is read as it is now. What is not in reach any
//! more is told as removed, when one of the row's former states was in reach: a row that somebody never saw is not
//! mentioned to them. Nothing is kept about a phone: the cursor holds all, encrypted and bound to its caller.
//!
//! Statements of a page: the reach's fingerprint, the journal, one for each kind that changed; for a kind that lost
//! rows one more, and one for the former states of all of them. So the cost follows the number of changes.

mod checksums;
mod cursor;
mod delta;
mod dto;
mod first;
mod handlers;
mod reach;
mod sources;

pub use dto::{Asked, SyncQuery, event as event_schema};
pub use handlers::{Page, cursor_at, page};
pub use sources::SOURCES;

use crate::handler;
use crate::text::Text;
use crate::web::operation::{Operation, Room};

pub fn room() -> Room {
    Room::new("sync", Text::new("Đồng bộ cho điện thoại và hệ thống khác.", "Synchronisation for phones and other systems."))
        .with(
            Operation::get("sync", "/v1/sync", Text::new("Những gì đã thay đổi từ lần trước", "What changed since the last time"), handler!(handlers::sync))
            .asks::<SyncQuery>()
            .answers(dto::page)
            .describe(Text::new(
                "Lần đầu không gửi cursor: nhận toàn bộ, từng trang, cho đến khi has_more là false. Sau đó gửi next_cursor của lần trước. Áp dụng trọn từng trang: ghi đè upserted, xóa removed. Gặp 410 thì bỏ bản sao và đồng bộ lại từ đầu, giữ nguyên hàng đợi chưa gửi.",
                "Without a cursor it is the first time: everything, page by page, until `has_more` is false. Then send the last `next_cursor`. Apply each page whole: store what is upserted, delete what is removed. \
                 410 means: drop the copy and start anew, keep the queue of what was not sent yet. `allowed_actions` are left out: compute them from `/v1/lifecycles`.",
            ))
            .problems(&[&crate::error::NOT_FOUND, &crate::error::RESYNC_REQUIRED, &crate::error::VALIDATION_FAILED, &crate::error::COMMUNE_REQUIRED]),
        )
        .with(
            Operation::get("get_sync_checksums", "/v1/sync/checksums", Text::new("Tổng kiểm để đối chiếu bản sao", "Checksums to prove a copy"), handler!(handlers::checksums))
            .asks::<dto::ChecksumQuery>()
            .gives::<dto::Checksums>()
            .describe(Text::new(
                "Mỗi loại và mỗi thôn/ấp một dòng: SHA-256 của các dòng \"<id> <version>\\n\" xếp theo id. Đọc hết các hàng trong phạm vi, nên chỉ gọi khi nghi ngờ.",
                "A line for each kind and hamlet: SHA-256 over the lines `<id> <version>\\n` in the order of ids. It reads all rows in reach: ask when in doubt, not each day.",
            ))
            .problems(&[&crate::error::NOT_FOUND, &crate::error::RESYNC_REQUIRED, &crate::error::VALIDATION_FAILED, &crate::error::COMMUNE_REQUIRED]),
        )
}
