//! Who reads the journal.

use crate::access::lifecycle::Lifecycle;
use crate::access::reach::Policy;
use crate::access::roles::Relation::{Everywhere, InCommune};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, PlatformAdmin};
use crate::access::roles::{Class, Fields, Grants};

/// The platform reads who gave which right, and nothing else of it.
const READ: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (Auditor, InCommune), (PlatformAdmin, Everywhere)];

/// Kinds of rows that lie in the feed of all accounts; each commune reads of its own.
pub const OF_ACCOUNTS: &[&str] = &["grants", "users", "api_clients"];

/// What one asks by.
const FIELDS: Fields = &[("kind", Class::Public), ("row_id", Class::Public)];

pub static POLICY: Policy =
    Policy { resource: "journal_entries", read: READ, create: &[], update: &[], fields: FIELDS, lifecycle: &Lifecycle::NONE, follows: &[] };
