//! `POST /v1/sign-ups/check-ins`: a phone's queue after a day without a network.
//!
//! The queue is written in portions, each one transaction, so that others of the commune get their turn in between.
//! What was written once is found written when the queue comes again: a retry needs no key.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::dto::{CheckInMethod, SignUp, SignUpStatus};
use super::presence::{self, Came};
use super::presence_dto::{CheckInItem, CheckInResult, CheckInResults, CheckIns, CheckedSignUp, Presence};
use super::scanned::{Codes, Queued, one_of, read_codes};
use super::seats::Counted;
use super::{rules, store};
use crate::access::lifecycle::Step;
use crate::activities::Activity;
use crate::error::{Error, FieldError, Result};
use crate::journal::{Seen, Write};
use crate::said;
use crate::volunteers::{Volunteer, VolunteerStatus};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::dispatch;
use crate::web::table::{self, done_before, stepped};
use crate::web::values::Each;

/// Rows of one transaction: some 50 ms in which the commune's other writers wait.
const PORTION: usize = 100;

/// What an item costs of the budget, in tenths of a request: a row of a portion is less work than a request of its own.
const TENTHS: usize = 3;

pub async fn check_in_many(mut call: Call) -> Result<Answer> {
    let CheckIns { commune_id, items } = call.items()?;
    table::may_create(&call, &rules::POLICY, Some(commune_id)).await?;
    check_ids(&items.0)?;
    call.service().limits.count_items(&call, items.0.len() * TENTHS)?;
    let mut results = vec![];
    let mut busy = false;
    for portion in items.0.chunks(PORTION) {
        let well: Vec<&CheckInItem> = portion.iter().filter_map(|each| each.parsed.as_ref().ok()).collect();
        let done = if busy {
            // Not tried: the service asked to be left alone.
            well.iter().map(|item| refused(&call, Some(item.id), &Error::unavailable())).collect()
        } else if let Err(error) = call.admit_anew().await {
            well.iter().map(|item| refused(&call, Some(item.id), &error)).collect()
        } else {
            portion_of(&call, commune_id, &well).await
        };
        busy = busy || done.iter().any(|result| result.status >= 500);
        // What is misshapen spoils only itself, and has its place among the others.
        let mut done = done.into_iter();
        results.extend(portion.iter().filter_map(|each| match &each.parsed {
            Ok(_) => done.next(),
            Err(misshapen) => Some(refused(&call, each.id.as_str().and_then(|id| Uuid::parse_str(id).ok()), misshapen)),
        }));
    }
    let answer = Answer::ok(CheckInResults { results })?;
    Ok(if busy { answer.header("Retry-After", "2") } else { answer })
}

/// One result for each item.
async fn portion_of(call: &Call, commune: Uuid, items: &[&CheckInItem]) -> Vec<CheckInResult> {
    let rows = read_codes(call, items).await;
    match write(call, commune, &rows).await {
        Ok(done) => done,
        // One row that the database refuses undoes its portion: each row by itself then.
        Err(error) if error.status() < 500 => {
            let mut results = vec![];
            for row in &rows {
                let done = write(call, commune, std::slice::from_ref(row)).await;
                results.extend(done.unwrap_or_else(|error| vec![refused(call, Some(row.item.id), &error)]));
            }
            results
        }
        Err(error) => rows.iter().map(|row| refused(call, Some(row.item.id), &error)).collect(),
    }
}

