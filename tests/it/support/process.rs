//! The program as processes of their own, as a deployment runs them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use danvan::db::supervise::SERVICE;
use serde_json::Value;

use super::postgres;

/// A running `danvan serve`; killed when dropped.
pub struct Process {
    pub address: String,
    pub http: reqwest::Client,
    child: Child,
}

impl Process {
    /// Starts the program on a database of the tests' server and waits until it serves.
    pub fn serve(database: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_danvan"))
            .args(["serve", "--bind", "127.0.0.1:0", "--workers", "1", "--pool-size", "4", "--allow-unsafe-database", "--database-url"])
            .arg(postgres::url(SERVICE, database))
            .arg("--secret-file")
            .arg(postgres::secret_file())
            .env("RUST_LOG", "info")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = loop {
            let line = lines.next().expect("the program serves").expect("a line");
            let line: Value = serde_json::from_str(&line).expect("a log line is JSON");
            if line["fields"]["message"] == "serving" {
                break line["fields"]["address"].as_str().expect("an address").to_owned();
            }
        };
        // What it says further on is read, so that it never waits for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { address, http: reqwest::Client::new(), child }
    }

    /// SIGKILL: no drain, no good-bye.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
