//! Users, their grants, and how they get in.

pub mod passwords;
