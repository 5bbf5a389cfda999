//! Who may do what with API clients, and what a client may be.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::dto::{ApiClient, StoredSecret};
use crate::access::actor::Actor;
use crate::access::client::gives;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::{OWN_TOOLS, Role, SEE_TOOLS, STOP_TOOLS};
use crate::clock::local_day;
use crate::error::{Error, FieldError, Result};
use crate::said;
use crate::text::Text;
use crate::web::operation::{Operation, Scope};

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &["revoked"],
    steps: &[
        Step::new(
            "issue_secret",
            &["active"],
            None,
            OWN_TOOLS,
            Text::new("Cấp khóa bí mật; khóa trước vẫn dùng được cho đến khi bỏ", "Issue a secret; the one before works until it is dropped"),
        ),
        Step::new("drop_old_secret", &["active"], None, OWN_TOOLS, Text::new("Bỏ khóa bí mật cũ, giữ khóa mới nhất", "Drop the older secret, keep the newest")),
        Step::new("revoke", &["active"], Some("revoked"), STOP_TOOLS, Text::new("Thu hồi ứng dụng", "Revoke the client")).with(&[Need::Reason]),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "api_clients", read: SEE_TOOLS, create: OWN_TOOLS, update: OWN_TOOLS, fields: ApiClient::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

/// Accounts, rights and clients themselves are people's matter, and so is what was read by whom.
const PEOPLE_ONLY: &[&str] = &["users", "grants", "api_clients", "reads"];
/// Secrets that work side by side, so that one can be replaced without a stop.
pub const MAX_SECRETS: usize = 2;
/// How long a client may work without somebody looking at it again.
const MAX_LIFE: TimeDelta = TimeDelta::days(366);

pub fn sorted(mut scopes: Vec<String>) -> Vec<String> {
    scopes.sort();
    scopes.dedup();
    scopes
}

/// The scopes are known, the day is near, and the maker has the rights that the bounds name.
pub fn check(row: &ApiClient, maker: &Actor, operations: &[&Operation], now: DateTime<Utc>) -> Result<()> {
    let mut errors = vec![];
    if row.scopes.is_empty() {
        errors.push(FieldError::new("/scopes", "too_few", said!("Cần ít nhất một phạm vi", "At least one scope is needed")));
    }
    for (i, scope) in row.scopes.iter().enumerate() {
        if is_known(scope, operations) && !is_within(scope, maker, row.commune_id, operations) {
            let detail = said!("Bạn không có quyền nào dùng được phạm vi \"{scope}\"", "You have no right that the scope \"{scope}\" could use");
            errors.push(FieldError::new(format!("/scopes/{i}"), "not_yours", detail));
        } else if !is_known(scope, operations) {
            let detail = said!("Không có phạm vi \"{scope}\"; xem x-scope trong /openapi.json", "There is no scope \"{scope}\"; see x-scope in /openapi.json");
            errors.push(FieldError::new(format!("/scopes/{i}"), "unknown_value", detail));
        }
    }
    let today = local_day(now);
    let last: NaiveDate = today + MAX_LIFE;
    if row.expires_on < today || row.expires_on > last {
        errors.push(FieldError::new("/expires_on", "out_of_range", said!("Phải từ {today} đến {last}", "Must be from {today} to {last}")));
    }
    if let Some(unit) = row.unit_id
        && !maker.grants.iter().any(|grant| grant.commune_id == Some(row.commune_id) && grant.unit_id == Some(unit))
    {
        errors.push(FieldError::new("/unit_id", "not_yours", said!("Bạn không có quyền của đơn vị này", "You have no right for this unit")));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

fn is_known(scope: &str, operations: &[&Operation]) -> bool {
    let Some((resource, verb)) = scope.split_once(':') else { return false };
    !PEOPLE_ONLY.contains(&resource)
        && operations.iter().any(|operation| matches!(operation.scope(), Scope::Of(of, may) if of == resource && (verb == "*" || verb == may)))
}

/// Whether a client's scopes hold a narrower one: its token may ask for less than the client has.
pub fn holds(scopes: &[String], wanted: &str, operations: &[&Operation]) -> bool {
    let narrower = |(resource, verb)| is_known(wanted, operations) && gives(scopes, resource, verb);
    scopes.iter().any(|scope| scope == wanted) || wanted.split_once(':').is_some_and(narrower)
}

/// Whether some operation of a scope is open to a role that the maker has in the commune, or to everybody: else it gives
/// nothing, and misleads.
fn is_within(scope: &str, maker: &Actor, commune: Uuid, operations: &[&Operation]) -> bool {
    let Some((resource, verb)) = scope.split_once(':') else { return false };
    let roles: Vec<Role> = maker.grants.iter().filter(|grant| grant.commune_id == Some(commune)).map(|grant| grant.role).collect();
    let of_scope = |operation: &Operation| matches!(operation.scope(), Scope::Of(of, may) if of == resource && (verb == "*" || verb == may));
    operations
        .iter()
        .filter(|operation| of_scope(operation))
        .any(|operation| operation.grants.is_empty() || operation.grants.iter().any(|(role, _)| roles.contains(role) || *role == Role::Public))
}

/// The secrets of a client, the newest first.
pub fn secrets(row: &ApiClient) -> Result<Vec<StoredSecret>> {
    Ok(serde_json::from_value(row.secrets.clone())?)
}
