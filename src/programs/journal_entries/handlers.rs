//! What happens with the journal: it is read.

use serde_json::{Value, json};

use super::dto::{JournalEntry, JournalFilter};
use super::{rules, store};
use crate::access::reach::Reach;
use crate::access::roles::{Classes, Relation, Role, class_of, classes};
use crate::error::{Error, Result};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::cursor::Position;
use crate::web::query::ListQuery;
use crate::web::table;

pub async fn list(call: Call) -> Result<Answer> {
    let mut query = ListQuery::parse(&call)?;
    let filter: JournalFilter = query.filter()?;
    let commune = query.commune.ok_or_else(|| Error::internal("the journal is a commune's"))?;
    // A grant for one campaign reaches nothing that is not of that campaign.
    query.reach.clauses.retain(|clause| clause.campaign.is_none());
    let seen = query.reach.clauses.iter().map(|clause| classes(clause.role, clause.relation)).fold(Classes::default(), Classes::with);
    let of_accounts = filter.kind.as_deref().filter(|kind| rules::OF_ACCOUNTS.contains(kind)).map(str::to_owned);
    if of_accounts.is_none() {
        query.reach.clauses.retain(|clause| clause.role != Role::PlatformAdmin);
    }
    if query.reach.clauses.is_empty() {
        return Err(Error::forbidden());
    }
    let lane = &call.worker.lane;
    let kinds = of_accounts.map_or_else(|| readable_kinds(&call, &query.reach), |kind| vec![kind]);
    let page = async |query: &ListQuery| {
        let entries = store::page(lane, commune, query, &filter, kinds.clone()).await?;
        Ok(entries
            .into_iter()
            .map(|entry| {
                let at = Position { k: json!((entry.number, entry.seq)), i: entry.row_id, r: false };
                (projected(&call, &query.reach, seen, entry), at)
            })
            .collect())
    };
    table::log(&call, query, page, async || store::total(&call.service().database, commune, &filter, kinds.clone()).await).await
}

/// The kinds of rows that some role of the reader may read at all: an inspector learns of no headcount that it is there.
fn readable_kinds(call: &Call, reach: &Reach) -> Vec<String> {
    let policies = call.service().rooms.iter().filter_map(|room| room.policy);
    let readable =
        policies.filter(|policy| policy.read.iter().any(|(role, _)| *role == Role::Public || reach.clauses.iter().any(|clause| clause.role == *role)));
    readable.map(|policy| policy.resource.to_owned()).collect()
}

/// Values that the reader may not see in the row itself are not shown here either: by the class of the field, and none at
/// all of kinds of which the reader sees some rows and not others.
fn projected(call: &Call, reach: &Reach, seen: Classes, mut entry: JournalEntry) -> JournalEntry {
    let policy = call.service().rooms.iter().filter_map(|room| room.policy).find(|policy| policy.resource == entry.kind);
    let fields = policy.map_or(&[][..], |policy| policy.fields);
    let reads_all = |role: &Role| {
        policy.is_some_and(|policy| policy.read.iter().any(|(reader, how)| reader == role && matches!(how, Relation::InCommune | Relation::Everywhere)))
    };
    let whole = reach.clauses.iter().any(|clause| reads_all(&clause.role));
    if let Some(changes) = entry.changes.as_object_mut() {
        for (name, values) in changes.iter_mut() {
            if !whole || !seen.has(class_of(fields, name)) {
                *values = Value::Null;
            }
        }
    }
    entry
}
