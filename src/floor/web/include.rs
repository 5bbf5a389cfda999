//! `include=hamlet,unit`: the objects that a page's items refer to, one statement for each name.

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use uuid::Uuid;

use super::call::Call;
use super::table::{Object, Stored, object};
use crate::access::reach::Reach;
use crate::error::Result;
use crate::journal::Seen;

type Objects = Vec<(Uuid, Object)>;

/// A relation that a list can include. The room that is referred to offers it, with the field that refers.
#[derive(Debug)]
pub struct Include {
    pub name: &'static str,
    /// The items' field with the id.
    pub field: &'static str,
    /// The kinds that its objects depend on.
    pub depends: fn() -> &'static [String],
    pub load: fn(Call, Option<Uuid>, Vec<Uuid>) -> LocalBoxFuture<'static, Result<Objects>>,
}

impl Include {
    /// The rows of a table, by the field that refers to them.
    pub const fn of<R: Stored>(name: &'static str, field: &'static str) -> Self {
        Self { name, field, depends: R::depends, load: |call, commune, ids| rows::<R>(call, commune, ids).boxed_local() }
    }
}

/// The rows of these ids, in the list's commune, that the caller may read, by id.
async fn rows<R: Stored>(call: Call, commune: Option<Uuid>, ids: Vec<Uuid>) -> Result<Objects> {
    let reach = Reach::of(&call.actor, R::POLICY, R::TABLE.within(commune));
    let mut found = R::many(&call.worker.lane, &reach, ids).await?;
    found.sort_by_key(|(row, _)| row.id());
    found.into_iter().map(|(row, mask)| Ok((row.id(), object(&call, &Seen { row, held: reach.held(&mask) })?))).collect()
}

/// What a page includes, and the ids that its items refer to.
pub struct Included<'i>(Vec<(&'i Include, Vec<Uuid>)>);

impl<'i> Included<'i> {
    pub fn of(includes: &[&'i Include]) -> Self {
        Self(includes.iter().map(|include| (*include, vec![])).collect())
    }

    /// Notes what an item refers to, as far as its reader sees it.
    pub fn refer<R: Stored>(&mut self, seen: &Seen<R>) {
        for (include, ids) in &mut self.0 {
            ids.extend(seen.row.reference(include.field).filter(|_| seen.held.sees(include.field)));
        }
    }

    /// Writes all included objects: `{"hamlet": {"<id>": {...}}}`.
    pub async fn load(self, call: &Call, commune: Option<Uuid>, out: &mut Vec<u8>) -> Result<()> {
        for (n, (include, mut ids)) in self.0.into_iter().enumerate() {
            ids.sort();
            ids.dedup();
            let found = if ids.is_empty() { vec![] } else { (include.load)(call.clone(), commune, ids).await? };
            out.extend_from_slice(format!("{}\"{}\":{{", if n > 0 { "," } else { "{" }, include.name).as_bytes());
            for (i, (id, object)) in found.into_iter().enumerate() {
                out.extend_from_slice(format!("{}\"{id}\":", if i > 0 { "," } else { "" }).as_bytes());
                out.extend_from_slice(object.bytes());
            }
            out.push(b'}');
        }
        out.push(b'}');
        Ok(())
    }
}
