//! Who may do what with consents.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::dto::{Consent, ConsentStatus, GivenConsent};
use crate::access::lifecycle::{Lifecycle, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, Own, OwnHamlet};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member};
use crate::access::roles::{Class, Fields, Grants};
use crate::db::values::Json;
use crate::error::{CONFLICT, Constraint, Error, Result, VALIDATION_FAILED};
use crate::said;
use crate::text::Text;

/// Consents are sensitive: heads write down what they were told, and then see only that it is there.
const READ: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (HamletHead, OwnHamlet), (Auditor, InCommune), (Member, Own)];
const CREATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (HamletHead, OwnHamlet), (Member, Own)];
const WITHDRAW: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (Member, Own)];

const FIELDS: Fields = &[
    ("purpose", Class::Sensitive),
    ("text_version", Class::Sensitive),
    ("given_via", Class::Sensitive),
    ("recorded_by", Class::Sensitive),
    ("given_at", Class::Sensitive),
    ("withdrawn_at", Class::Sensitive),
    ("guardian", Class::Sensitive),
];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "given",
    frozen: &[],
    steps: &[Step {
        action: "withdraw",
        from: &["given"],
        to: Some("withdrawn"),
        by: WITHDRAW,
        needs: &[],
        summary: Text::new("Rút lại sự đồng ý", "Withdraw a consent"),
    }],
};

pub static POLICY: Policy = Policy { resource: "consents", read: READ, create: CREATE, update: &[], fields: FIELDS, lifecycle: &LIFECYCLE };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "consents_standing_key",
        problem: &CONFLICT,
        pointer: "/purpose",
        code: "already_given",
        text: Text::new("Đã có sự đồng ý cho mục đích này", "There is a standing consent for this purpose"),
    },
    Constraint {
        name: "consents_volunteer_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/volunteer_id",
        code: "no_volunteer",
        text: Text::new("Không có tình nguyện viên này trong xã", "The commune has no such volunteer"),
    },
];

/// The row of a consent that somebody gave.
pub fn given(
    input: GivenConsent,
    id: Uuid,
    commune_id: Uuid,
    volunteer_id: Uuid,
    recorded_by: Option<Uuid>,
    now: DateTime<Utc>,
    request_hash: Vec<u8>,
) -> Consent {
    let GivenConsent { purpose, text_version, given_via, given_at, guardian } = input;
    Consent {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        volunteer_id,
        purpose,
        text_version: text_version.into(),
        given_via,
        recorded_by,
        given_at: given_at.unwrap_or(now),
        withdrawn_at: None,
        guardian: guardian.map(Json),
        status: ConsentStatus::Given,
        request_hash,
    }
}

pub fn check(consent: &Consent, now: DateTime<Utc>) -> Result<()> {
    if consent.given_at > now + TimeDelta::minutes(5) {
        return Err(Error::field("/given_at", "in_the_future", said!("Không được ở tương lai", "May not lie in the future")));
    }
    Ok(())
}
