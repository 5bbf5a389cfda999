//! Links to calendars in JSON.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A new link.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCalendar {
    /// The commune; may be left out by callers with rights in exactly one.
    pub commune_id: Option<Uuid>,
}

/// A link, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarLink {
    /// The commune.
    pub commune_id: Uuid,
    /// The path of the calendar, with its token.
    #[schema(example = "/v1/calendars/5yJ3….ics")]
    pub path: String,
    /// The whole address, where the operator named the service's.
    pub url: Option<String>,
}
