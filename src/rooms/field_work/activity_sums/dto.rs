//! An activity's sums in JSON and in their table.

use danvan_macros::record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{rules, store};
use crate::db::values::Json;
use crate::text_enum;

text_enum! {
    /// Sums are kept; they have no further life.
    pub enum SumStatus {
        Kept = "kept" ("Đã tổng hợp", "Kept"),
    }
}

/// What the results of one side add up to in one metric; withdrawn ones count nowhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Figure {
    /// `military` or `local`.
    #[schema(example = "local")]
    pub side: String,
    /// Code of the metric, see `/v1/metrics`.
    #[schema(example = "metres")]
    pub metric: String,
    /// Sum of all results, in the metric's unit.
    pub reported: f64,
    /// Sum of those that are verified.
    pub verified: f64,
}

/// People and man-days as they change: what one sign-up counts for, or the difference of two.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    pub seats_taken: i32,
    pub waiting: i32,
    pub pending: i32,
    pub present: i32,
    pub man_days: f64,
}

impl Tally {
    /// What is to be added when something that counted as `before` counts as `self` now.
    pub fn minus(self, before: Self) -> Self {
        Self {
            seats_taken: self.seats_taken - before.seats_taken,
            waiting: self.waiting - before.waiting,
            pending: self.pending - before.pending,
            present: self.present - before.present,
            man_days: self.man_days - before.man_days,
        }
    }

    pub fn plus(self, other: Self) -> Self {
        self.minus(Self::default().minus(other))
    }

    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether people came or went: what a campaign's sums tell of.
    pub fn is_presence(&self) -> bool {
        self.present != 0 || self.man_days != 0.0
    }
}

/// The sums of one activity.
#[record(
    activity_sums, policy = rules::POLICY, status = SumStatus::Kept, here = store::here, lead = "id IN", follows("activities"."published_at" by Row => id),
)]
pub struct ActivitySum {
    /// The activity's campaign.
    #[field(public, campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// The activity's hamlet.
    #[field(public, in_hamlet, filter = "In this hamlet.")]
    pub hamlet_id: Option<Uuid>,
    /// Seats taken by sign-ups, in people.
    #[field(public)]
    pub seats_taken: i32,
    /// People on the waiting list.
    #[field(public)]
    pub waiting: i32,
    /// People whose sign-up is not decided.
    pub pending: i32,
    /// People who came, each counted once.
    pub present: i32,
    /// Man-days, in halves.
    pub man_days: f64,
    /// What the results add up to, but for soldiers' man-days.
    pub figures: Json<Vec<Figure>>,
    /// Soldiers' man-days.
    #[field(military)]
    pub military_man_days: f64,
}
