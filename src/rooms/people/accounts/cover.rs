//! Nobody gives, takes or takes over more than they hold.

use chrono::NaiveDate;
use uuid::Uuid;

use super::dto::{GrantRow, User};
use crate::access::actor::{Actor, Grant};
use crate::access::roles::Role::{self, Auditor, CommuneLeader, CommuneOfficer, PlatformAdmin};
use crate::error::{Error, Result};
use crate::said;

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

/// What somebody is about to do with a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Give,
    /// Revoke it, or get at the account that has it.
    Take,
}

/// Whether one of the actor's own grants is at least as much.
pub fn covers(actor: &Actor, wanted: Extent, purpose: Purpose) -> bool {
    actor.system.is_some() || actor.grants.iter().any(|own| covered_by(own, wanted, purpose))
}

/// Whether a right covers another one.
pub fn covered_by(own: &Grant, wanted: Extent, purpose: Purpose) -> bool {
    // What somebody holds in another's stead makes nobody a leader, and takes no leader's right.
    let in_stead = own.acting_for.is_some();
    let kind = match own.role {
        PlatformAdmin => matches!(wanted.role, PlatformAdmin | CommuneLeader | Auditor),
        // Who is audited does not dismiss the auditor: the term ends by itself, or the platform ends it.
        CommuneLeader => match wanted.role {
            PlatformAdmin => false,
            Auditor => purpose == Purpose::Give && !in_stead,
            CommuneLeader => !in_stead,
            _ => true,
        },
        CommuneOfficer => matches!(wanted.role, Role::UnitOfficer | Role::UnitLiaison | Role::HamletHead | Role::Volunteer | Role::Observer),
        _ => false,
    };
    let place = own.role == PlatformAdmin || wanted.commune_id == own.commune_id && own.campaign_id.is_none_or(|campaign| wanted.campaign_id == Some(campaign));
    let term = own.valid_to.is_none_or(|last| wanted.valid_to.is_some_and(|to| to <= last));
    kind && place && term
}

/// 403 with the reason.
pub fn require_cover(actor: &Actor, wanted: Extent, purpose: Purpose) -> Result<()> {
    if covers(actor, wanted, purpose) {
        return Ok(());
    }
    Err(Error::forbidden()
        .detail(said!("Không được giao, thu hồi hoặc dùng quyền rộng hơn quyền của mình", "Nobody gives, takes or takes over more rights than they hold")))
}

/// The same for taking: a term that ends later is no obstacle.
pub fn require_cover_to_take(actor: &Actor, grant: &GrantRow) -> Result<()> {
    let term = actor.grants.iter().filter_map(|own| own.valid_to).max();
    require_cover(actor, Extent { valid_to: term.or(grant.valid_to), ..Extent::from(grant) }, Purpose::Take)
}

/// Taking over or shutting an account asks for as much as the account holds.
pub fn require_cover_of_user(actor: &Actor, user: &User, grants: &[GrantRow]) -> Result<()> {
    for grant in grants {
        require_cover_to_take(actor, grant)?;
    }
    // An account without rights belongs to its home commune's office.
    let own = user.home_commune_id.is_some_and(|home| actor.grants.iter().any(|grant| grant.commune_id == Some(home)));
    if grants.is_empty() && !own && !actor.has_role(PlatformAdmin) && actor.system.is_none() {
        return Err(Error::forbidden());
    }
    Ok(())
}

/// Nobody gives a right to themselves; in somebody's stead one acts who was asked by that person; what begins in the past
/// is given by who held it then.
pub fn check_giver(actor: &Actor, grant: &GrantRow, today: NaiveDate) -> Result<()> {
    if actor.system.is_some() {
        return Ok(());
    }
    if actor.user_id() == Some(grant.user_id) {
        return Err(Error::forbidden().detail(said!("Không ai tự giao quyền cho mình", "Nobody gives a right to themselves")));
    }
    if grant.acting_for.is_some() && grant.acting_for != actor.user_id() {
        let detail = said!("Chỉ giao quyền làm thay cho chính mình", "A right in somebody's stead is given by that person");
        return Err(Error::field("/acting_for", "not_yours", detail));
    }
    let begins = grant.valid_from;
    let held = |own: &Grant| own.role == PlatformAdmin || own.valid_from <= begins && covered_by(own, Extent::from(grant), Purpose::Give);
    if begins < today && !actor.grants.iter().any(held) {
        let detail = said!("Người giao chưa có quyền này vào ngày {begins}", "The one who gives it did not hold it on {begins}");
        return Err(Error::field("/valid_from", "before_own_term", detail));
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
            (grant(CommuneOfficer, 1), wanted(CommuneOfficer, 1), false),
            (grant(CommuneLeader, 1), wanted(CommuneLeader, 1), true),
            (grant(CommuneLeader, 1), wanted(PlatformAdmin, 0), false),
            (grant(PlatformAdmin, 0), wanted(CommuneLeader, 1), true),
            (grant(PlatformAdmin, 0), wanted(CommuneOfficer, 1), false),
            (grant(Role::HamletHead, 1), wanted(Role::Volunteer, 1), false),
        ];
        for (own, wanted, expected) in cases {
            assert_eq!(covered_by(&own, wanted, Purpose::Give), expected, "{own:?} {wanted:?}");
        }
        let deputy = Grant { acting_for: Some(Uuid::from_u128(9)), ..grant(CommuneLeader, 1) };
        assert!(!covered_by(&deputy, wanted(CommuneLeader, 1), Purpose::Give) && !covered_by(&deputy, wanted(CommuneLeader, 1), Purpose::Take));
        assert!(covered_by(&deputy, wanted(CommuneOfficer, 1), Purpose::Give));
        let auditor = Extent { valid_to: NaiveDate::from_ymd_opt(2024, 9, 1), ..wanted(Auditor, 1) };
        assert!(covered_by(&grant(CommuneLeader, 1), auditor, Purpose::Give) && !covered_by(&grant(CommuneLeader, 1), auditor, Purpose::Take));
        assert!(covered_by(&grant(PlatformAdmin, 0), auditor, Purpose::Take));
        let administrator = Grant { valid_to: NaiveDate::from_ymd_opt(2024, 12, 31), ..grant(PlatformAdmin, 0) };
        assert!(!covered_by(&administrator, wanted(PlatformAdmin, 0), Purpose::Give), "a term is a term for all");
        let ending = Grant { valid_to: NaiveDate::from_ymd_opt(2024, 12, 31), ..grant(CommuneLeader, 1) };
        assert!(!covered_by(&ending, wanted(CommuneOfficer, 1), Purpose::Give), "a right without end outlives the giver's term");
    }
}
