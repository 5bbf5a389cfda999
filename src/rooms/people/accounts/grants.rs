//! What happens with rights.

use chrono::NaiveDate;
use uuid::Uuid;

use super::cover::{self, Extent, Purpose};
use super::dto::{ActOnUser, CreateGrant, GrantRow, UpdateGrant};
use super::{office, rules, store};
use crate::access::actor::Actor;
use crate::access::roles::Role;
use crate::clock::local_day;
use crate::error::{Error, Result};
use crate::hamlets::Hamlet;
use crate::journal::feeds::ACCOUNTS;
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, New as _, Patch as _};
use crate::{hamlets, random, said};

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateGrant = call.body()?;
    table::may_create(&call, &rules::GRANTS, None).await?;
    let id = input.id.unwrap_or_else(random::id);
    let row = GrantRow { given_by: call.actor.user_id(), ..input.row(id, call.now, call.request_hash()) };
    rules::check_shape(&row)?;
    let made = table::write(&call, ACCOUNTS, async |write| {
        check(write, &row).await?;
        let seen = table::insert(write, "create", row).await?;
        outgrow(write, &seen.row).await?;
        Ok((201, seen))
    });
    table::or_again::<GrantRow>(&call, id, made.await).await
}

/// A right that comes with an account of an import.
pub async fn give(write: &mut Write, input: CreateGrant) -> Result<()> {
    let row = GrantRow { given_by: write.actor.user_id(), ..input.row(random::id(), write.now, vec![]) };
    rules::check_shape(&row)?;
    check(write, &row).await?;
    let row = table::insert(write, "create", row).await?.row;
    outgrow(write, &row).await
}

async fn check(write: &mut Write, row: &GrantRow) -> Result<()> {
    cover::require_cover(&write.actor, Extent::from(row), Purpose::Give)?;
    cover::check_giver(&write.actor, row, local_day(write.now))?;
    // Whoever gives a right reaches the account through it: only its own commune's office may begin that.
    let home = store::home_of(write, row.user_id).await?;
    if home != row.commune_id && !write.actor.has_role(Role::PlatformAdmin) {
        return Err(Error::field("/user_id", "no_user", said!("Xã này không quản lý tài khoản đó", "The commune does not keep this account")));
    }
    if let Some(there) = store::same_right(write, row).await? {
        return Err(Error::new(&rules::ALREADY_GRANTED).member("grant_id", there.to_string()));
    }
    let by_platform = write.actor.has_role(Role::PlatformAdmin) && row.role == Role::CommuneLeader;
    if let (true, Some(commune)) = (by_platform, row.commune_id)
        && store::leads_anybody(write, commune, None).await?
    {
        let detail = said!("Xã đã có lãnh đạo: người đó giao quyền tiếp", "The commune has a leader, who gives further rights");
        return Err(Error::forbidden().detail(detail));
    }
    if let (Some(commune), Some(hamlet)) = (row.commune_id, row.hamlet_id) {
        if !hamlets::exists(write, commune, hamlet).await? {
            return Err(Error::field("/hamlet_id", "no_hamlet", said!("Không có thôn/ấp này trong xã", "The commune has no such hamlet")));
        }
        let last = row.valid_to.unwrap_or(NaiveDate::MAX);
        hamlets::check_living(write, commune, Some(hamlet), Some(last.max(row.valid_from)), "/hamlet_id").await?;
    }
    Ok(())
}

/// Who goes still leads activities: they need another lead.
pub async fn warn_of_led(write: &mut Write, user: Uuid) -> Result<()> {
    let led = store::led_by(write, user).await?;
    if !led.is_empty() {
        let many = led.len();
        let detail = said!("Người này đang phụ trách {many} hoạt động: cử người khác", "This user leads {many} activities: name another lead");
        write.warn("leads_activities", "/id", detail, led);
    }
    Ok(())
}

