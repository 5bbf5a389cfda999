//! How rows are called: what stands beside or instead of their ids where people read.

use std::collections::{HashMap, HashSet};

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use uuid::Uuid;

use super::call::Call;
use super::columns::{Column, Form, at};
use super::operation::Text2;
use super::table::{Projection, Stored};
use crate::access::reach::Reach;
use crate::access::roles::{Relation, Role, classes};
use crate::error::Result;
use serde_json::{Map, Value};

/// Names by id or code.
type Found = Vec<(String, Text2)>;

/// A kind of rows that are called something.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    pub kind: &'static str,
    /// The names of those that the caller may read, in a commune.
    pub load: fn(Call, Option<Uuid>, Vec<String>) -> LocalBoxFuture<'static, Result<Found>>,
}

impl Named {
    pub fn of<R: Stored>() -> Self {
        Self { kind: R::KIND, load: |call, commune, ids| rows::<R>(call, commune, ids).boxed_local() }
    }
}

/// The fields that say what a row is called, the first of them that it has.
const NAMES: &[&str] = &["full_name", "display_name", "title", "public_title", "road_name", "subject", "subject_name", "group_name", "name", "text"];

/// Names alone: no field of a class that the reader log keeps is looked at.
async fn rows<R: Stored>(call: Call, commune: Option<Uuid>, ids: Vec<String>) -> Result<Found> {
    let ids = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let reach = Reach::of(&call.actor, R::POLICY, R::TABLE.within(commune));
    let mut names = vec![];
    for (row, mask) in R::many(&call.worker.lane, &reach, ids).await? {
        let mut projection = Projection::onto(vec![], reach.held(&mask).classes().and(classes(Role::Observer, Relation::InCommune)));
        row.project(&mut projection);
        let (object, _) = projection.end_object()?;
        let object: Map<String, Value> = serde_json::from_slice(&object)?;
        let name = NAMES.iter().find_map(|field| object.get(*field)?.as_str()).unwrap_or_default().to_owned();
        names.push((row.id().to_string(), Text2 { vi: name.clone(), en: name }));
    }
    Ok(names)
}

/// The names that a file's rows need.
#[derive(Debug, Default)]
pub struct Names(HashMap<&'static str, HashMap<String, Text2>>);

impl Names {
    /// Looks up what some objects refer to and is not known yet: a statement for each kind of it.
    pub async fn learn(&mut self, call: &Call, commune: Option<Uuid>, columns: &[Column], objects: &[&Map<String, Value>]) -> Result<()> {
        let mut wanted: HashMap<&'static str, HashSet<&str>> = HashMap::new();
        for object in objects {
            refers(columns, object, &mut wanted);
        }
        for (kind, mut keys) in wanted {
            let known = self.0.entry(kind).or_default();
            keys.retain(|key| !known.contains_key(*key));
            let named = call.service().rooms.iter().flat_map(|room| &room.named).find(|named| named.kind == kind);
            let Some(named) = named.filter(|_| !keys.is_empty()) else { continue };
            let found = (named.load)(call.clone(), commune, keys.iter().map(|key| (*key).to_owned()).collect()).await?;
            // What may not be read has no name, and is not asked for again.
            known.extend(keys.into_iter().map(|key| (key.to_owned(), Text2::default())));
            known.extend(found);
        }
        Ok(())
    }

    pub fn find(&self, kind: &str, key: &str) -> Option<&Text2> {
        self.0.get(kind)?.get(key)
    }
}

/// What an object refers to, by kinds.
fn refers<'o>(columns: &[Column], object: &'o Map<String, Value>, wanted: &mut HashMap<&'static str, HashSet<&'o str>>) {
    for column in columns {
        let value = at(object, &column.path);
        for one in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            match (&column.form, one) {
                (Form::Name(kind), Value::String(key)) => _ = wanted.entry(kind).or_default().insert(key),
                (Form::Parts(parts), Value::Object(part)) => refers(parts, part, wanted),
                _ => {}
            }
        }
    }
}
