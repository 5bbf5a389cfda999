//! The one who asks, with the grants of this moment.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::client::Client;
use super::roles::{Clause, Relation, Role};
use crate::db::Lane;
use crate::db::schema::{grants, users};
use crate::error::{Error, INSUFFICIENT_SCOPE, Result};
use crate::{said, statement};

/// One right of a user, as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = grants)]
pub struct Grant {
    pub id: Uuid,
    pub role: Role,
    pub commune_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub hamlet_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub acting_for: Option<Uuid>,
}

impl Grant {
    /// Whether its term has this day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// A user with all unrevoked grants: what is kept in memory while the `accounts` number stands.
#[derive(Debug)]
pub struct Person {
    pub id: Uuid,
    pub username: String,
    pub display_name: String,
    pub active: bool,
    pub grants: Vec<Grant>,
    /// Had a right, whatever became of it: without one that holds today nobody is let in any more.
    pub had_rights: bool,
}

impl Person {
    pub async fn load(lane: &Lane, id: Uuid) -> Result<Option<Self>> {
        type Row = (Uuid, String, String, String, Option<Grant>, Option<String>);
        let connection = lane.connection().await?;
        let rows: Vec<Row> = users::table
            .left_join(grants::table.on(grants::user_id.eq(users::id)))
            .filter(users::id.eq(id))
            .order(grants::id)
            .select((users::id, users::username, users::display_name, users::status, Option::<Grant>::as_select(), grants::status.nullable()))
            .load(&mut &*connection)
            .await?;
        let mut person: Option<Self> = None;
        for (id, username, display_name, status, grant, standing) in rows {
            let person = person.get_or_insert_with(|| Self { id, username, display_name, active: status == "active", grants: vec![], had_rights: false });
            person.had_rights |= grant.is_some();
            person.grants.extend(grant.filter(|_| standing.as_deref() == Some("active")));
        }
        Ok(person)
    }
}

statement! {
    /// Whether a person has a record in a commune, or leads an activity there.
    TakesPart(user: Uuid as SqlUuid, commune: Uuid as SqlUuid) -> Bool,
    "SELECT EXISTS (SELECT FROM volunteers WHERE user_id = $1 AND commune_id = $2)
        OR EXISTS (SELECT FROM activities WHERE lead_user_id = $1 AND commune_id = $2)"
}

statement! {
    /// Whether a person leads an activity of a commune that is not over.
    Leads(user: Uuid as SqlUuid, commune: Uuid as SqlUuid) -> Bool,
    "SELECT EXISTS (SELECT FROM activities WHERE lead_user_id = $1 AND commune_id = $2 AND status NOT IN ('verified', 'cancelled'))"
}

/// Whether somebody leads an activity of a commune that is not over.
pub async fn leads(lane: &Lane, user: Uuid, commune: Uuid) -> Result<bool> {
    let connection = lane.connection().await?;
    Ok(Leads { user, commune }.get_result(&mut &*connection).await?)
}

/// Whether somebody without an office has anything to do with a commune.
pub async fn takes_part(lane: &Lane, user: Uuid, commune: Uuid) -> Result<bool> {
    let connection = lane.connection().await?;
    Ok(TakesPart { user, commune }.get_result(&mut &*connection).await?)
}

/// The session that a request came through; an API client is one session of its own, named like the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: Uuid,
    pub device_id: Option<String>,
}

/// The one who asks: a user, or the public.
#[derive(Debug, Clone)]
pub struct Actor {
    pub person: Option<Arc<Person>>,
    pub session: Option<Session>,
    /// The grants that hold today.
    pub grants: Vec<Grant>,
    /// Set where a program asks: the person is who made it.
    pub client: Option<Arc<Client>>,
    /// Set for work that no person asked for, with the reason why that may reach everything.
    pub system: Option<&'static str>,
}

impl Actor {
    pub fn public() -> Self {
        Self { person: None, session: None, grants: vec![], client: None, system: None }
    }

    /// A signed-in person on a local day.
    pub fn signed_in(person: Arc<Person>, session: Option<Session>, day: NaiveDate) -> Self {
        let grants = person.grants.iter().filter(|grant| grant.holds_on(day)).cloned().collect();
        Self { person: Some(person), session, grants, client: None, system: None }
    }

