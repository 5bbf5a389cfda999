//! What all requests of a process share.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use moka::sync::Cache;
use uuid::Uuid;

use crate::access::actor::Person;
use crate::access::client::Client;
use crate::access::keys::{KeySet, Keys, Secret};
use crate::access::pulse::Pulse;
use crate::access::reader_log::ReaderLog;
use crate::access::tokens::Claims;
use crate::clock::Clock;
use crate::db::{Database, Lane, connect_plainly};
use crate::error::{Error, Result};
use crate::journal::feeds::Marks;
use crate::journal::queue::Queues;
use crate::journal::watch::Watch;
use crate::web::bounds::{STREAMS_OF_ONE, UPLOADS_OF_ONE};
use crate::web::connections::Connections;
use crate::web::deadline::Circuits;
use crate::web::limits::Limits;
use crate::web::operation::Room;
use crate::web::proxies::Proxies;
use crate::web::routes::Routes;
use crate::web::shares::Shares;

/// Shared by all workers.
pub struct Service {
    pub database: Database,
    pub clock: Clock,
    pub secret: Secret,
    pub keys: Keys,
    pub pulse: Pulse,
    pub queues: Queues,
    /// People with their grants, each with the number of `accounts` that it was read at.
    pub people: Cache<Uuid, (i64, Arc<Person>)>,
    /// API clients with their bounds, in the same way.
    pub clients: Cache<Uuid, (i64, Arc<Client>)>,
    /// Verified tokens by their text, no longer than they live: checking a signature costs more than most requests.
    pub tokens: Cache<Box<str>, Arc<Claims>>,
    /// The feed of a row by kind and id, which never changes. Clients choose ids: two kinds may have the same one.
    pub feeds: Cache<(&'static str, Uuid), Uuid>,
    /// Set when the process is about to end: readiness says so before the listener closes.
    pub draining: AtomicBool,
    pub reader_log: ReaderLog,
    pub proxies: Proxies,
    pub limits: Limits,
    pub connections: Arc<Connections>,
    /// Open streams by caller.
    pub streams: Arc<Shares>,
    /// Large bodies under way by caller.
    pub uploads: Arc<Shares>,
    /// The address that clients know the service by, without a slash at its end.
    pub public_url: Option<String>,
    pub rooms: &'static [Room],
    pub routes: Routes,
    kept: Kept,
}

/// What rooms and programs keep for all requests, by its type: the service does not know what it is.
#[derive(Default)]
pub struct Kept(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl Kept {
    #[must_use]
    pub fn with<T: Any + Send + Sync>(mut self, value: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Box::new(value));
        self
    }
}

/// How to reach the database and where the secret lies.
#[derive(Debug, Clone)]
pub struct Parts {
    pub database_url: String,
    pub pool_size: usize,
    pub secret: Secret,
    pub clock: Clock,
    pub proxies: Proxies,
    /// Rate limits in per cent of the usual ones; 0 is none.
    pub rate_limit: u32,
    pub public_url: Option<String>,
}

impl Service {
    /// Connects, loads the signing keys (making the first), and assembles the rest.
    pub async fn start(parts: Parts, rooms: &'static [Room], kept: Kept) -> anyhow::Result<Arc<Self>> {
        let mut connection = connect_plainly(&parts.database_url).await?;
        let keys = KeySet::load(&mut connection, &parts.secret, parts.clock.now()).await?;
        let database = Database::new(&parts.database_url, parts.pool_size)?;
        Ok(Arc::new(Self {
            reader_log: ReaderLog::start(database.clone()),
            draining: AtomicBool::new(false),
            proxies: parts.proxies,
            public_url: parts.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            limits: Limits::new(parts.rate_limit),
            connections: Connections::new(crate::web::connections::PER_NETWORK),
            streams: Shares::new(STREAMS_OF_ONE),
            uploads: Shares::new(UPLOADS_OF_ONE),
            database,
            clock: parts.clock,
            secret: parts.secret,
            keys: Keys::new(keys),
            pulse: Pulse::default(),
            queues: Queues::default(),
            people: Cache::builder().max_capacity(20_000).time_to_idle(Duration::from_secs(900)).build(),
            clients: Cache::builder().max_capacity(20_000).time_to_idle(Duration::from_secs(900)).build(),
            tokens: Cache::builder().max_capacity(50_000).time_to_live(Duration::from_secs(900)).build(),
            feeds: Cache::new(200_000),
            routes: Routes::of(rooms)?,
            rooms,
            kept,
        }))
    }

    /// What a room or program keeps.
    ///
    /// # Errors
    /// 500 where the app gave the service none.
    pub fn kept<T: Any>(&self) -> Result<&T> {
        let kept = self.kept.0.get(&TypeId::of::<T>()).and_then(|kept| kept.downcast_ref());
        kept.ok_or_else(|| Error::internal(format!("the service keeps no {}", std::any::type_name::<T>())))
    }
}

/// One worker thread's share: the service, a read lane, and the reads of marks that its requests share.
pub struct Worker {
    pub service: Arc<Service>,
    pub lane: Lane,
    /// Rooms whose tables somebody holds.
    pub circuits: Circuits,
    pub marks: Marks,
    pub watch: Watch,
    /// Each open stream holds one more.
    pub streams: Rc<()>,
}

impl Worker {
    pub fn new(service: Arc<Service>) -> Rc<Self> {
        let lane = service.database.lane();
        Rc::new(Self { service, lane, circuits: Circuits::default(), marks: Marks::default(), watch: Watch::default(), streams: Rc::default() })
    }
}
