//! A campaign's sums in JSON and in their table.

use danvan_macros::record;
use uuid::Uuid;

use super::rules;
use crate::activity_sums::Figure;
use crate::db::values::Json;
use crate::text_enum;

text_enum! {
    /// Sums are kept; they have no further life.
    pub enum SumStatus {
        Kept = "kept" ("Đã tổng hợp", "Kept"),
    }
}

text_enum! {
    /// What a row sums up: the whole campaign, one hamlet, or what lies in no hamlet.
    pub enum Extent {
        Campaign = "campaign" ("Cả đợt", "Campaign"),
        Hamlet = "hamlet" ("Theo thôn/ấp", "Hamlet"),
        NoHamlet = "no_hamlet" ("Không thuộc thôn/ấp nào", "No hamlet"),
    }
}

/// The sums of a campaign or of one hamlet in it.
#[record(
    campaign_sums, policy = rules::POLICY, status = SumStatus::Kept,
)]
pub struct CampaignSum {
    /// The campaign.
    #[field(campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// What the row sums up.
    #[field(any = "Any of these, separated by commas: campaign, hamlet, no_hamlet.")]
    pub extent: Extent,
    /// The hamlet, of activities for presence and of results for figures.
    #[field(in_hamlet, filter = "In this hamlet.")]
    pub hamlet_id: Option<Uuid>,
    /// People who came, each counted once for each activity.
    pub present: i32,
    /// Man-days of local people, in halves.
    pub man_days: f64,
    /// What the results add up to, but for soldiers' man-days.
    pub figures: Json<Vec<Figure>>,
    /// Soldiers' man-days.
    #[field(military)]
    pub military_man_days: f64,
}
