//! Who may read a campaign's sums. Nobody writes them: they follow from sign-ups and results.

use crate::access::lifecycle::Lifecycle;
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, PartnerCampaign};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};

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

const FIELDS: Fields = &[("military_man_days", Class::Military)];

pub static POLICY: Policy = Policy { resource: "campaign_sums", read: READ, create: &[], update: &[], fields: FIELDS, lifecycle: &Lifecycle::NONE };
