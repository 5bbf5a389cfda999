//! What happens with plan items.

use super::dto::PlanItem;
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::web::table::Kept;

impl Kept for PlanItem {
    async fn check(_: &mut Write, _: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        Ok(row)
    }
}
