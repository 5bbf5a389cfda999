//! What happens with kinds.

use super::dto::{Kinds, KindsQuery};
use super::store;
use crate::error::Result;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::{body, query};

/// One statement.
pub async fn list(call: Call) -> Result<Answer> {
    let KindsQuery { list } = body::query(&query::pairs(&call)?)?;
    let mut items = store::all(&call.worker.lane).await?;
    items.retain(|kind| list.is_none_or(|list| kind.list == list));
    Answer::ok(Kinds { items })
}
