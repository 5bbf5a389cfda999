//! How much one caller may ask: budgets for signing in, reads, heavy reads, exports and writes, per user, per owner of API
//! clients, or per network of who has no token (`RateLimit`, draft-ietf-httpapi-ratelimit-headers-10).
//!
//! Counted in this process: with several instances behind a balancer a caller may get as many times as much, and an
//! operator who minds divides `--rate-limit` by their number. A 304 costs a tenth, since a thousand phones may stand
//! behind one carrier's address, and most of what they ask has not changed. What a request turns out to cost beyond what is
//! left (the items of a batch, an answer that was no 304) is a debt, which is paid before the next request.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use super::call::Call;
use super::format::Format;
use super::operation::{Kind, Operation, TOKEN_PATH};
use super::proxies::network;
use crate::error::{Error, Result};

/// Cells of a request; one that turns out to be a 304 costs one.
const REQUEST: u32 = 10;
/// The same for counting items.
pub const TENTHS: usize = 10;

/// What a request is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Budget {
    SignIn,
    /// People who enter themselves, by network.
    Entry,
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
            Self::Entry => Rate("entry", 20, 200),
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
            _ if operation.id == "enter_volunteer" => Self::Entry,
            Kind::List { .. } if is_export(call) => Self::Export,
            _ if call.actor.person.is_none() => Self::Public,
            // All rows in reach are read, or a day of QR codes is drawn.
            _ if matches!(operation.id.as_str(), "get_sync_checksums" | "list_check_in_codes" | "list_campaign_warnings" | "list_import_rows") => Self::Heavy,
            // A first sync reads all rows in reach, and a stream begins like a sync.
            Kind::Read | Kind::Stream if matches!(operation.room, "sync" | "stream") && named(call, "cursor").is_none() => Self::Heavy,
            _ if operation.writes() => Self::Write,
            _ => Self::Read,
        }
    }
}

/// A parameter's value, unless it is empty.
fn named(call: &Call, parameter: &str) -> Option<String> {
    form_urlencoded::parse(call.query.as_bytes()).find(|(name, value)| name == parameter && !value.is_empty()).map(|(_, value)| value.into_owned())
}

pub fn is_export(call: &Call) -> bool {
    matches!(Format::asked(call, named(call, "format").as_deref(), call.operation.formats), Ok(Some(_)))
}

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Person(Uuid),
    /// All API clients of one owner: more of them are not more.
    ClientsOf(Uuid),
    Network(Option<IpAddr>),
}

impl Who {
    fn of(call: &Call, budget: Budget) -> Self {
        match (budget, call.actor.user_id()) {
            (Budget::SignIn | Budget::Entry | Budget::Public, _) | (_, None) => Self::Network(call.address.map(network)),
            (_, Some(owner)) if call.actor.client.is_some() => Self::ClientsOf(owner),
            (_, Some(user)) => Self::Person(user),
        }
    }
}

type Limiter = RateLimiter<Who, DashMapStateStore<Who>, DefaultClock, StateInformationMiddleware>;

struct Purse {
    budget: Budget,
    /// None where limits are switched off.
    limiter: Option<Limiter>,
    /// Cells that can be paid at once.
    burst: u32,
}

