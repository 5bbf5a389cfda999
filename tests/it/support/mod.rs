//! What tests stand on: a server of their own, a database per test, the program, and a world of two communes.

mod app;
mod client;
pub mod copy;
pub mod parted;
mod postgres;
mod process;
pub mod proxy;
pub mod receiver;
pub mod sample;
pub mod world;

pub use app::App;
pub use client::Reply;
pub use copy::Copy;
pub use process::Process;
pub use serde_json::json;
pub use world::{at, at_on, id};

pub use postgres::{empty_database, secret_file, socket, url};

/// The maintenance database, as its owner.
pub fn admin_url() -> String {
    url(danvan::db::supervise::OWNER, "postgres")
}

/// Compares a generated text with its committed file; `DANVAN_WRITE=1` writes the file anew.
#[track_caller]
pub fn golden(path: &str, text: &str) {
    if std::env::var_os("DANVAN_WRITE").is_some() {
        std::fs::write(path, text).expect("the file is written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    if committed != text {
        let first = committed.lines().zip(text.lines()).position(|(a, b)| a != b).unwrap_or_else(|| committed.lines().count().min(text.lines().count()));
        let line = |text: &str| text.lines().nth(first).unwrap_or("(end)").to_owned();
        panic!(
            "{path} differs from line {}:\n  committed {}\n  generated {}\nRun the tests with DANVAN_WRITE=1, and read the difference.",
            first + 1,
            line(&committed),
            line(text)
        );
    }
}
