//! What is given back: rewards.

pub mod rewards;
