//! Who may do what with volunteers.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{CreateVolunteer, EnterVolunteer, UpdateVolunteer, Volunteer, VolunteerSource, VolunteerStatus};
use crate::access::actor::Actor;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{FormerHamlet, InCommune, Lead, Own, OwnHamlet, OwnUnit, PartnerCampaign};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::accounts::office::ERASED;
use crate::consents::{ConsentPurpose, GivenConsent};
use crate::db::values::Json;
use crate::error::{Constraint, Error, FieldError, Problem, Result, VALIDATION_FAILED};
use crate::said;
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, OwnUnit),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, OwnHamlet),
    (HamletHead, FormerHamlet),
    (Auditor, InCommune),
    (Member, Own),
    (Member, Lead),
];
const CREATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (HamletHead, OwnHamlet)];
const UPDATE: Grants =
    &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (HamletHead, OwnHamlet), (HamletHead, FormerHamlet), (Member, Own)];
const OFFICE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
const OFFICE_OR_HEAD: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (HamletHead, OwnHamlet), (HamletHead, FormerHamlet)];
pub const EXPORT: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (Member, Own)];

/// Nothing of a volunteer is public.
const FIELDS: Fields = &[("phone", Class::Contact), ("emergency_contact", Class::Contact), ("birth_year", Class::Contact), ("category", Class::Sensitive)];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &["merged", "anonymised"],
    steps: &[
        Step {
            action: "verify",
            from: &["unverified"],
            to: Some("active"),
            by: OFFICE_OR_HEAD,
            needs: &[Need::Read],
            summary: Text::new("Xác minh người tự đăng ký", "Verify a person who entered alone"),
        },
        Step {
            action: "suspend", from: &["active"], to: Some("suspended"), by: OFFICE, needs: &[Need::Reason], summary: Text::new("Tạm ngừng", "Suspend")
        },
        Step { action: "reinstate", from: &["suspended"], to: Some("active"), by: OFFICE, needs: &[], summary: Text::new("Cho tham gia lại", "Reinstate") },
        Step {
            action: "invite",
            from: &["unverified", "active"],
            to: None,
            by: OFFICE_OR_HEAD,
            needs: &[],
            summary: Text::new("Cấp mã đăng nhập một lần cho tình nguyện viên", "Issue a one-time code for the volunteer's own phone"),
        },
        Step {
            action: "merge",
            from: &["unverified", "active", "suspended"],
            to: Some("merged"),
            by: OFFICE_OR_HEAD,
            needs: &[Need::Reason],
            summary: Text::new("Gộp hai hồ sơ của một người", "Merge two records of one person"),
        },
        Step {
            action: "anonymise",
            from: &["unverified", "active", "suspended", "merged"],
            to: Some("anonymised"),
            by: OFFICE,
            needs: &[Need::Reason],
            summary: Text::new("Xóa dữ liệu cá nhân, giữ số liệu", "Erase the personal data, keep the figures"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "volunteers", read: READ, create: CREATE, update: UPDATE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static NOT_MERGEABLE: Problem =
    Problem { code: "not_mergeable", status: 409, title: Text::new("Không gộp được vào hồ sơ này", "The record cannot go on for this one") };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "volunteers_unit_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/unit_id",
        code: "no_unit",
        text: Text::new("Không có đơn vị này trong xã", "The commune has no such unit"),
    },
    Constraint {
        name: "volunteers_hamlet_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/hamlet_id",
        code: "no_hamlet",
        text: Text::new("Không có ấp này trong xã", "The commune has no such hamlet"),
    },
];

pub fn new_volunteer(input: &CreateVolunteer, id: Uuid, source: VolunteerSource, now: DateTime<Utc>, request_hash: Vec<u8>) -> Volunteer {
    Volunteer {
        id,
        commune_id: input.commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        full_name: input.full_name.0.clone(),
        birth_year: input.birth_year.map(i32::from),
        phone: input.phone.clone().map(String::from),
        phone_masked: None,
        category: input.category,
        unit_id: input.unit_id,
        hamlet_id: input.hamlet_id,
        skills: input.skills.iter().flat_map(|skills| &skills.0).map(|skill| skill.0.clone()).collect(),
        emergency_contact: input.emergency_contact.clone().map(Json),
        user_id: None,
        source,
        merged_into: None,
        status: VolunteerStatus::Active,
        search: String::new(),
        request_hash,
    }
    .derived()
}

/// The row of a person who enters alone.
pub fn entered(input: &EnterVolunteer, user: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> Volunteer {
    Volunteer {
        id: input.id,
        commune_id: input.commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        full_name: input.full_name.0.clone(),
        birth_year: input.birth_year.map(i32::from),
        phone: Some(input.phone.clone().into()),
        phone_masked: None,
        category: None,
        unit_id: None,
        hamlet_id: input.hamlet_id,
        skills: vec![],
        emergency_contact: None,
        user_id: Some(user),
        source: VolunteerSource::Own,
        merged_into: None,
        status: VolunteerStatus::Unverified,
        search: String::new(),
        request_hash,
    }
    .derived()
}

pub fn changed(mut volunteer: Volunteer, input: UpdateVolunteer) -> Volunteer {
    let UpdateVolunteer { full_name, birth_year, phone, category, unit_id, hamlet_id, skills, emergency_contact } = input;
    full_name.apply(&mut volunteer.full_name);
    birth_year.apply(&mut volunteer.birth_year);
    phone.apply(&mut volunteer.phone);
    category.apply(&mut volunteer.category);
    unit_id.apply(&mut volunteer.unit_id);
    hamlet_id.apply(&mut volunteer.hamlet_id);
    if let Some(skills) = skills.0 {
        volunteer.skills = skills.0.into_iter().map(String::from).collect();
    }
    if let Some(contact) = emergency_contact.0 {
        volunteer.emergency_contact = contact.map(Json);
    }
    volunteer.derived()
}

/// Who enters: the strongest role of the actor in the commune.
pub fn source_of(actor: &Actor, commune: Uuid) -> VolunteerSource {
    let has = |role| actor.grants.iter().any(|grant| grant.role == role && grant.commune_id == Some(commune));
    match () {
        () if actor.system.is_some() => VolunteerSource::Import,
        () if actor.office_of(commune, None) => VolunteerSource::Office,
        () if has(HamletHead) => VolunteerSource::Head,
        () => VolunteerSource::Organisation,
    }
}

/// Nobody is entered without having agreed to take part; a guardian agrees for who is under 18.
pub fn check_consents(consents: &[GivenConsent], birth_year: Option<i32>, now: DateTime<Utc>) -> Result<()> {
    let mut errors = vec![];
    let participation = consents.iter().position(|consent| consent.purpose == ConsentPurpose::Participation);
    match participation {
        None => errors.push(FieldError::new(
            "/consents",
            "participation_required",
            said!("Cần sự đồng ý tham gia (purpose = participation)", "The consent to take part is needed (purpose = participation)"),
        )),
        Some(i) if is_minor(birth_year, now) && consents.get(i).is_some_and(|consent| consent.guardian.is_none()) => {
            errors.push(FieldError::new(
                format!("/consents/{i}/guardian"),
                "guardian_required",
                said!("Người dưới 18 tuổi cần người giám hộ đồng ý", "Who is under 18 needs a guardian's consent"),
            ));
        }
        Some(_) => {}
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// Whether a person is under 18 at some time of the year.
pub fn is_minor(birth_year: Option<i32>, at: DateTime<Utc>) -> bool {
    use chrono::Datelike as _;
    birth_year.is_some_and(|year| crate::clock::local_day(at).year() - year < 18)
}

/// The record that goes on lives and is another one.
pub fn check_merge(volunteer: &Volunteer, into: Option<&Volunteer>) -> Result<()> {
    match into {
        Some(other) if other.id != volunteer.id && matches!(other.status, VolunteerStatus::Active | VolunteerStatus::Unverified) => Ok(()),
        _ => Err(Error::new(&NOT_MERGEABLE)),
    }
}

/// Erasure: what tells who it was goes, the figures stay.
pub fn anonymised(mut volunteer: Volunteer) -> Volunteer {
    volunteer.full_name = ERASED.into();
    (volunteer.birth_year, volunteer.phone, volunteer.category, volunteer.emergency_contact, volunteer.user_id) = (None, None, None, None, None);
    volunteer.skills = vec![];
    // A hash over name and phone confirms a guess.
    volunteer.request_hash = vec![];
    volunteer.derived()
}
