//! Who may do what with accounts and rights.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::dto::{CreateGrant, CreateUser, GrantRow, GrantStatus, User, UserStatus};
use crate::access::actor::{Actor, Grant};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{Everywhere, InCommune, Own};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, Member, PlatformAdmin};
use crate::access::roles::{Class, Fields, Grants, Role};
use crate::clock::local_day;
use crate::error::{CONFLICT, Constraint, Error, FieldError, Result, VALIDATION_FAILED};
use crate::said;
use crate::text::Text;

const READ: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (Auditor, InCommune), (Member, Own), (PlatformAdmin, Everywhere)];
const MANAGE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (PlatformAdmin, Everywhere)];
const UPDATE_USER: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (Member, Own)];

const USER_FIELDS: Fields = &[("username", Class::Public), ("home_commune_id", Class::Public), ("phone", Class::Contact)];
/// A right is no personal data: the platform's administrator sees all of it.
const GRANT_FIELDS: Fields = &[
    ("user_id", Class::Public),
    ("role", Class::Public),
    ("unit_id", Class::Public),
    ("hamlet_id", Class::Public),
    ("campaign_id", Class::Public),
    ("valid_from", Class::Public),
    ("valid_to", Class::Public),
    ("acting_for", Class::Public),
];

static USER_LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step {
            action: "disable",
            from: &["active"],
            to: Some("disabled"),
            by: MANAGE,
            needs: &[Need::Reason],
            summary: Text::new("Khóa tài khoản và kết thúc các phiên", "Disable an account and end its sessions"),
        },
        Step {
            action: "enable",
            from: &["disabled"],
            to: Some("active"),
            by: MANAGE,
            needs: &[],
            summary: Text::new("Mở lại tài khoản", "Enable an account again"),
        },
        Step {
            action: "issue_code",
            from: &["active"],
            to: None,
            by: MANAGE,
            needs: &[],
            summary: Text::new("Cấp mã đăng nhập một lần", "Issue a one-time sign-in code"),
        },
    ],
};

static GRANT_LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[Step {
        action: "revoke",
        from: &["active"],
        to: Some("revoked"),
        by: MANAGE,
        needs: &[Need::Reason],
        summary: Text::new("Thu hồi quyền", "Revoke a right"),
    }],
};

pub static USERS: Policy = Policy { resource: "users", read: READ, create: MANAGE, update: UPDATE_USER, fields: USER_FIELDS, lifecycle: &USER_LIFECYCLE };
pub static GRANTS: Policy = Policy { resource: "grants", read: READ, create: MANAGE, update: MANAGE, fields: GRANT_FIELDS, lifecycle: &GRANT_LIFECYCLE };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "users_username_key",
        problem: &CONFLICT,
        pointer: "/username",
        code: "username_taken",
        text: Text::new("Tên đăng nhập này đã có người dùng", "This username is taken"),
    },
    Constraint {
        name: "users_home_commune_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/home_commune_id",
        code: "no_commune",
        text: Text::new("Không có xã này", "There is no such commune"),
    },
    Constraint {
        name: "grants_user_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/user_id",
        code: "no_user",
        text: Text::new("Không có tài khoản này", "There is no such user"),
    },
    Constraint {
        name: "grants_commune_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/commune_id",
        code: "no_commune",
        text: Text::new("Không có xã này", "There is no such commune"),
    },
    Constraint {
        name: "grants_acting_for_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/acting_for",
        code: "no_user",
        text: Text::new("Không có tài khoản này", "There is no such user"),
    },
];

