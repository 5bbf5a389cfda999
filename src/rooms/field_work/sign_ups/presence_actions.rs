//! The single requests of presence: coming, leaving, walking in, and the office's or the lead's word on it. A phone's queue
//! does the same by [`super::check_ins`].

use super::apart::{self, Kept};
use super::dto::{CheckInMethod, SignUp, SignUpStatus};
use super::handlers::counted_in;
use super::hours::{self};
use super::presence::{self, Came};
use super::presence_dto::{CheckIn, CheckOut, CorrectSignUp, WalkIn};
use super::seats::Counted;
use super::{rules, store};
use crate::activities::Activity;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting};
use crate::{random, said};

/// The same for one row, with its statement and a warning.
async fn look_elsewhere(write: &mut Write, row: &mut SignUp) -> Result<()> {
    let (Some(person), Some((from, to))) = (row.volunteer_id, hours::span(row)) else { return Ok(()) };
    let elsewhere = store::presences(write, vec![person], from, to).await?;
    if let Some(other) = presence::mark_places(row, &elsewhere) {
        let detail = said!("Người này cũng có mặt ở hoạt động khác vào giờ đó", "This person was at another activity at these hours");
        write.warn("two_places", "/occurred_at", detail, vec![other]);
    }
    Ok(())
}

/// Statements beside begin, tick, load, journal and commit: activity, campaign, presences elsewhere, update, sums; a named
/// member also its group's.
pub async fn check_in(call: Call, body: CheckIn) -> Result<Answer> {
    let CheckIn { occurred_at, headcount_present, code } = body;
    let told = hours::told(occurred_at, call.now)?;
    let shown = presence::shown(&call, code.as_ref().map(|code| code.0.as_str()), told.at, "/code").await?;
    table::act_then(
        &call,
        Acting { reason: None, occurred_at },
        async |write, before: &Seen<SignUp>, after: SignUp| {
            if !presence::tells_more(&before.row, false) {
                return Ok(before.row.clone());
            }
            let alone = presence::proved(&before.held, shown, after.activity_id, "/code")?;
            let occasion = presence::occasion(write, after.activity_id).await?;
            let told = told.of(&occasion);
            let method = if alone { CheckInMethod::Own } else { CheckInMethod::ByHand };
            let how = Came { told, method, device: None, headcount: headcount_present.map(i32::from) };
            if occasion.is_apart(told.at) {
                let kept = apart::keep(write, &occasion, Some(&before.row), &before.row, Kept::Came(how)).await?;
                return Ok(apart::leave(write, &before.row, kept.0.id));
            }
            presence::check_not_cancelled(&before.row)?;
            let mut row = presence::came(write, &occasion, &before.row, after, how).await?;
            look_elsewhere(write, &mut row).await?;
            Ok(row)
        },
        async |write, before, after| count(write, before, after).await,
    )
    .await
}

pub async fn check_out(call: Call, body: CheckOut) -> Result<Answer> {
    let CheckOut { occurred_at, minutes } = body;
    let told = hours::told(occurred_at, call.now)?;
    table::act_then(
        &call,
        Acting { reason: None, occurred_at },
        async |write, before: &Seen<SignUp>, after: SignUp| {
            if !presence::tells_more(&before.row, true) {
                return Ok(before.row.clone());
            }
            let occasion = presence::occasion(write, after.activity_id).await?;
            let told = told.of(&occasion);
            let here = before.row.status == SignUpStatus::CheckedIn && occasion.works;
            if !here && occasion.is_apart(told.at) {
                let kept = apart::keep(write, &occasion, Some(&before.row), &before.row, Kept::Left(told)).await?;
                return Ok(apart::leave(write, &before.row, kept.0.id));
            }
            presence::check_not_cancelled(&before.row)?;
            let mut row = presence::left(write, &occasion, &before.row, after, told, minutes.map(i32::from)).await?;
            look_elsewhere(write, &mut row).await?;
            Ok(row)
        },
        async |write, before, after| count(write, before, after).await,
    )
    .await
}

