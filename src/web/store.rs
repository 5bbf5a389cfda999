//! What every room's table can do, written once: list, item, create, change, act. A room gives its row, its clauses
//! and its filters through [`room_store!`](crate::room_store); its handlers give the rules.

use std::collections::HashSet;

use diesel::QueryResult;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::{Call, IfMatch};
use super::cursor::Position;
use super::include;
use super::query::ListQuery;
use crate::access::actor::Actor;
use crate::access::lifecycle::{Need, Step};
use crate::access::reach::{Held, Policy, Reach};
use crate::access::roles::class_of;
use crate::db::Lane;
use crate::error::{CONFLICT, Constraint, Error, FieldError, ID_TAKEN, PRECONDITION_FAILED, Result};
use crate::journal::write::Warning;
use crate::journal::{Row, Seen, Write, feeds};
use crate::said;
use crate::text::Lang;

/// A row as it comes from a query: with its mask, and whether it matched a search with its accents.
pub type Found<R> = (R, Vec<Option<bool>>, bool);

/// A table inside its reach. Nothing else reads or writes the table.
#[expect(async_fn_in_trait, reason = "handlers stay on their worker's thread")]
pub trait Stored: Row {
    const POLICY: &'static Policy;
    /// The kinds whose marks tell whether a list of this table may have changed: itself and what its clauses read.
    const DEPENDS: &'static [&'static str];
    const CONSTRAINTS: &'static [Constraint];
    /// The feed of all rows, where it is not the row's commune.
    const SHARED_FEED: Option<Uuid>;
    type Filter: DeserializeOwned;

    async fn page(lane: &Lane, query: &ListQuery<Self::Filter>) -> Result<Vec<Found<Self>>>;
    async fn total(lane: &Lane, query: &ListQuery<Self::Filter>) -> Result<i64>;
    async fn find(lane: &Lane, reach: &Reach, id: Uuid) -> Result<Option<(Self, Vec<Option<bool>>)>>;
    async fn find_for_write(write: &mut Write, reach: &Reach, id: Uuid) -> Result<Option<(Self, Vec<Option<bool>>)>>;
    async fn insert(write: &mut Write, reach: &Reach, row: &Self) -> QueryResult<Vec<Option<bool>>>;
    async fn update(write: &mut Write, reach: &Reach, row: &Self) -> QueryResult<Vec<Option<bool>>>;
    async fn many(lane: &Lane, reach: &Reach, ids: Vec<Uuid>) -> Result<Vec<(Self, Vec<Option<bool>>)>>;
    /// The feed of a row, without looking at reach: only to know which queue to wait in.
    async fn feed_of(lane: &Lane, id: Uuid) -> Result<Option<Uuid>>;
    fn sort_key(&self, sort: &str) -> Value;
    fn set_status(&mut self, status: &str);
    fn request_hash(&self) -> &[u8];
}

/// The row as this actor sees it: hidden fields absent and named. The one projection, for every way out.
pub fn object<R: Stored>(seen: &Seen<R>) -> Result<Map<String, Value>> {
    let Value::Object(mut map) = serde_json::to_value(&seen.row)? else { return Err(Error::internal("a row is an object")) };
    let classes = seen.held.classes();
    let hidden: Vec<String> = map.keys().filter(|name| !classes.has(class_of(R::POLICY.fields, name))).cloned().collect();
    for name in &hidden {
        map.remove(name);
    }
    if !R::POLICY.lifecycle.steps.is_empty() {
        map.insert("allowed_actions".into(), json!(seen.held.allowed_actions(seen.row.status())));
    }
    map.insert("hidden".into(), json!(hidden));
    Ok(map)
}

/// The tag of one object: its version, then what of it depends on who asks, and on the epoch: after a restore numbers
/// come again that clients know from before.
pub fn etag<R: Stored>(seen: &Seen<R>, epoch: &str) -> String {
    let actions = seen.held.allowed_actions(seen.row.status()).join(",");
    let view = actions.bytes().chain(epoch.bytes()).fold(u32::from(seen.held.classes().bits()), |hash, byte| hash.wrapping_mul(16_777_619) ^ u32::from(byte));
    format!("\"{}-{view:x}\"", seen.row.version())
}

