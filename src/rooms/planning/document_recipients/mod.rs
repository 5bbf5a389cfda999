//! Recipients of documents: who gets a copy, whether it was sent, whether it was read. Each unit marks its own row.
//!
//! Others send all of a document with [`send_all`], and ask for its units with [`units_of`].

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{CreateDocumentRecipient, DocumentRecipient};
pub use handlers::{send_all, units_of};

use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Noun, Resource, Room};

const INCLUDES: &[&Include] = &[&crate::units::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "document_recipient", text: Text::new("nơi nhận", "recipient"), plural: "recipients of documents" };
    Resource::<DocumentRecipient>::of(noun)
        .list(INCLUDES)
        .item()
        .create()
        .update()
        .put()
        .act("send", handlers::send)
        .act("mark_read", handlers::mark_read)
        .plain::<dto::ActOnDocumentRecipient>(&["remove"])
        .room(Text::new("Nơi nhận văn bản: đã gửi, đã đọc.", "Recipients of documents: sent, read."))
        .problems(&[&crate::documents::rules::NOT_IN_FORCE])
}
