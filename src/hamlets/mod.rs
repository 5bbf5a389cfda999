//! Hamlets (ấp, thôn, khu phố ...): the places that a campaign works in.
//!
//! A commune keeps its hamlets for ever: one that was merged, renamed or dissolved stays with its old campaigns and
//! names its successors. Others may use [`INCLUDE`] and read the table's ids inside a reach.

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{CreateHamlet, Hamlet};
pub use handlers::add;
pub use store::{by_code, check_living, exists, names};

use futures::FutureExt as _;

use crate::handler;
use crate::text::Text;
use crate::web::format::Format;
use crate::web::include::{self, Include};
use crate::web::operation::{Kind, Noun, Resource, Room};
use crate::web::shapes;
use crate::web::table::Stored;

/// `include=hamlet`.
pub static INCLUDE: Include =
    Include { name: "hamlet", field: "hamlet_id", depends: <Hamlet as Stored>::depends, load: |call, ids| include::rows::<Hamlet>(call, ids).boxed_local() };

pub fn room() -> Room {
    let noun = Noun { one: "hamlet", text: Text::new("ấp", "hamlet"), plural: "hamlets" };
    Resource::new("hamlets", noun, &rules::POLICY)
        .list::<Hamlet, dto::HamletFilter>(
            Kind::List { sorts: &["sort_order", "name"], includes: &[], commune: true, search: Some("name") },
            handler!(handlers::list),
        )
        .formats(Format::MAP)
        .item::<Hamlet>(handler!(handlers::get))
        .create::<Hamlet, CreateHamlet>(handler!(handlers::create))
        .update::<Hamlet, dto::UpdateHamlet>(handler!(handlers::update))
        .put()
        .actions::<Hamlet>(handler!(handlers::act), |action| match action {
            "dissolve" => shapes::plain::<dto::EndHamlet>,
            _ => shapes::plain::<dto::SucceedHamlet>,
        })
        .room(Text::new("Các ấp của xã, kể cả ấp đã sáp nhập hoặc đổi tên.", "The commune's hamlets, including those that were merged or renamed."))
}