/// `GET /v1/{things}`: the marks, one statement for the page, one for `count`, one for each `include`.
pub async fn list<R: Stored>(call: Call) -> Result<Answer> {
    let mut query: ListQuery<R::Filter> = ListQuery::parse(&call)?;
    let lane = &call.worker.lane;
    let feed = R::SHARED_FEED.or(query.commune).ok_or_else(|| Error::internal("a list without a feed"))?;
    // Before the page, so that the tag is never newer than the rows. Many requests will share this read (a flight).
    let mut depends = R::DEPENDS.to_vec();
    depends.extend(query.include.iter().flat_map(|include| include.depends));
    let marks = feeds::marks(lane, feed, &depends).await?;
    let newest = marks.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let marks: String = marks.iter().map(|(_, number)| format!("{number:x}.")).collect();
    let etag = format!("\"{newest}-{marks}{}\"", query.fingerprint(&call));
    if call.has(&etag) {
        return Ok(Answer { status: 304, body: Value::Null, etag: Some(etag), headers: vec![] });
    }
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    query.limit += 1;
    let mut found = R::page(lane, &query).await?;
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = match found.last() {
        Some((row, _, exact)) if more => Some(query.cursor(&call, Position { k: row.sort_key(&query.sort), i: row.id(), r: *exact })?),
        _ => None,
    };
    let mut items = vec![];
    for (row, mask, _) in found {
        items.push(object(&Seen { row, held: query.reach.held(&mask) })?);
    }
    let mut body = Map::new();
    if !query.include.is_empty() {
        body.insert("included".into(), include::load(&call, &query.include, &items).await?);
    }
    body.insert("items".into(), items.into_iter().map(Value::Object).collect());
    body.insert("next_cursor".into(), json!(next));
    if query.count {
        body.insert("total".into(), json!(R::total(lane, &query).await?));
    }
    let answer = Answer::ok(body)?.etag(etag);
    Ok(match next {
        Some(cursor) => answer.header("Link", format!("<{}>; rel=\"next\"", next_address(&call, &cursor))),
        None => answer,
    })
}

fn next_address(call: &Call, cursor: &str) -> String {
    let pairs = form_urlencoded::parse(call.query.as_bytes()).filter(|(name, _)| name != "cursor");
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).append_pair("cursor", cursor).finish();
    format!("{}?{query}", call.operation.path)
}

/// One row inside the caller's reach.
pub async fn get<R: Stored>(call: &Call, id: Uuid) -> Result<Seen<R>> {
    let reach = Reach::of(&call.actor, R::POLICY, None);
    let (row, mask) = R::find(&call.worker.lane, &reach, id).await?.ok_or_else(Error::not_found)?;
    let held = reach.held(&mask);
    Ok(Seen { row, held })
}

/// `GET /v1/{things}/{id}`: one statement.
pub async fn item<R: Stored>(call: Call) -> Result<Answer> {
    let seen = get::<R>(&call, call.id()?).await?;
    Ok(Answer::ok(object(&seen)?)?.etag(etag(&seen, &call.epoch)).unless_known(&call))
}

/// The row read before a write: in reach, or 404.
pub async fn load<R: Stored>(write: &mut Write, id: Uuid) -> Result<Seen<R>> {
    let reach = Reach::of(&write.actor, R::POLICY, None);
    let (row, mask) = R::find_for_write(write, &reach, id).await?.ok_or_else(Error::not_found)?;
    Ok(Seen { row, held: reach.held(&mask) })
}

/// Inserts a row where the actor may: one statement, which also tells what the actor is to the new row.
pub async fn insert<R: Stored>(write: &mut Write, action: &str, mut row: R) -> Result<Seen<R>> {
    row.stamp(write.number, write.now);
    let reach = Reach::of(&write.actor, R::POLICY, None);
    let mask = R::insert(write, &reach, &row).await.map_err(|error| explain::<R>(error, &row))?;
    let held = reach.held(&mask);
    let by = held.by(R::POLICY.create).ok_or_else(Error::forbidden)?.clone();
    write.record(action, R::POLICY, None, &row, Some(&by))?;
    Ok(Seen { row, held })
}

