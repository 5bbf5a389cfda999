//! An army unit in JSON and in its table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::military_units;
use crate::text::fold;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Few, Id, Line};

text_enum! {
    /// Level of the unit.
    pub enum MilitaryUnitKind {
        MilitaryRegion = "military_region", Corps = "corps", Division = "division", Brigade = "brigade", Regiment = "regiment",
        Battalion = "battalion", Battery = "battery", MilitaryCommand = "military_command", Other = "other",
    }
}

text_enum! {
    /// Whether the unit exists.
    pub enum MilitaryUnitStatus { Active = "active", Inactive = "inactive" }
}

/// An army unit.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = military_units, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct MilitaryUnit {
    /// The unit's id.
    pub id: Uuid,
    /// The number of the shared data at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Full name.
    #[schema(example = "Lữ đoàn pháo binh 75")]
    pub name: String,
    /// Short name.
    #[schema(example = "Lữ đoàn 75")]
    pub short_name: Option<String>,
    /// Other names and abbreviations that search finds.
    pub aliases: Vec<String>,
    /// Level.
    pub kind: MilitaryUnitKind,
    /// The unit above it.
    pub parent_id: Option<Uuid>,
    /// The unit itself and all above it, the nearest first.
    pub ancestors: Vec<Uuid>,
    /// Whether it exists.
    pub status: MilitaryUnitStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

impl MilitaryUnit {
    /// Brings the search column in step with the names.
    pub fn with_search(mut self) -> Self {
        self.search = fold(&format!("{} {} {}", self.name, self.short_name.as_deref().unwrap_or_default(), self.aliases.join(" ")));
        self
    }
}

/// A new army unit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMilitaryUnit {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// Full name.
    pub name: Line<1, 150>,
    /// Short name.
    pub short_name: Option<Line<1, 60>>,
    /// Other names and abbreviations.
    pub aliases: Option<Few<Line<1, 100>, 20>>,
    /// Level.
    pub kind: MilitaryUnitKind,
    /// The unit above it.
    pub parent_id: Option<Uuid>,
}

/// Changes of an army unit (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMilitaryUnit {
    /// Full name.
    #[serde(default)]
    pub name: Change<Line<1, 150>>,
    /// Short name.
    #[serde(default)]
    pub short_name: Clear<Line<1, 60>>,
    /// Other names; replaces all of them.
    #[serde(default)]
    pub aliases: Change<Few<Line<1, 100>, 20>>,
    /// The unit above it; what lies below follows.
    #[serde(default)]
    pub parent_id: Clear<Id>,
}

/// An action on an army unit.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnMilitaryUnit {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MilitaryUnitFilter {
    /// Any of these levels, separated by commas.
    #[param(value_type = Option<String>)]
    pub kind: Option<AnyOf<MilitaryUnitKind>>,
    /// Right below this unit.
    pub parent_id: Option<Uuid>,
    /// Any of these, separated by commas: active, inactive.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<MilitaryUnitStatus>>,
}
