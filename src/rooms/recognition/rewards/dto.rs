//! A reward in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use danvan_macros::record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{rules, store};
use crate::acting;
use crate::activity_sums::Figure;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::values::{Day, Line, Paragraph};

text_enum! {
    /// What kind of subject is rewarded.
    pub enum SubjectType {
        Volunteer = "volunteer" ("Tình nguyện viên", "Volunteer"),
        User = "user" ("Cán bộ", "User"),
        Unit = "unit" ("Đơn vị", "Unit"),
        Hamlet = "hamlet" ("Thôn/ấp", "Hamlet"),
        Household = "household" ("Hộ gia đình", "Household"),
        Named = "named" ("Cá nhân nêu tên", "Named person"),
    }
}

text_enum! {
    /// As what the subject is rewarded: the amount follows from it.
    pub enum SubjectClass {
        Individual = "individual" ("Cá nhân", "Individual"),
        Household = "household" ("Hộ gia đình", "Household"),
        Collective = "collective" ("Tập thể", "Collective"),
    }
}

text_enum! {
    /// Why: for an emulation movement, or for an outstanding deed.
    pub enum RewardKind {
        Thematic = "thematic" ("Theo chuyên đề", "Thematic"),
        Irregular = "irregular" ("Đột xuất", "Irregular"),
    }
}

text_enum! {
    /// In what form: giấy khen, thư cảm ơn, or a proposal to a higher level.
    pub enum RewardForm {
        CertificateOfMerit = "certificate_of_merit" ("Giấy khen", "Certificate of merit"),
        LetterOfThanks = "letter_of_thanks" ("Thư cảm ơn", "Letter of thanks"),
        ProposalToHigherLevel = "proposal_to_higher_level" ("Đề nghị cấp trên khen thưởng", "Proposal to higher level"),
    }
}

text_enum! {
    /// How far the reward is.
    pub enum RewardStatus {
        Nominated = "nominated" ("Đã đề nghị", "Nominated"),
        Checked = "checked" ("Đã xét điều kiện", "Checked"),
        Recommended = "recommended" ("Hội đồng đề nghị", "Recommended"),
        Awarded = "awarded" ("Đã khen thưởng", "Awarded"),
        Presented = "presented" ("Đã trao", "Presented"),
        Rejected = "rejected" ("Không xét", "Rejected"),
        Withdrawn = "withdrawn" ("Đã rút", "Withdrawn"),
        Revoked = "revoked" ("Đã hủy bỏ quyết định", "Revoked"),
    }
}

/// What the office found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckResult {
    /// Under disciplinary review, investigation or a verified complaint: no reward meanwhile.
    pub disciplined: bool,
    /// What was found.
    pub note: Option<String>,
    /// When (UTC).
    pub at: DateTime<Utc>,
}

/// The council's recommendation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Council {
    /// The day that it met.
    pub met_on: NaiveDate,
    /// Its minutes, an issued document.
    pub minutes_document_id: Uuid,
}

/// What attendance and results said of the subject at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceFigures {
    /// When they were computed (UTC).
    pub at: DateTime<Utc>,
    /// Activities that the subject took part in, or led.
    pub activities: i64,
    /// Man-days of attendance.
    pub man_days: f64,
    /// Results, without soldiers' man-days.
    pub figures: Vec<Figure>,
}

/// Evidence, at the nomination and at the decision: both are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// When it was nominated.
    pub nominated: EvidenceFigures,
    /// When it was decided.
    pub decided: Option<EvidenceFigures>,
}

