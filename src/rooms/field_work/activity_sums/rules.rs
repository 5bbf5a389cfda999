//! Who may read the sums. Nobody writes them: they follow from the sign-ups.

use super::dto::ActivitySum;
use crate::access::lifecycle::Lifecycle;
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, Lead, PartnerCampaign, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, Public, UnitLiaison, UnitOfficer};

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, InCommune),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, InCommune),
    (Observer, InCommune),
    (Auditor, InCommune),
    (Member, Lead),
    (Public, Published),
];

pub static POLICY: Policy =
    Policy { resource: "activity_sums", read: READ, create: &[], update: &[], fields: ActivitySum::FIELDS, lifecycle: &Lifecycle::NONE, follows: &[] };
