//! What the load runs on: a supervised Postgres with fsync on, the demo's campaign with many sign-ups, the program.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use danvan::access::actor::Actor;
use danvan::activities::Activity;
use danvan::clock::Clock;
use danvan::db::supervise::{OWNER, Plan, SERVICE, Server, start};
use danvan::db::{Database, connect_plainly, migrations};
use danvan::journal::Write;
use danvan::web::table;
use danvan::{accounts, demo, sign_ups, volunteers};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use serde_json::{Value, json};

use super::load::Request;
use super::machine;

pub struct Stage {
    pub server: Server,
    pub home: PathBuf,
    running: Running,
    facts: demo::Facts,
    sign_ups: Vec<uuid::Uuid>,
}

/// The program as a process of its own.
pub struct Running {
    child: Child,
    pub address: String,
    pub token: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Stage {
    /// Makes everything; `people` sign-ups are waiting to be checked in.
    pub async fn set(people: usize) -> Self {
        let home = std::env::temp_dir().join(format!("danvan-bench-{}", std::process::id()));
        let server = start(&Plan { home: home.clone(), throwaway: false }, &|text| eprintln!("{text}")).unwrap();
        migrations::prepare(&server, "danvan").await.unwrap();
        migrations::migrate(&server.url(OWNER, "danvan"), Some(SERVICE)).await.unwrap();
        let database = Database::new(&server.url(SERVICE, "danvan"), 1).unwrap();
        let hasher = accounts::passwords::Hasher::start().unwrap();
        let facts = demo::load(&database, &hasher, Clock::default().now(), demo::Extent::Everything, |_| Ok(())).await.unwrap();
        let mut write = begin(&database, &facts).await;
        let schedule: Vec<uuid::Uuid> = {
            use danvan::db::schema::activities as rows;
            let labour = rows::table.filter(rows::campaign_id.eq(facts.campaign_id).and(rows::kind.eq("road_labour")));
            labour.order(rows::sort_at).select(rows::id).load(write.connection()).await.unwrap()
        };
        let mut made = vec![];
        for n in 0..people {
            let activity = table::row::<Activity>(&mut write, schedule[n % schedule.len()]).await.unwrap().unwrap();
            let body = json!({"commune_id": facts.commune_id, "full_name": format!("Người {n}"), "hamlet_id": activity.hamlet_id, "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
            let person = volunteers::add(&mut write, serde_json::from_value(body).unwrap()).await.unwrap();
            made.push(sign_ups::add(&mut write, &activity, &person).await.unwrap().id);
            // A commit now and then: the journal goes out in one statement each.
            if n % 500 == 499 {
                write.commit(None, 201, person.id).await.unwrap();
                write = begin(&database, &facts).await;
            }
        }
        write.commit(None, 201, facts.commune_id).await.unwrap();
        connect_plainly(&server.url(OWNER, "danvan")).await.unwrap().batch_execute("VACUUM ANALYZE").await.unwrap();
        let running = serve(&server, &home, &facts);
        Self { server, home, running, facts, sign_ups: made }
    }

    /// A second process on the same database, for the statements that it sends.
    pub fn another(&self) -> Running {
        serve(&self.server, &self.home, &self.facts)
    }

    pub fn service(&self) -> u32 {
        self.running.child.id()
    }

    pub fn address(&self) -> &str {
        &self.running.address
    }

    /// CPU time of the postmaster, of its children, and of those that ended.
    pub fn postgres_cpu(&self) -> f64 {
        let pid = std::fs::read_to_string(self.server.data.join("postmaster.pid")).unwrap().lines().next().unwrap().parse().unwrap();
        machine::cpu_of(pid) + machine::children(pid).into_iter().map(machine::cpu_of).sum::<f64>()
    }

    pub fn item(&self) -> Request {
        self.running.request("GET", &self.item_path())
    }

    pub fn item_path(&self) -> String {
        format!("/v1/activities/{}", self.facts.activity_id.unwrap())
    }

    pub fn list(&self) -> Request {
        self.running.request("GET", &self.list_path())
    }

    pub fn list_path(&self) -> String {
        format!("/v1/activities?campaign_id={}&limit=50", self.facts.campaign_id)
    }

    pub fn check_in_path(&self, sign_up: usize) -> String {
        format!("/v1/sign-ups/{}/actions/check_in", self.sign_ups[sign_up])
    }

    /// One request for each sign-up but the first, which the peer's statements are taken from.
    pub fn check_ins(&self) -> impl Iterator<Item = Request> {
        (1..self.sign_ups.len()).map(|n| self.running.request("POST", &self.check_in_path(n)))
    }
}

impl Running {
    pub fn request(&self, method: &str, path: &str) -> Request {
        let length = if method == "POST" { "Content-Length: 0\r\n" } else { "" };
        format!("{method} {path} HTTP/1.1\r\nHost: danvan\r\nAuthorization: Bearer {}\r\n{length}\r\n", self.token).into_bytes().into()
    }
}

async fn begin(database: &Database, facts: &demo::Facts) -> Write {
    let connection = database.connection().await.unwrap();
    Write::begin(connection, facts.commune_id, Actor::system("the bench's people"), Clock::default().now()).await.unwrap()
}

fn serve(server: &Server, home: &std::path::Path, facts: &demo::Facts) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_danvan"))
        .args(["serve", "--bind", "127.0.0.1:0", "--rate-limit", "0", "--database-url", &server.url(SERVICE, "danvan"), "--secret-file"])
        .arg(home.join("secret.key"))
        .env("RUST_LOG", "info")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = loop {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        if line["fields"]["message"] == "serving" {
            break line["fields"]["address"].as_str().unwrap().to_owned();
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    let office = facts.accounts.iter().find(|account| account.role == "commune_officer").unwrap();
    let body = json!({"username": office.username, "password": office.password, "device_name": "bench"}).to_string();
    let answer = std::thread::spawn({
        let address = address.clone();
        move || {
            use std::io::{Read as _, Write as _};
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            write!(
                stream,
                "POST /v1/auth/login HTTP/1.1\r\nHost: danvan\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        }
    });
    let answer = answer.join().unwrap();
    let signed_in: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap_or_else(|_| panic!("{answer}"));
    Running { child, address, token: signed_in["access_token"].as_str().unwrap().to_owned() }
}
