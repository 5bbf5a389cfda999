//! What tests stand on: a server of their own, a database per test, the program, and a world of two communes.

mod app;
mod client;
mod postgres;
pub mod world;

pub use app::App;
pub use client::Reply;
pub use serde_json::json;
pub use world::id;

/// The maintenance database, as its owner.
pub fn admin_url() -> String {
    postgres::url(danvan::db::supervise::OWNER, "postgres")
}
