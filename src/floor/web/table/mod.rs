//! What every room's table can do, written once: list, item, create, change, act. A room gives one list of
//! fields with all that is true of them ([`record`](danvan_macros::record)); its handlers give the rules.

mod acting;
mod cells;
mod change;
mod export;
mod files;
mod judged;
mod kept;
mod kinds;
mod log;
mod object;
mod projection;
mod read;
mod record;
mod refer;
mod source;
mod store;
mod tables;
mod write;

pub use acting::Acting;
pub use change::{
    act, act_then, append, check_sent, check_version, done_before, feed_of, follow, insert, load, load_many, ready, save, stepped, update, update_then,
};
pub use export::calendar;
pub use kept::{Kept, act_secretly, add, create_of, step, update_of};
pub use kinds::Kinds;
pub use log::log;
pub use object::{Object, array};
pub use projection::Projection;
pub use read::{fields, get, item, list, object, objects_of, values_of};
pub use record::{Changed, Created, Filter, New, Patch, Record, Table, Words};
pub use refer::{found, named, refer, row};
pub use source::{Follows, Formerly, Key, Overlay, Shown, Source, States};
pub use store::Stored;
pub use write::{alone, create, has_right, may_change, may_create, or_again, warning_json, write};