/// The office's or the lead's word: it takes the marks away.
pub async fn correct(call: Call, body: CorrectSignUp) -> Result<Answer> {
    let CorrectSignUp { reason, status, minutes, headcount_present } = body;
    if !matches!(status, SignUpStatus::Attended | SignUpStatus::NoShow) {
        return Err(Error::field(
            "/status",
            "unknown_value",
            said!("Giá trị phải là một trong: attended, no_show", "The value must be one of: attended, no_show"),
        ));
    }
    table::act_then(
        &call,
        Acting { reason: reason.map(String::from), occurred_at: None },
        async |write, _, mut after: SignUp| {
            if headcount_present.is_some() {
                presence::check_group(&after)?;
            }
            after.status = status;
            let occasion = presence::occasion(write, after.activity_id).await?;
            // The figures of a campaign that is closed stand.
            if !occasion.works {
                return Err(Error::new(&crate::activities::rules::NOT_READY));
            }
            if status == SignUpStatus::NoShow {
                (after.minutes, after.man_days, after.headcount_present, after.marks) = (None, None, Some(0), vec![]);
                return Ok(after);
            }
            let present = headcount_present.map(i32::from).or(after.headcount_present.filter(|people| *people > 0));
            after.headcount_present = Some(present.unwrap_or(after.headcount_signed_up));
            let said = minutes.map(i32::from).or(after.minutes);
            hours::measure(&mut after, &occasion, said);
            // Who looked at it may say more than the hours allow.
            after.minutes = said.or(after.minutes);
            after.marks = vec![];
            after.man_days = Some(presence::man_days(write, &after).await?);
            Ok(after)
        },
        async |write, before, after| count(write, before, after).await,
    )
    .await
}

/// After presence changed: the group of a named member, then the sums.
async fn count(write: &mut Write, before: &SignUp, after: &SignUp) -> Result<()> {
    let mut counted = Counted::default();
    counted.change(Some(before), after);
    presence::count_group(write, &mut counted, after).await?;
    counted.keep(write, after.activity_id).await
}

/// `POST /v1/activities/{id}/walk-ins`: those who just came, in one row.
pub async fn walk_in(call: Call) -> Result<Answer> {
    let WalkIn { id, headcount, names, hamlet_id, occurred_at } = call.body()?;
    let told = hours::told(occurred_at, call.now)?;
    let activity_id = call.id()?;
    let names: Vec<String> = names.map(|names| names.0.into_iter().map(String::from).collect()).unwrap_or_default();
    let named = i32::try_from(names.len()).unwrap_or(i32::MAX);
    let people = match headcount.map(i32::from) {
        None if named == 0 => return Err(Error::field("/headcount", "required", said!("Nêu số người hoặc tên", "Give a headcount or names"))),
        None => named,
        Some(people) if people < named => return Err(Error::field("/headcount", "out_of_range", said!("Ít hơn số tên đã nêu", "Fewer than the names given"))),
        Some(people) => people,
    };
    let id = id.unwrap_or_else(random::id);
    let feed = table::feed_of::<Activity>(&call, activity_id).await?;
    table::may_create(&call, &rules::POLICY, Some(feed)).await?;
    let made = table::write(&call, feed, async |write| {
        write.occurred_at = occurred_at;
        let activity = table::load::<Activity>(write, activity_id).await?.row;
        let occasion = presence::occasion_of(write, activity).await?;
        let told = told.of(&occasion);
        let row = SignUp {
            group_name: Some("Người dân đến thêm".into()),
            hamlet_id: hamlet_id.or(occasion.activity.hamlet_id),
            note: (!names.is_empty()).then(|| names.join(", ")),
            request_hash: call.request_hash(),
            ..presence::unasked(write, &occasion.activity, id, people)
        };
        let how = Came { told, method: CheckInMethod::WalkIn, device: None, headcount: Some(people) };
        let row = if occasion.is_apart(told.at) {
            apart::warn(write, id);
            apart::first(write, None, &row, how)
        } else {
            presence::came(write, &occasion, &row.clone(), row, how).await?
        };
        let seen = table::insert(write, "walk_in", row).await?;
        // A volunteer may sign up, but presence is written down by those on the spot.
        seen.held.require(rules::CHECK_IN)?;
        counted_in(write, &seen.row).await?;
        Ok((201, seen))
    });
    table::or_again::<SignUp>(&call, id, made.await).await
}