/// A reward, from the nomination to the presentation.
#[record(
    rewards, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = RewardStatus::Nominated, create = CreateReward, here = store::here, any_status = "Any of these statuses, separated by commas.", by_age, follows("consents"."status" by Owner => subject_id),
)]
pub struct Reward {
    /// The campaign.
    #[field(given, public, campaign, filter = "Of this campaign.")]
    pub campaign_id: Uuid,
    /// The activity, where it is for one alone.
    #[field(given, public, filter = "For this activity alone.")]
    pub activity_id: Option<Uuid>,
    /// What kind of subject.
    #[field(given, public, any = "Any of these, separated by commas.")]
    pub subject_type: SubjectType,
    /// The volunteer, user, unit or hamlet; null for a household or a name.
    #[field(given, owner, filter = "Of this subject.")]
    pub subject_id: Option<Uuid>,
    /// The name as printed on the certificate.
    #[field(changes = Line<1, 200>, default, public, search, sort, personal)]
    pub subject_name: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub subject_key: String,
    /// As what it is rewarded.
    #[field(given, default, public)]
    pub subject_class: SubjectClass,
    /// The subject's hamlet.
    #[field(given, hamlet)]
    pub hamlet_id: Option<Uuid>,
    /// The subject's unit.
    #[field(unit)]
    pub unit_id: Option<Uuid>,
    /// What was achieved.
    #[field(changes = Paragraph<3000>, public, personal)]
    pub achievement: String,
    /// Why.
    #[field(changes, public)]
    pub kind: RewardKind,
    /// In what form.
    #[field(changes, public)]
    pub form: RewardForm,
    /// The user who nominated.
    pub nominated_by: Option<Uuid>,
    /// What the office found.
    #[field(sensitive)]
    pub check_result: Option<Json<CheckResult>>,
    /// The council's recommendation.
    pub council: Option<Json<Council>>,
    /// The decision that it is put on, a document.
    #[field(public, filter = "Put on this decision.")]
    pub decision_id: Option<Uuid>,
    /// What attendance and results said.
    pub evidence: Json<Evidence>,
    /// Money that comes with it, whole đồng; set when it is awarded.
    pub amount_vnd: Option<i64>,
    /// The parameters that the amount was computed with, see `/v1/award-parameters`.
    pub award_parameter_id: Option<Uuid>,
    /// Number of the certificate.
    pub certificate_number: Option<String>,
    /// Local day on which it was handed over.
    #[field(public)]
    pub presented_on: Option<NaiveDate>,
    /// The activity at which it was handed over.
    pub presented_activity_id: Option<Uuid>,
    /// The subject agreed to be named in public, noted by the office; a volunteer's consent is in `consents`.
    pub name_consent: bool,
}

acting! {
    /// An action on a reward.
    ActOnReward: "Why; needed to reject and to revoke.", when
}

/// The office's check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckReward {
    /// Under disciplinary review, investigation or a verified complaint.
    pub disciplined: bool,
    /// What was found.
    pub note: Option<Line<1, 1000>>,
}

/// The council's recommendation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecommendReward {
    /// The day that the council met.
    pub met_on: Day,
    /// Its minutes, an issued document of the kind `minutes`.
    pub minutes_document_id: Uuid,
}

/// The decision that a reward is put on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutOnDecision {
    /// A document of the kind `decision` that is not issued yet.
    pub decision_id: Uuid,
}

/// The presentation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresentReward {
    /// Local day.
    pub presented_on: Day,
    /// The activity at which it was handed over.
    pub activity_id: Option<Uuid>,
    /// Number of the certificate.
    pub certificate_number: Option<Line<1, 60>>,
}

/// Whether the subject agreed to be named in public.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameConsent {
    /// Whether the subject agreed.
    pub given: bool,
}

/// A nomination.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateReward {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// The activity, where it is for one alone.
    pub activity_id: Option<Uuid>,
    /// What kind of subject.
    pub subject_type: SubjectType,
    /// The volunteer, user, unit or hamlet; left out for a household or a name.
    pub subject_id: Option<Uuid>,
    /// The name as printed; the record's own when left out. Needed for a household or a name.
    pub subject_name: Option<Line<1, 200>>,
    /// As what it is rewarded; only for a name, `individual` when left out.
    pub subject_class: Option<SubjectClass>,
    /// The hamlet of a household or a name.
    pub hamlet_id: Option<Uuid>,
    /// What was achieved.
    pub achievement: Paragraph<3000>,
    /// Why.
    pub kind: RewardKind,
    /// In what form.
    pub form: RewardForm,
}
