//! What the actions on an activity take.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::dto::{Outcome, PostponeCause, Session};
use crate::acting;
use crate::web::values::{Day, Line, Whole};

acting! {
    /// An action on an activity.
    ActOnActivity: "Why; needed to cancel and to correct.", when
}

acting! {
    /// The end of the work.
    FinishActivity, when {
        /// How it ended.
        pub outcome: Outcome,
        /// Minutes that count for who was not seen leaving; when left out, those until an interruption, or the activity's.
        pub default_minutes: Option<Whole<0, 1440>>,
    }
}

acting! {
    /// Putting off, or asking the office to: sign-ups stay, and are asked again.
    PostponeActivity: "Why, in words.", when {
        /// Why, in kind.
        pub cause: PostponeCause,
    }
}

acting! {
    /// A new day or time.
    RescheduleActivity: "Why; stands at the activity." {
        /// Local day.
        pub date: Day,
        /// Part of the day. Left out together with the start: the same hours as before.
        pub session: Option<Session>,
        /// Start; from the session when left out.
        #[serde(default, deserialize_with = "crate::web::values::moment")]
        pub starts_at: Option<DateTime<Utc>>,
        /// End.
        #[serde(default, deserialize_with = "crate::web::values::moment")]
        pub ends_at: Option<DateTime<Utc>>,
    }
}

/// Making public.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishActivity {
    /// Title for the public, which names no household; needed when there is none yet.
    pub public_title: Option<Line<1, 300>>,
}
