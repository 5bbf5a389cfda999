//! What happens with campaigns.

use uuid::Uuid;

use super::dto::{ActOnCampaign, Campaign, StartCampaign};
use super::{checks, rules, standing};
use crate::documents::{self, DocumentKind};
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting, Kept};
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
    let plan = documents::named(write, id, "/plan_document_id").await?;
    if plan.kind == DocumentKind::Plan && plan.campaign_id == Some(row.id) {
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

pub async fn act(call: Call) -> Result<Answer> {
    if call.operation.id == "start_campaign" {
        let StartCampaign { force, occurred_at } = call.body()?;
        let acting = Acting { reason: None, occurred_at };
        return table::act(&call, acting, async |write, _, after: Campaign| {
            checks::check_start(&after, force, write.now)?;
            Ok(after)
        })
        .await;
    }
    let input: ActOnCampaign = call.body()?;
    let acting = Acting { reason: input.reason.map(String::from), occurred_at: input.occurred_at };
    table::act(&call, acting, async |write, before: &Seen<Campaign>, mut after: Campaign| {
        match call.operation.id.as_str() {
            "adopt_campaign" => {
                if let Some(plan) = after.plan_document_id {
                    let plan = documents::named(write, plan, "/plan_document_id").await?;
                    if !documents::in_force(&plan) {
                        return Err(Error::new(&rules::NO_PLAN).member("document_status", plan.status.name()));
                    }
                }
            }
            "close_campaign" => {
                let open = standing::open_of_campaign(write, before.row.id).await?;
                if !open.is_empty() && write.reason.is_none() {
                    return Err(checks::still_open(&open, call.lang));
                }
                write.warnings.extend(open);
            }
            "suspend_campaign" => after.suspended_from = Some(before.row.status),
            "resume_campaign" => after.status = after.suspended_from.take().unwrap_or(after.status),
            // Published once: done again, it stays as it was.
            "publish_campaign" => after.published_at = after.published_at.or(Some(write.now)),
            _ => {}
        }
        Ok(after)
    })
    .await
}
