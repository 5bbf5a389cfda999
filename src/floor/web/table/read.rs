//! What leaves a table: one projection, list, item.

use serde_json::Value;
use uuid::Uuid;

use super::change::feed_of;
use super::export::{Page, export};
use super::object::Object;
use super::projection::Projection;
use super::record::Filter as _;
use super::store::{Found, Stored};
use crate::access::reach::Reach;
use crate::error::{Error, Result};
use crate::journal::Seen;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::cursor::Position;
use crate::web::include::Included;
use crate::web::query::ListQuery;

/// The row as this actor sees it: its fields and what may happen next.
pub fn object<R: Stored>(call: &Call, seen: &Seen<R>) -> Result<Object> {
    Ok(Object::written(object_onto(call, seen, Vec::with_capacity(ABOUT))?))
}

/// The same at the end of a buffer.
fn object_onto<R: Stored>(call: &Call, seen: &Seen<R>, out: Vec<u8>) -> Result<Vec<u8>> {
    let mut out = fields_onto(call, seen, out)?;
    if !R::POLICY.lifecycle.steps.is_empty() {
        out.pop();
        out.extend_from_slice(b",\"allowed_actions\":");
        serde_json::to_writer(&mut out, &seen.held.allowed_actions(seen.row.status()))?;
        out.push(b'}');
    }
    Ok(out)
}

/// About how long an object is, in bytes.
const ABOUT: usize = 1_536;

/// The row's fields as this actor sees them: hidden ones absent and named. The one projection, for every way out.
/// What it shows of contact and sensitive fields goes to the reader log.
pub fn fields<R: Stored>(call: &Call, seen: &Seen<R>) -> Result<Object> {
    Ok(Object::written(fields_onto(call, seen, Vec::with_capacity(ABOUT))?))
}

fn fields_onto<R: Stored>(call: &Call, seen: &Seen<R>, out: Vec<u8>) -> Result<Vec<u8>> {
    let mut projection = Projection::onto(out, seen.held.classes());
    seen.row.project(&mut projection);
    let (out, told) = projection.end_object()?;
    call.shown.note(&seen.held, seen.row.feed(), seen.row.id(), &told);
    Ok(out)
}

/// The tag of one object: its version, then what of it depends on who asks, and on the epoch: after a restore numbers
/// come again that clients know from before.
pub fn etag<R: Stored>(seen: &Seen<R>, epoch: &str) -> String {
    let actions = seen.held.allowed_actions(seen.row.status()).join(",");
    let view = actions.bytes().chain(epoch.bytes()).fold(u32::from(seen.held.classes().bits()), |hash, byte| hash.wrapping_mul(16_777_619) ^ u32::from(byte));
    format!("\"{}-{view:x}\"", seen.row.version())
}

async fn objects<R: Stored>(call: &Call, query: &ListQuery) -> Result<Page> {
    let shown = |(row, mask, exact): Found<R>| {
        let at = Position { k: row.sort_key(&query.sort), i: row.id(), r: exact };
        Ok((object(call, &Seen { row, held: query.reach.held(&mask) })?.map()?, at))
    };
    R::page(&call.worker.lane, query).await?.into_iter().map(shown).collect()
}

/// `GET /v1/{things}`: the marks, one statement for the page, one for `count`, one for each `include`.
pub async fn list<R: Stored>(call: Call) -> Result<Answer> {
    let mut query = ListQuery::parse(&call)?;
    query.conditions = query.filter::<R::Filter>()?.conditions();
    if let (Some(format), true) = (query.format, query.people) {
        // No tag: it has names of rows that the list does not depend on.
        return export(&call, query, format, async |query| objects::<R>(&call, query).await).await;
    }
    let etag = list_tag(&call, &query, R::TABLE.shared_feed, R::depends()).await?;
    if call.has(&etag) {
        return Ok(Answer { status: 304, etag: Some(etag), ..Answer::empty() });
    }
    if let Some(format) = query.format {
        return Ok(export(&call, query, format, async |query| objects::<R>(&call, query).await).await?.etag(etag));
    }
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    query.limit += 1;
    let lane = &call.worker.lane;
    let mut found = R::page(lane, &query).await?;
    let more = found.len() > wanted;
    found.truncate(wanted);
    let last = found.last().filter(|_| more).map(|(row, _, exact)| Position { k: row.sort_key(&query.sort), i: row.id(), r: *exact });
    let mut included = Included::of(&query.include);
    let mut body = Vec::with_capacity(found.len() * ABOUT + 256);
    body.extend_from_slice(b"{\"items\":[");
    for (i, (row, mask, _)) in found.into_iter().enumerate() {
        let seen = Seen { row, held: query.reach.held(&mask) };
        included.refer(&seen);
        if i > 0 {
            body.push(b',');
        }
        body = object_onto(&call, &seen, body)?;
    }
    let total = if query.count { Some(R::total(lane, &query).await?) } else { None };
    Ok(list_answer(&call, &query, body, included, last, total).await?.etag(etag))
}

