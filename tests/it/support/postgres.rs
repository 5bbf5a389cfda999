//! One supervised Postgres for the test binary, one template database with the world in it, a clone for each test.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use danvan::access::keys::Secret;
use danvan::db::supervise::{OWNER, Plan, SERVICE, Server, start};
use danvan::db::{connect_plainly, migrations};
use diesel_async::SimpleAsyncConnection as _;
use tokio::sync::{Mutex, OnceCell};

static SERVER: OnceLock<(Server, Secret)> = OnceLock::new();
static SECRET_FILE: OnceLock<PathBuf> = OnceLock::new();

/// The server and the secret of this run. The server's guard removes everything when the test binary ends.
pub fn server() -> &'static (Server, Secret) {
    SERVER.get_or_init(|| {
        let home = std::env::temp_dir().join(format!("danvan-test-{}-{}", std::process::id(), danvan::random::token(6)));
        let server = start(&Plan { home: home.clone(), throwaway: true }, &|text| eprintln!("{text}")).expect("a Postgres server for the tests");
        let secret = Secret::load_or_make(SECRET_FILE.get_or_init(|| home.join("secret.key"))).expect("a secret");
        (server, secret)
    })
}

/// Where the secret of this run lies, for processes of their own.
pub fn secret_file() -> &'static Path {
    server();
    SECRET_FILE.get().expect("made with the server")
}

/// A fresh database with the world in it; returns its name.
pub async fn database() -> String {
    static TEMPLATE: OnceCell<()> = OnceCell::const_new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
    static COUNT: AtomicU32 = AtomicU32::new(0);
    TEMPLATE
        .get_or_init(|| async {
            migrations::prepare(&server().0, "template_world").await.expect("role and database");
            migrations::migrate(&url(OWNER, "template_world"), Some(SERVICE)).await.expect("migrations");
            super::world::build("template_world").await;
        })
        .await;
    // The server copies one template at a time; asking in turn keeps it from waiting in a lock.
    let _turn = ONE_AT_A_TIME.lock().await;
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut admin = connect_plainly(&url(OWNER, "postgres")).await.expect("the server answers");
    admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template_world STRATEGY file_copy")).await.expect("a clone of the template");
    name
}

/// A migrated database without the world.
pub async fn empty_database() -> String {
    let name = format!("empty_{}", danvan::random::code(8).to_lowercase());
    migrations::prepare(&server().0, &name).await.expect("role and database");
    migrations::migrate(&url(OWNER, &name), Some(SERVICE)).await.expect("migrations");
    name
}

/// The folder of the server's socket.
pub fn socket() -> &'static Path {
    &server().0.socket
}

pub fn url(role: &str, database: &str) -> String {
    server().0.url(role, database)
}
