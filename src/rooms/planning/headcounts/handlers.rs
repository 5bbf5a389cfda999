//! What has to be true of headcounts.

use super::dto::Headcount;
use super::rules;
use crate::campaigns;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::said;
use crate::web::table::Kept;

impl Kept for Headcount {
    async fn check(write: &mut Write, before: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        // What the campaign decides is given once.
        if before.is_none() {
            let campaign = campaigns::of_write(write, row.campaign_id).await?;
            let campaign =
                campaign.ok_or_else(|| Error::field("/campaign_id", "no_campaign", said!("Không có đợt này trong xã", "The commune has no such campaign")))?;
            rules::check(&row, &campaign)?;
        }
        Ok(row)
    }
}
