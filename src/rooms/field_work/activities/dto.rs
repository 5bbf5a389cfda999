//! An activity in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use danvan_macros::record;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::parts::{ActivityPlace, ChangePlace, Course, Preparation, Target};
use super::{rules, store};
use crate::db::values::Json;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::table::Words;
use crate::web::values::{Code, Day, Few, Id, Line, Moment, Paragraph, Slug, Whole};

text_enum! {
    /// How far the activity is.
    pub enum ActivityStatus {
        Draft = "draft" ("Dự thảo", "Draft"),
        Scheduled = "scheduled" ("Đã lên lịch", "Scheduled"),
        Open = "open" ("Đang nhận đăng ký", "Open for sign-ups"),
        InProgress = "in_progress" ("Đang diễn ra", "In progress"),
        Done = "done" ("Đã xong", "Done"),
        Verified = "verified" ("Đã xác nhận kết quả", "Verified"),
        Postponed = "postponed" ("Đã hoãn", "Postponed"),
        Cancelled = "cancelled" ("Đã hủy", "Cancelled"),
    }
}

text_enum! {
    /// What is done.
    pub enum ActivityKind {
        LaunchCeremony = "launch_ceremony" ("Lễ ra quân", "Launch ceremony"),
        RoadLabour = "road_labour" ("Lao động phát quang, vệ sinh tuyến đường", "Road labour"),
        WorkHandover = "work_handover" ("Bàn giao công trình", "Handover of works"),
        SportsExchange = "sports_exchange" ("Giao lưu thể thao", "Sports exchange"),
        CulturalExchange = "cultural_exchange" ("Giao lưu văn nghệ", "Cultural exchange"),
        DiseasePreventionSpraying = "disease_prevention_spraying" ("Phun thuốc phòng dịch", "Spraying against disease"),
        GiftPresentation = "gift_presentation" ("Tặng quà", "Presentation of gifts"),
        ClosingSummary = "closing_summary" ("Tổng kết", "Closing summary"),
        MedicalCheck = "medical_check" ("Khám bệnh", "Medical check"),
        PropagandaTalk = "propaganda_talk" ("Tuyên truyền", "Talk"),
        Meeting = "meeting" ("Họp", "Meeting"),
        Other = "other" ("Khác", "Other"),
    }
}

text_enum! {
    /// Part of a day; its times are the campaign's.
    pub enum Session {
        Morning = "morning" ("Sáng", "Morning"),
        Afternoon = "afternoon" ("Chiều", "Afternoon"),
        Evening = "evening" ("Tối", "Evening"),
    }
}

text_enum! {
    /// How it ended.
    pub enum Outcome {
        Completed = "completed" ("Hoàn thành", "Completed"),
        Interrupted = "interrupted" ("Dừng giữa chừng", "Interrupted"),
    }
}

text_enum! {
    /// Why it was put off.
    pub enum PostponeCause {
        Weather = "weather" ("Do thời tiết", "Weather"),
        Order = "order" ("Theo lệnh cấp trên", "Order"),
        Mourning = "mourning" ("Do quốc tang, việc tang", "Mourning"),
        Epidemic = "epidemic" ("Do dịch bệnh", "Epidemic"),
        Other = "other" ("Lý do khác", "Other"),
    }
}

impl Words for Json<ActivityPlace> {
    fn words<'w>(&'w self, words: &mut Vec<&'w str>) {
        words.push(&self.0.name.0);
    }
}

/// One row of the schedule.
#[record(
    activities, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = ActivityStatus::Draft, derive = Activity::sort_in_time, inside(moved = Public), create = CreateActivity, update = UpdateActivity, open = Since("published_at"), here = store::here, any_status = "Any of these statuses, separated by commas.",
)]
pub struct Activity {
    /// The campaign.
    #[field(given, public, campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// What of the plan it carries out.
    #[field(changes = Id, filter = "Of this plan item.")]
    pub plan_item_id: Option<Uuid>,
    /// Short name, unique in the campaign.
    #[field(given = Slug, public)]
    #[schema(example = "ap-3-sang-17")]
    pub code: String,
    /// What is done.
    #[field(changes, public, any = "Any of these kinds, separated by commas.")]
    pub kind: ActivityKind,
    /// Title for those who work on it.
    #[field(changes = Line<1, 300>, search, sort)]
    pub title: String,
    /// Title for the public, where the other names a household.
    #[field(changes = Line<1, 300>, public)]
    pub public_title: Option<String>,
    /// More about it.
    #[field(changes = Paragraph<5000>)]
    pub description: Option<String>,
    /// Local day; null until it is set.
    #[field(changes = Day, public, range = "On this local day")]
    pub date: Option<NaiveDate>,
    /// Part of the day.
    #[field(changes, public)]
    pub session: Option<Session>,
    /// Start (UTC); from the session when no time was given.
    #[field(changes = Moment, public)]
    pub starts_at: Option<DateTime<Utc>>,
    /// End (UTC).
    #[field(changes = Moment, public)]
    pub ends_at: Option<DateTime<Utc>>,
    #[field(sort = first)]
    #[serde(skip)]
    #[schema(ignore)]
    pub sort_at: DateTime<Utc>,
    /// Where it is.
    #[field(changes = ChangePlace, public, search)]
    pub place: Json<ActivityPlace>,
    /// The hamlet; a labour activity has exactly one.
    #[field(changes = Id, public, hamlet, any = "In any of these hamlets, separated by commas.")]
    pub hamlet_id: Option<Uuid>,
    /// Codes of the work on the road, see `/v1/kinds`.
    #[field(changes = Few<Code, 5>, kind = "work_types", default, public)]
    pub work_types: Vec<String>,
    /// The user who leads it, until the campaign closes.
    #[field(changes = Id, owner)]
    pub lead_user_id: Option<Uuid>,
    /// Seats; open when null. Binds sign-ups, never presence.
    #[field(changes = Whole<1, 5000>, public)]
    pub capacity: Option<i32>,
    /// What people bring and heed.
    #[field(changes = Preparation, default, public)]
    pub preparation: Json<Preparation>,
    #[serde(flatten)]
    #[schema(value_type = Course, inline)]
    pub course: Json<Course>,
    /// Meant to lie outside the campaign's period: preparations, gifts of 27 July.
    #[field(changes)]
    pub outside_period: bool,
    /// When it was made public (UTC).
    #[field(public)]
    pub published_at: Option<DateTime<Utc>>,
    /// How it ended.
    #[field(public)]
    pub outcome: Option<Outcome>,
    /// The interrupted activity that this one goes on with.
    #[field(given, public)]
    pub continues_id: Option<Uuid>,
}