/// The tag of a list: the marks of all that it may change with. Before the page, so that it is never newer than the rows.
async fn list_tag(call: &Call, query: &ListQuery, shared_feed: Option<Uuid>, depends: &[String]) -> Result<String> {
    let feed = shared_feed.or(query.commune).ok_or_else(|| Error::internal("a list without a feed"))?;
    let included = query.include.iter().flat_map(|include| (include.depends)());
    let depends: Vec<&str> = depends.iter().chain(included).map(String::as_str).collect();
    let marks = call.worker.marks.read(&call.worker.lane, feed, &depends).await?;
    let newest = marks.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let marks: String = marks.iter().map(|(_, number)| format!("{number:x}.")).collect();
    Ok(format!("\"{newest}-{marks}{}\"", query.fingerprint(call)))
}

/// The rest of a list, behind its last item.
async fn list_answer(call: &Call, query: &ListQuery, mut body: Vec<u8>, included: Included<'_>, last: Option<Position>, total: Option<i64>) -> Result<Answer> {
    let next = last.map(|at| query.cursor(call, at)).transpose()?;
    body.push(b']');
    if !query.include.is_empty() {
        body.extend_from_slice(b",\"included\":");
        included.load(call, query.commune, &mut body).await?;
    }
    body.extend_from_slice(b",\"next_cursor\":");
    serde_json::to_writer(&mut body, &next)?;
    if let Some(total) = total {
        body.extend_from_slice(b",\"total\":");
        serde_json::to_writer(&mut body, &total)?;
    }
    body.push(b'}');
    Ok(with_link(call, Answer::written(200, body), next.as_deref()))
}

/// A longer header is one that proxies and client libraries refuse; `next_cursor` is there in any case.
const LONGEST_LINK: usize = 4_000;

/// `Link: <...>; rel="next"` (RFC 8288).
pub fn with_link(call: &Call, answer: Answer, next: Option<&str>) -> Answer {
    match next.map(|cursor| next_address(call, cursor)) {
        Some(address) if address.len() <= LONGEST_LINK => answer.header("Link", format!("<{address}>; rel=\"next\"")),
        _ => answer,
    }
}

fn next_address(call: &Call, cursor: &str) -> String {
    let pairs = form_urlencoded::parse(call.query.as_bytes()).filter(|(name, _)| name != "cursor");
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).append_pair("cursor", cursor).finish();
    format!("{}?{query}", call.operation.path)
}

/// One row inside the caller's reach. One statement where it is known in which commune it lies, or where the caller has one
/// commune alone; else one more, once for each row: whose rows lie apart by communes finds it there only.
pub async fn get<R: Stored>(call: &Call, id: Uuid) -> Result<Seen<R>> {
    if R::TABLE.shared_feed.is_some() {
        return in_commune(call, id, None).await?.ok_or_else(Error::not_found);
    }
    let likely = call.service().feeds.get(&(R::KIND, id)).or_else(|| call.actor.only_commune());
    if likely.is_some()
        && let Some(seen) = in_commune(call, id, likely).await?
    {
        return Ok(seen);
    }
    let feed = feed_of::<R>(call, id).await?;
    if likely == Some(feed) {
        return Err(Error::not_found());
    }
    in_commune(call, id, Some(feed)).await?.ok_or_else(Error::not_found)
}

async fn in_commune<R: Stored>(call: &Call, id: Uuid, commune: Option<Uuid>) -> Result<Option<Seen<R>>> {
    let reach = Reach::of(&call.actor, R::POLICY, commune);
    let found = R::find(&call.worker.lane, &reach, id).await?;
    Ok(found.map(|(row, mask)| Seen { row, held: reach.held(&mask) }))
}

/// Rows by id as the caller may see them, in the order of ids; those that are not in reach are left out. Rows of communes lie
/// in the one that is named.
pub async fn objects_of<R: Stored>(call: &Call, commune: Uuid, ids: Vec<Uuid>) -> Result<Vec<Object>> {
    let reach = Reach::of(&call.actor, R::POLICY, R::TABLE.within(Some(commune)));
    let mut found = R::many(&call.worker.lane, &reach, ids).await?;
    found.sort_by_key(|(row, _)| row.id());
    found.into_iter().map(|(row, mask)| object(call, &Seen { row, held: reach.held(&mask) })).collect()
}

/// The same as values, for what is put together of several tables.
pub async fn values_of<R: Stored>(call: &Call, commune: Uuid, ids: Vec<Uuid>) -> Result<Value> {
    let objects = objects_of::<R>(call, commune, ids).await?;
    objects.iter().map(|object| Ok(Value::Object(object.map()?))).collect()
}

/// `GET /v1/{things}/{id}`: one statement.
pub async fn item<R: Stored>(call: Call) -> Result<Answer> {
    let seen = get::<R>(&call, call.id()?).await?;
    Ok(Answer::written(200, object(&call, &seen)?.into_bytes()).etag(etag(&seen, &call.epoch)).unless_known(&call))
}
