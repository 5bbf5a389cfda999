//! Plan items: what a campaign's plan lists, as printed. Activities carry them out.

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{CreatePlanItem, PlanItem};
pub use store::names;

use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Noun, Resource, Room};

/// `include=plan_item`.
pub static INCLUDE: Include = Include::of::<PlanItem>("plan_item", "plan_item_id");

const INCLUDES: &[&Include] = &[&crate::campaigns::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "plan_item", text: Text::new("nội dung kế hoạch", "plan item"), plural: "plan items" };
    Resource::<PlanItem>::of(noun)
        .list(INCLUDES)
        .item()
        .create()
        .update()
        .put()
        .plain::<dto::ActOnPlanItem>(&["drop", "restore"])
        .room(Text::new("Các nội dung công việc mà kế hoạch nêu.", "What a campaign's plan lists."))
}
