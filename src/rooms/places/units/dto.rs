//! A unit in JSON and in its table.

use chrono::NaiveDate;
use danvan_macros::record;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::text_enum;
use crate::web::values::{Day, Few, Id, Line, Phone, Slug};

text_enum! {
    /// What a unit does for the commune; rights of its officers hang on it.
    pub enum UnitFunction {
        MilitaryAffairs = "military_affairs" ("Quân sự", "Military affairs"),
        PublicSecurity = "public_security" ("Công an", "Public security"),
        CultureSports = "culture_sports" ("Văn hóa, thể thao", "Culture sports"),
        Broadcasting = "broadcasting" ("Truyền thanh", "Broadcasting"),
        SocialAffairs = "social_affairs" ("Lao động - xã hội", "Social affairs"),
        Accounting = "accounting" ("Tài chính - kế toán", "Accounting"),
        Health = "health" ("Y tế", "Health"),
        Mobilisation = "mobilisation" ("Dân vận", "Mass mobilisation"),
        GeneralOffice = "general_office" ("Văn phòng HĐND và UBND", "General office"),
    }
}

text_enum! {
    /// Whether the unit works.
    pub enum UnitStatus {
        Active = "active" ("Đang hoạt động", "Active"),
        Inactive = "inactive" ("Ngừng hoạt động", "Inactive"),
        Merged = "merged" ("Đã sáp nhập", "Merged"),
    }
}

/// A unit of a commune.
#[record(
    units, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = UnitStatus::Active, itself = unit, open = All, any_status = "Any of these, separated by commas: active, inactive, merged.",
)]
#[schema(as = CommuneUnit)]
pub struct Unit {
    /// Short name for imports, unique among the commune's working units.
    #[field(changes = Slug, office, public, filter = "Exactly this code.")]
    #[schema(example = "van-phong-ubnd")]
    pub code: String,
    /// Full name.
    #[field(changes = Line<1, 150>, office, public, search, sort)]
    #[schema(example = "Văn phòng UBND xã")]
    pub name: String,
    /// Short name.
    #[field(changes = Line<1, 60>, office, public, search)]
    pub short_name: Option<String>,
    /// Other names, as documents print them; search finds all.
    #[field(changes = Few<Line<1, 150>, 20>, office, default, search)]
    pub aliases: Vec<String>,
    /// Kind; see `/v1/unit-kinds`.
    #[field(changes = Line<1, 60>, office, public, any = "Any of these kinds, separated by commas.")]
    #[schema(example = "commune_office")]
    pub kind: String,
    /// What it does for the commune.
    #[field(changes = Few<UnitFunction, 9>, office, default, has(UnitFunction) = "Has this function.")]
    #[schema(value_type = Vec<UnitFunction>)]
    pub functions: Vec<UnitFunction>,
    /// The unit above it in the commune.
    #[field(changes = Id, office)]
    pub parent_id: Option<Uuid>,
    /// The army unit that it stands for.
    #[field(given)]
    pub military_unit_id: Option<Uuid>,
    /// Electronic identification code of agencies (Decision 20/2020/QĐ-TTg).
    #[field(changes = Line<1, 35>, office)]
    #[schema(example = "H19.26173")]
    pub agency_code: Option<String>,
    /// Whom to ask.
    #[field(changes = Line<1, 100>, personal)]
    pub contact_name: Option<String>,
    /// Phone (`0` and 9 or 10 digits).
    #[field(changes = Phone, contact)]
    pub contact_phone: Option<String>,
    /// How to reach an army unit's liaison.
    #[field(changes = Line<1, 200>, military)]
    pub liaison_contact: Option<String>,
    /// First day of the unit.
    #[field(given = Day)]
    pub valid_from: Option<NaiveDate>,
    /// Last day of the unit.
    pub valid_to: Option<NaiveDate>,
    /// The unit that it was merged into.
    pub successor_id: Option<Uuid>,
}

acting! {
    /// An action on a unit.
    ActOnUnit: "Why, for the journal."
}

acting! {
    /// The merging of a unit into another.
    MergeUnit: "Why, for the journal." {
        /// The working unit of the same commune that takes its place.
        pub successor_id: Uuid,
        /// Last day of the unit.
        pub valid_to: Day,
    }
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
