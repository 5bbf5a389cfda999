//! Who may do what with headcounts.

use super::dto::Headcount;
use crate::access::lifecycle::Lifecycle;
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, OwnUnit, PartnerCampaign, WithFunction};
use crate::access::roles::Role::{CommuneLeader, CommuneOfficer, UnitLiaison, UnitOfficer};
use crate::campaigns::Campaign;
use crate::error::{Constraint, Error, Result};
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

pub static POLICY: Policy =
    Policy { resource: "headcounts", read: READ, create: WRITE, update: WRITE, fields: Headcount::FIELDS, lifecycle: &Lifecycle::NONE, follows: &[] };

pub static CONSTRAINTS: &[Constraint] = &[Constraint::taken(
    "headcounts_day_key",
    "/date",
    "day_taken",
    Text::new("Đơn vị đã khai quân số ngày này; hãy sửa bản ghi đó", "The unit has a headcount of this day; change that one"),
)];

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
