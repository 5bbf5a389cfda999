//! The one place that time comes from. Tests hold it still and move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};

/// The service's clock; clones share one time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Now, in whole microseconds as Postgres stores it.
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = Utc::now() + TimeDelta::milliseconds(self.ahead_ms.load(Ordering::Relaxed));
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Moves the clock forward: for tests.
    pub fn advance(&self, by: TimeDelta) {
        self.ahead_ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}

/// Vietnam's zone, Asia/Ho_Chi_Minh: +07:00 without daylight saving.
#[expect(clippy::expect_used, reason = "a constant within range")]
pub fn vietnam() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).expect("seven hours")
}

/// The first instant of a local day.
pub fn start_of_day(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_local_timezone(vietnam()).single().unwrap_or_default().to_utc()
}

/// The local day of an instant.
pub fn local_day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&vietnam()).date_naive()
}
