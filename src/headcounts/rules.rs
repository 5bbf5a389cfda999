//! Who may do what with headcounts.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{CreateHeadcount, Headcount, HeadcountStatus};
use crate::access::lifecycle::Lifecycle;
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, OwnUnit, PartnerCampaign, WithFunction};
use crate::access::roles::Role::{CommuneLeader, CommuneOfficer, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::campaigns::Campaign;
use crate::error::{CONFLICT, Constraint, Error, Result, VALIDATION_FAILED};
use crate::said;
use crate::text::Text;

/// Strength by day can be a state secret: nobody else sees that such a row exists.
const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitLiaison, PartnerCampaign),
    (UnitOfficer, WithFunction("military_affairs")),
    (UnitOfficer, WithFunction("public_security")),
];
/// The unit's own liaison, or the liaison of a unit above it.
const WRITE: Grants = &[(UnitLiaison, OwnUnit)];

const FIELDS: Fields = &[("officers", Class::Military), ("soldiers", Class::Military)];

pub static POLICY: Policy = Policy { resource: "headcounts", read: READ, create: WRITE, update: WRITE, fields: FIELDS, lifecycle: &Lifecycle::NONE };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "headcounts_day_key",
        problem: &CONFLICT,
        pointer: "/date",
        code: "day_taken",
        text: Text::new("Đơn vị đã khai quân số ngày này; hãy sửa bản ghi đó", "The unit has a headcount of this day; change that one"),
    },
    Constraint {
        name: "headcounts_campaign_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/campaign_id",
        code: "no_campaign",
        text: Text::new("Không có đợt này trong xã", "The commune has no such campaign"),
    },
    Constraint {
        name: "headcounts_unit_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/unit_id",
        code: "no_unit",
        text: Text::new("Không có đơn vị này trong xã", "The commune has no such unit"),
    },
];

pub fn new_headcount(input: CreateHeadcount, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> Headcount {
    let CreateHeadcount { id: _, commune_id, campaign_id, unit_id, date, officers, soldiers } = input;
    Headcount {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        campaign_id,
        unit_id,
        date: date.into(),
        officers: officers.into(),
        soldiers: soldiers.into(),
        status: HeadcountStatus::Stated,
        request_hash,
    }
}

/// A headcount is of a partner, on a day near the campaign: an advance party comes before, a rear party stays after.
pub fn check(row: &Headcount, campaign: &Campaign) -> Result<()> {
    if !campaign.partner_unit_ids.contains(&row.unit_id) {
        return Err(Error::field("/unit_id", "no_partner", said!("Đơn vị không phối hợp trong đợt này", "The unit is no partner of this campaign")));
    }
    let margin = chrono::TimeDelta::days(14);
    let (first, last) = (campaign.start_date - margin, campaign.end_date + margin);
    if row.date < first || last < row.date {
        return Err(Error::field("/date", "outside_period", said!("Ngày phải từ {first} đến {last}", "The day must be from {first} to {last}")));
    }
    Ok(())
}
