//! Campaigns: what a commune and its partner units carry out from a plan, from its first draft to its archive.
//!
//! Others may use [`INCLUDE`].

mod checks;
mod dto;
mod handlers;
pub mod rules;
mod standing;

pub use dto::{Campaign, CampaignStatus, CreateCampaign, DaySession, DaySessions};
pub use handlers::set_plan;
pub use standing::{of_campaign as standing_of, open_of_activity};

use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Noun, Resource, Room};

/// `include=campaign`.
pub static INCLUDE: Include = Include::of::<Campaign>("campaign", "campaign_id");

pub fn room() -> Room {
    let noun = Noun { one: "campaign", text: Text::new("đợt dân vận", "campaign"), plural: "campaigns" };
    Resource::<Campaign>::of(noun)
        .list(&[])
        .item()
        .create()
        .update()
        .put()
        .act("adopt", handlers::adopt)
        .plain::<dto::ActOnCampaign>(&["open_preparation"])
        .act("start", handlers::start)
        .act("suspend", handlers::suspend)
        .act("resume", handlers::resume)
        .plain::<dto::ActOnCampaign>(&["begin_closing"])
        .act("close", handlers::close)
        .plain::<dto::ActOnCampaign>(&["reopen", "archive", "cancel"])
        .act("publish", handlers::publish)
        .room(Text::new("Các đợt công tác dân vận phối hợp.", "The joint civic campaigns."))
        .problems(&[&rules::TOO_EARLY, &rules::NO_PLAN, &rules::STILL_OPEN])
}
