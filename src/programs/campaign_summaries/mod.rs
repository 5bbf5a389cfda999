//! A campaign on one page: by hamlet, day, unit and kind of work, what was planned beside what was done.
//!
//! On the top floor: it reads the campaign through its reach, and what belongs to it from the sums. Nothing of it is kept.

mod dto;
mod handlers;
mod store;

use crate::campaigns;
use crate::handler;
use crate::text::Text;
use crate::web::operation::{Operation, Room};

pub fn room() -> Room {
    Room::new("campaign_summaries", Text::new("Tổng hợp số liệu của một đợt.", "A campaign's figures on one page.")).with(
        Operation::get(
            "get_campaign_summary",
            "/v1/campaigns/{id}/summary",
            Text::new("Tổng hợp theo thôn/ấp, ngày, đơn vị, loại việc", "Summary by hamlet, day, unit and kind of work"),
            handler!(handlers::get),
        )
        .open()
        .gives::<dto::CampaignSummary>()
        .policy(&campaigns::rules::POLICY, campaigns::rules::POLICY.read)
        .describe(Text::new(
            "Ngày công và quân số bộ đội chỉ hiện với người được xem trường quân sự; công khai chỉ có tổng của cả đợt sau khi kết thúc.",
            "Soldiers' man-days and headcounts are for those who see military fields; the public gets their total for the whole campaign once it is closed.",
        ))
        .problems(&[&crate::error::NOT_FOUND]),
    )
}