/// Writes a changed row: one statement, none when nothing changed. The row may not leave the reach of who changes it.
pub async fn save<R: Stored>(write: &mut Write, action: &str, grants: crate::access::roles::Grants, before: &Seen<R>, mut after: R) -> Result<Seen<R>> {
    if serde_json::to_value(&before.row)? == serde_json::to_value(&after)? {
        return Ok(before.clone());
    }
    after.stamp(write.number, write.now);
    let reach = Reach::of(&write.actor, R::POLICY, None);
    let mask = R::update(write, &reach, &after).await.map_err(|error| Error::from(error).explain(R::CONSTRAINTS))?;
    let held = reach.held(&mask);
    if before.held.by(grants).is_some() && (held.by(R::POLICY.read).is_none() || (action == "update" && held.by(grants).is_none())) {
        return Err(Error::forbidden());
    }
    let by = before.held.by(grants).cloned();
    write.record(action, R::POLICY, Some(&before.row), &after, by.as_ref())?;
    Ok(Seen { row: after, held })
}

fn explain<R: Stored>(error: diesel::result::Error, row: &R) -> Error {
    use diesel::result::{DatabaseErrorKind, Error as E};
    if let E::DatabaseError(DatabaseErrorKind::UniqueViolation, info) = &error {
        let name = info.constraint_name().unwrap_or_default();
        if name == format!("{}_id_key", R::KIND) || name == format!("{}_pkey", R::KIND) {
            return Error::new(&ID_TAKEN).member("id", row.id().to_string());
        }
    }
    Error::from(error).explain(R::CONSTRAINTS)
}

/// 412 with the current object and what changed since, unless the version is the one that was read.
pub async fn check_version<R: Stored>(write: &mut Write, seen: &Seen<R>, expected: IfMatch) -> Result<()> {
    let since = match expected {
        IfMatch::Whatever => return Ok(()),
        IfMatch::Version(version) if version == seen.row.version() => return Ok(()),
        IfMatch::Version(version) => version,
        IfMatch::Nothing => 0,
    };
    let changed = changed_since(write, seen.row.id(), since).await?;
    let visible: HashSet<String> = changed.into_iter().filter(|name| seen.held.sees(name)).map(|name| format!("/{name}")).collect();
    let mut visible: Vec<String> = visible.into_iter().collect();
    visible.sort();
    Err(Error::new(&PRECONDITION_FAILED).member("current", Value::Object(object(seen)?)).member("changed", visible).header("ETag", etag(seen, &write.epoch)))
}

async fn changed_since(write: &mut Write, row: Uuid, since: i64) -> Result<Vec<String>> {
    use crate::db::schema::journal;
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    let feed = write.feed;
    let changes: Vec<Value> = journal::table
        .filter(journal::feed_id.eq(feed).and(journal::row_id.eq(row)).and(journal::number.gt(since)))
        .select(journal::changes)
        .load(write.connection())
        .await?;
    Ok(changes.iter().filter_map(Value::as_object).flat_map(|map| map.keys().cloned()).collect())
}

/// One write from queue to commit. `body` gives the status and the row of the answer.
pub async fn write<R: Stored>(call: &Call, feed: Uuid, body: impl AsyncFnOnce(&mut Write) -> Result<(u16, Seen<R>)>) -> Result<Answer> {
    let retry = call.retry()?;
    let service = call.service();
    let _turn = service.queues.enter(feed).await?;
    let connection = service.database.connection().await?;
    let mut write = Write::begin(connection, feed, (*call.actor).clone(), call.now).await?;
    write.request_id = Some(call.request_id);
    write.epoch.clone_from(&call.epoch);
    let done = async {
        if let Some(retry) = &retry
            && let Some((status, row)) = write.replay(retry).await?
        {
            return Ok((status, load::<R>(&mut write, row).await?, true));
        }
        let (status, seen) = body(&mut write).await?;
        Ok((status, seen, false))
    };
    match done.await {
        Err(error) => {
            write.roll_back().await;
            Err(error)
        }
        Ok((status, seen, replayed)) => {
            let warnings = std::mem::take(&mut write.warnings);
            if write.changed() {
                write.commit(retry, status, seen.row.id()).await?;
                if feed == feeds::ACCOUNTS {
                    service.pulse.forget();
                }
            } else {
                write.roll_back().await;
            }
            let answer = written(call, status, &seen, &warnings)?;
            Ok(if replayed { answer.header("Idempotency-Replayed", "true") } else { answer })
        }
    }
}

