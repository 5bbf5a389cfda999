//! Plan items: what a campaign's plan lists, as printed. Activities carry them out.

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{CreatePlanItem, PlanItem};
pub use handlers::add;
pub use store::names;

use futures::FutureExt as _;

use crate::handler;
use crate::text::Text;
use crate::web::include::{self, Include};
use crate::web::operation::{Kind, Noun, Resource, Room};
use crate::web::shapes;
use crate::web::table::Stored;

/// `include=plan_item`.
pub static INCLUDE: Include = Include {
    name: "plan_item",
    field: "plan_item_id",
    depends: <PlanItem as Stored>::depends,
    load: |call, ids| include::rows::<PlanItem>(call, ids).boxed_local(),
};

const INCLUDES: &[&Include] = &[&crate::campaigns::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "plan_item", text: Text::new("nội dung kế hoạch", "plan item"), plural: "plan items" };
    Resource::new("plan_items", noun, &rules::POLICY)
        .list::<PlanItem, dto::PlanItemFilter>(Kind::List { sorts: &["sort_order"], includes: INCLUDES, commune: true, search: None }, handler!(handlers::list))
        .item::<PlanItem>(handler!(handlers::get))
        .create::<PlanItem, CreatePlanItem>(handler!(handlers::create))
        .update::<PlanItem, dto::UpdatePlanItem>(handler!(handlers::update))
        .put()
        .actions::<PlanItem>(handler!(handlers::act), |_| shapes::plain::<dto::ActOnPlanItem>)
        .room(Text::new("Các nội dung công việc mà kế hoạch nêu.", "What a campaign's plan lists."))
}
