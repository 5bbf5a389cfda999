//! Assembles the server: the rooms, a line each, and the order of what a request passes.

use std::sync::OnceLock;

use crate::web::operation::Room;
use crate::{communes, hamlets};

/// All rooms, in the order in which the API document shows them.
pub fn rooms() -> &'static [Room] {
    static ROOMS: OnceLock<Vec<Room>> = OnceLock::new();
    ROOMS.get_or_init(|| vec![communes::room(), hamlets::room()])
}
