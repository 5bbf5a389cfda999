//! Failures of signing in, counted in the database so that all instances count together.
//!
//! Only failures count: a thousand phones may stand behind one carrier's address. Nobody is locked out: each failure
//! beyond the free ones doubles a wait that has an end, and where an account signed in before, only its own failures
//! there keep it waiting. Codes have no place here: 50 random bits are not guessed within any budget of an address.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::keys::Secret;
use crate::db::schema::{known_networks, throttles};
use crate::error::{Error, Result};
use crate::journal::retention::FAILURES;
use crate::web::proxies::network;

/// One thing that failures are counted of.
struct Subject {
    key: String,
    /// Failures that cost nothing.
    free: i32,
    longest: TimeDelta,
}

/// The account at this address, the account anywhere, the address with any account.
///
/// The account alone waits at most 30 s, the address 5 s: else a stranger could shut out its owner, or all who share it.
pub struct Attempt {
    subjects: Vec<Subject>,
    /// Account and network as one, in what is known of former sign-ins.
    known: String,
}

impl Attempt {
    pub fn new(secret: &Secret, account: &str, address: Option<IpAddr>) -> Self {
        let address = written(address);
        let key = |kind: &str, parts: &[&[u8]]| subject_key(secret, kind, parts);
        let known = key("known", &[account.as_bytes(), address.as_bytes()]);
        let subjects = vec![
            Subject { key: key("pair", &[account.as_bytes(), address.as_bytes()]), free: 5, longest: TimeDelta::minutes(15) },
            Subject { key: key("account", &[account.as_bytes()]), free: 20, longest: TimeDelta::seconds(30) },
            Subject { key: key("address", &[address.as_bytes()]), free: 100, longest: TimeDelta::seconds(5) },
        ];
        Self { subjects, known }
    }

    fn keys(&self) -> Vec<&str> {
        self.subjects.iter().map(|subject| subject.key.as_str()).collect()
    }

    /// 429 with `Retry-After` while a wait lasts.
    pub async fn check(&self, connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<()> {
        let rows: Vec<(String, i32, DateTime<Utc>)> = throttles::table
            .filter(throttles::subject.eq_any(self.keys()).and(throttles::last_failure_at.gt(now - FAILURES)))
            .select((throttles::subject, throttles::failures, throttles::last_failure_at))
            .load(connection)
            .await?;
        let mut longest = TimeDelta::zero();
        let known = !rows.is_empty() && self.is_known(connection).await?;
        let counted = if known { 1 } else { self.subjects.len() };
        for (key, failures, last) in rows {
            if let Some(subject) = self.subjects.iter().take(counted).find(|subject| subject.key == key) {
                longest = longest.max(last + subject.wait(failures) - now);
            }
        }
        if longest > TimeDelta::zero() {
            return Err(Error::too_many((longest.num_milliseconds() + 999) / 1000));
        }
        Ok(())
    }

    /// Counts a failure, in one statement. Failures of more than a day ago are forgotten.
    pub async fn failed(&self, connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<()> {
        // Sorted: two failures at once would else wait for each other's rows in a circle.
        let mut keys = self.keys();
        keys.sort_unstable();
        let rows: Vec<_> = keys.into_iter().map(|key| (throttles::subject.eq(key), throttles::failures.eq(1), throttles::last_failure_at.eq(now))).collect();
        let next = case_when::<_, _, diesel::sql_types::Integer>(throttles::last_failure_at.lt(now - FAILURES), 1).otherwise(throttles::failures + 1);
        diesel::insert_into(throttles::table)
            .values(rows)
            .on_conflict(throttles::subject)
            .do_update()
            .set((throttles::failures.eq(next), throttles::last_failure_at.eq(now)))
            .execute(connection)
            .await?;
        Ok(())
    }

    async fn is_known(&self, connection: &mut AsyncPgConnection) -> Result<bool> {
        Ok(diesel::select(diesel::dsl::exists(known_networks::table.find(&self.known))).get_result(connection).await?)
    }

    /// A success forgives the account at this address, and is remembered.
    pub async fn succeeded(&self, connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<()> {
        let pair = self.keys().into_iter().next().unwrap_or_default();
        diesel::delete(throttles::table.find(pair)).execute(connection).await?;
        let row = (known_networks::subject.eq(&self.known), known_networks::seen_at.eq(now));
        diesel::insert_into(known_networks::table)
            .values(row)
            .on_conflict(known_networks::subject)
            .do_update()
            .set(known_networks::seen_at.eq(now))
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// An address as it is counted.
fn written(address: Option<IpAddr>) -> String {
    address.map(|address| network(address).to_string()).unwrap_or_default()
}

/// Neither names nor addresses lie in the table.
fn subject_key(secret: &Secret, kind: &str, parts: &[&[u8]]) -> String {
    let mac = secret.mac("throttle", parts);
    format!("{kind}:{}", mac.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())
}

impl Subject {
    fn wait(&self, failures: i32) -> TimeDelta {
        let beyond = failures - self.free;
        if beyond < 0 {
            return TimeDelta::zero();
        }
        TimeDelta::seconds(1 << beyond.min(20)).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_have_an_end() {
        let subject = Subject { key: String::new(), free: 5, longest: TimeDelta::minutes(15) };
        let waits: Vec<i64> = [4, 5, 6, 8, 100].into_iter().map(|n| subject.wait(n).num_seconds()).collect();
        assert_eq!(waits, [0, 1, 2, 8, 900]);
    }
}
