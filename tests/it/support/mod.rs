//! What tests stand on: a server of their own, a database per test, the program, and a world of two communes.

mod app;
pub mod breaks;
mod client;
pub mod conforms;
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

/// The API document with its shared answers and parameters where they are referred to.
pub fn document() -> serde_json::Value {
    resolved(danvan::web::openapi::document(danvan::app::rooms()))
}

/// A document with what stands in its components, but schemas, where it is referred to.
pub fn resolved(mut document: serde_json::Value) -> serde_json::Value {
    fn bring(value: &mut serde_json::Value, components: &serde_json::Value) {
        if let Some(reference) = value["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components")).map(str::to_owned)
            && !reference.starts_with("/schemas/")
        {
            let mut whole = components.pointer(&reference).unwrap_or_else(|| panic!("{reference}")).clone();
            if value["description"].is_string() {
                whole["description"] = value["description"].take();
            }
            *value = whole;
        }
        match value {
            serde_json::Value::Object(map) => map.values_mut().for_each(|inner| bring(inner, components)),
            serde_json::Value::Array(items) => items.iter_mut().for_each(|inner| bring(inner, components)),
            _ => {}
        }
    }
    let components = document["components"].clone();
    bring(&mut document["paths"], &components);
    document
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
