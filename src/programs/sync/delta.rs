//! What changed since a position: the journal says which rows, the rooms say what of them the caller may see now.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Int4, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cursor::{Position, mark_of, resync};
use super::dto::{Asked, Changes, RemovalReason};
use crate::db::Lane;
use crate::error::Result;
use crate::said;
use crate::statement;
use crate::web::call::Call;
use crate::web::table::{Key, Overlay, Source, States};

statement! {
    /// Journal rows from a position on, that position's own row first.
    Window(feed: Uuid as SqlUuid, number: i64 as BigInt, seq: i32 as Int4, limit: i64 as BigInt)
        -> (BigInt, Int4, Timestamptz, Text, SqlUuid, Jsonb, Nullable<SqlUuid>, Nullable<SqlUuid>),
    "SELECT number, seq, at, kind, row_id, changes, old_owner_id, owner_id FROM journal
     WHERE feed_id = $1 AND (number, seq) >= ($2, $3) ORDER BY number, seq LIMIT $4"
}

statement! {
    /// All changes of some rows since a number, the newest first.
    Histories(feed: Uuid as SqlUuid, rows: Vec<Uuid> as Array<SqlUuid>, since: i64 as BigInt) -> (Text, SqlUuid, Jsonb),
    "SELECT kind, row_id, changes FROM journal WHERE feed_id = $1 AND row_id = ANY($2) AND number >= $3 ORDER BY row_id, number DESC, seq DESC"
}

/// A journal row of the window.
struct Entry {
    at: (i64, i32),
    mark: Uuid,
    kind: String,
    row: Uuid,
    changes: Value,
    old_owner: Option<Uuid>,
    owner: Option<Uuid>,
}

