//! Who asks, what they reach, what may happen next. The floor: it knows no room.

pub mod actor;
pub mod client;
pub mod code_keys;
pub mod guard;
pub mod keys;
pub mod lifecycle;
pub mod pulse;
pub mod reach;
pub mod reader_log;
pub mod relations;
pub mod roles;
pub mod tokens;
