//! A database that says nothing, that is away, or whose table somebody holds: every request is answered, nobody waits for
//! another's trouble, and all is well again when the database is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use danvan::db::supervise::{OWNER, SERVICE};
use diesel_async::SimpleAsyncConnection as _;
use futures::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::Notify;

use crate::support::{App, Process, id, json, secret_file, socket, url};

/// Stands between service and database. While it is frozen it takes everything and says nothing, as a host without power
/// behind a router does.
#[derive(Clone)]
struct Wire {
    port: u16,
    frozen: Arc<AtomicBool>,
    thawed: Arc<Notify>,
    /// Connections are numbered; those below this one say nothing ever more.
    dead: Arc<AtomicUsize>,
    taken: Arc<AtomicUsize>,
}

impl Wire {
    async fn start(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let wire =
            Self { port: listener.local_addr().unwrap().port(), frozen: Arc::default(), thawed: Arc::default(), dead: Arc::default(), taken: Arc::default() };
        let own = wire.clone();
        tokio::spawn(async move {
            for n in 0_usize.. {
                let Ok((client, _)) = listener.accept().await else { return };
                let wire = own.clone();
                // What is there now has a lower number than what comes.
                wire.taken.store(n + 1, Ordering::Relaxed);
                tokio::spawn(async move {
                    wire.passes().await;
                    let server = UnixStream::connect(socket().join(".s.PGSQL.5432")).await.unwrap();
                    let (from_client, to_client) = client.into_split();
                    let (from_server, to_server) = server.into_split();
                    tokio::join!(wire.copy(n, from_client, to_server), wire.copy(n, from_server, to_client));
                });
            }
        });
        wire
    }

    async fn copy(&self, n: usize, mut from: impl tokio::io::AsyncRead + Unpin, mut to: impl tokio::io::AsyncWrite + Unpin) {
        let mut some = vec![0; 16 << 10];
        while let Ok(length @ 1..) = from.read(&mut some).await {
            self.passes().await;
            if n < self.dead.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            if to.write_all(&some[..length]).await.is_err() {
                return;
            }
        }
    }

    async fn passes(&self) {
        loop {
            let thawed = self.thawed.notified();
            if !self.frozen.load(Ordering::Relaxed) {
                return;
            }
            thawed.await;
        }
    }

    fn freeze(&self) {
        self.frozen.store(true, Ordering::Relaxed);
    }

