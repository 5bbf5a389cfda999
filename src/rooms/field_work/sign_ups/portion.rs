//! The rows of a phone's queue that one transaction writes, and what becomes of each.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::apart::{self, Kept};
use super::dto::{CheckInMethod, SignUp, SignUpStatus};
use super::hours::{self, Occasion, Told};
use super::presence::{self, Came};
use super::presence_dto::{CheckInItem, CheckInResult, CheckedSignUp, Presence};
use super::scanned::{Codes, Queued, one_of};
use super::seats::Counted;
use super::store::Elsewhere;
use super::{rules, store};
use crate::access::lifecycle::Step;
use crate::activities::Activity;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::said;
use crate::volunteers::{Volunteer, VolunteerStatus};
use crate::web::table::{self, done_before, stepped};

/// What the rows of one transaction share.
#[derive(Default)]
pub struct Portion {
    rows: HashMap<Uuid, Seen<SignUp>>,
    by_person: HashMap<(Uuid, Uuid), Uuid>,
    occasions: HashMap<Uuid, Occasion>,
    pub counted: BTreeMap<Uuid, Counted>,
    /// Of those who came without a sign-up: the activities and the people in the caller's reach.
    near: HashMap<Uuid, Activity>,
    people: HashMap<Uuid, Volunteer>,
    /// Where these people were, as far as it is known and while it is written.
    presences: Vec<Elsewhere>,
}

