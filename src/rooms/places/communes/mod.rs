//! Communes (xã, phường, đặc khu): shared by all, made by the platform's administrator.
//!
//! A commune's names are effective-dated: what it was called, and in which province it lay, stays in `history`.

mod dto;
mod handlers;
pub mod rules;
pub mod store;

pub use dto::{Commune, CommuneKind, CreateCommune};
pub use store::{ended, living};

use crate::text::Text;
use crate::web::operation::{Noun, Resource, Room};

pub fn room() -> Room {
    let noun = Noun { one: "commune", text: Text::new("xã", "commune"), plural: "communes" };
    Resource::<Commune>::of(noun)
        .list(&[])
        .item()
        .create()
        .update()
        .put()
        .act("rename", handlers::rename)
        .act("merge", handlers::end)
        .act("dissolve", handlers::end)
        .room(Text::new("Các xã, phường, đặc khu dùng hệ thống.", "The communes, wards and special zones that use the service."))
}
