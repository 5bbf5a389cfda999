//! Who may do what with API clients, and what a client may be.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::dto::{ApiClient, ApiClientStatus, CreateApiClient, StoredSecret};
use crate::access::actor::Actor;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::{Fields, OWN_TOOLS, Role, SEE_TOOLS, STOP_TOOLS};
use crate::clock::local_day;
use crate::error::{Constraint, Error, FieldError, Result, VALIDATION_FAILED};
use crate::said;
use crate::text::Text;
use crate::web::operation::{Operation, Scope};

const FIELDS: Fields = &[];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &["revoked"],
    steps: &[
        Step {
            action: "issue_secret",
            from: &["active"],
            to: None,
            by: OWN_TOOLS,
            needs: &[],
            summary: Text::new("Cấp khóa bí mật; khóa trước vẫn dùng được cho đến khi bỏ", "Issue a secret; the one before works until it is dropped"),
        },
        Step {
            action: "drop_old_secret",
            from: &["active"],
            to: None,
            by: OWN_TOOLS,
            needs: &[],
            summary: Text::new("Bỏ khóa bí mật cũ, giữ khóa mới nhất", "Drop the older secret, keep the newest"),
        },
        Step {
            action: "revoke",
            from: &["active"],
            to: Some("revoked"),
            by: STOP_TOOLS,
            needs: &[Need::Reason],
            summary: Text::new("Thu hồi ứng dụng", "Revoke the client"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "api_clients", read: SEE_TOOLS, create: OWN_TOOLS, update: OWN_TOOLS, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "api_clients_commune_fkey",
    problem: &VALIDATION_FAILED,
    pointer: "/commune_id",
    code: "no_commune",
    text: Text::new("Không có xã này", "There is no such commune"),
}];

/// Accounts, rights and clients themselves are people's matter, and so is what was read by whom.
const PEOPLE_ONLY: &[&str] = &["users", "grants", "api_clients", "reads"];
/// Secrets that work side by side, so that one can be replaced without a stop.
pub const MAX_SECRETS: usize = 2;
/// How long a client may work without somebody looking at it again.
const MAX_LIFE: TimeDelta = TimeDelta::days(366);

pub fn new_client(input: CreateApiClient, id: Uuid, user: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> ApiClient {
    let CreateApiClient { id: _, commune_id, name, scopes, unit_id, campaign_id, expires_on } = input;
    ApiClient {
        id,
        version: 0,
        created_at: now,
        updated_at: now,
        commune_id,
        user_id: user,
        name: name.into(),
        scopes: sorted(scopes.0.into_iter().map(String::from).collect()),
        unit_id,
        campaign_id,
        expires_on: expires_on.into(),
        last_used_on: None,
        secrets: serde_json::json!([]),
        status: ApiClientStatus::Active,
        search: String::new(),
        request_hash,
    }
    .with_search()
}

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
