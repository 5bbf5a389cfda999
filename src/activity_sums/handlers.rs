//! What happens with sums: they are read.

use super::dto::ActivitySum;
use crate::error::Result;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table;

pub async fn list(call: Call) -> Result<Answer> {
    table::list::<ActivitySum>(call).await
}

pub async fn get(call: Call) -> Result<Answer> {
    table::item::<ActivitySum>(call).await
}
