//! The parameters that every list has.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use super::body;
use super::call::Call;
use super::cursor::{self, Position};
use super::format::Format;
use super::include::Include;
use super::parameters;
use crate::access::reach::Reach;
use crate::access::relations::MEANING;
use crate::access::roles::class_of;
use crate::db::sql::Sql;
use crate::error::{COMMUNE_REQUIRED, Error, Result};
use crate::said;
use crate::text::{compose, fold};
use crate::web::operation::Kind;

pub const DEFAULT_LIMIT: i64 = 50;
pub const MAX_LIMIT: i64 = 200;

/// The parameters of all lists, beside a room's own filters.
const STANDARD: &[&str] = &["commune", "limit", "cursor", "sort", "q", "count", "include", "format", "columns", "mine"];

#[derive(Debug, Deserialize)]
struct Standard {
    commune: Option<Uuid>,
    limit: Option<i64>,
    cursor: Option<String>,
    sort: Option<String>,
    q: Option<String>,
    count: Option<bool>,
    include: Option<String>,
    format: Option<String>,
    columns: Option<String>,
    mine: Option<bool>,
}

/// A list request, checked: all but the room's own parameters, which it reads with [`filter`](Self::filter).
#[derive(Debug)]
pub struct ListQuery {
    /// The one commune that the list is of; none for the lists of shared tables.
    pub commune: Option<Uuid>,
    pub limit: i64,
    pub after: Option<Position>,
    /// One of the operation's sorts, without its minus.
    pub sort: String,
    pub descending: bool,
    pub search: Option<Search>,
    pub count: bool,
    pub include: Vec<&'static Include>,
    pub format: Option<Format>,
    /// A table is for people, not for programs.
    pub people: bool,
    own: Vec<(String, String)>,
    /// What rows have to fulfil beside reach and search.
    pub conditions: Vec<Sql>,
    pub reach: Reach,
    /// Caller and query: what a cursor of this list is bound to.
    pub bound: Vec<u8>,
}

/// Words to look for.
#[derive(Debug, Clone)]
pub struct Search {
    /// Each word, as a LIKE pattern over folded text: all of them are there, in any order.
    pub words: Vec<String>,
    /// As a LIKE pattern over the text as written.
    pub exact: String,
}

impl Search {
    pub fn new(text: &str) -> Self {
        let pattern = |text: &str| format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        Self { words: fold(text).split(' ').map(pattern).collect(), exact: pattern(compose(text).trim()) }
    }
}

impl ListQuery {
    /// Parses and checks everything but the filters.
    pub fn parse(call: &Call) -> Result<Self> {
        let Kind::List { sorts, includes, commune: needs_commune, search: searchable } = call.operation.kind else {
            return Err(Error::internal("not a list"));
        };
        let pairs = pairs(call)?;
        let (standard, own): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|(name, _)| STANDARD.contains(&name.as_str()));
        let standard: Standard = body::query(&standard)?;
        let policy = call.policy()?;

