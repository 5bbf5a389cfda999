//! What happens with the reader log: it is read.

use serde_json::{Value, json};
use uuid::Uuid;

use super::dto::ReadFilter;
use super::store;
use crate::error::{Error, Result};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::cursor::Position;
use crate::web::query::ListQuery;
use crate::web::table;

pub async fn list(call: Call) -> Result<Answer> {
    let query = ListQuery::parse(&call)?;
    let filter: ReadFilter = query.filter()?;
    let commune = query.commune.ok_or_else(|| Error::internal("the reader log is a commune's"))?;
    // A grant for one campaign reaches nothing that is not of that campaign.
    if query.reach.clauses.iter().all(|clause| clause.campaign.is_some()) {
        return Err(Error::forbidden());
    }
    let lane = &call.worker.lane;
    let page = async |query: &ListQuery| {
        let notes = store::page(lane, commune, query, &filter).await?;
        Ok(notes
            .into_iter()
            .map(|note| {
                let at = Position { k: json!(note.at), i: note.id, r: false };
                (note, at)
            })
            .collect())
    };
    table::log(&call, query, page, async || store::total(&call.service().database, commune, &filter).await).await
}

/// Who saw a person's data, for the export of all that is kept: people's matter, and none of a program's.
pub async fn kept_of(call: &Call, commune: Uuid, person: Uuid) -> Result<Value> {
    let reads = if call.actor.client.is_some() { vec![] } else { store::of_row(&call.worker.lane, commune, person).await? };
    Ok(serde_json::to_value(reads)?)
}
