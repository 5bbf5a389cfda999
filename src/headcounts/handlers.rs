//! What happens with headcounts.

use super::dto::{CreateHeadcount, Headcount, UpdateHeadcount};
use super::rules;
use crate::campaigns;
use crate::error::{Error, Result};
use crate::journal::Seen;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table;
use crate::{random, said};

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<Headcount>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<Headcount>(call).await
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateHeadcount = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    let id = input.id.unwrap_or_else(random::id);
    table::create(&call, input.commune_id, id, async |write| {
        let campaign = campaigns::of_write(write, input.campaign_id).await?;
        let campaign =
            campaign.ok_or_else(|| Error::field("/campaign_id", "no_campaign", said!("Không có đợt này trong xã", "The commune has no such campaign")))?;
        let row = rules::new_headcount(input, id, call.now, call.request_hash());
        rules::check(&row, &campaign)?;
        Ok(row)
    })
    .await
}

pub async fn update(call: Call) -> Result<Answer> {
    let UpdateHeadcount { officers, soldiers } = call.body()?;
    table::update(&call, async |_, before: &Seen<Headcount>| {
        let mut after = before.row.clone();
        officers.apply(&mut after.officers);
        soldiers.apply(&mut after.soldiers);
        Ok(after)
    })
    .await
}