        let commune = if needs_commune { Some(one_commune(call, standard.commune)?) } else { None };
        let reach = Reach::of(&call.actor, policy, commune);
        if standard.mine == Some(true) && !policy.has_own() {
            return Err(Error::field("?mine", "unknown_field", said!("Danh sách này không có dòng của riêng ai", "Nothing in this list is somebody's own")));
        }
        let mut reach = if standard.mine == Some(true) { reach.own() } else { reach };
        let mut fields: Vec<String> = own.iter().map(|(name, _)| name.trim_end_matches("_from").trim_end_matches("_to").to_owned()).collect();
        let sorted = standard.sort.as_deref().map(|sort| sort.trim_start_matches('-'));
        fields.extend(searchable.iter().filter(|field| standard.q.is_some() || sorted == Some(**field)).map(|field| (*field).to_owned()));
        for field in fields {
            reach = reach.seeing(class_of(policy.fields, &field)).ok_or_else(|| {
                let detail = said!(
                    "Không được lọc, tìm hoặc sắp xếp theo \"{field}\" vì không được xem trường này",
                    "You may not filter, search or sort by \"{field}\": it is hidden from you"
                );
                Error::field(format!("?{field}"), "filter_not_allowed", detail)
            })?;
        }
        let limit = standard.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Error::field("?limit", "out_of_range", said!("Giá trị phải từ 1 … {MAX_LIMIT}", "The value must be from 1 … {MAX_LIMIT}")));
        }
        let sort = standard.sort.clone().unwrap_or_else(|| sorts.first().copied().unwrap_or_default().into());
        if !sorts.contains(&sort.trim_start_matches('-')) {
            let known = sorts.join(", ");
            return Err(Error::field(
                "?sort",
                "unknown_value",
                said!("Giá trị phải là một trong: {known} (thêm dấu - để đảo thứ tự)", "The value must be one of: {known} (a leading - turns the order)"),
            ));
        }
        let mut include: Vec<&'static Include> = vec![];
        for name in standard.include.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
            let known = includes.iter().map(|i| i.name).collect::<Vec<_>>().join(", ");
            let found = includes.iter().find(|i| i.name == name).ok_or_else(|| {
                Error::field(
                    "?include",
                    "unknown_value",
                    said!("Không thể kèm \"{name}\"; có thể kèm: {known}", "\"{name}\" cannot be included; these can: {known}"),
                )
            })?;
            // Each is a statement: named twice, it is still asked once.
            if !include.iter().any(|there| there.name == found.name) {
                include.push(found);
            }
        }
        let search = match standard.q.as_deref().map(str::trim) {
            None => None,
            Some(_) if searchable.is_empty() => {
                return Err(Error::field("?q", "unknown_field", said!("Danh sách này không có tìm kiếm", "This list has no search")));
            }
            Some(text) if (2..=100).contains(&text.chars().count()) => Some(Search::new(text)),
            Some(_) => return Err(Error::field("?q", "out_of_range", said!("Từ khóa phải dài 2 đến 100 ký tự", "A search has 2 to 100 characters"))),
        };
        let format = Format::asked(call, standard.format.as_deref(), call.operation.formats)?;
        let people = for_people(format, standard.columns.as_deref())?;
        let bound = bound_to(call, &pairs);
        let after = standard.cursor.as_deref().map(|text| cursor::read(&call.worker.service.secret, &bound, &call.epoch, text)).transpose()?;
        Ok(Self {
            commune,
            limit,
            after,
            descending: sort.starts_with('-'),
            sort: sort.trim_start_matches('-').into(),
            search,
            count: standard.count.unwrap_or(false),
            include,
            format,
            people,
            own,
            conditions: vec![],
            reach,
            bound,
        })
    }

    /// The room's own parameters.
    pub fn filter<F: DeserializeOwned>(&self) -> Result<F> {
        body::query(&self.own)
    }

    pub fn cursor(&self, call: &Call, at: Position) -> Result<String> {
        cursor::write(&call.worker.service.secret, &self.bound, &call.epoch, at)
    }

    /// What of the list's answer does not follow from the rows: reach, query and language.
    pub fn fingerprint(&self, call: &Call) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.bound);
        hash.update(format!("{MEANING}|{:?}|{:?}|{}|{:?}", self.reach.clauses, self.after, self.limit, self.format));
        hash.update(call.epoch.as_bytes());
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Whether a file's columns are those for people.
fn for_people(format: Option<Format>, columns: Option<&str>) -> Result<bool> {
    let table = matches!(format, Some(Format::Csv | Format::Xlsx));
    // Of pages it says nothing: generated clients send each parameter's default.
    match columns {
        None | Some("people") => Ok(table),
        Some("data") => Ok(false),
        Some(_) => Err(Error::field("?columns", "unknown_value", said!("Giá trị phải là một trong: people, data", "The value must be one of: people, data"))),
    }
}

/// The parameters of a request: each once, but lists.
pub fn pairs(call: &Call) -> Result<Vec<(String, String)>> {
    let own = |name: &str| call.operation.parameters.iter().any(|known| known.name == name && matches!(known.schema, Some(RefOr::T(Schema::Array(_)))));
    Ok(parameters::parse(call.query.as_bytes(), |name| name == "include" || own(name))?)
}

/// An answer is of one commune: named, or the caller's only one.
pub fn one_commune(call: &Call, named: Option<Uuid>) -> Result<Uuid> {
    named.or_else(|| call.actor.only_commune()).ok_or_else(|| {
        Error::new(&COMMUNE_REQUIRED).detail(said!("Thêm tham số commune=<id của xã>", "Add the parameter commune=<id of a commune>")).with_errors(vec![
            crate::error::FieldError::new("?commune", "required", said!("Thiếu tham số \"commune\"", "The parameter \"commune\" is required")),
        ])
    })
}

fn bound_to(call: &Call, pairs: &[(String, String)]) -> Vec<u8> {
    let mut rest: Vec<_> = pairs.iter().filter(|(name, _)| name != "cursor" && name != "limit").collect();
    rest.sort();
    json!([call.actor.caller_id(), call.operation.id, rest]).to_string().into_bytes()
}
