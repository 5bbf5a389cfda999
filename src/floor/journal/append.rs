//! The last statement of a write: journal rows, marks and the retry key together.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Binary, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::write::{Place, Row, Write};
use crate::access::reach::Policy;
use crate::access::roles::{Class, Fields, class_of};
use crate::error::Result;
use crate::statement;

/// One journal row to be.
#[derive(Debug, Default, Serialize)]
pub struct Entry {
    pub seq: i32,
    pub occurred_at: Option<DateTime<Utc>>,
    pub kind: &'static str,
    pub row_id: Uuid,
    pub action: String,
    pub changes: Value,
    pub reason: Option<String>,
    pub role: Option<&'static str>,
    pub acting_for: Option<Uuid>,
    pub old_campaign_id: Option<Uuid>,
    pub old_hamlet_id: Option<Uuid>,
    pub old_unit_id: Option<Uuid>,
    pub old_owner_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub hamlet_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub owner_id: Option<Uuid>,
}

impl Entry {
    pub fn place(mut self, old: Place, new: Place) -> Self {
        (self.old_campaign_id, self.old_hamlet_id, self.old_unit_id, self.old_owner_id) = (old.campaign_id, old.hamlet_id, old.unit_id, old.owner_id);
        (self.campaign_id, self.hamlet_id, self.unit_id, self.owner_id) = (new.campaign_id, new.hamlet_id, new.unit_id, new.owner_id);
        self
    }
}

/// Which fields changed, from what to what: `{"name": ["Ấp 1", "Ấp Một"], "contact_phone": null}`.
///
/// Of a contact, sensitive or personal field only that it changed: erasure stays possible in an append-only chain.
pub fn changes(fields: Fields, personal: &[&str], before: &Value, after: &Value) -> Value {
    let empty = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let mut out = Map::new();
    for (name, new) in after {
        let old = before.get(name).unwrap_or(&Value::Null);
        let clockwork = matches!(name.as_str(), "version" | "updated_at" | "created_at" | "id" | "commune_id");
        if old == new || clockwork {
            continue;
        }
        let kept = !matches!(class_of(fields, name), Class::Contact | Class::Sensitive) && !personal.contains(&name.as_str());
        out.insert(name.clone(), if kept { json!([old, new]) } else { Value::Null });
    }
    Value::Object(out)
}

impl Write {
    /// The next entry of this write.
    pub(super) fn entry(&self, kind: &'static str, row_id: Uuid, action: &str, changes: Value) -> Entry {
        let seq = i32::try_from(self.entries.len()).unwrap_or(i32::MAX);
        Entry { seq, kind, row_id, action: action.into(), changes, reason: self.reason.clone(), ..Entry::default() }
    }

    /// Notes that a row is gone: who had it in a copy is told, by its former values.
    pub fn record_gone<R: Row>(&mut self, action: &str, policy: &Policy, before: &R) -> Result<()> {
        let gone = reversed(changes(policy.fields, R::PERSONAL, &Value::Null, &serde_json::to_value(before)?));
        let entry = self.entry(R::KIND, before.id(), action, gone);
        self.entries.push(entry.place(before.place(), Place::default()));
        Ok(())
    }

    /// Notes in the journal that sums of a kind were written anew: a number has its row.
    pub fn record_fix(&mut self, kind: &'static str, row_id: Uuid) {
        let entry = self.entry(kind, row_id, "recount", Value::Object(Map::new()));
        self.entries.push(entry);
    }
}

/// The changes of a row that goes, from those of one that comes.
fn reversed(changes: Value) -> Value {
    let Value::Object(map) = changes else { return changes };
    let turned = map.into_iter().map(|(name, pair)| match pair {
        Value::Array(mut pair) => {
            pair.reverse();
            (name, Value::Array(pair))
        }
        other => (name, other),
    });
    Value::Object(turned.collect())
}

statement! {
    pub Append(
        entries: Value as Jsonb,
        feed: Uuid as SqlUuid,
        number: i64 as BigInt,
        at: DateTime<Utc> as Timestamptz,
        user_id: Option<Uuid> as Nullable<SqlUuid>,
        session_id: Option<Uuid> as Nullable<SqlUuid>,
        device_id: Option<String> as Nullable<Text>,
        request_id: Option<Uuid> as Nullable<SqlUuid>,
        key: Option<String> as Nullable<Text>,
        key_hash: Option<Vec<u8>> as Nullable<Binary>,
        key_status: Option<i16> as Nullable<SmallInt>,
        key_row: Option<Uuid> as Nullable<SqlUuid>,
        marks: Vec<String> as Array<Text>,
        caller_id: Option<Uuid> as Nullable<SqlUuid>,
    ) -> (),
    "WITH entries AS (
        SELECT * FROM jsonb_to_recordset($1) AS e(
            seq int, occurred_at timestamptz, kind text, row_id uuid, action text, changes jsonb, reason text, role text, acting_for uuid,
            old_campaign_id uuid, old_hamlet_id uuid, old_unit_id uuid, old_owner_id uuid, campaign_id uuid, hamlet_id uuid, unit_id uuid, owner_id uuid)
    ), written AS (
        INSERT INTO journal (feed_id, number, at, user_id, session_id, device_id, request_id,
            seq, occurred_at, kind, row_id, action, changes, reason, role, acting_for,
            old_campaign_id, old_hamlet_id, old_unit_id, old_owner_id, campaign_id, hamlet_id, unit_id, owner_id)
        SELECT $2, $3, $4, $5, $6, $7, $8,
            seq, occurred_at, kind, row_id, action, changes, reason, role, acting_for,
            old_campaign_id, old_hamlet_id, old_unit_id, old_owner_id, campaign_id, hamlet_id, unit_id, owner_id
        FROM entries
    ), marked AS (
        INSERT INTO feed_marks (feed_id, kind, number) SELECT $2, kind, $3 FROM (SELECT kind FROM entries UNION SELECT unnest($13)) AS kinds
        ON CONFLICT (feed_id, kind) DO UPDATE SET number = excluded.number
    )
    INSERT INTO idempotency_keys (feed_id, user_id, key, request_hash, status, row_id, made_at)
    SELECT $2, $14, $9, $10, $11, $12, $4 WHERE $9 IS NOT NULL AND $14 IS NOT NULL
    ON CONFLICT (feed_id, user_id, key) DO UPDATE
    SET request_hash = excluded.request_hash, status = excluded.status, row_id = excluded.row_id, made_at = excluded.made_at"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_no_value_of_a_contact_field() {
        let fields: Fields = &[("name", Class::Public), ("phone", Class::Contact)];
        let changed = changes(fields, &[], &json!({"name": "a", "phone": "1", "version": 1}), &json!({"name": "b", "phone": "2", "version": 2}));
        assert_eq!(changed, json!({"name": ["a", "b"], "phone": null}));
    }
}
