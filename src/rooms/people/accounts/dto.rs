//! Users, grants and sessions in JSON and in their tables.

use chrono::{DateTime, NaiveDate, Utc};
use danvan_macros::record;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{rules, store};
use crate::access::roles::Role;
use crate::acting;
use crate::clock::local_day;
use crate::journal::feeds::ACCOUNTS;
use crate::text_enum;
use crate::web::values::{Day, Line, Phone};

text_enum! {
    /// Whether the account may sign in.
    pub enum UserStatus {
        Active = "active" ("Đang hoạt động", "Active"),
        Disabled = "disabled" ("Đã khóa", "Disabled"),
    }
}

text_enum! {
    /// Whether the right stands; its term is another matter.
    pub enum GrantStatus {
        Active = "active" ("Đang hiệu lực", "Active"),
        Revoked = "revoked" ("Đã thu hồi", "Revoked"),
    }
}

/// An account.
#[record(
    users, policy = rules::USERS, taken = rules::CONSTRAINTS, status = UserStatus::Active, itself = user, here = store::here, any_status = "Any of these, separated by commas: active, disabled.", feed = ACCOUNTS, lists_by = home_commune_id,
)]
pub struct User {
    /// Name to sign in with, unique everywhere.
    #[field(given = Line<3, 60>, public, sort, filter = "Exactly this username.")]
    #[schema(example = "26173.vanphong")]
    pub username: String,
    /// Name as people write it.
    #[field(changes = Line<1, 100>, search, sort = first, personal)]
    pub display_name: String,
    /// Phone (`0` and 9 or 10 digits).
    #[field(changes = Phone, contact)]
    pub phone: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    pub password_hash: Option<String>,
    /// When the password was last set (UTC); null for accounts that sign in by code.
    pub password_changed_at: Option<DateTime<Utc>>,
    /// The commune whose office keeps the account; null for the platform's own.
    #[field(given, public)]
    pub home_commune_id: Option<Uuid>,
}

acting! {
    /// An action on an account or a grant.
    ActOnUser: "Why, for the journal."
}

/// A right: role, scope and term.
#[record(
    grants, called = Grant, policy = rules::GRANTS, taken = rules::CONSTRAINTS, status = GrantStatus::Active, any_status = "Any of these, separated by commas: active, revoked.", feed = ACCOUNTS, lists_by = commune_id,
)]
#[schema(as = Grant)]
pub struct GrantRow {
    /// Who has it.
    #[field(given, public, user, filter = "Of this user.")]
    pub user_id: Uuid,
    /// What it makes of the user.
    #[field(given, public, any = "Any of these roles, separated by commas.")]
    pub role: Role,
    /// Where; null for the platform's administrators alone.
    #[field(given, public)]
    pub commune_id: Option<Uuid>,
    /// The unit, for unit officers and liaisons.
    #[field(given, public, in_unit)]
    pub unit_id: Option<Uuid>,
    /// The hamlet, for hamlet heads.
    #[field(given, public, in_hamlet)]
    pub hamlet_id: Option<Uuid>,
    /// Only for this campaign.
    #[field(given, public)]
    pub campaign_id: Option<Uuid>,
    /// First local day.
    #[field(changes = Day, default = local_day(now), public)]
    pub valid_from: NaiveDate,
    /// Last local day; open when null.
    #[field(changes = Day, public)]
    pub valid_to: Option<NaiveDate>,
    /// The user on whose behalf it is used (a deputy signs KT.).
    #[field(given, public)]
    pub acting_for: Option<Uuid>,
    /// Who gave it; null for the operator's command line, and for rights of before this was kept.
    #[field(public)]
    pub given_by: Option<Uuid>,
}

/// A one-time code, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedCode {
    /// The code to hand over.
    pub code: String,
    /// When it stops working (UTC).
    pub expires_at: DateTime<Utc>,
}