pub fn new_user(input: CreateUser, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> User {
    let CreateUser { id: _, home_commune_id, username, display_name, phone } = input;
    User {
        id,
        version: 0,
        created_at: now,
        updated_at: now,
        username: username.into(),
        display_name: display_name.into(),
        phone: phone.map(String::from),
        password_hash: None,
        password_changed_at: None,
        status: UserStatus::Active,
        home_commune_id,
        search: String::new(),
        request_hash,
    }
    .with_search()
}

/// Usernames have one spelling.
pub fn check_username(user: &User) -> Result<()> {
    let fits = user.username.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'));
    if fits {
        return Ok(());
    }
    Err(Error::field(
        "/username",
        "invalid_username",
        said!(
            "Tên đăng nhập chỉ gồm chữ thường không dấu, số, dấu chấm, gạch nối, gạch dưới",
            "A username has lower-case letters, digits, dots, hyphens and underscores"
        ),
    ))
}

pub fn new_grant(input: CreateGrant, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> GrantRow {
    let CreateGrant { id: _, user_id, role, commune_id, unit_id, hamlet_id, campaign_id, valid_from, valid_to, acting_for } = input;
    GrantRow {
        id,
        version: 0,
        created_at: now,
        updated_at: now,
        user_id,
        role,
        commune_id,
        unit_id,
        hamlet_id,
        campaign_id,
        valid_from: valid_from.map_or_else(|| local_day(now), Into::into),
        valid_to: valid_to.map(Into::into),
        acting_for,
        status: GrantStatus::Active,
        request_hash,
    }
}

/// The scope fits the role, and the term is one.
pub fn check_shape(grant: &GrantRow) -> Result<()> {
    let mut errors = vec![];
    let role = grant.role.name();
    if matches!(grant.role, Member | Role::Public | Role::Integration) {
        errors.push(FieldError::new("/role", "not_grantable", said!("Vai trò \"{role}\" không giao được", "The role \"{role}\" cannot be granted")));
    }
    let scopes = [
        ("/commune_id", grant.role != PlatformAdmin, grant.commune_id.is_some()),
        ("/unit_id", matches!(grant.role, Role::UnitOfficer | Role::UnitLiaison), grant.unit_id.is_some()),
        ("/hamlet_id", grant.role == Role::HamletHead, grant.hamlet_id.is_some()),
    ];
    for (pointer, needed, there) in scopes {
        if needed && !there {
            errors.push(FieldError::new(pointer, "required", said!("Vai trò \"{role}\" cần trường này", "The role \"{role}\" needs this field")));
        } else if there && !needed {
            errors.push(FieldError::new(
                pointer,
                "not_allowed",
                said!("Vai trò \"{role}\" không có trường này", "The role \"{role}\" does not have this field"),
            ));
        }
    }
    let from = grant.valid_from;
    if grant.valid_to.is_some_and(|to| to < from) {
        errors.push(FieldError::new("/valid_to", "end_before_start", said!("Phải từ ngày {from} trở đi", "Must be {from} or later")));
    }
    if grant.role == Auditor && grant.valid_to.is_none_or(|to| (to - from).num_days() > 90) {
        errors.push(FieldError::new("/valid_to", "term_too_long", said!("Thanh tra được giao quyền tối đa 90 ngày", "An auditor's term is at most 90 days")));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// A right as far as covering it needs to be known.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    pub role: Role,
    pub commune_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub valid_to: Option<NaiveDate>,
}

impl From<&GrantRow> for Extent {
    fn from(grant: &GrantRow) -> Self {
        Self { role: grant.role, commune_id: grant.commune_id, campaign_id: grant.campaign_id, valid_to: grant.valid_to }
    }
}

/// Whether one of the actor's own grants is at least as much: nobody gives, takes or takes over more than they hold.
pub fn covers(actor: &Actor, wanted: Extent) -> bool {
    actor.system.is_some() || actor.grants.iter().any(|own| covered_by(own, wanted))
}

fn covered_by(own: &Grant, wanted: Extent) -> bool {
    if own.role == PlatformAdmin {
        return matches!(wanted.role, PlatformAdmin | CommuneLeader);
    }
    let kind = match own.role {
        CommuneLeader => wanted.role != PlatformAdmin,
        CommuneOfficer => matches!(wanted.role, CommuneOfficer | Role::UnitOfficer | Role::UnitLiaison | Role::HamletHead | Role::Volunteer | Role::Observer),
        _ => false,
    };
    let place = wanted.commune_id == own.commune_id && own.campaign_id.is_none_or(|campaign| wanted.campaign_id == Some(campaign));
    let term = own.valid_to.is_none_or(|last| wanted.valid_to.is_some_and(|to| to <= last));
    kind && place && term
}

/// 403 with the reason.
pub fn require_cover(actor: &Actor, wanted: Extent) -> Result<()> {
    if covers(actor, wanted) {
        return Ok(());
    }
    Err(Error::forbidden()
        .detail(said!("Không được giao, thu hồi hoặc dùng quyền rộng hơn quyền của mình", "Nobody gives, takes or takes over more rights than they hold")))
}

/// Taking over or shutting an account asks for as much as the account holds; a term that ends later is no obstacle.
pub fn require_cover_of_user(actor: &Actor, user: &User, grants: &[GrantRow]) -> Result<()> {
    for grant in grants {
        let own_term = actor.grants.iter().filter_map(|own| own.valid_to).max();
        require_cover(actor, Extent { valid_to: own_term.or(grant.valid_to), ..Extent::from(grant) })?;
    }
    // An account without rights belongs to its home commune's office.
    let own = user.home_commune_id.is_some_and(|home| actor.grants.iter().any(|grant| grant.commune_id == Some(home)));
    if grants.is_empty() && !own && !actor.has_role(PlatformAdmin) && actor.system.is_none() {
        return Err(Error::forbidden());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(role: Role, commune: u128) -> Grant {
        let day = NaiveDate::from_ymd_opt(2024, 7, 1).expect("a day");
        let commune_id = (commune > 0).then(|| Uuid::from_u128(commune));
        Grant { id: Uuid::nil(), role, commune_id, unit_id: None, hamlet_id: None, campaign_id: None, valid_from: day, valid_to: None, acting_for: None }
    }

    #[test]
    fn nobody_covers_more_than_they_hold() {
        let wanted = |role, commune: u128| Extent { role, commune_id: (commune > 0).then(|| Uuid::from_u128(commune)), campaign_id: None, valid_to: None };
        let cases = [
            (grant(CommuneOfficer, 1), wanted(CommuneLeader, 1), false),
            (grant(CommuneOfficer, 1), wanted(Role::HamletHead, 1), true),
            (grant(CommuneOfficer, 1), wanted(Role::HamletHead, 2), false),
            (grant(CommuneOfficer, 1), wanted(Auditor, 1), false),
            (grant(CommuneLeader, 1), wanted(CommuneLeader, 1), true),
            (grant(CommuneLeader, 1), wanted(PlatformAdmin, 0), false),
            (grant(PlatformAdmin, 0), wanted(CommuneLeader, 1), true),
            (grant(PlatformAdmin, 0), wanted(CommuneOfficer, 1), false),
            (grant(Role::HamletHead, 1), wanted(Role::Volunteer, 1), false),
        ];
        for (own, wanted, expected) in cases {
            assert_eq!(covered_by(&own, wanted), expected, "{own:?} {wanted:?}");
        }
        let ending = Grant { valid_to: NaiveDate::from_ymd_opt(2024, 12, 31), ..grant(CommuneLeader, 1) };
        assert!(!covered_by(&ending, wanted(CommuneOfficer, 1)), "a right without end outlives the giver's term");
    }
}
