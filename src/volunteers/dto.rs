//! A volunteer in JSON and in its table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::consents::GivenConsent;
use crate::db::schema::volunteers;
use crate::db::values::Json;
use crate::text::fold;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Few, Id, Line, Phone, Whole, mask_phone};

text_enum! {
    /// How the record stands.
    pub enum VolunteerStatus { Unverified = "unverified", Active = "active", Suspended = "suspended", Merged = "merged", Anonymised = "anonymised" }
}

text_enum! {
    /// As whom the person comes.
    pub enum VolunteerCategory {
        Official = "official", CivilServant = "civil_servant", YouthUnionMember = "youth_union_member", AssociationMember = "association_member", Resident = "resident",
    }
}

text_enum! {
    /// Who entered the person.
    pub enum VolunteerSource { Own = "self", Head = "head", Organisation = "organisation", Office = "office", Import = "import" }
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
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = volunteers, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Volunteer {
    /// The volunteer's id.
    pub id: Uuid,
    /// The commune.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Name as people write it.
    pub full_name: String,
    /// Year of birth; those under 18 need a guardian's consent.
    pub birth_year: Option<i32>,
    /// Phone (`0` and 9 or 10 digits).
    pub phone: Option<String>,
    /// The phone for those who may not see it, `09******12`; read only.
    pub phone_masked: Option<String>,
    /// As whom the person comes.
    pub category: Option<VolunteerCategory>,
    /// The organisation that the person comes with.
    pub unit_id: Option<Uuid>,
    /// Where the person lives.
    pub hamlet_id: Option<Uuid>,
    /// What the person can do.
    pub skills: Vec<String>,
    /// Whom to call.
    #[schema(value_type = Option<EmergencyContact>)]
    pub emergency_contact: Option<Json<EmergencyContact>>,
    /// The person's account.
    pub user_id: Option<Uuid>,
    /// Who entered the person.
    pub source: VolunteerSource,
    /// The record that goes on for this one.
    pub merged_into: Option<Uuid>,
    /// How the record stands.
    pub status: VolunteerStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

impl Volunteer {
    /// Brings what is derived in step.
    pub fn derived(mut self) -> Self {
        self.search = fold(&self.full_name);
        self.phone_masked = self.phone.as_deref().map(mask_phone);
        self
    }
}

/// A new volunteer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateVolunteer {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// Name as people write it.
    pub full_name: Line<2, 100>,
    /// Year of birth.
    pub birth_year: Option<Whole<1900, 2100>>,
    /// Phone.
    pub phone: Option<Phone>,
    /// As whom the person comes.
    pub category: Option<VolunteerCategory>,
    /// The organisation that the person comes with.
    pub unit_id: Option<Uuid>,
    /// Where the person lives.
    pub hamlet_id: Option<Uuid>,
    /// What the person can do.
    pub skills: Option<Few<Line<1, 60>, 20>>,
    /// Whom to call.
    pub emergency_contact: Option<EmergencyContact>,
    /// Consents that the person gave; at least `participation`.
    pub consents: Few<GivenConsent, 5>,
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

/// Changes of a volunteer (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateVolunteer {
    /// Name as people write it.
    #[serde(default)]
    pub full_name: Change<Line<2, 100>>,
    /// Year of birth.
    #[serde(default)]
    pub birth_year: Clear<Whole<1900, 2100>>,
    /// Phone.
    #[serde(default)]
    pub phone: Clear<Phone>,
    /// As whom the person comes.
    #[serde(default)]
    pub category: Clear<VolunteerCategory>,
    /// The organisation that the person comes with.
    #[serde(default)]
    pub unit_id: Clear<Id>,
    /// Where the person lives.
    #[serde(default)]
    pub hamlet_id: Clear<Id>,
    /// What the person can do; replaces all.
    #[serde(default)]
    pub skills: Change<Few<Line<1, 60>, 20>>,
    /// Whom to call.
    #[serde(default)]
    pub emergency_contact: Clear<EmergencyContact>,
}

/// An action on a volunteer.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnVolunteer {
    /// Why; needed to suspend and to anonymise.
    pub reason: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Two records of one person become one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeVolunteer {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
    /// The record that goes on.
    pub into: Uuid,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct VolunteerFilter {
    /// Any of these statuses, separated by commas.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<VolunteerStatus>>,
    /// Living in any of these hamlets, separated by commas.
    #[param(value_type = Option<String>)]
    pub hamlet_id: Option<AnyOf<Uuid>>,
    /// Coming with this organisation.
    pub unit_id: Option<Uuid>,
    /// Exactly this phone; only for those who see phones everywhere.
    #[param(value_type = Option<String>)]
    pub phone: Option<Phone>,
}
