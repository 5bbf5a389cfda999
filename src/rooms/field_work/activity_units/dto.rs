//! A unit's part in an activity, in JSON and in its table.

use chrono::{DateTime, Utc};
use danvan_macros::record;
use uuid::Uuid;

use super::{rules, store};
use crate::acting;
use crate::text_enum;
use crate::web::values::Whole;

text_enum! {
    /// The unit's part.
    pub enum UnitRole {
        Host = "host" ("Chủ trì", "Host"),
        Participant = "participant" ("Tham gia", "Participant"),
        Security = "security" ("Bảo đảm an ninh", "Security"),
        Medical = "medical" ("Y tế", "Medical"),
        Logistics = "logistics" ("Hậu cần", "Logistics"),
        Broadcast = "broadcast" ("Truyền thanh", "Broadcasting"),
    }
}

text_enum! {
    /// Whether the unit comes.
    pub enum Confirmation {
        Asked = "asked" ("Chờ trả lời", "Asked"),
        Confirmed = "confirmed" ("Đã nhận lời", "Confirmed"),
        Declined = "declined" ("Từ chối", "Declined"),
    }
}

/// A unit's part in an activity.
#[record(
    activity_units, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = Confirmation::Asked, here = store::here, any_status = "Any of these, separated by commas: asked, confirmed, declined.", follows("activities"."hamlet_id" by Row => activity_id),
)]
pub struct ActivityUnit {
    /// The activity's campaign.
    #[field(campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// The activity.
    #[field(given, filter = "Of this activity.")]
    pub activity_id: Uuid,
    /// The unit.
    #[field(given, unit, filter = "Of this unit.")]
    pub unit_id: Uuid,
    /// Its part; one row for each part.
    #[field(given)]
    pub role: UnitRole,
    /// People planned, 0 to 2000.
    #[field(changes = Whole<0, 2000>, military)]
    pub headcount_planned: Option<i32>,
    /// People who came.
    #[field(later = Whole<0, 2000>, military)]
    pub headcount_actual: Option<i32>,
    /// When the liaison let the hamlet's head see the numbers (UTC).
    pub released_at: Option<DateTime<Utc>>,
}

acting! {
    /// An action on a unit's part.
    ActOnActivityUnit: "Why, for the journal.", when
}
