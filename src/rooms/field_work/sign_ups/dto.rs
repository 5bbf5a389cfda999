//! A sign-up in JSON and in its table.

use chrono::{DateTime, Utc};
use danvan_macros::record;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{rules, store};
use crate::acting;
use crate::text_enum;
use crate::web::values::{Line, Whole};

text_enum! {
    /// How far the sign-up is.
    pub enum SignUpStatus {
        Pending = "pending" ("Chờ xác nhận", "Pending"),
        Waitlisted = "waitlisted" ("Danh sách chờ", "Waitlisted"),
        Confirmed = "confirmed" ("Đã xác nhận", "Confirmed"),
        CheckedIn = "checked_in" ("Đã điểm danh đến", "Checked in"),
        Attended = "attended" ("Đã tham gia", "Attended"),
        NoShow = "no_show" ("Vắng mặt", "No show"),
        /// Presence of a session that did not take place then, kept apart until the office places it.
        ToPlace = "to_place" ("Chưa xếp được buổi", "To place"),
        Rejected = "rejected" ("Không nhận", "Rejected"),
        Withdrawn = "withdrawn" ("Đã rút", "Withdrawn"),
        Cancelled = "cancelled" ("Đã hủy", "Cancelled"),
    }
}

text_enum! {
    /// Who signed up.
    pub enum SignUpSource {
        Own = "self" ("Tự đăng ký", "The person"),
        Head = "head" ("Trưởng thôn/ấp", "Hamlet head"),
        Organisation = "organisation" ("Đoàn thể", "Organisation"),
        Office = "office" ("Văn phòng xã", "Office"),
        WalkIn = "walk_in" ("Đến tại chỗ", "Walk in"),
        Import = "import" ("Nhập từ danh sách", "Import"),
    }
}

text_enum! {
    /// The answer to being asked again after the activity was put off.
    pub enum Reconfirmation {
        Asked = "asked" ("Đã hỏi lại", "Asked"),
        Yes = "yes" ("Vẫn tham gia", "Yes"),
        No = "no" ("Không tham gia nữa", "No"),
    }
}

text_enum! {
    /// How presence was taken.
    pub enum CheckInMethod {
        Own = "self" ("Tự điểm danh", "The person"),
        ByHand = "by_hand" ("Người phụ trách ghi", "By hand"),
        Qr = "qr" ("Quét mã QR", "QR code"),
        WalkIn = "walk_in" ("Đến tại chỗ", "Walk in"),
    }
}

text_enum! {
    /// What the office or the lead should look at; `correct` takes the marks away.
    pub enum PresenceMark {
        /// Came or left beside the activity's hours and their tolerance; counts at most the activity's length.
        OutsideHours = "outside_hours" ("Ngoài giờ hoạt động", "Outside hours"),
        /// Left before coming, by the times that were told; counts the default hours.
        OutBeforeIn = "out_before_in" ("Giờ về trước giờ đến", "Left before coming"),
        /// The telling clock was more than a year off: the times are the service's.
        ClockWrong = "clock_wrong" ("Đồng hồ máy sai", "Wrong clock"),
        /// Somebody who came alone told of it more than 15 minutes later.
        SentLate = "sent_late" ("Gửi muộn", "Sent late"),
        /// The same person was at another activity at these hours.
        TwoPlaces = "two_places" ("Hai nơi cùng lúc", "Two places at once"),
        /// Nobody saw them leave: the default hours count, until a check-out tells more.
        DefaultHours = "default_hours" ("Giờ mặc định", "Default hours"),
    }
}

/// A person or a group at an activity.
#[record(
    sign_ups, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = SignUpStatus::Confirmed, create = CreateSignUp, here = store::here, lead = "activity_id IN", any_status = "Any of these statuses, separated by commas.", follows("activities"."hamlet_id" by Row => activity_id),
)]
pub struct SignUp {
    /// The activity's campaign.
    #[field(campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// The activity.
    #[field(given, filter = "Of this activity.")]
    pub activity_id: Uuid,
    /// The person; null for a group.
    #[field(given, owner, filter = "Of this volunteer.")]
    pub volunteer_id: Option<Uuid>,
    /// The group's name; null for a person.
    #[field(given = Line<1, 150>, personal)]
    pub group_name: Option<String>,
    /// The organisation that they come with.
    #[field(given, unit, filter = "With this organisation.")]
    pub unit_id: Option<Uuid>,
    /// Where they come from.
    #[field(given, in_hamlet, any = "From any of these hamlets, separated by commas.")]
    pub hamlet_id: Option<Uuid>,
    /// People signed up; 1 for a person.
    #[field(later = Whole<1, 500>)]
    pub headcount_signed_up: i32,
    /// People who came.
    pub headcount_present: Option<i32>,
    /// Who signed up.
    pub source: SignUpSource,
    /// The answer to being asked again.
    pub reconfirmation: Option<Reconfirmation>,
    /// When presence was taken, by the client's clock (UTC).
    pub checked_in_at: Option<DateTime<Utc>>,
    /// How presence was taken.
    pub check_in_method: Option<CheckInMethod>,
    /// The device that presence was taken with, by the client's name of it.
    pub check_in_device: Option<String>,
    /// Presence was written down after the activity had ended.
    pub late: bool,
    /// Came without a confirmed seat.
    pub walk_in: bool,
    /// When they left, by the client's clock (UTC).
    pub checked_out_at: Option<DateTime<Utc>>,
    /// Minutes of presence of each.
    pub minutes: Option<i32>,
    /// Man-days in halves; 8 hours of one person are 1. A group's are those of its members who are not named one by one.
    pub man_days: Option<f64>,
    /// A note.
    #[field(changes = Line<1, 500>, personal)]
    pub note: Option<String>,
    /// The group that this person was signed up with: a named member takes no seat of its own.
    #[field(given)]
    pub group_id: Option<Uuid>,
    /// What the office or the lead should look at.
    #[field(any(mark: PresenceMark) = "With any of these marks, separated by commas.")]
    #[schema(value_type = Vec<PresenceMark>)]
    pub marks: Vec<PresenceMark>,
    /// For presence kept apart: the sign-up that it was told for; null where there was none.
    pub apart_of: Option<Uuid>,
}

acting! {
    /// An action on a sign-up.
    ActOnSignUp: "Why; needed to reject.", when
}

/// Where presence belongs that was kept apart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceSignUp {
    /// The activity that took place then.
    pub activity_id: Uuid,
    /// Minutes of presence of each; from the times when left out.
    pub minutes: Option<Whole<0, 1440>>,
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
}

acting! {
    /// The answer to being asked again.
    Reconfirm, when {
        /// Whether they still come; who does not is withdrawn.
        pub comes: bool,
    }
}

/// A new sign-up, of a person or of a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSignUp {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The activity.
    pub activity_id: Uuid,
    /// The person; left out for a group.
    pub volunteer_id: Option<Uuid>,
    /// The group's name; left out for a person.
    pub group_name: Option<Line<1, 150>>,
    /// For a group: people.
    pub headcount: Option<Whole<1, 500>>,
    /// For a group: the organisation.
    pub unit_id: Option<Uuid>,
    /// For a group: the hamlet.
    pub hamlet_id: Option<Uuid>,
    /// For a person: the group that named them.
    pub group_id: Option<Uuid>,
    /// A note.
    pub note: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}
