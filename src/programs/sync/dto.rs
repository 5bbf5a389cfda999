//! What a sync asks and answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::sources::{self, SOURCES};
use crate::error::{Error, Result};
use crate::said;
use crate::text_enum;
use crate::web::call::Call;
use crate::web::table::{Object, Shown, Source, array};
use crate::web::{body, query, shapes};

/// Objects on a page when nothing else is asked for.
const DEFAULT_LIMIT: i64 = 500;
const MAX_LIMIT: i64 = 1_000;

/// What a sync may be asked with.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SyncQuery {
    /// The commune; may be left out by callers with rights in exactly one.
    commune: Option<Uuid>,
    /// The kinds to synchronise, separated by commas, for example `activities,sign-ups,volunteers`. A kind that is not
    /// named never comes; to add one, begin a sync of its own for it.
    #[param(value_type = Vec<String>)]
    resources: String,
    /// `next_cursor` of the answer before; left out the first time. Bound to the caller, the commune and the kinds.
    cursor: Option<String>,
    /// Adds to each row with a status what the caller is to it (`rights`), so that a phone computes the very actions that
    /// `allowed_actions` would name. A copy is begun with or without.
    #[param(default = false)]
    rights: Option<bool>,
    /// Changes on a page, 1 to 1,000; 500 when left out. A page may hold some more: rows that follow a change come with it.
    #[param(minimum = 1, maximum = 1000, default = 500)]
    limit: Option<i64>,
}

/// What checksums may be asked with.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChecksumQuery {
    /// The commune; may be left out by callers with rights in exactly one.
    commune: Option<Uuid>,
    /// The kinds, separated by commas, as in the sync.
    #[param(value_type = Vec<String>)]
    resources: String,
    /// The cursor at which the copy stands: with it the answer says whether something changed since.
    cursor: Option<String>,
    /// Whether the copy was begun with `rights=true`: its cursor knows.
    rights: Option<bool>,
}

/// A request, checked.
pub struct Asked {
    pub commune: Uuid,
    pub sources: Vec<&'static Source>,
    /// Rows come with what the caller is to them.
    pub rights: bool,
    pub limit: i64,
    pub cursor: Option<String>,
}

impl Asked {
    pub fn sync(call: &Call) -> Result<Self> {
        let SyncQuery { commune, resources, cursor, rights, limit } = body::query(&query::pairs(call)?)?;
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Error::field("?limit", "out_of_range", said!("Giá trị phải từ 1 … {MAX_LIMIT}", "The value must be from 1 … {MAX_LIMIT}")));
        }
        Ok(Self { rights: rights.unwrap_or(false), ..Self::new(call, commune, &resources, cursor, limit)? })
    }

    pub fn checksums(call: &Call) -> Result<Self> {
        let ChecksumQuery { commune, resources, cursor, rights } = body::query(&query::pairs(call)?)?;
        Ok(Self { rights: rights.unwrap_or(false), ..Self::new(call, commune, &resources, cursor, MAX_LIMIT)? })
    }

    fn new(call: &Call, commune: Option<Uuid>, resources: &str, cursor: Option<String>, limit: i64) -> Result<Self> {
        let commune = query::one_commune(call, commune)?;
        let mut kinds = vec![];
        for name in resources.split(',').map(str::trim) {
            // Named like its path or like its kind in the journal.
            let source = sources::named(&name.replace('-', "_")).ok_or_else(|| {
                let known = SOURCES.iter().map(|source| source.kind).collect::<Vec<_>>().join(", ");
                Error::field(
                    "?resources",
                    "unknown_value",
                    said!("Không thể đồng bộ \"{name}\"; có thể: {known}", "\"{name}\" cannot be synchronised; these can: {known}"),
                )
            })?;
            kinds.push(source.kind);
        }
        let sources = SOURCES.iter().filter(|source| kinds.contains(&source.kind)).collect();
        Ok(Self { commune, sources, rights: false, limit, cursor })
    }

    /// What a copy of some kinds is asked for with.
    pub fn of(commune: Uuid, kinds: &[&str]) -> Self {
        Self { commune, sources: SOURCES.iter().filter(|source| kinds.contains(&source.kind)).collect(), rights: false, limit: DEFAULT_LIMIT, cursor: None }
    }

    /// What a cursor is bound to: caller, commune, kinds, and whether rows come with rights.
    pub fn bound(&self, call: &Call) -> Vec<u8> {
        let kinds: Vec<&str> = self.sources.iter().map(|source| source.kind).collect();
        let bound =
            if self.rights { json!([call.actor.caller_id(), self.commune, kinds, "rights"]) } else { json!([call.actor.caller_id(), self.commune, kinds]) };
        bound.to_string().into_bytes()
    }
}

text_enum! {
    /// Why a row has to be deleted from a copy.
    pub enum RemovalReason {
        /// The caller may not see it any more.
        OutOfReach = "out_of_reach" ("Không còn trong phạm vi được xem", "Out of reach"),
        /// It is gone altogether.
        Purged = "purged" ("Đã xóa", "Purged"),
    }
}

/// What a page holds, by kind.
#[derive(Debug, Default)]
pub struct Changes {
    kinds: BTreeMap<&'static str, ChangesOfKind>,
    /// Rows come with what the caller is to them.
    rights: bool,
}

