//! Danvan.

pub mod access;
pub mod accounts;
pub mod app;
pub mod cli;
pub mod clock;
pub mod communes;
pub mod config;
pub mod db;
pub mod error;
pub mod hamlets;
pub mod journal;
pub mod random;
pub mod service;
pub mod text;
pub mod web;
