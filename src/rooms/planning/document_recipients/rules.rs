//! Who may do what with recipients.

use super::dto::DocumentRecipient;
use crate::access::lifecycle::{Lifecycle, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, OwnUnit};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, Observer, UnitLiaison, UnitOfficer};
use crate::error::Constraint;
use crate::text::Text;

const READ: Grants =
    &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (UnitLiaison, OwnUnit), (Observer, InCommune), (Auditor, InCommune)];
const OFFICE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
/// Each unit marks its own copy; the office for one that answered by phone.
const MARK: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (UnitLiaison, OwnUnit), (Observer, OwnUnit)];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "listed",
    frozen: &["removed"],
    steps: &[
        Step::new("send", &["listed"], Some("sent"), OFFICE, Text::new("Ghi nhận đã gửi", "Note that it was sent")),
        Step::new("mark_read", &["sent"], Some("read"), MARK, Text::new("Đánh dấu đã đọc", "Mark as read")),
        Step::new("remove", &["listed", "sent"], Some("removed"), OFFICE, Text::new("Bỏ khỏi nơi nhận", "Take off the list")),
    ],
};

pub static POLICY: Policy = Policy {
    resource: "document_recipients",
    read: READ,
    create: OFFICE,
    update: OFFICE,
    fields: DocumentRecipient::FIELDS,
    lifecycle: &LIFECYCLE,
    follows: &[],
};

pub static CONSTRAINTS: &[Constraint] = &[Constraint::taken(
    "document_recipients_unit_key",
    "/unit_id",
    "already_there",
    Text::new("Đơn vị đã có trong nơi nhận", "The unit is a recipient already"),
)];
