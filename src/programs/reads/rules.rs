//! Who reads the reader log.

use crate::access::lifecycle::Lifecycle;
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::InCommune;
use crate::access::roles::Role::{Auditor, CommuneLeader};

/// Not the office: it is the one whose reading is looked at.
const READ: Grants = &[(CommuneLeader, InCommune), (Auditor, InCommune)];

pub static POLICY: Policy = Policy { resource: "reads", read: READ, create: &[], update: &[], fields: &[], lifecycle: &Lifecycle::NONE, follows: &[] };
