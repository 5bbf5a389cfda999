//! An army unit in JSON and in its table.

use danvan_macros::record;
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::journal::feeds::REFERENCE;
use crate::text_enum;
use crate::web::values::{Few, Id, Line};

text_enum! {
    /// Level of the unit.
    pub enum MilitaryUnitKind {
        MilitaryRegion = "military_region" ("Quân khu", "Military region"),
        Corps = "corps" ("Quân đoàn, binh chủng", "Corps"),
        Division = "division" ("Sư đoàn", "Division"),
        Brigade = "brigade" ("Lữ đoàn", "Brigade"),
        Regiment = "regiment" ("Trung đoàn", "Regiment"),
        Battalion = "battalion" ("Tiểu đoàn", "Battalion"),
        Battery = "battery" ("Đại đội pháo", "Battery"),
        MilitaryCommand = "military_command" ("Bộ chỉ huy quân sự", "Military command"),
        Other = "other" ("Khác", "Other"),
    }
}

text_enum! {
    /// Whether the unit exists.
    pub enum MilitaryUnitStatus {
        Active = "active" ("Đang hoạt động", "Active"),
        Inactive = "inactive" ("Ngừng hoạt động", "Inactive"),
    }
}

/// An army unit.
#[record(
    military_units, policy = rules::POLICY, status = MilitaryUnitStatus::Active, open = All, any_status = "Any of these, separated by commas: active, inactive.", feed = REFERENCE, lists_by = id,
)]
pub struct MilitaryUnit {
    /// Full name.
    #[field(changes = Line<1, 150>, public, search, sort)]
    #[schema(example = "Lữ đoàn pháo binh 75")]
    pub name: String,
    /// Short name.
    #[field(changes = Line<1, 60>, public, search)]
    #[schema(example = "Lữ đoàn 75")]
    pub short_name: Option<String>,
    /// Other names and abbreviations that search finds.
    #[field(changes = Few<Line<1, 100>, 20>, default, public, search)]
    pub aliases: Vec<String>,
    /// Level.
    #[field(given, public, any = "Any of these levels, separated by commas.")]
    pub kind: MilitaryUnitKind,
    /// The unit above it.
    #[field(changes = Id, public, filter = "Right below this unit.")]
    pub parent_id: Option<Uuid>,
    /// The unit itself and all above it, the nearest first.
    #[field(public, made = vec![id])]
    pub ancestors: Vec<Uuid>,
}

acting! {
    /// An action on an army unit.
    ActOnMilitaryUnit: "Why, for the journal."
}
