//! A headcount.

use chrono::NaiveDate;
use danvan_macros::record;
use uuid::Uuid;

use super::rules;
use crate::text_enum;
use crate::web::values::{Day, Whole};

text_enum! {
    /// A headcount is stated; it has no further life.
    pub enum HeadcountStatus {
        Stated = "stated" ("Đã khai", "Stated"),
    }
}

/// A unit's strength on a day.
#[record(headcounts, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = HeadcountStatus::Stated)]
pub struct Headcount {
    /// The campaign.
    #[field(given, campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// The unit: a partner of the campaign (a row of this commune's units).
    #[field(given, unit, filter = "Of this unit.")]
    pub unit_id: Uuid,
    /// The local day; one headcount for each unit and day.
    #[field(given = Day, range = "On this local day", sort)]
    pub date: NaiveDate,
    /// Officers, 0 to 2000.
    #[field(changes = Whole<0, 2000>, military)]
    pub officers: i32,
    /// Soldiers, 0 to 5000.
    #[field(changes = Whole<0, 5000>, military)]
    pub soldiers: i32,
}
