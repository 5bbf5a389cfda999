//! What every room's table can do, written once: list, item, create, change, act. A room gives its row, where its
//! rows lie, and its filters through [`room_store!`](crate::room_store); its handlers give the rules.

mod change;
mod export;
mod files;
mod judged;
mod log;
mod read;
mod room_store;
mod source;
mod write;

/// A condition on a table's columns. NULL counts as false.
pub type Predicate<T> = Box<dyn diesel::BoxableExpression<T, diesel::pg::Pg, SqlType = diesel::sql_types::Nullable<diesel::sql_types::Bool>>>;

pub use change::{
    Acting, act, act_then, append, check_sent, check_version, done_before, feed_of, follow, found, insert, load, load_many, ready, refer, save, stepped,
    update, update_then,
};
pub use export::{calendar, weight};
pub use judged::Judged;
pub use log::log;
pub use read::{Found, Stored, fields, get, item, list, object, objects_of};
pub use source::{Follows, Formerly, Key, Overlay, Shown, Source, States};
pub use write::{alone, create, has_right, may_change, may_create, or_again, warning_json, write};
