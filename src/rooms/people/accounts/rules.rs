//! Who may do what with accounts and rights.

use super::dto::{GrantRow, User};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{Everywhere, InCommune, Own};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, Member, PlatformAdmin};
use crate::access::roles::{Class, Fields, Grants, Role};
use crate::error::{Constraint, Error, FieldError, Problem, Result};
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
    ("given_by", Class::Public),
];

static USER_LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step::new(
            "disable",
            &["active"],
            Some("disabled"),
            MANAGE,
            Text::new("Khóa tài khoản và kết thúc các phiên", "Disable an account and end its sessions"),
        )
        .with(&[Need::Reason]),
        Step::new("enable", &["disabled"], Some("active"), MANAGE, Text::new("Mở lại tài khoản", "Enable an account again")),
        Step::new("issue_code", &["active"], None, MANAGE, Text::new("Cấp mã đăng nhập một lần", "Issue a one-time sign-in code")),
        Step::new(
            "replace_phone",
            &["active"],
            None,
            MANAGE,
            Text::new("Mất điện thoại: kết thúc các phiên và cấp mã mới", "A phone was lost: end the sessions and issue a new code"),
        ),
    ],
};

static GRANT_LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[Step::new("revoke", &["active"], Some("revoked"), MANAGE, Text::new("Thu hồi quyền", "Revoke a right")).with(&[Need::Reason])],
};

pub static USERS: Policy =
    Policy { resource: "users", read: READ, create: MANAGE, update: UPDATE_USER, fields: USER_FIELDS, lifecycle: &USER_LIFECYCLE, follows: &[] };
pub static GRANTS: Policy =
    Policy { resource: "grants", read: READ, create: MANAGE, update: MANAGE, fields: GRANT_FIELDS, lifecycle: &GRANT_LIFECYCLE, follows: &[] };

pub static ALREADY_GRANTED: Problem = Problem::new("already_granted", 409, "Người này đã có quyền đó", "This user has the right already");
pub static LAST_LEADER: Problem = Problem::new(
    "last_leader",
    409,
    "Xã phải còn người lãnh đạo; hãy giao quyền cho người khác trước",
    "A commune keeps a leader: give the right to somebody else first",
);

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint::taken("users_username_key", "/username", "username_taken", Text::new("Tên đăng nhập này đã có người dùng", "This username is taken")),
    Constraint::missing("grants_acting_for_fkey", "/acting_for", "no_user", Text::new("Không có tài khoản này", "There is no such user")),
];

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

/// The scope fits the role, and the term is one.
pub fn check_shape(grant: &GrantRow) -> Result<()> {
    let mut errors = vec![];
    let role = grant.role.name();
    if matches!(grant.role, Member | Role::Public | Role::Integration) {
        errors.push(FieldError::new("/role", "not_grantable", said!("Vai trò \"{role}\" không giao được", "The role \"{role}\" cannot be granted")));
    }
    // An observer's unit (the party committee, the Front) is not needed: with it they mark their own copy of a paper as read.
    let scopes = [
        ("/commune_id", grant.role != PlatformAdmin, grant.commune_id.is_some()),
        ("/unit_id", matches!(grant.role, Role::UnitOfficer | Role::UnitLiaison), grant.unit_id.is_some()),
        ("/hamlet_id", grant.role == Role::HamletHead, grant.hamlet_id.is_some()),
    ];
    for (pointer, needed, there) in scopes {
        if needed && !there {
            errors.push(FieldError::new(pointer, "required", said!("Vai trò \"{role}\" cần trường này", "The role \"{role}\" needs this field")));
        } else if there && !needed && !(pointer == "/unit_id" && grant.role == Role::Observer) {
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
        errors.push(FieldError::new(
            "/valid_to",
            "term_too_long",
            said!("Người kiểm tra, thanh tra được giao quyền tối đa 90 ngày", "An auditor's term is at most 90 days"),
        ));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}