impl Activity {
    /// Brings what is derived in step: the search column, and the time that lists are sorted by.
    fn sort_in_time(&mut self) {
        let far = DateTime::from_timestamp(4_102_444_800, 0).unwrap_or_default();
        self.sort_at = self.starts_at.or_else(|| self.date.map(crate::clock::start_of_day)).unwrap_or(far);
    }
}

/// A new activity, as a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateActivity {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// What of the plan it carries out.
    pub plan_item_id: Option<Uuid>,
    /// Short name, unique in the campaign.
    pub code: Slug,
    /// What is done.
    pub kind: ActivityKind,
    /// Title for those who work on it.
    pub title: Line<1, 300>,
    /// Title for the public.
    pub public_title: Option<Line<1, 300>>,
    /// More about it.
    pub description: Option<Paragraph<5000>>,
    /// Local day.
    pub date: Option<Day>,
    /// Part of the day.
    pub session: Option<Session>,
    /// Start.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub starts_at: Option<DateTime<Utc>>,
    /// End.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub ends_at: Option<DateTime<Utc>>,
    /// Where it is.
    pub place: ActivityPlace,
    /// The hamlet.
    pub hamlet_id: Option<Uuid>,
    /// Codes of the work on the road, see `/v1/kinds`.
    pub work_types: Option<Few<Code, 5>>,
    /// The user who leads it.
    pub lead_user_id: Option<Uuid>,
    /// Seats.
    pub capacity: Option<Whole<1, 5000>>,
    /// What people bring and heed.
    pub preparation: Option<Preparation>,
    /// What is to be reached.
    pub target: Option<Target>,
    /// Meant to lie outside the campaign's period.
    #[serde(default)]
    pub outside_period: bool,
    /// The interrupted activity that this one goes on with.
    pub continues_id: Option<Uuid>,
    /// Minutes that count for who came and was not seen leaving; the activity's length when left out.
    pub default_minutes: Option<Whole<0, 1440>>,
}

/// Changes of an activity (merge patch). A new day or half-day of what is scheduled asks those who signed up again, like
/// `reschedule`, which also takes a reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateActivity {
    /// What of the plan it carries out.
    #[serde(default)]
    pub plan_item_id: Clear<Id>,
    /// What is done.
    #[serde(default)]
    pub kind: Change<ActivityKind>,
    /// Title for those who work on it.
    #[serde(default)]
    pub title: Change<Line<1, 300>>,
    /// Title for the public.
    #[serde(default)]
    pub public_title: Clear<Line<1, 300>>,
    /// More about it.
    #[serde(default)]
    pub description: Clear<Paragraph<5000>>,
    /// Local day.
    #[serde(default)]
    pub date: Clear<Day>,
    /// Part of the day.
    #[serde(default)]
    pub session: Clear<Session>,
    /// Start.
    #[serde(default)]
    pub starts_at: Clear<Moment>,
    /// End.
    #[serde(default)]
    pub ends_at: Clear<Moment>,
    /// Where it is.
    #[serde(default)]
    pub place: Change<ChangePlace>,
    /// The hamlet.
    #[serde(default)]
    pub hamlet_id: Clear<Id>,
    /// Codes of the work on the road, see `/v1/kinds`; replaces all.
    #[serde(default)]
    pub work_types: Change<Few<Code, 5>>,
    /// The user who leads it.
    #[serde(default)]
    pub lead_user_id: Clear<Id>,
    /// Seats; may not go below those taken.
    #[serde(default)]
    pub capacity: Clear<Whole<1, 5000>>,
    /// What people bring and heed.
    #[serde(default)]
    pub preparation: Change<Preparation>,
    /// What is to be reached.
    #[serde(default)]
    pub target: Clear<Target>,
    /// Meant to lie outside the campaign's period.
    #[serde(default)]
    pub outside_period: Change<bool>,
    /// Minutes that count for who came and was not seen leaving.
    #[serde(default)]
    pub default_minutes: Clear<Whole<0, 1440>>,
}