fn written<R: Stored>(call: &Call, status: u16, seen: &Seen<R>, warnings: &[Warning]) -> Result<Answer> {
    let mut map = object(seen)?;
    if !warnings.is_empty() {
        map.insert("warnings".into(), warnings.iter().map(|warning| warning_json(warning, call.lang)).collect());
    }
    let answer = Answer::new(status, map)?.etag(etag(seen, &call.epoch));
    let place = R::POLICY.resource.replace('_', "-");
    Ok(if status == 201 { answer.header("Location", format!("/v1/{place}/{}", seen.row.id())) } else { answer })
}

/// A warning in the caller's language.
pub fn warning_json(warning: &Warning, lang: Lang) -> Value {
    json!({"code": warning.code, "pointer": warning.pointer, "detail": warning.detail.of(lang), "related": warning.related})
}

/// `POST /v1/{things}`. The same id with the same body gives the object as it is now; another body, or an id that
/// somebody else has, is a conflict.
pub async fn create<R: Stored>(call: &Call, feed: Uuid, id: Uuid, body: impl AsyncFnOnce(&mut Write) -> Result<R>) -> Result<Answer> {
    let made = write(call, feed, async |write| {
        let row = body(write).await?;
        Ok((201, insert(write, "create", row).await?))
    });
    or_again::<R>(call, id, made.await).await
}

/// What a creation under a taken id comes to.
pub async fn or_again<R: Stored>(call: &Call, id: Uuid, made: Result<Answer>) -> Result<Answer> {
    match made {
        Err(error) if error.problem() == &ID_TAKEN => again::<R>(call, id).await,
        other => other,
    }
}

async fn again<R: Stored>(call: &Call, id: Uuid) -> Result<Answer> {
    let seen = get::<R>(call, id).await.map_err(|_| Error::new(&ID_TAKEN))?;
    if seen.row.request_hash() != call.request_hash() {
        return Err(Error::new(&CONFLICT)
            .detail(said!("Mã định danh này đã được tạo với nội dung khác", "This id was created with another body"))
            .member("current", Value::Object(object(&seen)?)));
    }
    written(call, 200, &seen, &[])
}

/// The feed of a row, remembered since it never changes: else one statement more per write.
pub async fn feed_of<R: Stored>(call: &Call, id: Uuid) -> Result<Uuid> {
    let feeds = &call.service().feeds;
    if let Some(feed) = feeds.get(&id) {
        return Ok(feed);
    }
    let feed = R::feed_of(&call.worker.lane, id).await?.ok_or_else(Error::not_found)?;
    feeds.insert(id, feed);
    Ok(feed)
}

/// `PATCH /v1/{things}/{id}`: `body` makes the changed row of the one that was read.
pub async fn update<R: Stored>(call: &Call, body: impl AsyncFnOnce(&mut Write, &Seen<R>) -> Result<R>) -> Result<Answer> {
    update_then(call, body, async |_, _| Ok(())).await
}

/// The same, with something to do once the row is written.
pub async fn update_then<R: Stored>(
    call: &Call,
    body: impl AsyncFnOnce(&mut Write, &Seen<R>) -> Result<R>,
    then: impl AsyncFnOnce(&mut Write, &R) -> Result<()>,
) -> Result<Answer> {
    let id = call.id()?;
    let expected = call.if_match(true)?;
    let feed = feed_of::<R>(call, id).await?;
    write(call, feed, async |write| {
        let before = load::<R>(write, id).await?;
        before.held.require(R::POLICY.update)?;
        check_sent(call, &before.held)?;
        check_version(write, &before, expected).await?;
        let after = body(write, &before).await?;
        let seen = save(write, "update", R::POLICY.update, &before, after).await?;
        if write.changed() {
            then(write, &seen.row).await?;
        }
        Ok((200, seen))
    })
    .await
}

