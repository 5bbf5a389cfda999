//! Danvan: the API with which a commune People's Committee and an army unit run a joint civic campaign.
//!
//! # Three ideas carry everything
//!
//! **Reach** ([`access`]): who sees and changes what. Every request has one [`Actor`](access::actor::Actor) with grants. A
//! room's policy turns them into a [`Reach`](access::reach::Reach); a table says where its rows lie
//! ([`Lies`](access::relations::Lies)), from which each relation gets its SQL, and each row comes back with the clauses that
//! hold for it. List, item, count and the row read before every write start there:
//! they cannot disagree. Fields have classes; one projection ([`web::table::object`]) serves every way out.
//!
//! **Lifecycle** ([`access::lifecycle`]): what may happen next. One constant table per resource drives the action paths, the
//! 409, `allowed_actions`, `GET /v1/lifecycles`, the printed policy and the tests.
//!
//! **Journal** ([`journal`]): one clock per commune. A write ticks its commune's feed first and holds it until commit; the
//! number becomes the version of every row touched. From it come ETags, cheap 304s, the audit trail, and that no seat is
//! sold twice.
//!
//! # The house
//!
//! | where | what |
//! |---|---|
//! | `floor/`: [`access`] [`db`] [`journal`] [`web`] [`error`] [`text`] [`clock`] [`random`] [`service`] | what every room stands on |
//! | `rooms/places/`: [`communes`] [`kinds`] [`hamlets`] [`units`] [`military_units`] | where, and whose |
//! | `rooms/people/`: [`accounts`] [`volunteers`] [`consents`] | who takes part |
//! | `rooms/planning/`: [`campaigns`] [`documents`] [`document_recipients`] [`plan_items`] [`headcounts`] | what is to be done |
//! | `rooms/field_work/`: [`activities`] [`activity_units`] [`road_registrations`] [`sign_ups`] [`check_in_codes`] [`results`] [`activity_sums`] [`campaign_sums`] | what is done |
//! | `rooms/recognition/`: [`rewards`] | what is given back |
//! | `programs/`: [`sync`] [`stream`] [`webhooks`] [`batch`] [`imports`] [`calendars`] [`api_clients`] [`journal_entries`] [`reads`] [`plan_import`] [`campaign_summaries`] | what programs use |
//! | [`demo`] [`cli`] [`app`] [`config`] | what puts it together |
//!
//! The order is the law: a group knows those before it. A test counts the arrows that run back up.
//!
//! A room is a folder with the same files: `mod.rs` (its door), `dto.rs` (JSON and the row), `rules.rs` (policy, classes,
//! lifecycle, pure rules), `store.rs` (SQL), `handlers.rs`. Others use a room through its door alone.
//!
//! # One request, traced
//!
//! `POST /v1/sign-ups/{id}/actions/check_in`: [`web::dispatch::route`] settles who asks (401) before anything else;
//! it finds the operation in the table ([`web::operation`]); [`web::dispatch`] reads the body (415, 413) into a
//! [`Call`](web::call::Call); `sign_ups::presence_actions::check_in` parses it (400, 422) and calls [`web::table::act_then`], which waits
//! in the commune's [queue](journal::queue), ticks, loads the row in reach (404), asks the lifecycle table (403, 409) and
//! the version (412), lets the room change the row, writes it, journals it, commits, and answers with the row as the caller
//! may see it.
//!
//! # Invariants
//!
//! - The tick is the first statement of a write, alone; all that a rule depends on is read after it.
//! - A refused write rolls back and takes no number; numbers are gapless and in commit order.
//! - Read lanes run single statements only: no BEGIN, no SET.
//! - Unlimited reach ([`Actor::system`](access::actor::Actor::system)) has a written reason.
//! - Time comes from [`clock`], randomness from [`random`].

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
mod floor;
mod followers;
mod programs;
mod rooms;

// A room is called by its own name, wherever its folder stands.
pub use floor::*;
pub use programs::*;
pub use rooms::field_work::*;
pub use rooms::people::*;
pub use rooms::places::*;
pub use rooms::planning::*;
pub use rooms::recognition::*;
