//! How much one caller may ask: budgets for signing in, reads, heavy reads and writes, per user, API client, or address of
//! who has no token (`RateLimit`, draft-ietf-httpapi-ratelimit-headers-10).
//!
//! Counted in this process: with several instances behind a balancer a caller may get as many times as much, and an
//! operator who minds divides `--rate-limit` by their number. A 304 costs a tenth, since a thousand phones may stand
//! behind one carrier's address, and most of what they ask has not changed.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use super::call::Call;
use super::format::Format;
use super::operation::{Kind, Operation, TOKEN_PATH};
use crate::error::{Error, Result};

/// Cells of a request; one that turns out to be a 304 costs one.
const REQUEST: u32 = 10;

/// What a request is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    SignIn,
    Read,
    Heavy,
    /// Whole tables for spreadsheets.
    Export,
    Write,
    /// Of who has no token, by address: a carrier's whole network may be behind one.
    Public,
}

/// A budget's name, requests a minute, and requests at once.
struct Rate(&'static str, u32, u32);

impl Budget {
    fn rate(self) -> Rate {
        match self {
            Self::SignIn => Rate("sign_in", 300, 200),
            Self::Read => Rate("read", 1_200, 600),
            Self::Heavy => Rate("heavy", 60, 30),
            Self::Export => Rate("export", 20, 10),
            Self::Write => Rate("write", 600, 300),
            Self::Public => Rate("public", 12_000, 6_000),
        }
    }

    fn of(call: &Call) -> Self {
        let operation: &Operation = call.operation;
        match operation.kind {
            _ if operation.room == "auth" && operation.writes() || operation.path == TOKEN_PATH => Self::SignIn,
            _ if call.actor.person.is_none() => Self::Public,
            // A first sync and checksums read all rows in reach, and a stream begins like a sync.
            Kind::Read | Kind::Stream if matches!(operation.room, "sync" | "stream") && !call.query.contains("cursor=") => Self::Heavy,
            _ if operation.writes() => Self::Write,
            Kind::List { .. } if is_export(call) => Self::Export,
            _ => Self::Read,
        }
    }
}

fn is_export(call: &Call) -> bool {
    let named = form_urlencoded::parse(call.query.as_bytes()).find(|(name, _)| name == "format").map(|(_, format)| format);
    matches!(Format::asked(call, named.as_deref(), call.operation.formats), Ok(Some(_)))
}

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Caller(Uuid),
    Address(Option<IpAddr>),
}

type Limiter = RateLimiter<Who, DashMapStateStore<Who>, DefaultClock, StateInformationMiddleware>;

/// The budgets of a process.
pub struct Limits([(Budget, Option<Limiter>); 6]);

/// Where a caller stands after a request.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    budget: Budget,
    remaining: u32,
    per_minute: u32,
}

impl Limits {
    /// Budgets in per cent of the usual ones; 0 switches them off.
    pub fn new(percent: u32) -> Self {
        let limiter = |budget: Budget| {
            let Rate(_, minute, burst) = budget.rate();
            let part = |count: u32| NonZeroU32::new((count * REQUEST).saturating_mul(percent) / 100);
            let quota = Quota::per_minute(part(minute)?).allow_burst(part(burst)?);
            Some(Limiter::new(quota, DashMapStateStore::default(), DefaultClock::default()))
        };
        Self([Budget::SignIn, Budget::Read, Budget::Heavy, Budget::Export, Budget::Write, Budget::Public].map(|budget| (budget, limiter(budget))))
    }

    /// Counts a request, or refuses it with 429 and `Retry-After`.
    pub fn admit(&self, call: &Call) -> Result<Option<Standing>> {
        // Who sends a tag mostly has what there is: the rest is counted when there is an answer.
        let cells = if call.headers.if_none_match.is_some() { 1 } else { REQUEST };
        self.charge(call, cells)
    }

    /// Counts the rest of a request that had a tag, and yet an answer with a body.
    pub fn settle(&self, call: &Call, standing: Option<Standing>, status: u16) -> Option<Standing> {
        if call.headers.if_none_match.is_none() || status == 304 {
            return standing;
        }
        self.charge(call, REQUEST - 1).unwrap_or(standing)
    }

    fn charge(&self, call: &Call, cells: u32) -> Result<Option<Standing>> {
        let budget = Budget::of(call);
        let Some(limiter) = self.0.iter().find(|(own, _)| *own == budget).and_then(|(_, limiter)| limiter.as_ref()) else { return Ok(None) };
        let who = match (budget, call.actor.caller_id()) {
            (Budget::SignIn | Budget::Public, _) | (_, None) => Who::Address(call.address),
            (_, Some(caller)) => Who::Caller(caller),
        };
        let cells = NonZeroU32::new(cells).unwrap_or(NonZeroU32::MIN);
        match limiter.check_key_n(&who, cells) {
            Ok(Ok(state)) => {
                let per_minute = state.quota().replenish_interval();
                let per_minute = Duration::from_secs(60).as_nanos() / per_minute.as_nanos().max(1);
                let per_minute = u32::try_from(per_minute).unwrap_or(u32::MAX) / REQUEST;
                Ok(Some(Standing { budget, remaining: state.remaining_burst_capacity() / REQUEST, per_minute }))
            }
            Ok(Err(until)) => {
                let seconds = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
                let Rate(name, ..) = budget.rate();
                let error = Error::too_many(i64::try_from(seconds).unwrap_or(60));
                Err(error.header("RateLimit", format!("\"{name}\";r=0;t={seconds}")))
            }
            Err(_) => Ok(None),
        }
    }

    /// Forgets callers whose budget is full again.
    pub fn sweep(&self) {
        for limiter in self.0.iter().filter_map(|(_, limiter)| limiter.as_ref()) {
            limiter.retain_recent();
        }
    }
}

impl Standing {
    /// `RateLimit-Policy` and `RateLimit`.
    pub fn headers(&self) -> [(&'static str, String); 2] {
        let Rate(name, ..) = self.budget.rate();
        [("RateLimit-Policy", format!("\"{name}\";q={};w=60", self.per_minute)), ("RateLimit", format!("\"{name}\";r={}", self.remaining))]
    }
}
