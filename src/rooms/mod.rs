//! The rooms, a folder for each resource, in groups: a group knows those before it.

pub mod field_work;
pub mod people;
pub mod places;
pub mod planning;
pub mod recognition;