/// What one may not see one may not write: else the answer would tell whether the value was the same.
pub fn check_sent(call: &Call, held: &Held) -> Result<()> {
    let sent: Map<String, Value> = call.body()?;
    let hidden = sent.keys().filter(|name| !held.sees(name));
    let errors: Vec<FieldError> = hidden
        .map(|name| {
            FieldError::new(
                format!("/{name}"),
                "hidden_field",
                said!("Không được sửa trường không được xem", "A field that is hidden from you is not yours to change"),
            )
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::forbidden().with_errors(errors)) }
}

/// What every action's body may say.
#[derive(Debug, Default, Clone)]
pub struct Acting {
    pub reason: Option<String>,
    pub occurred_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// `POST /v1/{things}/{id}/actions/{action}`: right, version and status as the table says, then `body`, which may
/// change more than the status.
pub async fn act<R: Stored>(call: &Call, acting: Acting, body: impl AsyncFnOnce(&mut Write, &Seen<R>, R) -> Result<R>) -> Result<Answer> {
    act_then(call, acting, body, async |_, _| Ok(())).await
}

/// The same, with something to do once the row is written: sums that count it.
pub async fn act_then<R: Stored>(
    call: &Call,
    acting: Acting,
    body: impl AsyncFnOnce(&mut Write, &Seen<R>, R) -> Result<R>,
    then: impl AsyncFnOnce(&mut Write, &R) -> Result<()>,
) -> Result<Answer> {
    let super::operation::Kind::Act(step) = call.operation.kind else { return Err(Error::internal("not an action")) };
    let id = call.id()?;
    if step.needs(Need::Reason) && acting.reason.is_none() {
        return Err(Error::field("/reason", "required", said!("Cần nêu lý do", "Give a reason")));
    }
    let expected = call.if_match(step.needs(Need::Read))?;
    let feed = feed_of::<R>(call, id).await?;
    write(call, feed, async |write| {
        (write.reason, write.occurred_at) = (acting.reason, acting.occurred_at);
        let before = load::<R>(write, id).await?;
        before.held.require(step.by)?;
        if done_before(step, before.row.status()) {
            return Ok((200, before));
        }
        check_version(write, &before, expected).await?;
        if !step.from.contains(&before.row.status()) {
            return Err(before.held.wrong_state(step, before.row.status()));
        }
        let mut after = before.row.clone();
        if let Some(to) = step.to {
            after.set_status(to);
        }
        let after = body(write, &before, after).await?;
        let seen = save(write, step.action, step.by, &before, after).await?;
        if write.changed() {
            then(write, &seen.row).await?;
        }
        Ok((200, seen))
    })
    .await
}

/// Lead person and head both press start: the second finds it done.
fn done_before(step: &Step, status: &str) -> bool {
    step.to == Some(status) && !step.from.contains(&status)
}

/// Writes a row that follows from another change: no right of its own is asked for, the journal names the action.
pub async fn follow<R: Stored>(write: &mut Write, action: &str, before: &R, mut after: R) -> Result<()> {
    after.stamp(write.number, write.now);
    let reach = Reach::of(&write.actor, R::POLICY, None);
    R::update(write, &reach, &after).await.map_err(|error| Error::from(error).explain(R::CONSTRAINTS))?;
    write.record(action, R::POLICY, Some(before), &after, None)
}

/// What the actor may create at all, before anything is known of the row: 403 early for who has no such right.
pub fn may_create(actor: &Actor, policy: &'static Policy) -> Result<()> {
    let reach = Reach::of(actor, policy, None);
    let any = actor.system.is_some() || reach.clauses.iter().any(|c| policy.create.contains(&(c.role, c.relation)));
    if any { Ok(()) } else { Err(Error::forbidden()) }
}

/// Makes a row type a [`Stored`] table. `clause` tells what each relation means here; `filtered` applies the room's
/// own filters to a boxed query; each sort names a column that is never null, with its type.
#[macro_export]
macro_rules! room_store {
    (@search $rows:ident, $table:ident, none, $search:ident) => {{
        let _ = $search;
        $rows
    }};
    (@search $rows:ident, $table:ident, $exact:ident, $search:ident) => {
        $rows.filter($table::search.like($search.folded.clone()))
    };
    (@exact $table:ident, none, $search:ident) => {{
        let _ = $search;
        Box::new(false.into_sql::<diesel::sql_types::Bool>().nullable())
    }};
    (@exact $table:ident, $exact:ident, $search:ident) => {
        Box::new($table::$exact.ilike($search.exact.clone()).nullable())
    };
    (
        table: $table:ident, row: $row:ty, policy: $policy:expr, clause: $clause:path,
        filter: $filter:ty => $filtered:path,
        feed: $feed:expr, feed_column: $feed_column:expr, shared_feed: $shared:expr, commune_column: $commune_column:expr,
        place: $place:expr, status: $status:ty,
        search: $search:tt,
        sorts: { $($sort:literal => $column:ident: $kind:ty),+ $(,)? },
        depends: [$($depends:literal),+ $(,)?], constraints: $constraints:expr $(,)?
    ) => {
        impl $crate::journal::Row for $row {
            const KIND: &'static str = stringify!($table);
            fn id(&self) -> uuid::Uuid { self.id }
            fn feed(&self) -> uuid::Uuid { let feed: fn(&Self) -> uuid::Uuid = $feed; feed(self) }
            fn version(&self) -> i64 { self.version }
            fn status(&self) -> &'static str { self.status.name() }
            fn stamp(&mut self, version: i64, now: chrono::DateTime<chrono::Utc>) {
                self.version = version;
                self.updated_at = now;
            }
            fn place(&self) -> $crate::journal::Place { let place: fn(&Self) -> $crate::journal::Place = $place; place(self) }
        }

        impl $crate::web::store::Stored for $row {
            const POLICY: &'static $crate::access::reach::Policy = &$policy;
            const DEPENDS: &'static [&'static str] = &[$($depends),+];
            const CONSTRAINTS: &'static [$crate::error::Constraint] = $constraints;
            const SHARED_FEED: Option<uuid::Uuid> = $shared;
            type Filter = $filter;

            async fn page(lane: &$crate::db::Lane, query: &$crate::web::query::ListQuery<$filter>) -> $crate::error::Result<Vec<$crate::web::store::Found<Self>>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let exactly = |search: &Option<$crate::web::query::Search>| -> $crate::access::reach::Predicate<$table::table> {
                    match search {
                        Some(search) => $crate::room_store!(@exact $table, $search, search),
                        None => Box::new(false.into_sql::<diesel::sql_types::Bool>().nullable()),
                    }
                };
                let mut rows = $table::table
                    .select((Self::as_select(), query.reach.mask($clause), exactly(&query.search)))
                    .filter(query.reach.within(query.reach.policy.read, $clause))
                    .into_boxed();
                if let Some(commune) = query.commune {
                    rows = rows.filter($commune_column.eq(commune));
                }
                if let Some(search) = &query.search {
                    rows = $crate::room_store!(@search rows, $table, $search, search).order(exactly(&query.search).desc());
                }
                rows = $filtered(rows, query);
                match query.sort.as_str() {
                    $($sort => {
                        if let Some(after) = &query.after {
                            let key: $kind = serde_json::from_value(after.k.clone()).map_err(|_| $crate::error::Error::new(&$crate::error::INVALID_CURSOR))?;
                            let behind: $crate::access::reach::Predicate<$table::table> = if query.descending {
                                Box::new($table::$column.le(key.clone()).and($table::$column.lt(key).or($table::id.lt(after.i))).nullable())
                            } else {
                                Box::new($table::$column.ge(key.clone()).and($table::$column.gt(key).or($table::id.gt(after.i))).nullable())
                            };
                            rows = match (&query.search, after.r) {
                                (None, _) => rows.filter(behind),
                                (Some(_), true) => rows.filter(diesel::dsl::not(exactly(&query.search)).or(behind)),
                                (Some(_), false) => rows.filter(diesel::dsl::not(exactly(&query.search)).and(behind)),
                            };
                        }
                        rows = if query.descending {
                            rows.then_order_by(($table::$column.desc(), $table::id.desc()))
                        } else {
                            rows.then_order_by(($table::$column.asc(), $table::id.asc()))
                        };
                    })+
                    _ => return Err($crate::error::Error::internal("a sort that the table does not know")),
                }
                let connection = lane.connection().await?;
                let found: Vec<(Self, Vec<Option<bool>>, Option<bool>)> = rows.limit(query.limit).load(&mut &*connection).await?;
                Ok(found.into_iter().map(|(row, mask, exact)| (row, mask, exact.unwrap_or(false))).collect())
            }

            async fn total(lane: &$crate::db::Lane, query: &$crate::web::query::ListQuery<$filter>) -> $crate::error::Result<i64> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let exact: $crate::access::reach::Predicate<$table::table> = Box::new(false.into_sql::<diesel::sql_types::Bool>().nullable());
                let mut rows = $table::table
                    .select((Self::as_select(), query.reach.mask($clause), exact))
                    .filter(query.reach.within(query.reach.policy.read, $clause))
                    .into_boxed();
                if let Some(commune) = query.commune {
                    rows = rows.filter($commune_column.eq(commune));
                }
                if let Some(search) = &query.search {
                    rows = $crate::room_store!(@search rows, $table, $search, search);
                }
                let connection = lane.connection().await?;
                Ok($filtered(rows, query).count().get_result(&mut &*connection).await?)
            }

