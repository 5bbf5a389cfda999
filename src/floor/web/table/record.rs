//! What a record is to the floor: what `#[record]` makes of the one list of its fields.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::deserialize::FromSqlRow;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::kinds::Kinds;
use super::projection::Projection;
use super::source::Follows;
use crate::access::reach::Policy;
use crate::access::relations::Lies;
use crate::db::sql::{Bind, Sql};
use crate::error::Constraint;
use crate::journal::Row;
use crate::text::Text;

/// A table as the floor's statements need it.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    /// The same, each with the table's name, as they are selected.
    pub selected: &'static str,
    /// The column that a list's `commune` narrows; of rows of communes always `commune_id`.
    pub commune: Option<&'static str>,
    /// The feed of all rows, where it is not the row's commune.
    pub shared_feed: Option<Uuid>,
    /// The fields whose words are found, folded, in `search`; what holds them as written in the first comes first.
    pub search: &'static [&'static str],
    pub sorts: &'static [&'static str],
    /// What a broken constraint means.
    pub taken: &'static [Constraint],
    /// What else than its own change lets a row enter or leave somebody's reach.
    pub follows: &'static [Follows],
    pub lies: &'static Lies,
}

impl Table {
    /// The commune in which rows lie that are asked for in one: none where all communes share them.
    pub fn within(&self, commune: Option<Uuid>) -> Option<Uuid> {
        commune.filter(|_| self.shared_feed.is_none())
    }
}

/// A row made of one list of fields; see [`record`](danvan_macros::record).
pub trait Record: Row + FromSqlRow<Self::Sql, Pg> + Sync {
    const POLICY: &'static Policy;
    const TABLE: &'static Table;
    /// Fields that the office alone changes: who may create such rows.
    const OFFICE: &'static [&'static str];
    /// The SQL types of the row.
    type Sql;
    type Filter: Filter;

    /// The kinds whose marks tell whether a list of this table may have changed.
    fn depends() -> &'static [String];
    /// Binds the value of a column, by its place in [`Table::columns`].
    fn bind<'b>(&'b self, column: usize, out: AstPass<'_, 'b, Pg>) -> QueryResult<()>;
    /// Hands over the fields in their order, each with its class.
    fn project(&self, out: &mut Projection);
    /// The id that a field holds.
    fn reference(&self, field: &str) -> Option<Uuid>;
    /// What a cursor keeps of the row in a sort.
    fn sort_key(&self, sort: &str) -> Value;
    /// The same on its way back into the database.
    fn sort_bind(sort: &str, key: &Value) -> Option<Bind>;
    /// What people call a status; the lifecycle names none that has no label.
    fn status_label(status: &str) -> Option<Text>;
    fn set_status(&mut self, status: &str);
    fn request_hash(&self) -> &[u8];
    /// The codes of kinds that the operator keeps.
    fn kinds(&self) -> Vec<Kinds<'_>> {
        vec![]
    }
    /// Brings in step what follows from other fields: the column of words that are searched, and what the room says.
    #[must_use]
    fn derived(self) -> Self {
        self
    }
}

/// A record that is created by what its fields say.
pub trait Created: Record {
    type New: New<Self>;
}

/// A record that is changed by what its fields say.
pub trait Changed: Record {
    type Patch: Patch<Self>;
}

/// What a creation sends.
pub trait New<R>: DeserializeOwned {
    fn id(&self) -> Option<Uuid>;
    fn feed(&self) -> Uuid;
    /// The row that it asks for.
    fn row(self, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> R;
}

/// What a change sends.
pub trait Patch<R>: DeserializeOwned {
    /// The row with the changes.
    fn onto(self, row: R) -> R;
}

/// A list's own parameters.
pub trait Filter: DeserializeOwned {
    /// What rows have to fulfil, all of it.
    fn conditions(&self) -> Vec<Sql>;
}

/// Fields that words are looked for in.
pub trait Words {
    fn words<'w>(&'w self, words: &mut Vec<&'w str>);
}

impl Words for String {
    fn words<'w>(&'w self, words: &mut Vec<&'w str>) {
        words.push(self);
    }
}
impl Words for Option<String> {
    fn words<'w>(&'w self, words: &mut Vec<&'w str>) {
        words.extend(self.as_deref());
    }
}
impl Words for Vec<String> {
    fn words<'w>(&'w self, words: &mut Vec<&'w str>) {
        words.extend(self.iter().map(String::as_str));
    }
}