async fn window(lane: &Lane, commune: Uuid, from: &Position, limit: i64) -> Result<Vec<Entry>> {
    type Row = (i64, i32, DateTime<Utc>, String, Uuid, Value, Option<Uuid>, Option<Uuid>);
    let connection = lane.connection().await?;
    let rows: Vec<Row> = Window { feed: commune, number: from.number, seq: from.seq, limit }.load(&mut &*connection).await?;
    let entry = |(number, seq, at, kind, row, changes, old_owner, owner): Row| Entry {
        at: (number, seq),
        mark: mark_of(row, at),
        kind,
        row,
        changes,
        old_owner,
        owner,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Takes what changed after a position into the page; returns the new position, and whether there is more.
pub async fn take(call: &Call, asked: &Asked, from: Position, changes: &mut Changes) -> Result<(Position, bool)> {
    let lane = &call.worker.lane;
    let room = (asked.limit - changes.count()).max(1);
    // One for the position's own row, and one to know whether there is more.
    let mut entries = window(lane, asked.commune, &from, room + 2).await?;
    // A commune's first number is 1; before it there is nothing to stand on.
    if from.number > 0 {
        // The row that the copy ends with must still be there: else the counter went back, or the journal was shortened.
        if entries.as_slice().first().is_none_or(|entry| entry.at != (from.number, from.seq) || !(from.mark.is_nil() || from.mark == entry.mark)) {
            return Err(resync(said!("Nhật ký không còn đến con trỏ này", "The journal does not reach back to this cursor")));
        }
        entries.remove(0);
    }
    let room = usize::try_from(room).unwrap_or(1);
    let more = entries.len() > room;
    entries.truncate(room);
    let mut to = from.clone();
    if let Some(last) = entries.last() {
        ((to.number, to.seq), to.mark) = (last.at, last.mark);
    }
    let mut lost: Vec<Lost> = vec![];
    for source in &asked.sources {
        if source.shared {
            let rows = (source.changed)(call.clone(), asked.commune, from.reference).await?;
            to.reference = rows.iter().map(|row| row.version).fold(to.reference, i64::max);
            changes.upsert(source, rows)?;
            continue;
        }
        if !source.journalled && to.number > from.number {
            changes.upsert(source, (source.changed)(call.clone(), asked.commune, from.number).await?)?;
        }
        let mut own: Ids = entries.iter().filter(|entry| source.journalled && entry.kind == source.kind).map(|entry| entry.row).collect();
        let mut followers = followers(call, asked, source, &entries).await?;
        let touched: Ids = own.iter().chain(followers.iter().flat_map(|(ids, _)| ids)).copied().collect();
        if touched.is_empty() {
            continue;
        }
        // What the caller is to a row may change without it.
        let since = if asked.rights { 0 } else { from.number };
        let mut rows = (source.many)(call.clone(), asked.commune, touched.into_iter().collect(), since).await?;
        for ids in followers.iter_mut().map(|(ids, _)| ids).chain([&mut own]) {
            ids.retain(|id| rows.iter().all(|row| row.id != *id));
        }
        // What follows a change and did not change itself.
        rows.retain(|row| !row.known);
        changes.upsert(source, rows)?;
        followers.retain(|(ids, overlay)| !(overlay.states.is_empty() || ids.is_empty() && own.is_empty()));
        if !own.is_empty() || !followers.is_empty() {
            lost.push(Lost { source, own, followers });
        }
    }
    tell_removed(call, asked, from.number, lost, changes).await?;
    Ok((to, more))
}

type Ids = BTreeSet<Uuid>;

/// Rows of a kind that were touched and are not in reach now.
struct Lost {
    source: &'static Source,
    /// Those that changed themselves.
    own: Ids,
    /// Those that follow others, with the others' former states.
    followers: Vec<(Ids, Overlay)>,
}

/// Rows of a kind that follow the entries' rows, with these rows' former states. A row that was created has none: before
/// it nothing followed it.
async fn followers(call: &Call, asked: &Asked, source: &'static Source, entries: &[Entry]) -> Result<Vec<(Ids, Overlay)>> {
    let mut found = vec![];
    for follows in source.follows {
        let moved = || entries.iter().filter(|entry| entry.kind == follows.of && entry.changes.get(follows.field).is_some());
        let keys: Ids = moved().flat_map(|entry| keys_of(entry, follows.by)).collect();
        if keys.is_empty() {
            continue;
        }
        let ids = (source.following)(call.clone(), asked.commune, follows, keys.into_iter().collect()).await?;
        let mut changed: Vec<&Entry> =
            moved().filter(|entry| entry.changes.pointer(&format!("/{}/0", follows.field)).is_some_and(|old| !old.is_null())).collect();
        changed.sort_by_key(|entry| (entry.row, std::cmp::Reverse(entry.at)));
        let states = former_states(asked.commune, changed.into_iter().map(|entry| (entry.row, &entry.changes)));
        found.push((ids.into_iter().collect(), Overlay { of: follows.of, commune: asked.commune, states }));
    }
    Ok(found)
}

fn keys_of(entry: &Entry, by: Key) -> Vec<Uuid> {
    match by {
        Key::Row => vec![entry.row],
        Key::Owner => [entry.old_owner, entry.owner].into_iter().flatten().collect(),
    }
}

/// Of rows that were touched and are out of reach, those that were in it: judged by what the journal kept of their former
/// states, and of those of what they follow. Who never saw a row is told nothing of it.
async fn tell_removed(call: &Call, asked: &Asked, since: i64, lost: Vec<Lost>, changes: &mut Changes) -> Result<()> {
    let all: Vec<Uuid> = lost.iter().flat_map(|lost| &lost.own).copied().collect();
    let histories: Vec<(String, Uuid, Value)> = if all.is_empty() {
        vec![]
    } else {
        let connection = call.worker.lane.connection().await?;
        Histories { feed: asked.commune, rows: all, since }.load(&mut &*connection).await?
    };
    for Lost { source, own, followers } in lost {
        let former = |rows: &Ids| {
            let own = histories.iter().filter(|(kind, row, _)| *kind == source.kind && rows.contains(row));
            former_states(asked.commune, own.map(|(_, row, changes)| (*row, changes)))
        };
        let mut judged = vec![(former(&own), None)];
        for (ids, overlay) in followers {
            // A row that is gone with what it followed is found by no key.
            let mut states = former(&own);
            states.extend(ids.iter().map(|id| json!({"id": id, "image": {"id": id}})));
            judged.push((states, Some(overlay)));
        }
        for (states, overlay) in judged.into_iter().filter(|(states, _)| !states.is_empty()) {
            for (row, purged) in (source.formerly)(call.clone(), asked.commune, states, overlay).await? {
                changes.remove(source.kind, [row], if purged { RemovalReason::Purged } else { RemovalReason::OutOfReach });
            }
        }
    }
    Ok(())
}

/// The states of rows before each of their changes, from the changes, the newest first: each adds its old values.
fn former_states<'a>(commune: Uuid, histories: impl Iterator<Item = (Uuid, &'a Value)>) -> States {
    let mut states = vec![];
    let mut image: (Uuid, Map<String, Value>) = Default::default();
    for (row, changes) in histories {
        if image.0 != row {
            // Of a row that is gone nothing else tells the commune.
            image = (row, Map::from_iter([("id".to_owned(), json!(row)), ("commune_id".to_owned(), json!(commune))]));
        }
        for (field, values) in changes.as_object().into_iter().flatten() {
            // Of contact and sensitive fields no value is kept; no clause asks for one.
            if let Some(old) = values.get(0) {
                image.1.insert(field.clone(), old.clone());
            }
        }
        states.push(json!({"id": row, "image": image.1}));
    }
    states
}
