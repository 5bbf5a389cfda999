//! Who may read the sums. Nobody writes them: they follow from the sign-ups.

use crate::access::lifecycle::Lifecycle;
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, Lead, PartnerCampaign, Published};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, Public, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};

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

/// The public sees whether seats are free; what was done is made public by other means.
const FIELDS: Fields = &[
    ("campaign_id", Class::Public),
    ("hamlet_id", Class::Public),
    ("seats_taken", Class::Public),
    ("waiting", Class::Public),
    ("military_man_days", Class::Military),
];

pub static POLICY: Policy = Policy { resource: "activity_sums", read: READ, create: &[], update: &[], fields: FIELDS, lifecycle: &Lifecycle::NONE };