/// The budgets of a process.
pub struct Limits {
    purses: [Purse; 7],
    debts: Mutex<HashMap<(Budget, Who), u32>>,
}

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
        let purse = |budget: Budget| {
            let Rate(_, minute, burst) = budget.rate();
            let part = |count: u32| NonZeroU32::new((count * REQUEST).saturating_mul(percent) / 100);
            let quota = part(minute).zip(part(burst)).map(|(minute, burst)| Quota::per_minute(minute).allow_burst(burst));
            let limiter = quota.map(|quota| Limiter::new(quota, DashMapStateStore::default(), DefaultClock::default()));
            Purse { budget, limiter, burst: part(burst).map_or(0, NonZeroU32::get) }
        };
        let budgets = [Budget::SignIn, Budget::Entry, Budget::Read, Budget::Heavy, Budget::Export, Budget::Write, Budget::Public];
        Self { purses: budgets.map(purse), debts: Mutex::default() }
    }

    /// Counts a request, or refuses it with 429 and `Retry-After`.
    pub fn admit(&self, call: &Call) -> Result<Option<Standing>> {
        let budget = Budget::of(call);
        // Who sends a tag mostly has what there is: the rest is counted when there is an answer.
        self.charge(budget, Who::of(call, budget), if is_conditional(call) { 1 } else { REQUEST })
    }

    /// Counts a request outside of the operations, or one that nobody was admitted for, by its address.
    pub fn admit_stranger(&self, address: Option<IpAddr>) -> Result<()> {
        self.charge_stranger(address, 1)
    }

    /// Counts what is the work of many requests.
    pub fn charge_stranger(&self, address: Option<IpAddr>, requests: u32) -> Result<()> {
        self.charge(Budget::Public, Who::Network(address.map(network)), requests.saturating_mul(REQUEST)).map(|_| ())
    }

    /// Counts the rest of a request that had a tag, and yet an answer with a body.
    pub fn settle(&self, call: &Call, standing: Option<Standing>, status: u16) -> Option<Standing> {
        if standing.is_none() || !is_conditional(call) || status == 304 {
            return standing;
        }
        let budget = Budget::of(call);
        let who = Who::of(call, budget);
        match self.charge(budget, who, REQUEST - 1) {
            Ok(now) => now,
            Err(_) => {
                self.owe(budget, who, REQUEST - 1);
                standing.map(|standing| Standing { remaining: 0, ..standing })
            }
        }
    }

    /// Counts the items of one request, in tenths of a request, once they are known and before they are carried out. More
    /// than what is left is lent once: who owes already is refused.
    pub fn count_items(&self, call: &Call, tenths: usize) -> Result<()> {
        let budget = Budget::of(call);
        let who = Who::of(call, budget);
        let cells = u32::try_from(tenths).unwrap_or(u32::MAX);
        if self.pay(budget, who)?.is_some() && self.charge(budget, who, cells).is_err() {
            self.owe(budget, who, cells);
        }
        Ok(())
    }

    fn purse(&self, budget: Budget) -> Option<(&Limiter, u32)> {
        self.purses.iter().find(|purse| purse.budget == budget).and_then(|purse| Some((purse.limiter.as_ref()?, purse.burst)))
    }

    fn owe(&self, budget: Budget, who: Who, cells: u32) {
        let mut debts = self.debts.lock().unwrap_or_else(PoisonError::into_inner);
        let debt = debts.entry((budget, who)).or_default();
        *debt = debt.saturating_add(cells);
    }

    /// Pays what is owed; 429 as long as that takes. None where limits are switched off.
    fn pay(&self, budget: Budget, who: Who) -> Result<Option<()>> {
        let Some((limiter, burst)) = self.purse(budget) else { return Ok(None) };
        let mut debts = self.debts.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(debt) = debts.get(&(budget, who)).copied() {
            let part = debt.min(burst);
            take(limiter, budget, who, part)?;
            if part == debt {
                debts.remove(&(budget, who));
            } else {
                debts.insert((budget, who), debt - part);
            }
        }
        Ok(Some(()))
    }

    fn charge(&self, budget: Budget, who: Who, cells: u32) -> Result<Option<Standing>> {
        self.pay(budget, who)?;
        match self.purse(budget) {
            Some((limiter, _)) => take(limiter, budget, who, cells).map(Some),
            None => Ok(None),
        }
    }

    /// Forgets callers whose budget is full again.
    pub fn sweep(&self) {
        for purse in &self.purses {
            if let Some(limiter) = &purse.limiter {
                limiter.retain_recent();
            }
        }
        let owing: Vec<(Budget, Who)> = self.debts.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        for (budget, who) in owing {
            // Who does not come back pays all the same.
            self.pay(budget, who).ok();
        }
    }
}

fn is_conditional(call: &Call) -> bool {
    call.headers.if_none_match.is_some() && !call.operation.writes()
}

fn take(limiter: &Limiter, budget: Budget, who: Who, cells: u32) -> Result<Standing> {
    let too_many = |seconds: u64| {
        let Rate(name, ..) = budget.rate();
        Error::too_many(i64::try_from(seconds).unwrap_or(60)).header("RateLimit", format!("\"{name}\";r=0;t={seconds}"))
    };
    match limiter.check_key_n(&who, NonZeroU32::new(cells).unwrap_or(NonZeroU32::MIN)) {
        Ok(Ok(state)) => {
            let per_minute = state.quota().replenish_interval();
            let per_minute = Duration::from_secs(60).as_nanos() / per_minute.as_nanos().max(1);
            let per_minute = u32::try_from(per_minute).unwrap_or(u32::MAX) / REQUEST;
            Ok(Standing { budget, remaining: state.remaining_burst_capacity() / REQUEST, per_minute })
        }
        Ok(Err(until)) => Err(too_many(until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)),
        // More than can ever be there at once.
        Err(_) => Err(too_many(60)),
    }
}

impl Standing {
    /// `RateLimit-Policy` and `RateLimit`.
    pub fn headers(&self) -> [(&'static str, String); 2] {
        let Rate(name, ..) = self.budget.rate();
        [("ratelimit-policy", format!("\"{name}\";q={};w=60", self.per_minute)), ("ratelimit", format!("\"{name}\";r={}", self.remaining))]
    }
}
