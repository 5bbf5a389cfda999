//! A volunteer in JSON and in its table.

use chrono::{DateTime, Utc};
use danvan_macros::record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{rules, store};
use crate::acting;
use crate::consents::GivenConsent;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::values::{Code, Few, Id, Line, Phone, Whole, mask_phone};

text_enum! {
    /// How the record stands.
    pub enum VolunteerStatus {
        Unverified = "unverified" ("Chưa xác minh", "Unverified"),
        Active = "active" ("Đang tham gia", "Active"),
        Suspended = "suspended" ("Tạm dừng", "Suspended"),
        Merged = "merged" ("Đã gộp", "Merged"),
        Anonymised = "anonymised" ("Đã ẩn danh", "Anonymised"),
    }
}

text_enum! {
    /// Who entered the person.
    pub enum VolunteerSource {
        Own = "self" ("Tự đăng ký", "The person"),
        Head = "head" ("Trưởng thôn/ấp", "Hamlet head"),
        Organisation = "organisation" ("Đoàn thể", "Organisation"),
        Office = "office" ("Văn phòng xã", "Office"),
        Import = "import" ("Nhập từ danh sách", "Import"),
    }
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyContact {
    /// Name.
    pub name: Line<1, 100>,
    /// Phone.
    pub phone: Phone,
}

/// A volunteer.
#[record(
    volunteers, policy = rules::POLICY, status = VolunteerStatus::Active, derive = Volunteer::derive, here = store::here, any_status = "Any of these statuses, separated by commas.", follows("sign_ups"."volunteer_id" by Owner => id),
)]
pub struct Volunteer {
    /// Name as people write it.
    #[field(changes = Line<2, 100>, search, sort, personal)]
    pub full_name: String,
    /// What people are called by, with the rest of the name behind it: lists of names go by it.
    #[field(sort, personal)]
    #[serde(skip)]
    #[schema(ignore)]
    pub given_name: String,
    /// Year of birth; those under 18 need a guardian's consent.
    #[field(changes = Whole<1900, 2100>, contact)]
    pub birth_year: Option<i32>,
    /// Phone (`0` and 9 or 10 digits).
    #[field(changes = Phone, contact, filter(Phone) = "Exactly this phone; only for those who see phones everywhere.")]
    pub phone: Option<String>,
    /// The phone for those who may not see it, `09******12`; read only.
    #[field(personal)]
    pub phone_masked: Option<String>,
    /// As whom the person comes: a code of `/v1/kinds`.
    #[field(changes = Code, kind = "people", sensitive)]
    pub category: Option<String>,
    /// The organisation that the person comes with.
    #[field(changes = Id, unit, filter = "Coming with this organisation.")]
    pub unit_id: Option<Uuid>,
    /// Where the person lives.
    #[field(changes = Id, hamlet, any = "Living in any of these hamlets, separated by commas.")]
    pub hamlet_id: Option<Uuid>,
    /// What the person can do.
    #[field(changes = Few<Line<1, 60>, 20>, default, personal)]
    pub skills: Vec<String>,
    /// Whom to call.
    #[field(changes = EmergencyContact, contact)]
    pub emergency_contact: Option<Json<EmergencyContact>>,
    /// The person's account.
    #[field(user)]
    pub user_id: Option<Uuid>,
    /// Who entered the person.
    #[field(made = VolunteerSource::Own)]
    pub source: VolunteerSource,
    /// The record that goes on for this one.
    pub merged_into: Option<Uuid>,
    /// Consents that the person gave; at least `participation`.
    #[field(sent)]
    pub consents: Few<GivenConsent, 5>,
}

impl Volunteer {
    /// What of the phone those see who do not see it.
    fn derive(&mut self) {
        self.phone_masked = self.phone.as_deref().map(mask_phone);
        let (family, given) = self.full_name.rsplit_once(' ').unwrap_or(("", &self.full_name));
        self.given_name = format!("{given} {family}").trim().to_owned();
    }
}

/// A person enters alone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterVolunteer {
    /// Chosen by the phone: the same id again repeats the request.
    pub id: Uuid,
    /// The commune.
    pub commune_id: Uuid,
    /// Where the person lives.
    pub hamlet_id: Option<Uuid>,
    /// Name as people write it.
    pub full_name: Line<2, 100>,
    /// Year of birth.
    pub birth_year: Option<Whole<1900, 2100>>,
    /// Phone.
    pub phone: Phone,
    /// Consents that the person gives; at least `participation`.
    pub consents: Few<GivenConsent, 5>,
}

/// A person who entered alone, until a head or the office verifies.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entered {
    /// The volunteer's id.
    pub id: Uuid,
    /// `unverified`.
    pub status: VolunteerStatus,
    /// One-time code for `/v1/auth/activate`.
    pub claim_code: String,
    /// When the code stops working (UTC).
    pub expires_at: DateTime<Utc>,
}

acting! {
    /// An action on a volunteer.
    ActOnVolunteer: "Why; needed to suspend and to anonymise.", when
}

acting! {
    /// Two records of one person become one.
    MergeVolunteer: "Why, for the journal." {
        /// The record that goes on.
        pub into: Uuid,
    }
}
