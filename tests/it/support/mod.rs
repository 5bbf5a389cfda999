//! What tests stand on: a server of their own, a database per test, the program, and a world of two communes.

mod app;
mod client;
mod postgres;
pub mod world;

pub use app::App;
pub use client::Reply;
pub use serde_json::{Value, json};
pub use world::id;
