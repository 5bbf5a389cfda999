//! Who may do what with consents.

use chrono::{DateTime, TimeDelta, Utc};

use super::dto::Consent;
use crate::access::lifecycle::{Lifecycle, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, Own, OwnHamlet};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member};
use crate::error::{Constraint, Error, Result};
use crate::said;
use crate::text::Text;

/// Consents are sensitive: heads write down what they were told, and then see only that it is there.
const READ: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (HamletHead, OwnHamlet), (Auditor, InCommune), (Member, Own)];
const CREATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (HamletHead, OwnHamlet), (Member, Own)];
const WITHDRAW: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (Member, Own)];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "given",
    frozen: &[],
    steps: &[Step::new("withdraw", &["given"], Some("withdrawn"), WITHDRAW, Text::new("Rút lại sự đồng ý", "Withdraw a consent"))],
};

pub static POLICY: Policy = Policy {
    resource: "consents",
    read: READ,
    create: CREATE,
    update: &[],
    fields: Consent::FIELDS,
    lifecycle: &LIFECYCLE,
    follows: &[
        ("reassign", Text::new("Chuyển theo hồ sơ được gộp", "Moved with a merged record")),
        ("erase", Text::new("Xóa dữ liệu cá nhân", "Personal data were erased")),
    ],
};

pub static CONSTRAINTS: &[Constraint] = &[Constraint::taken(
    "consents_standing_key",
    "/purpose",
    "already_given",
    Text::new("Đã có sự đồng ý cho mục đích này", "There is a standing consent for this purpose"),
)];

pub fn check(consent: &Consent, now: DateTime<Utc>) -> Result<()> {
    if consent.given_at > now + TimeDelta::minutes(5) {
        return Err(Error::field("/given_at", "in_the_future", said!("Không được là thời điểm trong tương lai", "May not lie in the future")));
    }
    Ok(())
}