    /// An API client: what its maker may on a local day, within its bounds.
    pub fn of_client(client: Arc<Client>, maker: Arc<Person>, day: NaiveDate) -> Self {
        let session = Session { id: client.id, device_id: Some(client.name.clone()) };
        let whole = Self::signed_in(maker, Some(session), day);
        Self { grants: client.narrow(whole.grants), client: Some(client), ..whole }
    }

    /// Somebody who may do one thing that their own rights do not reach, for the reason written where it is called. The
    /// journal names them.
    pub fn entrusted(actor: &Self, reason: &'static str) -> Self {
        Self { system: Some(reason), ..actor.clone() }
    }

    /// The program itself, for the command line and background work; the reason is written where it is called.
    pub fn system(reason: &'static str) -> Self {
        Self { person: None, session: None, grants: vec![], client: None, system: Some(reason) }
    }

    /// The person who asks, or who answers for the program that asks.
    pub fn user_id(&self) -> Option<Uuid> {
        self.person.as_ref().map(|person| person.id)
    }

    /// Who asks: the program itself where one does. Retry keys, cursors and limits are bound to it.
    pub fn caller_id(&self) -> Option<Uuid> {
        self.client.as_ref().map(|client| client.id).or(self.user_id())
    }

    /// Whether this caller may do a thing with a resource at all. Only a client's scopes say no.
    pub fn in_scope(&self, resource: &str, verb: &str) -> bool {
        self.client.as_ref().is_none_or(|client| client.allows(resource, verb))
    }

    /// 403 for an API client without the scope.
    pub fn require_scope(&self, resource: &str, verb: &str) -> Result<()> {
        if self.in_scope(resource, verb) {
            return Ok(());
        }
        let needed = format!("{resource}:{verb}");
        let detail = said!("Cần phạm vi \"{needed}\"", "The scope \"{needed}\" is needed");
        Err(Error::new(&INSUFFICIENT_SCOPE).detail(detail).member("scope", needed))
    }

    pub fn has_role(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// The roles of a person in a commune for a campaign: a grant for another campaign does not count. None asks for the whole
    /// commune.
    fn roles_in(&self, commune: Uuid, campaign: Option<Uuid>) -> impl Iterator<Item = Role> + '_ {
        let here = self.grants.iter().filter(move |grant| grant.commune_id == Some(commune));
        here.filter(move |grant| grant.campaign_id.is_none() || grant.campaign_id == campaign).map(|grant| grant.role)
    }

    /// Whether the person has any office in a commune for a campaign.
    pub fn works_in(&self, commune: Uuid, campaign: Option<Uuid>) -> bool {
        self.roles_in(commune, campaign).next().is_some()
    }

    /// Whether the person is of a commune's office for a campaign.
    pub fn office_of(&self, commune: Uuid, campaign: Option<Uuid>) -> bool {
        self.roles_in(commune, campaign).any(|role| matches!(role, Role::CommuneLeader | Role::CommuneOfficer))
    }

    /// The commune of all grants, when they are of exactly one.
    pub fn only_commune(&self) -> Option<Uuid> {
        let mut communes: Vec<Uuid> = self.grants.iter().filter_map(|grant| grant.commune_id).collect();
        communes.sort();
        communes.dedup();
        match communes.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The pairs bound to this actor's grants; a pair that no grant fills gives nothing.
    pub fn clauses(&self, pairs: &[(Role, Relation)]) -> Vec<Clause> {
        let mut clauses = vec![];
        for &(role, relation) in pairs {
            let bare = Clause {
                role,
                relation,
                commune: None,
                unit: None,
                hamlet: None,
                campaign: None,
                user: self.user_id(),
                client: self.client.as_ref().map(|client| client.id),
                acting_for: None,
                pin: None,
            };
            match role {
                Role::Public => clauses.push(bare),
                // What a person has without a grant is no program's.
                Role::Member if self.client.is_some() => {}
                Role::Member if self.person.is_some() => clauses.push(bare),
                _ => clauses.extend(self.grants.iter().filter(|grant| grant.role == role).map(|grant| Clause {
                    commune: grant.commune_id,
                    unit: grant.unit_id,
                    hamlet: grant.hamlet_id,
                    campaign: grant.campaign_id,
                    acting_for: grant.acting_for,
                    pin: None,
                    ..bare.clone()
                })),
            }
        }
        clauses
    }
}
