//! A commune in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::communes;
use crate::db::values::Json;
use crate::text::fold;
use crate::text_enum;
use crate::web::patch::Change;
use crate::web::values::{AnyOf, Day, Few, Id, Line};

text_enum! {
    /// Commune, ward or special zone.
    pub enum CommuneKind { Xa = "xa", Phuong = "phuong", DacKhu = "dac_khu" }
}

text_enum! {
    /// Whether the commune lives.
    pub enum CommuneStatus { Active = "active", Merged = "merged", Dissolved = "dissolved" }
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

/// A commune-level unit.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = communes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Commune {
    /// The commune's id.
    pub id: Uuid,
    /// The number of the shared data at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Five-digit code of the statistics office; one living commune has it.
    #[schema(example = "26173")]
    pub code: String,
    /// Name with its kind, as people write it.
    #[schema(example = "Xã Phú Lý")]
    pub name: String,
    /// Commune, ward or special zone.
    pub kind: CommuneKind,
    /// Two-digit code of the province.
    #[schema(example = "75")]
    pub province_code: String,
    /// Name of the province.
    #[schema(example = "Tỉnh Đồng Nai")]
    pub province_name: String,
    /// First day under this name.
    pub valid_from: NaiveDate,
    /// Last day, once it ended.
    pub valid_to: Option<NaiveDate>,
    /// Former names, the oldest first.
    #[schema(value_type = Vec<FormerName>)]
    pub history: Json<Vec<FormerName>>,
    /// The communes that took its place.
    pub successors: Vec<Uuid>,
    /// Whether it lives.
    pub status: CommuneStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

impl Commune {
    /// Brings the search column in step with the names.
    pub fn with_search(mut self) -> Self {
        let former: Vec<&str> = self.history.0.iter().map(|former| former.name.as_str()).collect();
        self.search = fold(&format!("{} {} {} {}", self.name, self.code, self.province_name, former.join(" ")));
        self
    }
}

/// A new commune.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCommune {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// Five-digit code of the statistics office.
    pub code: Line<5, 5>,
    /// Name with its kind.
    pub name: Line<1, 100>,
    /// Commune, ward or special zone.
    pub kind: CommuneKind,
    /// Two-digit code of the province.
    pub province_code: Line<2, 2>,
    /// Name of the province.
    pub province_name: Line<1, 100>,
    /// First day under this name.
    pub valid_from: Day,
}

/// Corrections of a commune's record (merge patch); what it is called from a day on is the action `rename`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCommune {
    /// Five-digit code of the statistics office.
    #[serde(default)]
    pub code: Change<Line<5, 5>>,
    /// Name with its kind.
    #[serde(default)]
    pub name: Change<Line<1, 100>>,
    /// Two-digit code of the province.
    #[serde(default)]
    pub province_code: Change<Line<2, 2>>,
    /// Name of the province.
    #[serde(default)]
    pub province_name: Change<Line<1, 100>>,
}

/// A new name from a day on; the old one goes into `history`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameCommune {
    /// Why, for example the resolution's number.
    pub reason: Option<Line<1, 500>>,
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

/// The end of a commune.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndCommune {
    /// Why, for example the resolution's number.
    pub reason: Option<Line<1, 500>>,
    /// Last day.
    pub valid_to: Day,
    /// The communes that take its place.
    pub successors: Option<Few<Id, 20>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CommuneFilter {
    /// Exactly this five-digit code.
    pub code: Option<String>,
    /// Exactly this two-digit code of a province.
    pub province_code: Option<String>,
    /// Any of these, separated by commas: active, merged, dissolved.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<CommuneStatus>>,
}
