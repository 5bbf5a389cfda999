//! Where a campaign takes place, and whose it is: communes, hamlets, units, the army's tree.

pub mod communes;
pub mod hamlets;
pub mod kinds;
pub mod military_units;
pub mod units;
