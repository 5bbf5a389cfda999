//! Presence in JSON: one person's, a group's, and a phone's whole queue.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::dto::{CheckInMethod, PresenceMark, SignUpStatus};
use crate::acting;
use crate::text_enum;
use crate::web::shapes::ProblemDetails;
use crate::web::values::{Each, Few, Line, Moment, Whole};

/// Presence.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// When they came, by the client's clock; now when left out.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
    /// For a group: people who came; those signed up when left out.
    pub headcount_present: Option<Whole<1, 500>>,
    /// The activity's code as it was scanned on the spot: with it a volunteer checks in alone.
    pub code: Option<Line<1, 1000>>,
}

/// Leaving.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckOut {
    /// When they left, by the client's clock; now when left out.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
    /// Minutes of presence, where the times do not tell.
    pub minutes: Option<Whole<0, 1440>>,
}

acting! {
    /// A correction of presence.
    CorrectSignUp: "Why." {
        /// `attended` or `no_show`.
        pub status: SignUpStatus,
        /// Minutes of presence.
        pub minutes: Option<Whole<0, 1440>>,
        /// For a group: people who came.
        pub headcount_present: Option<Whole<0, 500>>,
    }
}

/// Residents who just came.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WalkIn {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// People; left out where names are given.
    pub headcount: Option<Whole<1, 500>>,
    /// Names, one by one.
    pub names: Option<Few<Line<1, 100>, 100>>,
    /// Where they come from.
    pub hamlet_id: Option<Uuid>,
    /// When they came, by the client's clock; now when left out.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

text_enum! {
    /// What a row of a phone's queue tells.
    pub enum Presence {
        CheckIn = "check_in" ("Ghi đến", "Check in"),
        CheckOut = "check_out" ("Ghi về", "Check out"),
    }
}

text_enum! {
    /// How presence was taken without a network.
    pub enum TakenBy {
        ByHand = "by_hand" ("Người phụ trách ghi", "By hand"),
        Qr = "qr" ("Quét mã QR", "QR code"),
    }
}

impl From<TakenBy> for CheckInMethod {
    fn from(taken: TakenBy) -> Self {
        match taken {
            TakenBy::ByHand => Self::ByHand,
            TakenBy::Qr => Self::Qr,
        }
    }
}

/// Check-ins and check-outs of a phone's queue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckIns {
    /// The commune.
    pub commune_id: Uuid,
    /// 1 to 1,000, carried out in this order.
    pub items: Few<Each<CheckInItem>, 1000>,
}

/// One check-in or check-out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInItem {
    /// Chosen by the client, unique in the request. Somebody who came without a sign-up gets one under this id.
    pub id: Uuid,
    /// Came or left.
    pub action: Presence,
    /// The sign-up; or else the activity with the volunteer or the volunteer's code.
    pub sign_up_id: Option<Uuid>,
    /// The activity, where no sign-up is named.
    pub activity_id: Option<Uuid>,
    /// The volunteer, where no sign-up is named.
    pub volunteer_id: Option<Uuid>,
    /// The volunteer's code as it was scanned from the card, instead of `volunteer_id`.
    pub volunteer_code: Option<Line<1, 1000>>,
    /// When it happened, by the client's clock.
    pub occurred_at: Moment,
    /// How presence was taken; `by_hand` when left out.
    pub method: Option<TakenBy>,
    /// The activity's code as it was scanned on the spot: with it a volunteer checks in alone.
    pub code: Option<Line<1, 1000>>,
    /// The device that it was taken with; the session's when left out.
    pub device_id: Option<Line<1, 100>>,
    /// Coming, for a group: people who came; those signed up when left out.
    pub headcount_present: Option<Whole<1, 500>>,
    /// Leaving: minutes of presence, where the times do not tell.
    pub minutes: Option<Whole<0, 1440>>,
}

/// What became of a phone's queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInResults {
    /// One for each item, in the same order.
    pub results: Vec<CheckInResult>,
}

/// What became of one check-in or check-out.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInResult {
    /// The item's id; null where it had none.
    pub id: Option<Uuid>,
    /// 200, 201 where a sign-up was made for somebody without one, or the status of the problem.
    #[schema(minimum = 200, maximum = 599)]
    pub status: u16,
    /// False where it had been written down before: a double from another phone, or the same queue sent again.
    pub changed: bool,
    /// The sign-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_up: Option<CheckedSignUp>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemDetails>)]
    pub problem: Option<Value>,
}

/// The sign-up as it is now, in brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedSignUp {
    /// Its id.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
    /// How far it is.
    pub status: SignUpStatus,
    /// Presence was written down after the activity had ended.
    pub late: bool,
    /// Came without a confirmed seat.
    pub walk_in: bool,
    /// What the office or the lead should look at.
    #[schema(value_type = Vec<PresenceMark>)]
    pub marks: Vec<PresenceMark>,
}