    /// The host of all connections that are open is gone without a word; another one takes new connections.
    fn forsake(&self) {
        self.dead.store(self.taken.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    fn thaw(&self) {
        self.frozen.store(false, Ordering::Relaxed);
        self.thawed.notify_waiters();
    }

    fn url(&self, database: &str) -> String {
        format!("host=127.0.0.1 port={} user={SERVICE} dbname={database} sslmode=disable", self.port)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_says_nothing_is_told_and_forgotten() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let wire = Wire::start(0).await;
    let process = Process::serve_with(&wire.url(&app.database), &[]);
    let (read, write) = (format!("/v1/hamlets?commune={}", id("a")), format!("/v1/hamlets/{}", id("a.ap-1")));
    process.get(&officer, &read).await.expect(200);
    wire.freeze();
    // Whatever is asked is answered; readiness too, and liveness has nothing to do with it.
    let asked =
        join_all((0..12).map(|n| {
            let (process, officer, read, write) = (&process, &officer, &read, &write);
            async move {
                if n % 3 == 0 { process.patch_any(officer, write, &json!({"population": n})).await.status } else { process.get(officer, read).await.status }
            }
        }));
    assert_eq!(asked.await, [503; 12]);
    assert_eq!(process.get("", "/health/ready").await.status, 503);
    assert_eq!(process.get("", "/health/live").await.status, 200);
    wire.thaw();
    while process.get("", "/health/ready").await.status != 200 {}
    while process.get(&officer, &read).await.status != 200 {}
    while process.patch_any(&officer, &write, &json!({"population": 77})).await.status != 200 {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_to_a_host_that_is_gone_are_left() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let wire = Wire::start(0).await;
    let process = Process::serve_with(&wire.url(&app.database), &[]);
    let (read, write) = (format!("/v1/hamlets?commune={}", id("a")), format!("/v1/hamlets/{}", id("a.ap-1")));
    process.get(&officer, &read).await.expect(200);
    process.patch_any(&officer, &write, &json!({"population": 1})).await.expect(200);
    wire.forsake();
    // A few requests find it out, and no more.
    let mut tries = 0;
    while process.get(&officer, &read).await.status != 200 {
        tries += 1;
        assert!(tries < 5, "reads go on by another connection");
    }
    tries = 0;
    while process.patch_any(&officer, &write, &json!({"population": 2})).await.status != 200 {
        tries += 1;
        assert!(tries < 8, "writes too");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_host_that_is_silent_costs_little_and_not_the_second() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let wire = Wire::start(0).await;
    let hosts = format!(
        "host=127.0.0.1,127.0.0.1 port={},{} user={SERVICE} dbname={} sslmode=disable target_session_attrs=read-write",
        silent.local_addr().unwrap().port(),
        wire.port,
        app.database
    );
    let process = Process::serve_with(&hosts, &[]);
    process.get(&officer, &format!("/v1/hamlets?commune={}", id("a"))).await.expect(200);
    process.patch_any(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), &json!({"population": 5})).await.expect(200);
}

#[tokio::test]
async fn a_table_that_somebody_holds_holds_up_its_own_readers_alone() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let path = format!("/v1/hamlets?commune={}", id("a"));
    app.get(&officer, &path).await.expect(200);
    let mut holder = danvan::db::connect_plainly(&url(OWNER, &app.database)).await.unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE hamlets IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let readers = join_all((0..40).map(|_| app.get(&officer, &path)));
    assert!(readers.await.iter().all(|reply| reply.status == 503 && reply.header("retry-after") == "2"));
    // Others are answered while it lasts, however many ask for the held one again and again. One or two may be in the way
    // of the reader that tries.
    let enough = AtomicBool::new(false);
    let held = join_all((0..40).map(|_| async {
        while !enough.load(Ordering::Relaxed) {
            assert_eq!(app.get(&officer, &path).await.status, 503);
        }
    }));
    let others = async {
        let mut answered = 0;
        for _ in 0..20 {
            answered += usize::from(app.get(&officer, "/v1/campaigns").await.status == 200);
        }
        enough.store(true, Ordering::Relaxed);
        answered
    };
    let (_, answered) = tokio::join!(held, others);
    assert!(answered >= 15, "{answered} of 20");
    holder.batch_execute("ROLLBACK").await.unwrap();
    while app.get(&officer, &path).await.status != 200 {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_comes_later_is_waited_for() {
    let app = App::start().await;
    let free = |_| std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (database, own) = (free(()), free(()));
    let address = format!("127.0.0.1:{own}");
    let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_danvan"))
        .args(["serve", "--bind", &address, "--workers", "1", "--allow-unsafe-database", "--database-url"])
        .arg(format!("host=127.0.0.1 port={database} user={SERVICE} dbname={} sslmode=disable", app.database))
        .arg("--secret-file")
        .arg(secret_file())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let http = reqwest::Client::new();
    let status = async |path: &str| http.get(format!("http://{address}{path}")).send().await.map(|reply| reply.status().as_u16()).unwrap_or(0);
    while status("/health/live").await != 200 {}
    assert_eq!((status("/health/ready").await, status("/v1/communes").await), (503, 503));
    let _wire = Wire::start(database).await;
    while status("/health/ready").await != 200 {}
    assert_eq!(status("/v1/communes").await, 200);
    process.kill().unwrap();
    process.wait().unwrap();
    // What another start would not mend ends it, with the reason.
    let refused = std::process::Command::new(env!("CARGO_BIN_EXE_danvan"))
        .args(["serve", "--bind", "127.0.0.1:0", "--allow-unsafe-database", "--database-url", &url(SERVICE, "postgres"), "--secret-file"])
        .arg(secret_file())
        .output()
        .unwrap();
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("danvan migrate"));
    drop(TcpStream::connect(&address).await);
}
