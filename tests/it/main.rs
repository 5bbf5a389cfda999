//! All tests: through HTTP, against a real Postgres, one database per test.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

mod access;
mod api_clients;
mod architecture;
mod attacks;
mod bad_input;
mod batch;
mod by_ref;
mod calendars;
mod check;
mod check_in_codes;
mod check_ins;
mod command_line;
mod contract;
mod docs;
mod documents;
mod drill;
mod endings;
mod exports;
mod hamlets;
mod imports;
mod journal;
mod lifecycle;
mod limits;
mod migrations;
mod moves;
mod narrowed;
mod network;
mod one_commune;
mod openapi;
mod operations;
mod outages;
mod people;
mod plan_import;
mod presence;
mod processes;
mod reads;
mod refusals;
mod results;
mod rewards;
mod rights;
mod road_registrations;
mod sign_in;
mod sign_ups;
mod statements;
mod storms;
mod story;
mod stream;
mod supervise;
mod sync;
mod texts;
mod visibility;
mod webhooks;
