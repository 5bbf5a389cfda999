//! Danvan.

pub mod access;
pub mod accounts;
pub mod activities;
pub mod activity_sums;
pub mod activity_units;
pub mod app;
pub mod campaigns;
pub mod cli;
pub mod clock;
pub mod communes;
pub mod config;
pub mod consents;
pub mod db;
pub mod error;
pub mod hamlets;
pub mod headcounts;
pub mod journal;
pub mod military_units;
pub mod plan_items;
pub mod random;
pub mod service;
pub mod sign_ups;
pub mod text;
pub mod units;
pub mod volunteers;
pub mod web;
