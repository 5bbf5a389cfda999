//! A road registration in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use danvan_macros::record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{rules, store};
use crate::acting;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::patch::Clear;
use crate::web::values::{Code, Day, Few, Line, LineString, Paragraph, Phone, Positive, Whole};

text_enum! {
    /// How far the registration is.
    pub enum RoadStatus {
        Draft = "draft" ("Dự thảo", "Draft"),
        Submitted = "submitted" ("Đã gửi đăng ký", "Submitted"),
        Returned = "returned" ("Trả lại để bổ sung", "Returned"),
        Accepted = "accepted" ("Đã đưa vào kế hoạch", "Accepted"),
        Rejected = "rejected" ("Không đưa vào kế hoạch", "Rejected"),
        Merged = "merged" ("Đã gộp", "Merged"),
        Withdrawn = "withdrawn" ("Đã rút", "Withdrawn"),
        Scheduled = "scheduled" ("Đã xếp lịch", "Scheduled"),
        InProgress = "in_progress" ("Đang làm", "In progress"),
        Done = "done" ("Đã báo hoàn thành", "Done"),
        Confirmed = "confirmed" ("Đã nghiệm thu", "Confirmed"),
    }
}

text_enum! {
    /// How much it matters to the hamlet.
    pub enum Priority {
        Low = "low" ("Thấp", "Low"),
        Normal = "normal" ("Bình thường", "Normal"),
        High = "high" ("Cao", "High"),
    }
}

text_enum! {
    /// Who registered it.
    pub enum RoadSource {
        Head = "head" ("Trưởng thôn/ấp", "Hamlet head"),
        Office = "office" ("Văn phòng xã", "Office"),
        Import = "import" ("Nhập từ danh sách", "Import"),
    }
}

/// Whom to call about the road.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoadContact {
    /// Name.
    pub name: Line<1, 100>,
    /// Phone.
    pub phone: Phone,
}

/// A road that a hamlet asks to be worked on.
#[record(
    road_registrations, policy = rules::POLICY, status = RoadStatus::Draft, here = store::here, lead = "activity_ids && ARRAY", any_status = "Any of these statuses, separated by commas.", by_age,
)]
pub struct RoadRegistration {
    /// The campaign.
    #[field(given, campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// The hamlet that asks.
    #[field(given, hamlet, any = "Of any of these hamlets, separated by commas.")]
    pub hamlet_id: Uuid,
    /// The road's name as people say it.
    #[field(changes = Line<1, 200>, search, sort = first)]
    #[schema(example = "Đường liên ấp 1-2")]
    pub road_name: String,
    /// Where the part to be worked on begins.
    #[field(changes = Line<1, 200>)]
    pub from_place: Option<String>,
    /// Where it ends.
    #[field(changes = Line<1, 200>)]
    pub to_place: Option<String>,
    /// Length asked for, in metres, 1 to 100000.
    #[field(changes = Whole<1, 100_000>)]
    pub length_m: i32,
    /// Width in metres, above 0 to 100.
    #[field(changes = Positive<100>)]
    pub width_m: Option<f64>,
    /// Its course on the map.
    #[field(changes = LineString)]
    pub geometry: Option<Json<LineString>>,
    /// Codes of the work to be done, see `/v1/kinds`.
    #[field(changes = Few<Code, 5>, kind = "work_types", default)]
    pub work_types: Vec<String>,
    /// What the road is like.
    #[field(changes = Paragraph<1000>)]
    pub condition: Option<String>,
    /// How much it matters to the hamlet.
    #[field(changes, default = Priority::Normal, any = "Any of these, separated by commas: low, normal, high.")]
    pub priority: Priority,
    /// Local days that would suit.
    #[field(changes = Few<Day, 31>, default)]
    pub wanted_dates: Vec<NaiveDate>,
    /// Residents who are expected to work along.
    #[field(changes = Whole<0, 5000>)]
    pub residents_expected: Option<i32>,
    /// Tools that the hamlet has.
    #[field(changes = Few<Line<1, 100>, 30>, default)]
    pub tools: Vec<String>,
    /// Whom to call.
    #[field(changes = RoadContact, contact)]
    pub contact: Option<Json<RoadContact>>,
    /// What the army unit or the military command noted when it looked at the road.
    pub survey_note: Option<String>,
    /// When it was looked at (UTC).
    pub surveyed_at: Option<DateTime<Utc>>,
    /// Who registered it.
    #[field(made = RoadSource::Office)]
    pub source: RoadSource,
    /// Submitted after the campaign's last day for registrations.
    #[field(filter = "Submitted late, or not.")]
    pub late: bool,
    /// Length that the office accepted, in metres.
    pub accepted_length_m: Option<i32>,
    /// The registration that goes on for this one.
    pub merged_into: Option<Uuid>,
    /// The activities that it was put into.
    #[field(has(activity_id: Uuid) = "Put into this activity.")]
    pub activity_ids: Vec<Uuid>,
    /// Metres done, the sum of the road's results.
    pub done_length_m: i32,
    /// The user who reported it done.
    pub done_by: Option<Uuid>,
}

acting! {
    /// An action on a registration.
    ActOnRoadRegistration: "Why; needed to return, reject, unschedule and send back.", when
}

acting! {
    /// Acceptance.
    #[derive(Default)]
    AcceptRoadRegistration, when {
        /// Length that is accepted, in metres; all that was asked for when left out.
        pub accepted_length_m: Option<Whole<1, 100_000>>,
    }
}

acting! {
    /// Two registrations of one road become one.
    MergeRoadRegistration: "Why, for the journal." {
        /// The registration that goes on.
        pub into: Uuid,
    }
}

acting! {
    /// A road is put into an activity.
    ScheduleRoadRegistration, when {
        /// The activity, of the same campaign.
        pub activity_id: Uuid,
    }
}

acting! {
    /// What was found when the road was looked at.
    SurveyRoadRegistration, when {
        /// The note.
        pub note: Paragraph<1000>,
        /// The course as it was found to be; what was known stays when left out.
        #[serde(default)]
        pub geometry: Clear<LineString>,
    }
}

acting! {
    /// The road is done.
    #[derive(Default)]
    FinishRoadRegistration, when {
        /// Metres done that no result holds yet: a result is recorded with them. Left out when results were recorded before.
        pub length_m: Option<Whole<1, 100_000>>,
        /// The activity that they were done in; the last one that the road was put into when left out.
        pub activity_id: Option<Uuid>,
    }
}
