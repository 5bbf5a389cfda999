//! What happens with the journal: it is read.

use serde_json::{Value, json};

use super::dto::{JournalEntry, JournalFilter};
use super::store;
use crate::access::reach::Reach;
use crate::access::roles::{Classes, Role, class_of, classes};
use crate::error::{Error, Result};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::cursor::Position;
use crate::web::query::ListQuery;
use crate::web::table;

pub async fn list(call: Call) -> Result<Answer> {
    let mut query: ListQuery<JournalFilter> = ListQuery::parse(&call)?;
    let commune = query.commune.ok_or_else(|| Error::internal("the journal is a commune's"))?;
    // A grant for one campaign reaches nothing that is not of that campaign.
    query.reach.clauses.retain(|clause| clause.campaign.is_none());
    let seen = query.reach.clauses.iter().map(|clause| classes(clause.role, clause.relation)).fold(Classes::default(), Classes::with);
    if query.reach.clauses.is_empty() {
        return Err(Error::forbidden());
    }
    let (lane, kinds) = (&call.worker.lane, readable_kinds(&call, &query.reach));
    let page = async |query: &ListQuery<JournalFilter>| {
        let entries = store::page(lane, commune, query, kinds.clone()).await?;
        Ok(entries
            .into_iter()
            .map(|entry| {
                let at = Position { k: json!((entry.number, entry.seq)), i: entry.row_id, r: false };
                (projected(&call, seen, entry), at)
            })
            .collect())
    };
    table::log(&call, query, page, async |query| store::total(&call.service().database, commune, query, kinds.clone()).await).await
}

/// The kinds of rows that some role of the reader may read at all: an inspector learns of no headcount that it is there.
fn readable_kinds(call: &Call, reach: &Reach) -> Vec<String> {
    let policies = call.service().rooms.iter().filter_map(|room| room.policy);
    let readable =
        policies.filter(|policy| policy.read.iter().any(|(role, _)| *role == Role::Public || reach.clauses.iter().any(|clause| clause.role == *role)));
    readable.map(|policy| policy.resource.to_owned()).collect()
}

/// Values of fields that the reader may not see in the row itself are not shown here either.
fn projected(call: &Call, seen: Classes, mut entry: JournalEntry) -> JournalEntry {
    let policy = call.service().rooms.iter().filter_map(|room| room.policy).find(|policy| policy.resource == entry.kind);
    let fields = policy.map_or(&[][..], |policy| policy.fields);
    if let Some(changes) = entry.changes.as_object_mut() {
        for (name, values) in changes.iter_mut() {
            if !seen.has(class_of(fields, name)) {
                *values = Value::Null;
            }
        }
    }
    entry
}