/// Two rows of one id could not be told apart in the answer.
fn check_ids(items: &[Each<CheckInItem>]) -> Result<()> {
    let mut seen = HashSet::new();
    let twice = items.iter().enumerate().filter(|(_, each)| each.parsed.as_ref().is_ok_and(|item| !seen.insert(item.id)));
    let detail = || said!("Trùng với một lượt trước trong hàng đợi", "An earlier item of the queue has it");
    let errors: Vec<FieldError> = twice.map(|(i, _)| FieldError::new(format!("/items/{i}/id"), "duplicate", detail())).collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

fn refused(call: &Call, item: Option<Uuid>, error: &Error) -> CheckInResult {
    let request = call.request_id.to_string();
    dispatch::explain(error, &request);
    CheckInResult { id: item, status: error.status(), changed: false, sign_up: None, problem: Some(error.document(call.lang, &request)) }
}

/// What the rows of one transaction share.
#[derive(Default)]
struct Portion {
    rows: HashMap<Uuid, Seen<SignUp>>,
    by_person: HashMap<(Uuid, Uuid), Uuid>,
    activities: HashMap<Uuid, Activity>,
    counted: BTreeMap<Uuid, Counted>,
    /// Of those who came without a sign-up: the activities and the people in the caller's reach.
    near: HashMap<Uuid, Activity>,
    people: HashMap<Uuid, Volunteer>,
}

/// Statements of a portion beside begin, tick, journal and commit: the sign-ups by person, the sign-ups; of those without
/// one the activities and the people; for each activity itself, its campaign and its sums; for each row its update, since each
/// comes back with what the caller is to it.
async fn write(call: &Call, commune: Uuid, queued: &[Queued<'_>]) -> Result<Vec<CheckInResult>> {
    table::alone(call, (*call.actor).clone(), commune, async |write| {
        let mut portion = Portion::default();
        portion.load(write, queued).await?;
        let mut results = vec![];
        for Queued { item, codes } in queued {
            let plan = match codes {
                Ok(codes) => portion.plan(write, item, *codes).await,
                Err(error) => {
                    results.push(refused(call, Some(item.id), error));
                    continue;
                }
            };
            results.push(match plan {
                Ok(plan) => portion.carry_out(write, item, plan).await?,
                Err(error) if error.status() < 500 => refused(call, Some(item.id), &error),
                Err(error) => return Err(error),
            });
        }
        for (activity, counted) in portion.counted {
            counted.keep(write, activity).await?;
        }
        Ok((results.first().and_then(|result| result.id).unwrap_or(commune), results))
    })
    .await
}

/// What an item comes to. Nothing is written before it is known.
enum Plan {
    Known(Box<SignUp>),
    Change(&'static Step, Box<Seen<SignUp>>, Box<SignUp>),
    /// With the activity whose code was scanned.
    Make(Box<SignUp>, Option<Uuid>),
}

impl Portion {
    async fn load(&mut self, write: &mut Write, queued: &[Queued<'_>]) -> Result<()> {
        let pair = |row: &Queued<'_>| row.item.activity_id.zip(row.codes.as_ref().ok().and_then(|codes| codes.volunteer));
        let pairs: Vec<(Uuid, Uuid)> = queued.iter().filter_map(pair).collect();
        if !pairs.is_empty() {
            self.by_person = store::of_people(write, &pairs).await?;
        }
        let ids = queued.iter().filter_map(|row| row.item.sign_up_id).chain(self.by_person.values().copied()).collect();
        self.rows = table::load_many::<SignUp>(write, ids).await?.into_iter().map(|seen| (seen.row.id, seen)).collect();
        let (activities, people): (HashSet<Uuid>, HashSet<Uuid>) = pairs.iter().filter(|pair| !self.by_person.contains_key(pair)).copied().unzip();
        if !activities.is_empty() {
            let near = table::load_many::<Activity>(write, activities.into_iter().collect()).await?;
            self.near = near.into_iter().map(|seen| (seen.row.id, seen.row)).collect();
            let people = table::load_many::<Volunteer>(write, people.into_iter().collect()).await?;
            self.people = people.into_iter().map(|seen| (seen.row.id, seen.row)).collect();
        }
        Ok(())
    }

    async fn activity(&mut self, write: &mut Write, id: Uuid) -> Result<Activity> {
        if let Some(activity) = self.activities.get(&id) {
            return Ok(activity.clone());
        }
        let activity = presence::takes_place(write, id).await?;
        self.activities.insert(id, activity.clone());
        Ok(activity)
    }

    async fn plan(&mut self, write: &mut Write, item: &CheckInItem, codes: Codes) -> Result<Plan> {
        presence::check_time(Some(item.occurred_at.0), write.now)?;
        let before = match (item.sign_up_id, item.activity_id.zip(codes.volunteer)) {
            (Some(id), None) => Some(self.rows.get(&id).cloned().ok_or_else(|| not_there("/sign_up_id"))?),
            (None, Some(pair)) => match self.by_person.get(&pair) {
                Some(id) => Some(self.rows.get(id).cloned().ok_or_else(|| not_there("/volunteer_id"))?),
                None => None,
            },
            _ => return Err(one_of()),
        };
        let step = rules::step(match item.action {
            Presence::CheckIn => "check_in",
            Presence::CheckOut => "check_out",
        })?;
        match before {
            Some(before) => self.change(write, item, codes, step, before).await,
            None if item.action == Presence::CheckIn => self.newcomer(write, item, codes).await,
            None => Err(not_there("/volunteer_id")),
        }
    }

    async fn change(&mut self, write: &mut Write, item: &CheckInItem, codes: Codes, step: &'static Step, before: Seen<SignUp>) -> Result<Plan> {
        before.held.require(step.by)?;
        // A double from another phone, or the same queue again: who was there stays as written.
        if done_before(step, before.row.status.name()) || before.row.status == SignUpStatus::Attended {
            return Ok(Plan::Known(Box::new(before.row)));
        }
        let after = stepped(step, &before)?;
        let alone = item.action == Presence::CheckIn && presence::proved(&before.held, codes.shown, after.activity_id, "/code")?;
        let activity = self.activity(write, after.activity_id).await?;
        let after = match item.action {
            Presence::CheckIn => presence::came(write, &activity, &before.row, after, came(item, alone))?,
            Presence::CheckOut => presence::left(write, &activity, after, item.occurred_at.0, item.minutes.map(i32::from)).await?,
        };
        Ok(Plan::Change(step, Box::new(before), Box::new(after)))
    }

    /// Somebody who came without a sign-up: presence is never refused for want of one.
    async fn newcomer(&mut self, write: &mut Write, item: &CheckInItem, codes: Codes) -> Result<Plan> {
        let (Some(activity), Some(person)) = (item.activity_id, codes.volunteer) else { return Err(one_of()) };
        if !self.near.contains_key(&activity) {
            return Err(not_there("/activity_id"));
        }
        let person = self.people.get(&person).cloned().ok_or_else(|| not_there("/volunteer_id"))?;
        if !matches!(person.status, VolunteerStatus::Active | VolunteerStatus::Unverified) {
            return Err(Error::new(&rules::NOT_ELIGIBLE).member("volunteer_status", person.status.name()));
        }
        let activity = self.activity(write, activity).await?;
        let unasked = presence::unasked(write, &activity, item.id, 1, item.occurred_at.0);
        let row = SignUp { volunteer_id: Some(person.id), unit_id: person.unit_id, hamlet_id: person.hamlet_id, ..unasked };
        let alone = codes.shown.is_some() && person.user_id.is_some() && person.user_id == write.actor.user_id();
        Ok(Plan::Make(Box::new(presence::came(write, &activity, &row, row.clone(), came(item, alone))?), codes.shown))
    }

    /// An error here comes from the database or from the reach of what was written: the transaction is of no use then.
    async fn carry_out(&mut self, write: &mut Write, item: &CheckInItem, plan: Plan) -> Result<CheckInResult> {
        write.occurred_at = Some(item.occurred_at.0);
        let (status, before, seen) = match plan {
            Plan::Known(row) => return Ok(told(item, 200, false, &row)),
            Plan::Change(step, before, after) => {
                let seen = table::save(write, step.action, step.by, &before, *after).await?;
                (200, Some(before.row), seen)
            }
            Plan::Make(row, shown) => {
                let seen = table::insert(write, "walk_in", *row).await?;
                presence::proved(&seen.held, shown, seen.row.activity_id, "/code")?;
                if let Some(person) = seen.row.volunteer_id {
                    self.by_person.insert((seen.row.activity_id, person), seen.row.id);
                }
                (201, None, seen)
            }
        };
        let counted = self.counted.entry(seen.row.activity_id).or_default();
        counted.change(before.as_ref(), &seen.row);
        if presence::count_group(write, counted, &seen.row).await?
            && let Some(group) = seen.row.group_id
            && self.rows.contains_key(&group)
        {
            let group = table::load::<SignUp>(write, group).await?;
            self.rows.insert(group.row.id, group);
        }
        let told = told(item, status, true, &seen.row);
        self.rows.insert(seen.row.id, seen);
        Ok(told)
    }
}

fn came(item: &CheckInItem, alone: bool) -> Came {
    let by = if item.volunteer_code.is_some() { CheckInMethod::Qr } else { item.method.map_or(CheckInMethod::ByHand, Into::into) };
    Came {
        at: item.occurred_at.0,
        method: if alone { CheckInMethod::Own } else { by },
        device: item.device_id.clone().map(String::from),
        headcount: item.headcount_present.map(i32::from),
    }
}

fn told(item: &CheckInItem, status: u16, changed: bool, row: &SignUp) -> CheckInResult {
    let sign_up = CheckedSignUp { id: row.id, version: row.version, status: row.status, late: row.late, walk_in: row.walk_in };
    CheckInResult { id: Some(item.id), status, changed, sign_up: Some(sign_up), problem: None }
}

fn not_there(pointer: &str) -> Error {
    Error::field(pointer, "not_there", said!("Không có trong phạm vi của bạn", "Not there within your reach"))
}
