//! What every room stands on: rights, database, journal, web. It knows no room.

pub mod access;
pub mod clock;
pub mod db;
pub mod error;
pub mod journal;
pub mod random;
pub mod service;
pub mod text;
pub mod web;
pub mod words;
