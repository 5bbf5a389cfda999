//! Who may do what with volunteers.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{EnterVolunteer, Volunteer, VolunteerSource, VolunteerStatus};
use crate::access::actor::Actor;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{FormerHamlet, InCommune, Lead, Own, OwnHamlet, OwnUnit, PartnerCampaign};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, UnitLiaison, UnitOfficer};
use crate::accounts::office::ERASED;
use crate::consents::{ConsentPurpose, GivenConsent};
use crate::error::{Error, FieldError, Problem, Result};
use crate::said;
use crate::text::Text;
use crate::web::table::Record as _;

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

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &["merged", "anonymised"],
    steps: &[
        Step::new("verify", &["unverified"], Some("active"), OFFICE_OR_HEAD, Text::new("Xác minh người tự đăng ký", "Verify a person who entered alone"))
            .with(&[Need::Read]),
        Step::new("suspend", &["active"], Some("suspended"), OFFICE, Text::new("Tạm ngừng", "Suspend")).with(&[Need::Reason]),
        Step::new("reinstate", &["suspended"], Some("active"), OFFICE, Text::new("Cho tham gia lại", "Reinstate")),
        Step::new(
            "invite",
            &["unverified", "active"],
            None,
            OFFICE_OR_HEAD,
            Text::new("Cấp mã đăng nhập một lần cho tình nguyện viên", "Issue a one-time code for the volunteer's own phone"),
        ),
        Step::new(
            "merge",
            &["unverified", "active", "suspended"],
            Some("merged"),
            OFFICE_OR_HEAD,
            Text::new("Gộp hai hồ sơ của một người", "Merge two records of one person"),
        )
        .with(&[Need::Reason]),
        Step::new(
            "anonymise",
            &["unverified", "active", "suspended", "merged"],
            Some("anonymised"),
            OFFICE,
            Text::new("Xóa dữ liệu cá nhân, giữ số liệu", "Erase the personal data, keep the figures"),
        )
        .with(&[Need::Reason]),
    ],
};

pub static POLICY: Policy = Policy {
    resource: "volunteers",
    read: READ,
    create: CREATE,
    update: UPDATE,
    fields: Volunteer::FIELDS,
    lifecycle: &LIFECYCLE,
    follows: &[("enter", Text::new("Tự đăng ký", "Entered alone")), ("link_account", Text::new("Gắn với tài khoản", "Linked to an account"))],
};

pub static NOT_MERGEABLE: Problem = Problem::new("not_mergeable", 409, "Không gộp được vào hồ sơ này", "The record cannot go on for this one");

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
        given_name: String::new(),
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
