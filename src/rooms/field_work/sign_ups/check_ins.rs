//! `POST /v1/sign-ups/check-ins`: a phone's queue after a day without a network.
//!
//! The queue is written in portions, each one transaction, so that others of the commune get their turn in between.
//! What was written once is found written when the queue comes again: a retry needs no key.

use std::collections::HashSet;

use uuid::Uuid;

use super::portion::Portion;
use super::presence_dto::{CheckInItem, CheckInResult, CheckInResults, CheckIns};
use super::rules;
use super::scanned::{Queued, read_codes};
use crate::error::{Error, FieldError, Result};
use crate::said;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::dispatch;
use crate::web::table::{self};
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

/// Statements of a portion beside begin, tick, journal and commit: the sign-ups by person, the sign-ups, where these people
/// were; of those without a sign-up the activities and the people; for each activity itself, its campaign and its sums; for each row its update, since each
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
