//! What happens with campaigns.

use uuid::Uuid;

use super::dto::{ActOnCampaign, Campaign, StartCampaign};
use super::{checks, rules, standing};
use crate::documents;
use crate::documents::Document;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Kept};
use crate::{said, units};

impl Kept for Campaign {
    async fn check(write: &mut Write, before: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        let row = match before {
            Some(before) if before.held.by(rules::POLICY.create).is_none() => checks::of_liaison(&before.held, &before.row, row)?,
            _ => row,
        };
        checks::check(&row)?;
        check_partners(write, &row).await?;
        if let Some(Seen { row: before, .. }) = before {
            check_lodging(write, &row).await?;
            if (row.start_date, row.end_date) != (before.start_date, before.end_date) {
                standing::warn_of_period(write, &row).await?;
            }
            if row.plan_document_id != before.plan_document_id {
                check_plan(write, &row).await?;
            }
        }
        Ok(row)
    }
}

/// Partners are units of the same commune.
async fn check_partners(write: &mut Write, row: &Campaign) -> Result<()> {
    if units::exist(write, row.commune_id, &row.partner_unit_ids).await? {
        return Ok(());
    }
    Err(Error::field("/partner_unit_ids", "no_unit", said!("Có đơn vị không thuộc xã này", "Some unit is none of this commune's")))
}

/// Who stays somewhere is a unit of the commune.
async fn check_lodging(write: &mut Write, row: &Campaign) -> Result<()> {
    let mut named: Vec<Uuid> = row.lodging.0.iter().filter_map(|lodging| lodging.unit_id).collect();
    named.sort();
    named.dedup();
    if named.is_empty() || units::exist(write, row.commune_id, &named).await? {
        return Ok(());
    }
    Err(Error::field("/lodging", "no_unit", said!("Có đơn vị không thuộc xã này", "Some unit is none of this commune's")))
}

/// The plan is a plan, and of this campaign.
async fn check_plan(write: &mut Write, row: &Campaign) -> Result<()> {
    let Some(id) = row.plan_document_id else { return Ok(()) };
    let plan = table::named::<Document>(write, id, "/plan_document_id").await?;
    if plan.kind == documents::rules::PLAN && plan.campaign_id == Some(row.id) {
        return Ok(());
    }
    Err(Error::field("/plan_document_id", "no_plan", said!("Phải là kế hoạch của chính đợt này", "Must be a plan of this campaign")))
}

/// The campaign's plan, for the import.
pub async fn set_plan(write: &mut Write, campaign: &Campaign, plan: Uuid) -> Result<()> {
    let after = Campaign { plan_document_id: Some(plan), ..campaign.clone() };
    check_plan(write, &after).await?;
    table::follow(write, "update", campaign, after).await
}

pub async fn adopt(call: Call, body: ActOnCampaign) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Campaign| {
        if let Some(plan) = after.plan_document_id {
            let plan = table::named::<Document>(write, plan, "/plan_document_id").await?;
            if !documents::in_force(&plan) {
                return Err(Error::new(&rules::NO_PLAN).member("document_status", plan.status.name()));
            }
        }
        Ok(after)
    })
    .await
}

pub async fn start(call: Call, body: StartCampaign) -> Result<Answer> {
    let force = body.force;
    table::act(&call, body.acting(), async |write, _, after: Campaign| {
        checks::check_start(&after, force, write.now)?;
        Ok(after)
    })
    .await
}

pub async fn close(call: Call, body: ActOnCampaign) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Campaign| {
        let open = standing::open_of_campaign(write, after.id).await?;
        if !open.is_empty() && write.reason.is_none() {
            return Err(checks::still_open(&open, call.lang));
        }
        write.warnings.extend(open);
        Ok(after)
    })
    .await
}

pub async fn suspend(call: Call, body: ActOnCampaign) -> Result<Answer> {
    let suspend = async |_: &mut Write, before: &Seen<Campaign>, after| Ok(Campaign { suspended_from: Some(before.row.status), ..after });
    table::act(&call, body.into(), suspend).await
}

pub async fn resume(call: Call, body: ActOnCampaign) -> Result<Answer> {
    table::act(&call, body.into(), async |_, _, mut after: Campaign| {
        after.status = after.suspended_from.take().unwrap_or(after.status);
        Ok(after)
    })
    .await
}

/// Published once: done again, it stays as it was.
pub async fn publish(call: Call, body: ActOnCampaign) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, mut after: Campaign| {
        after.published_at = after.published_at.or(Some(write.now));
        Ok(after)
    })
    .await
}
