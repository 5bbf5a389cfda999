//! Check-in codes in JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::web::values::Moment;

/// Which codes of an activity.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CodesQuery {
    /// From when on; half an hour before the activity begins when left out.
    #[param(value_type = Option<DateTime<Utc>>)]
    pub from: Option<Moment>,
    /// Until when, at most 24 hours later; the activity's end when left out.
    #[param(value_type = Option<DateTime<Utc>>)]
    pub to: Option<Moment>,
    /// Whether each code comes as an image too; false when left out. Some 8 KB for each code before compression.
    pub svg: Option<bool>,
}

/// The codes of an activity.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityCodes {
    /// The activity.
    pub activity_id: Uuid,
    /// In the order of time.
    pub codes: Vec<TimedCode>,
}

/// A code for ten minutes.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimedCode {
    /// From when on it holds (UTC).
    pub valid_from: DateTime<Utc>,
    /// Until when it holds (UTC).
    pub valid_until: DateTime<Utc>,
    /// What the QR code says: a JWT of some 330 characters.
    pub text: String,
    /// The QR code as an image (SVG), where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub svg: Option<String>,
}

/// The code for a volunteer's card.
#[derive(Debug, Serialize, ToSchema)]
pub struct VolunteerCode {
    /// The volunteer.
    pub volunteer_id: Uuid,
    /// What the QR code says: a JWT of some 300 characters.
    pub text: String,
    /// The QR code as an image (SVG), for print.
    pub svg: String,
}
