//! Who takes part: accounts with their rights, volunteers, what they agreed to.

pub mod accounts;
pub mod consents;
pub mod volunteers;
