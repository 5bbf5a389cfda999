//! A hamlet in JSON and in its table.

use chrono::NaiveDate;
use danvan_macros::record;
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::values::{Code, Day, Few, Line, Phone, Point, Slug, Whole};

text_enum! {
    /// Whether the hamlet lives; one that ended names its successors.
    pub enum HamletStatus {
        Active = "active" ("Đang hoạt động", "Active"),
        Merged = "merged" ("Đã sáp nhập", "Merged"),
        Renamed = "renamed" ("Đã đổi tên", "Renamed"),
        Dissolved = "dissolved" ("Đã giải thể", "Dissolved"),
    }
}

/// A hamlet of a commune.
#[record(
    hamlets, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = HamletStatus::Active,
    itself = hamlet, open = All, here = rules::here,
    any_status = "Any of these, separated by commas: active, merged, renamed, dissolved.",
)]
pub struct Hamlet {
    /// Short name for addresses and imports: lower-case letters, digits, hyphens; unique among the commune's living hamlets.
    #[field(changes = Slug, office, public, filter = "Exactly this code.")]
    #[schema(example = "ly-lich-1")]
    pub code: String,
    /// Name as people write it, 1 to 100 characters.
    #[field(changes = Line<1, 100>, office, public, search, sort)]
    #[schema(example = "Ấp Lý Lịch 1")]
    pub name: String,
    /// Other spellings that search finds too; a change replaces all of them.
    #[field(changes = Few<Line<1, 100>, 10>, default, office, public, search)]
    pub alternative_names: Vec<String>,
    /// Code of the kind of place, see `/v1/kinds`.
    #[schema(example = "ap")]
    #[field(changes = Code, kind = "hamlets", office, public, any = "Any of these kinds, separated by commas.")]
    pub kind: String,
    /// Place in the commune's own order, from 0: the usual order of lists.
    #[field(changes = Whole<0, 10_000>, office, public, sort = first)]
    pub sort_order: i32,
    /// Number of households.
    #[field(changes = Whole<0, 100_000>)]
    pub household_count: Option<i32>,
    /// Number of people.
    #[field(changes = Whole<0, 1_000_000>)]
    pub population: Option<i32>,
    /// Where the hamlet meets.
    #[field(changes = Line<1, 200>)]
    pub meeting_house: Option<String>,
    /// Where that, or the hamlet's middle, is on the map.
    #[field(changes = Point, public)]
    pub geometry: Option<Json<Point>>,
    /// Phone for work with the hamlet (`0` and 9 or 10 digits).
    #[field(changes = Phone, contact)]
    pub contact_phone: Option<String>,
    /// First day that the hamlet existed under this record.
    #[field(changes = Day, office, public)]
    pub valid_from: Option<NaiveDate>,
    /// Last day that it existed under this record.
    #[field(public)]
    pub valid_to: Option<NaiveDate>,
    /// The hamlets that took its place, transitively: their heads read what lies here.
    #[field(public)]
    pub successors: Vec<Uuid>,
}

acting! {
    /// The end of a hamlet without successor.
    EndHamlet: "Why, for the journal.", when {
        /// Last day that the hamlet existed.
        pub valid_to: Day,
    }
}

acting! {
    /// The end of a hamlet that others take the place of.
    SucceedHamlet: "Why, for the journal.", when {
        /// Last day that the hamlet existed.
        pub valid_to: Day,
        /// The living hamlet of the same commune that takes its place.
        pub successor_id: Uuid,
    }
}
