//! Who may read a campaign's sums. Nobody writes them: they follow from sign-ups and results.

use super::dto::CampaignSum;
use crate::access::lifecycle::Lifecycle;
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, PartnerCampaign};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, UnitLiaison, UnitOfficer};

/// The public gets its figures from the campaign's summary.
const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, InCommune),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, InCommune),
    (Observer, InCommune),
    (Auditor, InCommune),
];

pub static POLICY: Policy =
    Policy { resource: "campaign_sums", read: READ, create: &[], update: &[], fields: CampaignSum::FIELDS, lifecycle: &Lifecycle::NONE, follows: &[] };
