//! A commune in JSON and in its table.

use chrono::NaiveDate;
use danvan_macros::record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::db::values::Json;
use crate::journal::feeds::REFERENCE;
use crate::text_enum;
use crate::web::table::Words;
use crate::web::values::{Day, Few, Id, Line};

text_enum! {
    /// Commune, ward or special zone.
    pub enum CommuneKind {
        Xa = "xa" ("Xã", "Commune"),
        Phuong = "phuong" ("Phường", "Ward"),
        DacKhu = "dac_khu" ("Đặc khu", "Special zone"),
    }
}

text_enum! {
    /// Whether the commune lives.
    pub enum CommuneStatus {
        Active = "active" ("Đang hoạt động", "Active"),
        Merged = "merged" ("Đã sáp nhập", "Merged"),
        Dissolved = "dissolved" ("Đã giải thể", "Dissolved"),
    }
}

/// How a commune was called for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormerName {
    /// Its name then.
    pub name: String,
    /// What it was then.
    pub kind: CommuneKind,
    /// Its province then.
    pub province_name: String,
    /// Last day of that name.
    pub valid_to: NaiveDate,
}

impl Words for Json<Vec<FormerName>> {
    fn words<'w>(&'w self, words: &mut Vec<&'w str>) {
        words.extend(self.0.iter().map(|former| former.name.as_str()));
    }
}

/// A commune-level unit.
#[record(
    communes, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = CommuneStatus::Active, open = All, any_status = "Any of these, separated by commas: active, merged, dissolved.", feed = REFERENCE, lists_by = id,
)]
pub struct Commune {
    /// Name with its kind, as people write it.
    #[field(changes = Line<1, 100>, public, search, sort = first)]
    #[schema(example = "Xã Phú Lý")]
    pub name: String,
    /// Five-digit code of the statistics office; one living commune has it.
    #[field(changes = Line<5, 5>, public, search, sort, filter = "Exactly this five-digit code.")]
    #[schema(example = "26173")]
    pub code: String,
    /// Commune, ward or special zone.
    #[field(given, public)]
    pub kind: CommuneKind,
    /// Two-digit code of the province.
    #[field(changes = Line<2, 2>, public, filter = "Exactly this two-digit code of a province.")]
    #[schema(example = "75")]
    pub province_code: String,
    /// Name of the province.
    #[field(changes = Line<1, 100>, public, search)]
    #[schema(example = "Tỉnh Đồng Nai")]
    pub province_name: String,
    /// First day under this name.
    #[field(given = Day, public)]
    pub valid_from: NaiveDate,
    /// Last day, once it ended.
    #[field(public)]
    pub valid_to: Option<NaiveDate>,
    /// Former names, the oldest first.
    #[field(public, search)]
    pub history: Json<Vec<FormerName>>,
    /// The communes that took its place.
    #[field(public)]
    pub successors: Vec<Uuid>,
}

acting! {
    /// A new name from a day on; the old one goes into `history`.
    RenameCommune: "Why, for example the resolution's number." {
        /// First day of the new name.
        pub valid_from: Day,
        /// The new name with its kind.
        pub name: Line<1, 100>,
        /// What it is from then on.
        pub kind: CommuneKind,
        /// Two-digit code of its province from then on.
        pub province_code: Line<2, 2>,
        /// Name of its province from then on.
        pub province_name: Line<1, 100>,
    }
}

acting! {
    /// The end of a commune.
    EndCommune: "Why, for example the resolution's number." {
        /// Last day.
        pub valid_to: Day,
        /// The communes that take its place.
        pub successors: Option<Few<Id, 20>>,
    }
}
