//! The program as processes of their own, as a deployment runs them.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use danvan::db::supervise::SERVICE;
use serde_json::Value;

use super::postgres;

/// A running `danvan serve`; killed when dropped.
pub struct Process {
    pub address: String,
    /// The admin listener, where one was asked for.
    pub admin: String,
    pub http: reqwest::Client,
    /// What it logs, line by line.
    pub log: Arc<Mutex<Vec<String>>>,
    heard: Arc<AtomicBool>,
    child: Child,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Process {
    /// Starts the program on a database of the tests' server and waits until it serves.
    pub fn serve(database: &str) -> Self {
        Self::serve_with(&postgres::url(SERVICE, database), &[])
    }

    /// The same with more flags, on any database.
    pub fn serve_with(url: &str, flags: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_danvan"))
            .args([
                "serve",
                "--bind",
                "127.0.0.1:0",
                "--workers",
                "1",
                "--pool-size",
                "4",
                "--allow-unsafe-database",
                "--rate-limit",
                "0",
                "--database-url",
                url,
            ])
            .arg("--secret-file")
            .arg(postgres::secret_file())
            .args(flags)
            .env("RUST_LOG", "debug")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its output")).lines();
        let log = Arc::new(Mutex::new(vec![]));
        let address = said(&mut lines, &log, "serving");
        let admin = if flags.contains(&"--admin-bind") { said(&mut lines, &log, "admin listener") } else { String::new() };
        // What it says further on is read, so that it never waits for a full pipe.
        let (kept, heard) = (log.clone(), Arc::new(AtomicBool::new(true)));
        let listening = heard.clone();
        let reader = std::thread::spawn(move || {
            let lines = lines.map_while(Result::ok).take_while(|_| listening.load(Ordering::Relaxed));
            lines.for_each(|line| kept.lock().expect("no reader panics").push(line));
        });
        Self { address, admin, http: super::client::http(), log, heard, child, reader: Some(reader) }
    }

    /// From the next line of its log on nobody takes it: each line fails to be written.
    pub fn hang_up(&self) {
        self.heard.store(false, Ordering::Relaxed);
    }

    /// Waits until nobody reads its log.
    pub fn unheard(&mut self) {
        self.reader.take().expect("ended once").join().expect("the log was read");
    }

    /// SIGKILL: no drain, no good-bye.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }

    /// SIGTERM: as a service manager ends it.
    pub fn terminate(&self) {
        // The shell's own: a minimal system has no program `kill`.
        let done = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().expect("a shell is there");
        assert!(done.success());
    }

    /// Waits for its end, and for the last line of its log.
    pub fn ended(&mut self) -> ExitStatus {
        let status = self.child.wait().expect("it ended");
        self.reader.take().expect("ended once").join().expect("the log was read");
        status
    }
}

/// The address in the line with this message.
fn said(lines: &mut Lines<BufReader<ChildStderr>>, log: &Mutex<Vec<String>>, message: &str) -> String {
    loop {
        let text = lines.next().expect("the program serves").expect("a line");
        let line: Value = serde_json::from_str(&text).expect("a log line is JSON");
        log.lock().expect("no reader panics").push(text);
        if line["fields"]["message"] == message {
            return line["fields"]["address"].as_str().expect("an address").to_owned();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