/// A hamlet ended: the rights of its heads end with it. One write in the accounts' feed, the same when it is done again.
pub async fn end_with_hamlet(call: Call) -> Result<()> {
    // The day that stands: done again with another day it changed nothing.
    let Hamlet { id: hamlet, commune_id: commune, valid_to, .. } = table::get::<Hamlet>(&call, call.id()?).await?.row;
    let Some(last) = valid_to else { return Ok(()) };
    let actor = Actor::entrusted(&call.actor, "a hamlet's head goes with the hamlet, whoever of the office ends it");
    table::alone(&call, actor, ACCOUNTS, async |write| {
        for before in store::heads_of(write, commune, hamlet, last).await? {
            // A right that would begin afterwards never holds.
            let after = if before.valid_from > last {
                GrantRow { status: super::dto::GrantStatus::Revoked, ..before.clone() }
            } else {
                GrantRow { valid_to: Some(last), ..before.clone() }
            };
            table::follow(write, "end_with_hamlet", &before, after).await?;
        }
        Ok((hamlet, ()))
    })
    .await
}

/// An account that others let its person into than could have given it this right: they may still be in, or know the
/// password. Sessions end and the password goes; whoever gives the right hands over a new code.
async fn outgrow(write: &mut Write, row: &GrantRow) -> Result<()> {
    store::void_codes(write, row.user_id).await?;
    if write.actor.system.is_some() {
        return Ok(());
    }
    for issuer in store::let_in_by(write, row.user_id).await? {
        let own = store::actor_grants_of(write, issuer, local_day(write.now)).await?;
        if Some(issuer) != write.actor.user_id() && !own.iter().any(|own| cover::covered_by(own, Extent::from(row), Purpose::Give)) {
            office::shut_out(write, row.user_id, "more_rights").await?;
            let detail = said!("Các phiên và mật khẩu cũ đã kết thúc; hãy cấp mã mới", "Former sessions and the password ended; issue a new code");
            write.warn("sessions_ended", "/user_id", detail, vec![row.user_id]);
            return Ok(());
        }
    }
    Ok(())
}

pub async fn update(call: Call) -> Result<Answer> {
    let sent: UpdateGrant = call.body()?;
    table::update(&call, async |write, before: &Seen<GrantRow>| {
        let after = sent.onto(before.row.clone());
        rules::check_shape(&after)?;
        cover::require_cover(&write.actor, Extent::from(&after), Purpose::Give)?;
        if let (Some(commune), Some(hamlet)) = (after.commune_id, after.hamlet_id) {
            let last = after.valid_to.unwrap_or(NaiveDate::MAX);
            hamlets::check_living(write, commune, Some(hamlet), Some(last), "/valid_to").await?;
        }
        if after.role == Role::Auditor {
            cover::require_cover_to_take(&write.actor, &after)?;
        }
        // Whose stead it is was settled when it was given.
        cover::check_giver(
            &write.actor,
            &GrantRow { acting_for: None, ..after.clone() },
            if after.valid_from < before.row.valid_from { local_day(write.now) } else { after.valid_from },
        )?;
        Ok(after)
    })
    .await
}

pub async fn revoke(call: Call, body: ActOnUser) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: GrantRow| {
        cover::require_cover_to_take(&write.actor, &after)?;
        keep_a_leader(write, std::slice::from_ref(&after)).await?;
        // The same right under another id would go on: told, since one of them was meant.
        if let Some(other) = store::same_right(write, &after).await? {
            let detail = said!("Người này còn một quyền giống như vậy", "The user still has another right like this one");
            write.warn("another_stands", "/id", detail, vec![other]);
        } else if store::grants_of(write, after.user_id).await?.iter().all(|grant| grant.id == after.id) {
            warn_of_led(write, after.user_id).await?;
        }
        Ok(after)
    })
    .await
}

/// The last leader of a commune is neither dismissed nor shut out from within: nobody there could put it right.
pub async fn keep_a_leader(write: &mut Write, going: &[GrantRow]) -> Result<()> {
    if write.actor.has_role(Role::PlatformAdmin) || write.actor.system.is_some() {
        return Ok(());
    }
    for grant in going.iter().filter(|grant| grant.role == Role::CommuneLeader) {
        if let Some(commune) = grant.commune_id
            && !store::leads_anybody(write, commune, Some(grant)).await?
        {
            return Err(Error::new(&rules::LAST_LEADER));
        }
    }
    Ok(())
}
