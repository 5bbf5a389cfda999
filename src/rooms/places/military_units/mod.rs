//! Army units (region, brigade, battalion, battery): shared, since one brigade works with several communes.
//!
//! `ancestors` holds the unit itself and all above it, so that "this unit or one below it" is one condition.

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{CreateMilitaryUnit, MilitaryUnit};
pub use store::{by_name, names};

use crate::text::Text;
use crate::web::operation::{Noun, Resource, Room};

pub fn room() -> Room {
    let noun = Noun { one: "military_unit", text: Text::new("đơn vị quân đội", "army unit"), plural: "army units" };
    Resource::<MilitaryUnit>::of(noun)
        .list(&[])
        .item()
        .create()
        .update()
        .put()
        .plain::<dto::ActOnMilitaryUnit>(&["deactivate", "reactivate"])
        .room(Text::new("Cây đơn vị quân đội dùng chung cho các xã.", "The tree of army units, shared by the communes."))
}
