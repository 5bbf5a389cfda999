//! What happens with a campaign's sums: they are read.

use super::dto::CampaignSum;
use crate::error::Result;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table;

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<CampaignSum>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<CampaignSum>(call).await
}
