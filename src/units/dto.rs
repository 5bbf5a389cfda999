//! A unit in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::units;
use crate::text::fold;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Day, Few, Id, Line, Phone, Slug};

text_enum! {
    /// What a unit does for the commune; rights of its officers hang on it.
    pub enum UnitFunction {
        MilitaryAffairs = "military_affairs", PublicSecurity = "public_security", CultureSports = "culture_sports", Broadcasting = "broadcasting",
        SocialAffairs = "social_affairs", Accounting = "accounting", Health = "health", Mobilisation = "mobilisation", GeneralOffice = "general_office",
    }
}

text_enum! {
    /// Whether the unit works.
    pub enum UnitStatus { Active = "active", Inactive = "inactive", Merged = "merged" }
}

/// A unit of a commune.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = units, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Unit {
    /// The unit's id.
    pub id: Uuid,
    /// The commune that it belongs to or works with.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Short name for imports, unique among the commune's working units.
    #[schema(example = "van-phong-ubnd")]
    pub code: String,
    /// Full name.
    #[schema(example = "Văn phòng UBND xã")]
    pub name: String,
    /// Short name.
    pub short_name: Option<String>,
    /// Other names, as documents print them; search finds all.
    pub aliases: Vec<String>,
    /// Kind; see `/v1/unit-kinds`.
    #[schema(example = "commune_office")]
    pub kind: String,
    /// What it does for the commune.
    #[schema(value_type = Vec<UnitFunction>)]
    pub functions: Vec<UnitFunction>,
    /// The unit above it in the commune.
    pub parent_id: Option<Uuid>,
    /// The army unit that it stands for.
    pub military_unit_id: Option<Uuid>,
    /// Electronic identification code of agencies (Decision 20/2020/QĐ-TTg).
    #[schema(example = "H19.26173")]
    pub agency_code: Option<String>,
    /// Whom to ask.
    pub contact_name: Option<String>,
    /// Phone (`0` and 9 or 10 digits).
    pub contact_phone: Option<String>,
    /// How to reach an army unit's liaison.
    pub liaison_contact: Option<String>,
    /// First day of the unit.
    pub valid_from: Option<NaiveDate>,
    /// Last day of the unit.
    pub valid_to: Option<NaiveDate>,
    /// The unit that it was merged into.
    pub successor_id: Option<Uuid>,
    /// Whether it works.
    pub status: UnitStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

impl Unit {
    /// Brings the search column in step with the names.
    pub fn with_search(mut self) -> Self {
        self.search = fold(&format!("{} {} {}", self.name, self.short_name.as_deref().unwrap_or_default(), self.aliases.join(" ")));
        self
    }
}

/// A new unit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUnit {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// Short name for imports.
    pub code: Slug,
    /// Full name.
    pub name: Line<1, 150>,
    /// Short name.
    pub short_name: Option<Line<1, 60>>,
    /// Other names.
    pub aliases: Option<Few<Line<1, 150>, 20>>,
    /// Kind; see `/v1/unit-kinds`.
    pub kind: Line<1, 60>,
    /// What it does for the commune.
    pub functions: Option<Few<UnitFunction, 9>>,
    /// The unit above it.
    pub parent_id: Option<Uuid>,
    /// The army unit that it stands for.
    pub military_unit_id: Option<Uuid>,
    /// Electronic identification code of agencies.
    pub agency_code: Option<Line<1, 35>>,
    /// Whom to ask.
    pub contact_name: Option<Line<1, 100>>,
    /// Phone.
    pub contact_phone: Option<Phone>,
    /// How to reach an army unit's liaison.
    pub liaison_contact: Option<Line<1, 200>>,
    /// First day of the unit.
    pub valid_from: Option<Day>,
}

/// Changes of a unit (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUnit {
    /// Short name for imports.
    #[serde(default)]
    pub code: Change<Slug>,
    /// Full name.
    #[serde(default)]
    pub name: Change<Line<1, 150>>,
    /// Short name.
    #[serde(default)]
    pub short_name: Clear<Line<1, 60>>,
    /// Other names; replaces all of them.
    #[serde(default)]
    pub aliases: Change<Few<Line<1, 150>, 20>>,
    /// Kind.
    #[serde(default)]
    pub kind: Change<Line<1, 60>>,
    /// What it does; replaces all.
    #[serde(default)]
    pub functions: Change<Few<UnitFunction, 9>>,
    /// The unit above it.
    #[serde(default)]
    pub parent_id: Clear<Id>,
    /// Electronic identification code of agencies.
    #[serde(default)]
    pub agency_code: Clear<Line<1, 35>>,
    /// Whom to ask.
    #[serde(default)]
    pub contact_name: Clear<Line<1, 100>>,
    /// Phone.
    #[serde(default)]
    pub contact_phone: Clear<Phone>,
    /// How to reach an army unit's liaison.
    #[serde(default)]
    pub liaison_contact: Clear<Line<1, 200>>,
}

/// An action on a unit.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnUnit {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
}

/// The merging of a unit into another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeUnit {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
    /// The working unit of the same commune that takes its place.
    pub successor_id: Uuid,
    /// Last day of the unit.
    pub valid_to: Day,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct UnitFilter {
    /// Any of these kinds, separated by commas.
    #[param(value_type = Option<String>)]
    pub kind: Option<AnyOf<String>>,
    /// Has this function.
    #[param(value_type = Option<String>)]
    pub functions: Option<UnitFunction>,
    /// Any of these, separated by commas: active, inactive, merged.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<UnitStatus>>,
    /// Exactly this code.
    pub code: Option<String>,
}

/// A kind of unit, with its name in both languages.
#[derive(Debug, Serialize, Queryable, ToSchema)]
pub struct UnitKind {
    /// The kind's code.
    pub code: String,
    /// Vietnamese name.
    pub label_vi: String,
    /// English name.
    pub label_en: String,
}

/// All kinds of units.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitKinds {
    /// Sorted by code.
    pub items: Vec<UnitKind>,
}
