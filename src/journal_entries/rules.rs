//! Who reads the journal.

use crate::access::lifecycle::Lifecycle;
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::InCommune;
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer};

const READ: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (Auditor, InCommune)];

pub static POLICY: Policy = Policy { resource: "journal_entries", read: READ, create: &[], update: &[], fields: &[], lifecycle: &Lifecycle::NONE };
