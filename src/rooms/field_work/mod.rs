//! What is done: activities, who comes to them, roads, results and their sums.

pub mod activities;
pub mod activity_sums;
pub mod activity_units;
pub mod campaign_sums;
pub mod check_in_codes;
pub mod results;
pub mod road_registrations;
pub mod sign_ups;
