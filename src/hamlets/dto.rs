//! A hamlet in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::hamlets;
use crate::db::values::Json;
use crate::text::fold;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Day, Few, Line, Phone, Point, Slug, Whole};

text_enum! {
    /// What kind of place it is, as the commune calls it.
    pub enum HamletKind {
        Ap = "ap", Thon = "thon", KhuPho = "khu_pho", ToDanPho = "to_dan_pho", Ban = "ban", Buon = "buon", Other = "other",
    }
}

text_enum! {
    /// Whether the hamlet lives; one that ended names its successors.
    pub enum HamletStatus {
        Active = "active", Merged = "merged", Renamed = "renamed", Dissolved = "dissolved",
    }
}

/// A hamlet of a commune.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = hamlets, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Hamlet {
    /// The hamlet's id.
    pub id: Uuid,
    /// The commune that it belongs to.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Short name for addresses and imports: lower-case letters, digits, hyphens; unique among the commune's living hamlets.
    #[schema(example = "ly-lich-1")]
    pub code: String,
    /// Name as people write it, 1 to 100 characters.
    #[schema(example = "Ấp Lý Lịch 1")]
    pub name: String,
    /// Other spellings that search finds too.
    pub alternative_names: Vec<String>,
    /// Kind of place.
    pub kind: HamletKind,
    /// Place in the commune's own order, from 0.
    pub sort_order: i32,
    /// Number of households.
    pub household_count: Option<i32>,
    /// Number of people.
    pub population: Option<i32>,
    /// Where the hamlet meets.
    pub meeting_house: Option<String>,
    /// Where that, or the hamlet's middle, is on the map.
    #[schema(value_type = Option<Point>)]
    pub geometry: Option<Json<Point>>,
    /// Phone for work with the hamlet (`0` and 9 or 10 digits).
    pub contact_phone: Option<String>,
    /// First day that the hamlet existed under this record.
    pub valid_from: Option<NaiveDate>,
    /// Last day that it existed under this record.
    pub valid_to: Option<NaiveDate>,
    /// The hamlets that took its place, transitively: their heads read what lies here.
    pub successors: Vec<Uuid>,
    /// Whether it lives.
    pub status: HamletStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

impl Hamlet {
    /// Brings the search column in step with the names.
    pub fn with_search(mut self) -> Self {
        self.search = fold(&format!("{} {}", self.name, self.alternative_names.join(" ")));
        self
    }
}

/// A new hamlet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateHamlet {
    /// Chosen by the client, so that it can repeat the request; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// Short name, unique in the commune.
    pub code: Slug,
    /// Name as people write it.
    pub name: Line<1, 100>,
    /// Other spellings.
    #[serde(default)]
    pub alternative_names: Option<Few<Line<1, 100>, 10>>,
    /// Kind of place.
    pub kind: HamletKind,
    /// Place in the commune's own order.
    pub sort_order: Whole<0, 10_000>,
    /// Number of households.
    pub household_count: Option<Whole<0, 100_000>>,
    /// Number of people.
    pub population: Option<Whole<0, 1_000_000>>,
    /// Where the hamlet meets.
    pub meeting_house: Option<Line<1, 200>>,
    /// Where that, or the hamlet's middle, is on the map.
    pub geometry: Option<Point>,
    /// Phone for work with the hamlet.
    pub contact_phone: Option<Phone>,
    /// First day that the hamlet existed.
    pub valid_from: Option<Day>,
}

/// Changes of a hamlet (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateHamlet {
    /// Short name, unique in the commune.
    #[serde(default)]
    pub code: Change<Slug>,
    /// Name as people write it.
    #[serde(default)]
    pub name: Change<Line<1, 100>>,
    /// Other spellings; replaces all of them.
    #[serde(default)]
    pub alternative_names: Change<Few<Line<1, 100>, 10>>,
    /// Kind of place.
    #[serde(default)]
    pub kind: Change<HamletKind>,
    /// Place in the commune's own order.
    #[serde(default)]
    pub sort_order: Change<Whole<0, 10_000>>,
    /// Number of households.
    #[serde(default)]
    pub household_count: Clear<Whole<0, 100_000>>,
    /// Number of people.
    #[serde(default)]
    pub population: Clear<Whole<0, 1_000_000>>,
    /// Where the hamlet meets.
    #[serde(default)]
    pub meeting_house: Clear<Line<1, 200>>,
    /// Where that, or the hamlet's middle, is on the map.
    #[serde(default)]
    pub geometry: Clear<Point>,
    /// Phone for work with the hamlet.
    #[serde(default)]
    pub contact_phone: Clear<Phone>,
    /// First day that the hamlet existed.
    #[serde(default)]
    pub valid_from: Clear<Day>,
}

/// The end of a hamlet without successor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndHamlet {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
    /// Last day that the hamlet existed.
    pub valid_to: Day,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// The end of a hamlet that others take the place of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SucceedHamlet {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
    /// Last day that the hamlet existed.
    pub valid_to: Day,
    /// The living hamlet of the same commune that takes its place.
    pub successor_id: Uuid,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct HamletFilter {
    /// Any of these, separated by commas: active, merged, renamed, dissolved.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<HamletStatus>>,
    /// Any of these kinds, separated by commas.
    #[param(value_type = Option<String>)]
    pub kind: Option<AnyOf<HamletKind>>,
    /// Exactly this code.
    pub code: Option<String>,
}
