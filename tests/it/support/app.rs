//! The program on a database of its own, in this process, on a free port.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use danvan::access::tokens::{self, Subject};
use danvan::clock::Clock;
use danvan::db::connect_plainly;
use danvan::db::schema::sessions;
use danvan::db::supervise::{OWNER, SERVICE};
use danvan::service::{Parts, Service};
use danvan::web::proxies::Proxies;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::postgres;
use super::world::id;

pub struct App {
    pub address: SocketAddr,
    pub service: Arc<Service>,
    pub http: reqwest::Client,
    pub database: String,
    server: ServerHandle,
}

impl Drop for App {
    fn drop(&mut self) {
        // The returned future only waits for the end, which tests have no need of.
        drop(self.server.stop(false));
    }
}

impl App {
    /// The program with the world's data.
    pub async fn start() -> Self {
        Self::on(&postgres::database().await, Clock::default()).await
    }

    /// The same five hours after activity 1 ended, see [`super::at`].
    pub async fn at_work() -> Self {
        let app = Self::start().await;
        let then: chrono::DateTime<chrono::Utc> = super::at("09:00").parse().expect("a time");
        app.service.clock.advance(then - app.service.clock.now());
        app
    }

    /// Another instance on the same database.
    pub async fn another(&self) -> Self {
        Self::on(&self.database, self.service.clock.clone()).await
    }

    pub async fn on(database: &str, clock: Clock) -> Self {
        // One person of a test asks as much as a commune does.
        Self::limited(database, clock, 0).await
    }

    /// With rate limits in per cent of the usual ones.
    pub async fn limited(database: &str, clock: Clock, rate_limit: u32) -> Self {
        let parts = Parts {
            database_url: postgres::url(SERVICE, database),
            pool_size: 4,
            secret: postgres::server().1.clone(),
            clock,
            proxies: Proxies::default(),
            rate_limit,
            public_url: Some("https://danvan.example/".into()),
        };
        let webhooks = danvan::webhooks::Allowed { private: true, ports: vec![] };
        let service = danvan::app::service(parts, webhooks).await.expect("the service starts");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, receiver) = std::sync::mpsc::channel();
        let shared = service.clone();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = danvan::app::serve(shared, listener, 1, &["https://app.example".into()]).expect("a server");
                sender.send(server.handle()).expect("the test waits");
                server.await.expect("the server runs");
            });
        });
        let server = receiver.recv().expect("the server's handle");
        Self { address, service, http: super::client::http(), database: database.into(), server }
    }

    /// A connection as the schema's owner, past the program.
    pub async fn sql(&self) -> AsyncPgConnection {
        connect_plainly(&postgres::url(OWNER, &self.database)).await.expect("the database answers")
    }

    /// A connection as the service's role.
    pub async fn sql_as_service(&self) -> AsyncPgConnection {
        connect_plainly(&postgres::url(SERVICE, &self.database)).await.expect("the database answers")
    }

    /// An access token of a user of the world, without a password: sign-in has tests of its own.
    pub async fn token(&self, username: &str) -> String {
        self.token_and_session(username).await.0
    }

    pub async fn token_and_session(&self, username: &str) -> (String, Uuid) {
        let now = self.service.clock.now();
        let session = danvan::random::id();
        let row = (
            sessions::id.eq(session),
            sessions::user_id.eq(id(username)),
            sessions::device_id.eq("phone-1"),
            sessions::device_name.eq("a phone"),
            sessions::seed.eq(vec![0_u8; 16]),
            sessions::signed_in_at.eq(now),
            sessions::last_used_at.eq(now),
        );
        diesel::insert_into(sessions::table).values(row).execute(&mut self.sql().await).await.expect("a session");
        let subject = Subject { user: id(username), session, device_id: Some("phone-1".into()), signed_in_at: now };
        (tokens::issue(&self.service.keys.current(), subject, now).expect("a token"), session)
    }
}