            async fn find(lane: &$crate::db::Lane, reach: &$crate::access::reach::Reach, id: uuid::Uuid) -> $crate::error::Result<Option<(Self, Vec<Option<bool>>)>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let connection = lane.connection().await?;
                let rows = $table::table.filter($table::id.eq(id)).filter(reach.within(reach.policy.read, $clause)).select((Self::as_select(), reach.mask($clause)));
                Ok(rows.first(&mut &*connection).await.optional()?)
            }

            async fn many(lane: &$crate::db::Lane, reach: &$crate::access::reach::Reach, ids: Vec<uuid::Uuid>) -> $crate::error::Result<Vec<(Self, Vec<Option<bool>>)>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let connection = lane.connection().await?;
                let rows = $table::table.filter($table::id.eq_any(ids)).filter(reach.within(reach.policy.read, $clause)).select((Self::as_select(), reach.mask($clause)));
                Ok(rows.load(&mut &*connection).await?)
            }

            async fn find_for_write(write: &mut $crate::journal::Write, reach: &$crate::access::reach::Reach, id: uuid::Uuid) -> $crate::error::Result<Option<(Self, Vec<Option<bool>>)>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let feed = write.feed;
                let rows = $table::table.filter($table::id.eq(id)).filter(reach.within(reach.policy.read, $clause)).select((Self::as_select(), reach.mask($clause)));
                let found: Option<(Self, Vec<Option<bool>>)> = rows.first(write.connection()).await.optional()?;
                // A row of another feed is not protected by this write's lock.
                Ok(found.filter(|(row, _)| $crate::journal::Row::feed(row) == feed))
            }

            async fn insert(write: &mut $crate::journal::Write, reach: &$crate::access::reach::Reach, row: &Self) -> diesel::QueryResult<Vec<Option<bool>>> {
                use diesel_async::RunQueryDsl;
                diesel::insert_into($table::table).values(row).returning(reach.mask($clause)).get_result(write.connection()).await
            }

            async fn update(write: &mut $crate::journal::Write, reach: &$crate::access::reach::Reach, row: &Self) -> diesel::QueryResult<Vec<Option<bool>>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                diesel::update($table::table.filter($table::id.eq(row.id))).set(row).returning(reach.mask($clause)).get_result(write.connection()).await
            }

            async fn feed_of(lane: &$crate::db::Lane, id: uuid::Uuid) -> $crate::error::Result<Option<uuid::Uuid>> {
                use diesel::prelude::*;
                use diesel_async::RunQueryDsl;
                let connection = lane.connection().await?;
                Ok($table::table.filter($table::id.eq(id)).select($feed_column).first(&mut &*connection).await.optional()?)
            }

            fn sort_key(&self, sort: &str) -> serde_json::Value {
                match sort {
                    $($sort => serde_json::json!(self.$column),)+
                    _ => serde_json::Value::Null,
                }
            }

            fn set_status(&mut self, status: &str) {
                if let Some(status) = <$status>::parse(status) {
                    self.status = status;
                }
            }

            fn request_hash(&self) -> &[u8] {
                &self.request_hash
            }
        }
    };
}
