//! What has to be true of headcounts.

use super::dto::Headcount;
use super::rules;
use crate::campaigns::Campaign;
use crate::error::Result;
use crate::journal::{Seen, Write};
use crate::web::table;
use crate::web::table::Kept;

impl Kept for Headcount {
    async fn check(write: &mut Write, before: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        // What the campaign decides is given once.
        if before.is_none() {
            let campaign = table::named::<Campaign>(write, row.campaign_id, "/campaign_id").await?;
            rules::check(&row, &campaign)?;
        }
        Ok(row)
    }
}
