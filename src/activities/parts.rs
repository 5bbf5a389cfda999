//! Parts of an activity that have no identity of their own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::text_enum;
use crate::web::patch::Clear;
use crate::web::values::{Few, Line, Paragraph, Point};

text_enum! {
    /// What kind of place it is.
    pub enum PlaceKind { Hamlet = "hamlet", Unit = "unit", School = "school", Road = "road", Other = "other" }
}

/// Where it is. It is public: of a household's house give neither name nor place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityPlace {
    /// What kind of place.
    pub kind: PlaceKind,
    /// Its name as people say it.
    pub name: Line<1, 200>,
    /// The unit or school, where it is one of the commune's units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<Uuid>,
    /// Where it is on the map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometry: Option<Point>,
}

/// Where it is now. Left out, the place on the map stays while kind, name and unit do; another place has none until it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePlace {
    /// What kind of place.
    pub kind: PlaceKind,
    /// Its name as people say it.
    pub name: Line<1, 200>,
    /// The unit or school, where it is one of the commune's units.
    pub unit_id: Option<Uuid>,
    /// Where it is on the map.
    #[serde(default)]
    pub geometry: Clear<Point>,
}

impl ChangePlace {
    pub fn apply(self, place: &mut ActivityPlace) {
        let Self { kind, name, unit_id, geometry } = self;
        let same = (place.kind, &place.name, place.unit_id) == (kind, &name, unit_id);
        let known = place.geometry.take().filter(|_| same);
        *place = ActivityPlace { kind, name, unit_id, geometry: geometry.0.unwrap_or(known) };
    }
}

/// What people bring and heed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    /// Tools to bring.
    #[serde(default)]
    pub tools: Few<Line<1, 100>, 30>,
    /// Safety notes.
    pub safety_notes: Option<Paragraph<2000>>,
    /// Volunteers that are planned for, without binding anybody.
    #[schema(minimum = 0, maximum = 5000)]
    pub volunteers_planned: Option<u16>,
}

/// What is to be reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// How much.
    #[schema(minimum = 0)]
    pub value: f64,
    /// Of what: `metres`, `m2`, `trees`, `man_days`, ...
    pub unit: Line<1, 40>,
}
