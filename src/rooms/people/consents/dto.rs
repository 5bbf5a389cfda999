//! A consent in JSON and in its table.

use chrono::{DateTime, Utc};
use danvan_macros::record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{rules, store};
use crate::acting;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::values::{Line, Moment, Phone};

text_enum! {
    /// What it is about.
    pub enum ConsentPurpose {
        Participation = "participation" ("Tham gia hoạt động", "Participation"),
        Contact = "contact" ("Liên lạc", "Contact"),
        Publication = "publication" ("Đăng tên công khai", "Publication"),
        Photos = "photos" ("Hình ảnh", "Photos"),
        Awards = "awards" ("Khen thưởng", "Awards"),
    }
}

text_enum! {
    /// How it was given.
    pub enum GivenVia {
        Own = "self" ("Tự đồng ý trên ứng dụng", "Self"),
        OralToHead = "oral_to_head" ("Đồng ý bằng lời với trưởng thôn/ấp", "Told the head"),
        Paper = "paper" ("Bằng văn bản", "Paper"),
    }
}

text_enum! {
    /// Whether it stands.
    pub enum ConsentStatus {
        Given = "given" ("Đã đồng ý", "Given"),
        Withdrawn = "withdrawn" ("Đã rút", "Withdrawn"),
    }
}

/// Who agreed for a minor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Guardian {
    /// Name.
    pub name: Line<1, 100>,
    /// Phone.
    pub phone: Phone,
    /// Relation to the minor.
    pub relation: Line<1, 60>,
}

/// A consent.
#[record(
    consents, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = ConsentStatus::Given, here = store::here, any_status = "Any of these, separated by commas: given, withdrawn.", follows("volunteers"."hamlet_id" by Row => volunteer_id),
)]
pub struct Consent {
    /// Who agreed.
    #[field(given, owner, filter = "Of this volunteer.")]
    pub volunteer_id: Uuid,
    /// To what.
    #[field(given, sensitive, any = "Any of these purposes, separated by commas.")]
    pub purpose: ConsentPurpose,
    /// The wording that was agreed to.
    #[field(given = Line<1, 40>, sensitive)]
    #[schema(example = "2026-01")]
    pub text_version: String,
    /// How it was given.
    #[field(given, sensitive)]
    pub given_via: GivenVia,
    /// The user who wrote it down; null when the person did.
    #[field(sensitive)]
    pub recorded_by: Option<Uuid>,
    /// When it was given (UTC).
    #[field(given = Moment, default = now, sensitive, sort)]
    pub given_at: DateTime<Utc>,
    /// When it was withdrawn (UTC).
    #[field(sensitive)]
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Who agreed for a minor.
    #[field(given = Guardian, sensitive)]
    pub guardian: Option<Json<Guardian>>,
}

/// A consent as it comes with a person.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenConsent {
    /// To what.
    pub purpose: ConsentPurpose,
    /// The wording that was agreed to.
    pub text_version: Line<1, 40>,
    /// How it was given.
    pub given_via: GivenVia,
    /// When it was given; now when left out.
    pub given_at: Option<Moment>,
    /// Who agreed for a minor.
    pub guardian: Option<Guardian>,
}

acting! {
    /// An action on a consent.
    ActOnConsent: "Why, if the person said so.", when
}
