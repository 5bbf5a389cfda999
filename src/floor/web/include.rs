//! `include=hamlet,unit`: the objects that a page's items refer to, one statement for each name.

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::call::Call;
use super::table::{Stored, object};
use crate::access::reach::Reach;
use crate::error::Result;
use crate::journal::Seen;

/// A relation that a list can include. The room that is referred to offers it, with the field that refers.
#[derive(Debug)]
pub struct Include {
    pub name: &'static str,
    /// The items' field with the id.
    pub field: &'static str,
    /// The kinds that its objects depend on.
    pub depends: fn() -> &'static [String],
    pub load: fn(Call, Option<Uuid>, Vec<Uuid>) -> LocalBoxFuture<'static, Result<Map<String, Value>>>,
}

impl Include {
    /// The rows of a table, by the field that refers to them.
    pub const fn of<R: Stored>(name: &'static str, field: &'static str) -> Self {
        Self { name, field, depends: R::depends, load: |call, commune, ids| rows::<R>(call, commune, ids).boxed_local() }
    }
}

/// The rows of these ids, in the list's commune, that the caller may read, by id.
async fn rows<R: Stored>(call: Call, commune: Option<Uuid>, ids: Vec<Uuid>) -> Result<Map<String, Value>> {
    let reach = Reach::of(&call.actor, R::POLICY, R::TABLE.within(commune));
    let mut out = Map::new();
    let mut found = R::many(&call.worker.lane, &reach, ids).await?;
    found.sort_by_key(|(row, _)| row.id());
    for (row, mask) in found {
        let id = row.id().to_string();
        out.insert(id, Value::Object(object(&call, &Seen { row, held: reach.held(&mask) })?));
    }
    Ok(out)
}

/// All included objects: `{"hamlet": {"<id>": {...}}}`.
pub async fn load(call: &Call, includes: &[&'static Include], commune: Option<Uuid>, items: &[Map<String, Value>]) -> Result<Value> {
    let mut out = Map::new();
    for include in includes {
        let mut ids: Vec<Uuid> = items.iter().filter_map(|item| Uuid::parse_str(item.get(include.field)?.as_str()?).ok()).collect();
        ids.sort();
        ids.dedup();
        let found = if ids.is_empty() { Map::new() } else { (include.load)(call.clone(), commune, ids).await? };
        out.insert(include.name.into(), Value::Object(found));
    }
    Ok(Value::Object(out))
}
