//! Users, grants and sessions in JSON and in their tables.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::roles::Role;
use crate::db::schema::{grants, users};
use crate::text::fold;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Day, Line, Phone};

text_enum! {
    /// Whether the account may sign in.
    pub enum UserStatus { Active = "active", Disabled = "disabled" }
}

text_enum! {
    /// Whether the right stands; its term is another matter.
    pub enum GrantStatus { Active = "active", Revoked = "revoked" }
}

/// An account.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = users, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct User {
    /// The user's id.
    pub id: Uuid,
    /// The accounts' number at the last change.
    pub version: i64,
    /// When the account was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When it last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Name to sign in with, unique everywhere.
    #[schema(example = "26173.vanphong")]
    pub username: String,
    /// Name as people write it.
    pub display_name: String,
    /// Phone (`0` and 9 or 10 digits).
    pub phone: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    pub password_hash: Option<String>,
    /// When the password was last set (UTC); null for accounts that sign in by code.
    pub password_changed_at: Option<DateTime<Utc>>,
    /// Whether the account may sign in.
    pub status: UserStatus,
    /// The commune whose office keeps the account; null for the platform's own.
    pub home_commune_id: Option<Uuid>,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

impl User {
    /// Brings the search column in step with the names.
    pub fn with_search(mut self) -> Self {
        self.search = fold(&format!("{} {}", self.display_name, self.username));
        self
    }
}

/// A new account. It can sign in once it has a code (`issue_code`) or a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune whose office keeps the account; only the platform's administrator leaves it out.
    pub home_commune_id: Option<Uuid>,
    /// Name to sign in with: lower-case letters, digits, dot, hyphen and underscore.
    pub username: Line<3, 60>,
    /// Name as people write it.
    pub display_name: Line<1, 100>,
    /// Phone.
    pub phone: Option<Phone>,
}

/// Changes of an account (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    /// Name as people write it.
    #[serde(default)]
    pub display_name: Change<Line<1, 100>>,
    /// Phone.
    #[serde(default)]
    pub phone: Clear<Phone>,
}

/// An action on an account or a grant.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnUser {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
}

/// Filters of the list of users.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct UserFilter {
    /// Any of these, separated by commas: active, disabled.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<UserStatus>>,
    /// Exactly this username.
    pub username: Option<String>,
}

/// A right: role, scope and term.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[schema(as = Grant)]
#[diesel(table_name = grants, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct GrantRow {
    /// The grant's id.
    pub id: Uuid,
    /// The accounts' number at the last change.
    pub version: i64,
    /// When it was given (UTC).
    pub created_at: DateTime<Utc>,
    /// When it last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Who has it.
    pub user_id: Uuid,
    /// What it makes of the user.
    pub role: Role,
    /// Where; null for the platform's administrators alone.
    pub commune_id: Option<Uuid>,
    /// The unit, for unit officers and liaisons.
    pub unit_id: Option<Uuid>,
    /// The hamlet, for hamlet heads.
    pub hamlet_id: Option<Uuid>,
    /// Only for this campaign.
    pub campaign_id: Option<Uuid>,
    /// First local day.
    pub valid_from: NaiveDate,
    /// Last local day; open when null.
    pub valid_to: Option<NaiveDate>,
    /// The user on whose behalf it is used (a deputy signs KT.).
    pub acting_for: Option<Uuid>,
    /// Who gave it; null for the operator's command line, and for rights of before this was kept.
    pub given_by: Option<Uuid>,
    /// Whether it stands.
    pub status: GrantStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// A new right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateGrant {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// Who gets it.
    pub user_id: Uuid,
    /// What it makes of the user; `integration`, `member` and `public` cannot be granted.
    pub role: Role,
    /// Where; left out for `platform_admin` alone.
    pub commune_id: Option<Uuid>,
    /// The unit, for `unit_officer` and `unit_liaison`.
    pub unit_id: Option<Uuid>,
    /// The hamlet, for `hamlet_head`.
    pub hamlet_id: Option<Uuid>,
    /// Only for this campaign.
    pub campaign_id: Option<Uuid>,
    /// First local day; today when left out. May lie in the past where the one who gives it held the right then.
    pub valid_from: Option<Day>,
    /// Last local day.
    pub valid_to: Option<Day>,
    /// The user on whose behalf it is used: the one who gives it.
    pub acting_for: Option<Uuid>,
}

/// Changes of a right (merge patch): its term.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateGrant {
    /// First local day; earlier ones where the one who changes it held the right then.
    #[serde(default)]
    pub valid_from: Change<Day>,
    /// Last local day.
    #[serde(default)]
    pub valid_to: Clear<Day>,
}

/// Filters of the list of grants.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct GrantFilter {
    /// Any of these roles, separated by commas.
    #[param(value_type = Option<String>)]
    pub role: Option<AnyOf<Role>>,
    /// Any of these, separated by commas: active, revoked.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<GrantStatus>>,
    /// Of this user.
    pub user_id: Option<Uuid>,
}

/// A one-time code, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedCode {
    /// The code to hand over.
    pub code: String,
    /// When it stops working (UTC).
    pub expires_at: DateTime<Utc>,
}
