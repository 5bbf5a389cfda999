//! Webhooks: what happens in a commune is sent to an address, by the Standard Webhooks specification.
//!
//! From the journal: `deliveries` notes for each journal row that a webhook wants a delivery whose id follows from both;
//! [`round()`] sends what is due. A process that dies in between leaves all of it to the next one, so that everything is
//! told at least once, under the same id. What is told of an object is what the webhook's owner may see of it at that
//! moment; of one object's events the next is sent when the one before has ended.

mod address;
mod deliveries;
mod dto;
mod event;
mod handlers;
mod round;
pub mod rules;
mod sender;
mod signature;
mod store;

pub use address::{Allowed, is_public};
pub use dto::Webhook;
pub use round::{round, run};
pub use sender::Sender;

use crate::handler;
use crate::text::Text;
use crate::web::operation::{Noun, Operation, Resource, Room, Sends};
use crate::web::shapes;

pub fn room() -> Room {
    let noun = Noun { one: "webhook", text: Text::new("webhook", "webhook"), plural: "webhooks" };
    Resource::<Webhook>::of(noun)
        .list(&[])
        .item()
        .create_by::<dto::CreateWebhook>(handler!(handlers::create))
        .describe(Text::new(
            "Sự kiện viết là `tài nguyên.hành động` (`activities.postpone`), `tài nguyên.*` hoặc `*`. Gọi `rotate_secret` để lấy khóa ký. Nội dung theo quyền của người tạo vào lúc gửi. Chữ ký: Standard Webhooks, `v1` (HMAC-SHA256) và `v1a` (Ed25519, `public_key`).",
            "Events are `resource.action` (`activities.postpone`), `resource.*` or `*`. `rotate_secret` gives the signing secret. What is sent is what its maker may see then. Signatures: Standard Webhooks, `v1` (HMAC-SHA256) and \
             `v1a` (Ed25519, see `public_key`). Answer 2xx within 15 seconds; 410 disables the webhook; anything else is tried again, ten times over three days. Every event comes at least once: know it by its `id`.",
        ))
        .update_by::<dto::UpdateWebhook>(handler!(handlers::update))
        .act("rotate_secret", handlers::rotate_secret)
        .act("test", handlers::test)
        .act("redeliver", handlers::redeliver)
        .act("disable", handlers::disable)
        .act("enable", handlers::enable)
        .action_gives::<dto::IssuedWebhookSecret>("rotate_secret")
        .room(Text::new("Đẩy sự kiện đến hệ thống khác.", "Events pushed to other systems."))
        .with(
            Operation::get("list_webhook_deliveries", "/v1/webhooks/{id}/deliveries", Text::new("Nhật ký gửi của một webhook", "What a webhook was sent, and what became of it"), handler!(handlers::deliveries))
            .asks::<dto::DeliveryQuery>()
            .gives::<dto::Deliveries>()
            .policy(&rules::POLICY, rules::POLICY.read)
            .problems(&[&crate::error::NOT_FOUND, &crate::error::VALIDATION_FAILED]),
        )
        .with(
            Operation::get("list_event_types", "/v1/event-types", Text::new("Các loại sự kiện", "The types of events"), handler!(handlers::event_types))
                .open()
                .tagged()
                .gives::<dto::EventTypes>()
                .describe(Text::new("Những gì `events` của một webhook có thể nêu, ngoài `tài nguyên.*` và `*`.", "What `events` of a webhook may name, beside `resource.*` and `*`.")),
        )
        .sends(Sends {
            name: "event",
            summary: Text::new("Sự kiện gửi đến địa chỉ của webhook", "An event, sent to a webhook's address"),
            body: shapes::plain::<dto::WebhookEvent>,
            objects: || rules::told().map(|source| (source.kind, source.schema)).collect(),
            headers: &[
                ("webhook-id", "The event's id."),
                ("webhook-timestamp", "When this try was made: seconds since 1970."),
                ("webhook-signature", "Standard Webhooks: `v1,` (HMAC-SHA256) for each live secret and `v1a,` (Ed25519), separated by spaces, over `id.timestamp.body`."),
            ],
        })
}
