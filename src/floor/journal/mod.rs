//! One clock per commune, and the record of who changed what.
//!
//! A write transaction begins with the *tick*, alone: it adds one to the commune's feed and holds the row until
//! commit, so the writes of one commune are strictly serial and everything that a rule reads afterwards is as new as
//! the lock. The number becomes the version of every row touched and stamps the journal rows of the same transaction.
//! A refusal rolls back and uses no number: numbers are gapless and in commit order.

pub mod append;
pub mod feeds;
pub mod queue;
pub mod rehearsal;
pub mod retention;
pub mod seals;
pub mod watch;
pub mod write;

pub use write::{Place, Row, Seen, Write};