/// What an item comes to. Nothing is written before it is known.
pub enum Plan {
    Known(Box<SignUp>),
    Change(&'static Step, Box<Seen<SignUp>>, Box<SignUp>),
    /// With the activity whose code was scanned.
    Make(Box<SignUp>, Option<Uuid>),
    /// Of a session that did not take place then.
    Apart(Box<Occasion>, Option<Box<Seen<SignUp>>>, Box<SignUp>, Kept, Option<Uuid>),
}

impl Portion {
    pub async fn load(&mut self, write: &mut Write, queued: &[Queued<'_>]) -> Result<()> {
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
        self.look_elsewhere(write, queued).await
    }

    async fn look_elsewhere(&mut self, write: &mut Write, queued: &[Queued<'_>]) -> Result<()> {
        let people: HashSet<Uuid> = self.rows.values().filter_map(|seen| seen.row.volunteer_id).chain(self.people.keys().copied()).collect();
        let times = queued.iter().map(|row| row.item.occurred_at.0);
        let Some((first, last)) = times.clone().min().zip(times.max()) else { return Ok(()) };
        if !people.is_empty() {
            // An activity is at most a day long.
            let day = chrono::TimeDelta::days(1);
            self.presences = store::presences(write, people.into_iter().collect(), first - day, last + day).await?;
        }
        Ok(())
    }

    async fn occasion(&mut self, write: &mut Write, id: Uuid) -> Result<Occasion> {
        if let Some(occasion) = self.occasions.get(&id) {
            return Ok(occasion.clone());
        }
        let occasion = presence::occasion(write, id).await?;
        self.occasions.insert(id, occasion.clone());
        Ok(occasion)
    }

    pub async fn plan(&mut self, write: &mut Write, item: &CheckInItem, codes: Codes) -> Result<Plan> {
        let told = hours::told(Some(item.occurred_at.0), write.now)?;
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
            Some(before) => self.change(write, item, codes, step, told, before).await,
            None => self.newcomer(write, item, codes, told).await,
        }
    }

    async fn change(&mut self, write: &mut Write, item: &CheckInItem, codes: Codes, step: &'static Step, told: Told, before: Seen<SignUp>) -> Result<Plan> {
        before.held.require(step.by)?;
        let leaves = item.action == Presence::CheckOut;
        // A double from another phone, or the same queue again: who was there stays as written.
        if done_before(step, before.row.status.name()) || !presence::tells_more(&before.row, leaves) {
            return Ok(Plan::Known(Box::new(before.row)));
        }
        let after = stepped(step, &before)?;
        let alone = !leaves && presence::proved(&before.held, codes.shown, after.activity_id, "/code")?;
        let occasion = self.occasion(write, after.activity_id).await?;
        let told = told.of(&occasion);
        let here = leaves && before.row.status == SignUpStatus::CheckedIn && occasion.works;
        if occasion.is_apart(told.at) && !here {
            let kept = if leaves { Kept::Left(told) } else { Kept::Came(came(item, told, alone)) };
            let row = Box::new(before.row.clone());
            return Ok(Plan::Apart(Box::new(occasion), Some(Box::new(before)), row, kept, None));
        }
        presence::check_not_cancelled(&before.row)?;
        let after = match item.action {
            Presence::CheckIn => presence::came(write, &occasion, &before.row, after, came(item, told, alone)).await?,
            Presence::CheckOut => presence::left(write, &occasion, &before.row, after, told, item.minutes.map(i32::from)).await?,
        };
        Ok(Plan::Change(step, Box::new(before), Box::new(after)))
    }

    /// Somebody who came without a sign-up: presence is never refused for want of one, and leaving implies coming.
    async fn newcomer(&mut self, write: &mut Write, item: &CheckInItem, codes: Codes, told: Told) -> Result<Plan> {
        let (Some(activity), Some(person)) = (item.activity_id, codes.volunteer) else { return Err(one_of()) };
        if !self.near.contains_key(&activity) {
            return Err(not_there("/activity_id"));
        }
        let person = self.people.get(&person).cloned().ok_or_else(|| not_there("/volunteer_id"))?;
        if !matches!(person.status, VolunteerStatus::Active | VolunteerStatus::Unverified) {
            return Err(Error::new(&rules::NOT_ELIGIBLE).member("volunteer_status", person.status.name()));
        }
        let occasion = self.occasion(write, activity).await?;
        let told = told.of(&occasion);
        let unasked = presence::unasked(write, &occasion.activity, item.id, 1);
        let row = SignUp { volunteer_id: Some(person.id), unit_id: person.unit_id, hamlet_id: person.hamlet_id, ..unasked };
        let leaves = item.action == Presence::CheckOut;
        let alone = !leaves && codes.shown.is_some() && person.user_id.is_some() && person.user_id == write.actor.user_id();
        if occasion.is_apart(told.at) {
            let kept = if leaves { Kept::Left(told) } else { Kept::Came(came(item, told, alone)) };
            return Ok(Plan::Apart(Box::new(occasion), None, Box::new(row), kept, codes.shown.filter(|_| !leaves)));
        }
        let made = if leaves {
            let gone = SignUp { status: SignUpStatus::Attended, ..row.clone() };
            presence::left(write, &occasion, &SignUp { status: SignUpStatus::Pending, ..row }, gone, told, item.minutes.map(i32::from)).await?
        } else {
            presence::came(write, &occasion, &row.clone(), row, came(item, told, alone)).await?
        };
        // Who leaves has no code: it is asked for like of those on the spot.
        Ok(Plan::Make(Box::new(made), codes.shown.filter(|_| !leaves)))
    }

    /// An error here comes from the database or from the reach of what was written: the transaction is of no use then.
    pub async fn carry_out(&mut self, write: &mut Write, item: &CheckInItem, plan: Plan) -> Result<CheckInResult> {
        write.occurred_at = Some(item.occurred_at.0);
        let (status, before, seen) = match plan {
            Plan::Known(row) => return Ok(told(item, 200, false, &row)),
            Plan::Apart(occasion, sign_up, row, kept, shown) => {
                let (row, changed) = apart::keep(write, &occasion, sign_up.as_deref().map(|seen| &seen.row), &row, kept).await?;
                if sign_up.is_none() {
                    let held = table::load::<SignUp>(write, row.id).await?.held;
                    held.require(rules::COME)?;
                    presence::proved(&held, shown, row.activity_id, "/code")?;
                }
                return Ok(told(item, if changed && row.version == write.number { 201 } else { 200 }, changed, &row));
            }
            Plan::Change(step, before, mut after) => {
                presence::mark_places(&mut after, &self.presences);
                let seen = table::save(write, step.action, step.by, &before, *after).await?;
                (200, Some(before.row), seen)
            }
            Plan::Make(mut row, shown) => {
                presence::mark_places(&mut row, &self.presences);
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
        if let (Some(person), Some((from, to))) = (seen.row.volunteer_id, hours::span(&seen.row)) {
            let until = self.occasions.get(&seen.row.activity_id).and_then(|occasion| occasion.activity.ends_at).filter(|_| seen.row.checked_out_at.is_none());
            self.presences.retain(|(_, sign_up, ..)| *sign_up != seen.row.id);
            self.presences.push((person, seen.row.id, seen.row.activity_id, from, until.unwrap_or(to).max(to)));
        }
        let told = told(item, status, true, &seen.row);
        self.rows.insert(seen.row.id, seen);
        Ok(told)
    }
}

fn came(item: &CheckInItem, told: Told, alone: bool) -> Came {
    let by = if item.volunteer_code.is_some() { CheckInMethod::Qr } else { item.method.map_or(CheckInMethod::ByHand, Into::into) };
    Came {
        told,
        method: if alone { CheckInMethod::Own } else { by },
        device: item.device_id.clone().map(String::from),
        headcount: item.headcount_present.map(i32::from),
    }
}

fn told(item: &CheckInItem, status: u16, changed: bool, row: &SignUp) -> CheckInResult {
    let sign_up = CheckedSignUp { id: row.id, version: row.version, status: row.status, late: row.late, walk_in: row.walk_in, marks: row.marks.clone() };
    CheckInResult { id: Some(item.id), status, changed, sign_up: Some(sign_up), problem: None }
}

fn not_there(pointer: &str) -> Error {
    Error::field(pointer, "not_there", said!("Không có trong phạm vi của bạn", "Not there within your reach"))
}
