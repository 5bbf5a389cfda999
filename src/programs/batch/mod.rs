//! Many writes in one request: a phone's queue after two days without a network.
//!
//! On the top floor: it knows no room. Each operation is carried out by the handler that a request of its own would reach,
//! in its own transaction and in the order given, and gets its own status and problem. A batch that was cut anywhere, or
//! whose answer was lost, is sent again whole: each operation's id is its retry key.

mod dto;
mod handlers;

use crate::handler;
use crate::text::Text;
use crate::web::operation::{Operation, Room};

pub fn room() -> Room {
    Room::new("batch", Text::new("Gửi nhiều thao tác một lần.", "Many writes in one request.")).with(
        Operation::post("batch", "/v1/batch", Text::new("Gửi nhiều thao tác theo thứ tự", "Carry out many writes in order"), handler!(handlers::batch)).secret()
        .takes::<dto::Batch>()
        .gives::<dto::BatchResults>()
        .describe(Text::new(
            "Mỗi thao tác được thực hiện như một yêu cầu riêng, có kết quả riêng; một thao tác bị từ chối không ảnh hưởng các thao tác khác, trừ khi chúng cần đến kết quả của nó. Khi máy chủ bận (503), các thao tác còn lại không được thử và cũng nhận 503: gửi lại cả lô sau Retry-After, những gì đã làm sẽ không bị làm hai lần.",
            "Each operation is carried out as a request of its own would be, with its own result; a refused one does not stop the others, unless they need what it would have made. \
             When the service is busy (503) the rest is not tried and gets 503 too: send the whole batch again after `Retry-After`; what was done is not done twice.",
        )),
    )
}
