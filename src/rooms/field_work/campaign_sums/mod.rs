//! Sums of a campaign, as a whole and by hamlet: presence, man-days, figures. Kept in the write that changes them.
//!
//! Others add presence with [`add_presence`], have figures written with [`put_figures`], and read all rows of a campaign
//! with [`of_campaign`].

mod dto;
mod recount;
pub mod rules;
mod store;

pub use dto::{CampaignSum, Extent};
pub use recount::{differences, fix};
pub use store::{Share, add_presence, differs, in_write, of_campaign, put_figures};

use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Noun, Resource, Room};

const INCLUDES: &[&Include] = &[&crate::hamlets::INCLUDE, &crate::campaigns::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "campaign_sum", text: Text::new("số liệu của đợt", "campaign sum"), plural: "campaign sums" };
    Resource::<CampaignSum>::of(noun)
        .list(INCLUDES)
        .item()
        .room(Text::new("Số liệu của cả đợt và của từng thôn/ấp trong đợt.", "Sums of a whole campaign and of each hamlet in it."))
}
