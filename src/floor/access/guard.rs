//! Who asks: decided before anything else of a request is looked at.

use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::actor::{Actor, Person, Session};
use super::client::Client;
use super::pulse::Beat;
use super::tokens::{self, APP, Claims};
use crate::clock::local_day;
use crate::error::{Error, Result, SESSION_REVOKED, TERM_ENDED, TOKEN_EXPIRED, TOKEN_INVALID};
use crate::service::Worker;

/// The outcome: an actor, and the epoch that cursors are of.
#[derive(Debug, Clone)]
pub struct Admitted {
    pub actor: Rc<Actor>,
    pub epoch: Arc<str>,
}

/// How long it may take to know who asks.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// Admits the public (no header), a signed-in person, or refuses with 401; a bad token is refused on public paths too.
pub async fn admit(worker: &Worker, authorization: Option<&str>, now: DateTime<Utc>) -> Result<Admitted> {
    // Before the database is asked: a broken token costs nothing.
    let claims = match authorization {
        None => None,
        Some(header) => {
            let token = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
            Some(claims(worker, token.ok_or_else(|| Error::new(&TOKEN_INVALID))?, now).await?)
        }
    };
    let service = &worker.service;
    let beat = service.pulse.beat(&worker.lane, &service.clock).await?;
    let actor = match claims {
        None => Actor::public(),
        Some(claims) => {
            let known = tokio::time::timeout(PATIENCE, person(worker, &beat, &claims, now)).await;
            known.unwrap_or_else(|_| {
                worker.lane.abandon();
                Err(Error::unavailable())
            })?
        }
    };
    Ok(Admitted { actor: Rc::new(actor), epoch: beat.epoch.clone() })
}

async fn claims(worker: &Worker, token: &str, now: DateTime<Utc>) -> Result<Arc<Claims>> {
    let service = &worker.service;
    if let Some(claims) = service.tokens.get(token) {
        return if now.timestamp() < claims.exp { Ok(claims) } else { Err(Error::new(&TOKEN_EXPIRED)) };
    }
    let kid = tokens::key_named(token)?;
    let keys = service.keys.knowing(&kid, &service.database, &service.secret, now).await?;
    let claims = Arc::new(tokens::verify(&keys, &kid, token, now)?);
    service.tokens.insert(token.into(), claims.clone());
    Ok(claims)
}

async fn person(worker: &Worker, beat: &Beat, claims: &Claims, now: DateTime<Utc>) -> Result<Actor> {
    if claims.client_id != APP {
        return client(worker, beat, claims, now).await;
    }
    if beat.ended.contains(&claims.sid) {
        return Err(Error::new(&SESSION_REVOKED));
    }
    let person = active(worker, beat, claims.sub).await?;
    let session = Session { id: claims.sid, device_id: claims.device_id.clone() };
    in_office(Actor::signed_in(person, Some(session), local_day(now)))
}

/// Who had rights and has none today is shut out, whether a term ended or somebody ended it; who never had one is a member.
fn in_office(actor: Actor) -> Result<Actor> {
    let had_rights = actor.person.as_ref().is_some_and(|person| person.had_rights);
    if had_rights && actor.grants.is_empty() { Err(Error::new(&TERM_ENDED)) } else { Ok(actor) }
}

/// A user who may sign in, as of the beat.
async fn active(worker: &Worker, beat: &Beat, id: Uuid) -> Result<Arc<Person>> {
    let people = &worker.service.people;
    let person = match people.get(&id).filter(|(number, _)| *number == beat.accounts) {
        Some((_, person)) => person,
        None => {
            let person = Arc::new(Person::load(&worker.lane, id).await?.ok_or_else(|| Error::new(&SESSION_REVOKED))?);
            // Read after the number: at worst newer than it says, and then read once more.
            people.insert(id, (beat.accounts, person.clone()));
            person
        }
    };
    if person.active { Ok(person) } else { Err(Error::new(&SESSION_REVOKED)) }
}

/// A client works while it is neither revoked nor over, and while its maker may still sign in and has a right left.
async fn client(worker: &Worker, beat: &Beat, claims: &Claims, now: DateTime<Utc>) -> Result<Actor> {
    let client = working(worker, beat, claims.sub, now).await?;
    // A token may have been asked for with fewer scopes than the client has.
    let asked: Vec<&str> = claims.scope.split(' ').collect();
    of_client(worker, beat, client.within(&asked), now).await
}

async fn of_client(worker: &Worker, beat: &Beat, client: Arc<Client>, now: DateTime<Utc>) -> Result<Actor> {
    let maker = active(worker, beat, client.user_id).await?;
    let actor = Actor::of_client(client, maker, local_day(now));
    if actor.grants.is_empty() { Err(Error::new(&TERM_ENDED)) } else { Ok(actor) }
}

/// For whom something is done without a request of theirs, as it was when they asked for it.
#[derive(Debug, Clone)]
pub struct Principal {
    pub user_id: Uuid,
    pub client_id: Option<Uuid>,
    /// The scopes of a client's token.
    pub scopes: Vec<String>,
}

impl Principal {
    /// Who asks now; nobody where nobody signed in.
    pub fn of(actor: &Actor) -> Option<Self> {
        let (client_id, scopes) = actor.client.as_ref().map(|client| (client.id, client.scopes.clone())).unzip();
        Some(Self { user_id: actor.user_id()?, client_id, scopes: scopes.unwrap_or_default() })
    }
}

/// A user, or an API client, for whom something is done without a request of theirs: with the rights of this moment, or
/// the 401 that a request of theirs would get.
pub async fn on_behalf(worker: &Worker, principal: &Principal, now: DateTime<Utc>) -> Result<Admitted> {
    let beat = worker.service.pulse.beat(&worker.lane, &worker.service.clock).await?;
    let actor = match principal.client_id {
        Some(client) => {
            let asked: Vec<&str> = principal.scopes.iter().map(String::as_str).collect();
            of_client(worker, &beat, working(worker, &beat, client, now).await?.within(&asked), now).await?
        }
        None => in_office(Actor::signed_in(active(worker, &beat, principal.user_id).await?, None, local_day(now)))?,
    };
    Ok(Admitted { actor: Rc::new(actor), epoch: beat.epoch.clone() })
}

/// A client that is neither revoked nor over, as of the beat.
async fn working(worker: &Worker, beat: &Beat, id: Uuid, now: DateTime<Utc>) -> Result<Arc<Client>> {
    let clients = &worker.service.clients;
    let client = match clients.get(&id).filter(|(number, _)| *number == beat.accounts) {
        Some((_, client)) => client,
        None => {
            let client = Arc::new(Client::load(&worker.lane, id).await?.ok_or_else(|| Error::new(&SESSION_REVOKED))?);
            clients.insert(id, (beat.accounts, client.clone()));
            client
        }
    };
    if client.works_on(local_day(now)) { Ok(client) } else { Err(Error::new(&SESSION_REVOKED)) }
}
