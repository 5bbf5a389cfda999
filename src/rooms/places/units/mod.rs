//! A commune's units: its committee and office, departments, organisations, schools, and the army units that it
//! works with (each pointing to the shared tree of [`military_units`](crate::military_units)).
//!
//! Rights hang on `functions`, not on kinds: kinds differ by commune and year. Others may use [`INCLUDE`] and [`exist`].

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{CreateUnit, Unit, UnitFunction};
pub use store::{by_code, exist, has_function, names};

use crate::handler;
use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Noun, Operation, Resource, Room};

/// `include=unit`.
pub static INCLUDE: Include = Include::of::<Unit>("unit", "unit_id");

pub fn room() -> Room {
    let noun = Noun { one: "unit", text: Text::new("đơn vị", "unit"), plural: "units" };
    Resource::<Unit>::of(noun)
        .list(&[])
        .item()
        .create()
        .update()
        .put()
        .plain::<dto::ActOnUnit>(&["deactivate", "reactivate"])
        .act("merge", handlers::merge)
        .room(Text::new(
            "Các đơn vị, ban ngành, đoàn thể, trường học của xã và đơn vị quân đội phối hợp.",
            "The commune's units, departments, organisations and schools, and the army units that it works with.",
        ))
        .with(
            Operation::get("list_unit_kinds", "/v1/unit-kinds", Text::new("Danh mục loại đơn vị", "The kinds of units"), handler!(handlers::kinds))
                .open()
                .gives::<dto::UnitKinds>(),
        )
}