#[derive(Debug, Default)]
struct ChangesOfKind {
    upserted: BTreeMap<Uuid, Object>,
    removed: BTreeMap<Uuid, RemovalReason>,
}

impl Changes {
    pub fn new(asked: &Asked) -> Self {
        Self { rights: asked.rights, ..Self::default() }
    }

    pub fn upsert(&mut self, source: &'static Source, rows: Vec<Shown>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let with_rights = self.rights && !source.policy.lifecycle.steps.is_empty();
        let of = self.kinds.entry(source.kind).or_default();
        for mut row in rows {
            if with_rights {
                let mut rights: Vec<String> = row.rights.iter().map(|(role, relation)| format!("{}:{}", role.name(), relation.name())).collect();
                rights.sort_unstable();
                rights.dedup();
                row.object.insert("rights", &rights)?;
            }
            of.removed.remove(&row.id);
            of.upserted.insert(row.id, row.object);
        }
        Ok(())
    }

    pub fn remove(&mut self, kind: &'static str, rows: impl IntoIterator<Item = Uuid>, reason: RemovalReason) {
        for row in rows {
            let of = self.kinds.entry(kind).or_default();
            of.upserted.remove(&row);
            of.removed.insert(row, reason);
        }
    }

    pub fn count(&self) -> i64 {
        let count: usize = self.kinds.values().map(|of| of.upserted.len() + of.removed.len()).sum();
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    /// `{"hamlets": {"upserted": [...], "removed": [...]}}`
    pub fn object(self) -> Result<Object> {
        let mut out = vec![b'{'];
        for (n, (kind, of)) in self.kinds.into_iter().enumerate() {
            out.extend_from_slice(format!("{}\"{kind}\":{{\"upserted\":", if n > 0 { "," } else { "" }).as_bytes());
            array(of.upserted.values(), &mut out);
            let removed: Vec<RemovedRow> = of.removed.into_iter().map(|(id, reason)| RemovedRow { id, reason }).collect();
            out.extend_from_slice(b",\"removed\":");
            serde_json::to_writer(&mut out, &removed)?;
            out.push(b'}');
        }
        out.push(b'}');
        Ok(Object::written(out))
    }
}

/// A row to delete from the copy.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemovedRow {
    /// The row's id.
    pub id: Uuid,
    /// Why.
    pub reason: RemovalReason,
}

/// The schema of changes: each kind with its own objects, so that generated clients know them.
fn changes(out: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    let removed = shapes::plain::<RemovedRow>(out);
    let mut changes = ObjectBuilder::new().description(Some("By kind; a kind without changes is left out."));
    for source in SOURCES.iter() {
        let upserted = ArrayBuilder::new().items((source.schema)(out)).description(Some("Rows as they are now, without `allowed_actions`."));
        let removed = ArrayBuilder::new().items(removed.clone()).description(Some("Rows to delete from the copy."));
        let of = ObjectBuilder::new()
            .description(Some("The changes of this kind."))
            .property("upserted", upserted)
            .required("upserted")
            .property("removed", removed)
            .required("removed");
        changes = changes.property(source.kind, of);
    }
    out.push(("SyncChanges".into(), changes.into()));
    RefOr::Ref(Ref::from_schema_name("SyncChanges"))
}

/// What a page and an event of the stream have in common.
fn changed(description: &str, out: &mut Vec<(String, RefOr<Schema>)>) -> ObjectBuilder {
    ObjectBuilder::new()
        .description(Some(description))
        .property("changes", changes(out))
        .required("changes")
        .property("has_more", ObjectBuilder::new().schema_type(Type::Boolean).description(Some("Ask again at once; the copy is whole when it is false.")))
        .required("has_more")
}

/// The schema of the data of a stream's event.
pub fn event(out: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    let event = changed("The data of an event `changes`: a page of a sync, whose cursor is the event's id.", out);
    out.push(("StreamChanges".into(), event.into()));
    RefOr::Ref(Ref::from_schema_name("StreamChanges"))
}

/// The schema of a page.
pub fn page(out: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    let page = changed("What changed; applied whole.", out)
        .property("next_cursor", ObjectBuilder::new().schema_type(Type::String).description(Some("Keep it with the copy, and send it the next time.")))
        .required("next_cursor");
    out.push(("SyncPage".into(), page.into()));
    RefOr::Ref(Ref::from_schema_name("SyncPage"))
}

/// The checksum of a kind's rows in one hamlet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checksum {
    /// The kind.
    pub resource: &'static str,
    /// The `hamlet_id` of the rows; null for rows without one.
    pub hamlet_id: Option<Uuid>,
    /// Rows.
    #[schema(minimum = 1)]
    pub count: usize,
    /// SHA-256, as 64 hexadecimal digits, over the lines `<id> <version>\n` in the order of ids.
    pub sha256: String,
}

/// The checksums of all that the caller may see of some kinds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checksums {
    /// By kind and hamlet; what has no rows is left out.
    pub items: Vec<Checksum>,
    /// With a cursor: something changed after it, so that the copy has to be brought up to date before it is compared.
    pub changed_since: Option<bool>,
}
