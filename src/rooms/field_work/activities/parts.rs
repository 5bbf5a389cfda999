//! Parts of an activity that have no identity of their own.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::dto::{Activity, ActivityStatus, PostponeCause, Session};
use crate::text_enum;
use crate::web::patch::Clear;
use crate::web::values::{Few, Line, Paragraph, Point};

text_enum! {
    /// What kind of place it is.
    pub enum PlaceKind {
        Hamlet = "hamlet" ("Thôn/ấp", "Hamlet"),
        Unit = "unit" ("Đơn vị", "Unit"),
        School = "school" ("Trường học", "School"),
        Road = "road" ("Tuyến đường", "Road"),
        Other = "other" ("Khác", "Other"),
    }
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

/// The last time that the day or the hours were put off or moved: from when, and why in kind. The former day's presence is
/// not counted on the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    /// Why, in kind; null where it was moved without being put off.
    pub cause: Option<PostponeCause>,
    /// When it was moved (UTC).
    pub at: DateTime<Utc>,
    /// The former local day.
    pub date: Option<NaiveDate>,
    /// The former part of the day.
    pub session: Option<Session>,
    /// The former start (UTC).
    pub starts_at: Option<DateTime<Utc>>,
    /// The former end (UTC).
    pub ends_at: Option<DateTime<Utc>>,
    /// How far it was then; open sign-ups are open again on the new day.
    pub status: ActivityStatus,
}

impl Moved {
    pub fn from(former: &Activity, cause: Option<PostponeCause>, at: DateTime<Utc>) -> Self {
        let Activity { date, session, starts_at, ends_at, status, .. } = *former;
        Self { cause, at, date, session, starts_at, ends_at, status }
    }
}

/// Somebody on the spot asks the office to put it off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostponementAsked {
    /// Why, in kind.
    pub cause: PostponeCause,
    /// Why, in words.
    pub reason: String,
    /// Who asks.
    pub user_id: Option<Uuid>,
    /// When (UTC).
    pub at: DateTime<Utc>,
}

/// What stands at few activities, in one column of the table; in JSON they are fields of the activity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Course {
    /// What is to be reached.
    pub target: Option<Target>,
    /// Minutes that count for who came and was not seen leaving; the activity's length when null.
    pub default_minutes: Option<i32>,
    /// The last time that it was put off or moved; null when it never was.
    pub moved: Option<Moved>,
    /// Why it was put off or moved, in words.
    pub move_reason: Option<String>,
    /// Somebody on the spot asks to put it off; null once the office decided.
    pub postponement_asked: Option<PostponementAsked>,
}
