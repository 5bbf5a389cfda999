//! The protocol kit: everything of the contract that is the same for all rooms.

pub mod answer;
pub mod body;
pub mod by_ref;
pub mod call;
pub mod cursor;
pub mod dispatch;
pub mod format;
pub mod grid;
pub mod include;
pub mod limits;
pub mod metrics;
pub mod openapi;
pub mod operation;
pub mod pages;
pub mod patch;
pub mod proxies;
pub mod query;
pub mod reference;
pub mod refusals;
pub mod resource;
pub mod scope;
pub mod shapes;
pub mod table;
pub mod values;
