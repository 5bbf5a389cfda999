//! Who may do what with recipients.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{CopyStatus, CreateDocumentRecipient, DocumentRecipient};
use crate::access::lifecycle::{Lifecycle, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, OwnUnit};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, Observer, UnitLiaison, UnitOfficer};
use crate::access::roles::{Fields, Grants};
use crate::error::{CONFLICT, Constraint, VALIDATION_FAILED};
use crate::text::Text;

const READ: Grants =
    &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (UnitLiaison, OwnUnit), (Observer, InCommune), (Auditor, InCommune)];
const OFFICE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
/// Each unit marks its own copy; the office for one that answered by phone.
const MARK: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (UnitLiaison, OwnUnit), (Observer, OwnUnit)];

const FIELDS: Fields = &[];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "listed",
    frozen: &["removed"],
    steps: &[
        Step {
            action: "send", from: &["listed"], to: Some("sent"), by: OFFICE, needs: &[], summary: Text::new("Ghi nhận đã gửi", "Note that it was sent")
        },
        Step { action: "mark_read", from: &["sent"], to: Some("read"), by: MARK, needs: &[], summary: Text::new("Đánh dấu đã đọc", "Mark as read") },
        Step {
            action: "remove",
            from: &["listed", "sent"],
            to: Some("removed"),
            by: OFFICE,
            needs: &[],
            summary: Text::new("Bỏ khỏi nơi nhận", "Take off the list"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "document_recipients", read: READ, create: OFFICE, update: OFFICE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "document_recipients_unit_key",
        problem: &CONFLICT,
        pointer: "/unit_id",
        code: "already_there",
        text: Text::new("Đơn vị đã có trong nơi nhận", "The unit is a recipient already"),
    },
    Constraint {
        name: "document_recipients_document_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/document_id",
        code: "no_document",
        text: Text::new("Không có văn bản này trong xã", "The commune has no such document"),
    },
    Constraint {
        name: "document_recipients_unit_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/unit_id",
        code: "no_unit",
        text: Text::new("Không có đơn vị này trong xã", "The commune has no such unit"),
    },
];

pub fn new_recipient(input: CreateDocumentRecipient, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> DocumentRecipient {
    let CreateDocumentRecipient { id: _, commune_id, document_id, text_as_printed, unit_id, archive, sort_order } = input;
    DocumentRecipient {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        document_id,
        text_as_printed: text_as_printed.into(),
        unit_id,
        archive,
        sort_order: sort_order.into(),
        sent_at: None,
        read_at: None,
        read_by: None,
        status: CopyStatus::Listed,
        request_hash,
    }
}
