//! A consent in JSON and in its table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::consents;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::values::{AnyOf, Line, Phone};

text_enum! {
    /// What it is about.
    pub enum ConsentPurpose { Participation = "participation", Contact = "contact", Publication = "publication", Photos = "photos", Awards = "awards" }
}

text_enum! {
    /// How it was given.
    pub enum GivenVia { Own = "self", OralToHead = "oral_to_head", Paper = "paper" }
}

text_enum! {
    /// Whether it stands.
    pub enum ConsentStatus { Given = "given", Withdrawn = "withdrawn" }
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
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = consents, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Consent {
    /// The consent's id.
    pub id: Uuid,
    /// The commune.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Who agreed.
    pub volunteer_id: Uuid,
    /// To what.
    pub purpose: ConsentPurpose,
    /// The wording that was agreed to.
    #[schema(example = "2026-01")]
    pub text_version: String,
    /// How it was given.
    pub given_via: GivenVia,
    /// The user who wrote it down; null when the person did.
    pub recorded_by: Option<Uuid>,
    /// When it was given (UTC).
    pub given_at: DateTime<Utc>,
    /// When it was withdrawn (UTC).
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Who agreed for a minor.
    #[schema(value_type = Option<Guardian>)]
    pub guardian: Option<Json<Guardian>>,
    /// Whether it stands.
    pub status: ConsentStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
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
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub given_at: Option<DateTime<Utc>>,
    /// Who agreed for a minor.
    pub guardian: Option<Guardian>,
}

/// A consent of a person who is there already.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateConsent {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// Who agreed.
    pub volunteer_id: Uuid,
    /// To what.
    pub purpose: ConsentPurpose,
    /// The wording that was agreed to.
    pub text_version: Line<1, 40>,
    /// How it was given.
    pub given_via: GivenVia,
    /// When it was given; now when left out.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub given_at: Option<DateTime<Utc>>,
    /// Who agreed for a minor.
    pub guardian: Option<Guardian>,
}

/// An action on a consent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnConsent {
    /// Why, if the person said so.
    pub reason: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ConsentFilter {
    /// Of this volunteer.
    pub volunteer_id: Option<Uuid>,
    /// Any of these purposes, separated by commas.
    #[param(value_type = Option<String>)]
    pub purpose: Option<AnyOf<ConsentPurpose>>,
    /// Any of these, separated by commas: given, withdrawn.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<ConsentStatus>>,
}
