//! Taking a wrong import back: what it made goes again, but for what somebody has touched or hung something on since.
//!
//! An import is one write of its commune: its rows are those that the journal has under the import's number.

use std::collections::{BTreeMap, HashSet};

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{ActOnImport, Import, ImportKind, ImportRow, ImportRows, ImportStatus};
use super::rules;
use crate::access::actor::Actor;
use crate::access::reach::Reach;
use crate::activities::Activity;
use crate::consents::Consent;
use crate::db::Lane;
use crate::error::{Error, Result};
use crate::hamlets::Hamlet;
use crate::journal::{Row as _, Write};
use crate::sign_ups::SignUp;
use crate::units::Unit;
use crate::volunteers::Volunteer;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Stored};
use crate::{said, statement};

/// Rows that are taken back together; where something hangs on one of them, one by one.
const PORTION: usize = 100;
/// Rows that are left and named.
const NAMED: usize = 200;

statement! {
    /// What the write of a number made, and whether it was touched since.
    Made(feed: Uuid as SqlUuid, number: i64 as BigInt) -> (Text, SqlUuid, Bool),
    "SELECT j.kind, j.row_id, EXISTS (SELECT FROM journal l WHERE l.feed_id = $1 AND l.row_id = j.row_id AND l.number > $2)
     FROM journal j WHERE j.feed_id = $1 AND j.number = $2 AND j.action = 'create' ORDER BY j.seq"
}

statement! {
    /// Of units and hamlets those that somebody names where no foreign key says so.
    Named(commune: Uuid as SqlUuid, ids: Vec<Uuid> as Array<SqlUuid>) -> SqlUuid,
    "SELECT i.id FROM unnest($2) AS i(id) WHERE
        EXISTS (SELECT FROM campaigns c WHERE c.commune_id = $1 AND (c.partner_unit_ids @> ARRAY[i.id] OR c.lodging @> jsonb_build_array(jsonb_build_object('unit_id', i.id))))
        OR EXISTS (SELECT FROM hamlets h WHERE h.commune_id = $1 AND h.successors @> ARRAY[i.id])
        OR EXISTS (SELECT FROM activities a WHERE a.commune_id = $1 AND a.place->>'unit_id' = i.id::text)
        OR EXISTS (SELECT FROM grants g WHERE g.commune_id = $1 AND (g.unit_id = i.id OR g.hamlet_id = i.id))"
}

/// The number under which an import's rows were written: its own version, since nothing changes it afterwards but `undo`.
fn number_of(import: &Import) -> Option<i64> {
    (import.status == ImportStatus::Done && import.kind != ImportKind::Users).then_some(import.version)
}

/// What an import made; nothing of one that is not done, or was undone.
pub async fn rows_of(lane: &Lane, import: &Import) -> Result<ImportRows> {
    let Some(number) = number_of(import) else { return Ok(ImportRows { items: vec![] }) };
    let connection = lane.connection().await?;
    let made: Vec<(String, Uuid, bool)> = Made { feed: import.commune_id, number }.load(&mut &*connection).await?;
    Ok(ImportRows { items: made.into_iter().map(|(resource, id, touched)| ImportRow { resource, id, touched }).collect() })
}

/// Statements: what was made; for each kind and portion the rows and their removal.
pub async fn undo(call: Call, body: ActOnImport) -> Result<Answer> {
    table::act(&call, body.into(), async |write, before, mut after: Import| {
        // The rows go by the program's hand: who imported them for the commune and works for one campaign now may not call them back.
        if !write.actor.works_in(write.feed, before.row.campaign_id) {
            return Err(Error::forbidden());
        }
        let number = number_of(&before.row).ok_or_else(|| {
            Error::new(&rules::NOT_UNDOABLE).detail(said!("Tài khoản đã nhập thì khóa từng người", "Accounts that were imported are disabled one by one"))
        })?;
        let made: Vec<(String, Uuid, bool)> = Made { feed: write.feed, number }.load(write.connection()).await?;
        let mut gone = HashSet::new();
        people(write, &made, number, &mut gone).await?;
        // What hangs on others first.
        rows::<Activity>(write, &made, number, &mut gone).await?;
        rows::<Unit>(write, &made, number, &mut gone).await?;
        rows::<Hamlet>(write, &made, number, &mut gone).await?;
        let all = made.len();
        let left: Vec<Uuid> = made.iter().map(|(_, id, _)| *id).filter(|id| !gone.contains(id)).take(NAMED).collect();
        after.rows_imported = made.iter().filter(|(kind, id, _)| kind != Consent::KIND && !gone.contains(id)).count().try_into().unwrap_or(i32::MAX);
        if gone.len() < all {
            let many = all - gone.len();
            let detail = said!("{many} dòng được giữ lại vì đã có người sửa hoặc đã dùng đến", "{many} rows stay: somebody changed or used them since");
            write.warn("rows_left", "/rows_imported", detail, left);
        }
        Ok(after)
    })
    .await
}

/// A person goes whole or not at all: the record with its consents and its place in a group.
#[derive(Default)]
struct Person {
    sign_ups: Vec<SignUp>,
    consents: Vec<Consent>,
    record: Vec<Volunteer>,
    touched: bool,
}

async fn people(write: &mut Write, made: &[(String, Uuid, bool)], number: i64, gone: &mut HashSet<Uuid>) -> Result<()> {
    let touched: HashSet<Uuid> = made.iter().filter(|(.., touched)| *touched).map(|(_, id, _)| *id).collect();
    let mut people: BTreeMap<Uuid, Person> = BTreeMap::new();
    for row in untouched::<SignUp>(write, made, number).await? {
        let person = people.entry(row.volunteer_id.unwrap_or(row.id)).or_default();
        person.touched |= touched.contains(&row.id);
        person.sign_ups.push(row);
    }
    for row in untouched::<Consent>(write, made, number).await? {
        let person = people.entry(row.volunteer_id).or_default();
        person.touched |= touched.contains(&row.id);
        person.consents.push(row);
    }
    for row in untouched::<Volunteer>(write, made, number).await? {
        let person = people.entry(row.id).or_default();
        person.touched |= touched.contains(&row.id);
        person.record.push(row);
    }
    // One that was touched has left the rows above, or is marked there.
    people.retain(|id, person| !person.touched && !touched.contains(id));
    let people: Vec<Person> = people.into_values().collect();
    for portion in people.chunks(PORTION) {
        let together: Vec<&Person> = portion.iter().collect();
        if !delete_people(write, &together, gone).await? {
            for person in portion {
                delete_people(write, &[person], gone).await?;
            }
        }
    }
    Ok(())
}

async fn delete_people(write: &mut Write, people: &[&Person], gone: &mut HashSet<Uuid>) -> Result<bool> {
    let sign_ups: Vec<&SignUp> = people.iter().flat_map(|person| &person.sign_ups).collect();
    let consents: Vec<&Consent> = people.iter().flat_map(|person| &person.consents).collect();
    let records: Vec<&Volunteer> = people.iter().flat_map(|person| &person.record).collect();
    let done = write
        .attempt(async |write| {
            delete(write, &sign_ups).await?;
            delete(write, &consents).await?;
            delete(write, &records).await
        })
        .await;
    let ids = sign_ups.iter().map(|row| row.id).chain(consents.iter().map(|row| row.id)).chain(records.iter().map(|row| row.id));
    was_done(done, ids, gone)
}

/// The rows of a kind, each by itself.
async fn rows<R: Stored>(write: &mut Write, made: &[(String, Uuid, bool)], number: i64, gone: &mut HashSet<Uuid>) -> Result<()> {
    let mut rows = untouched::<R>(write, made, number).await?;
    let ids: Vec<Uuid> = rows.iter().map(R::id).collect();
    let named: Vec<Uuid> = Named { commune: write.feed, ids }.load(write.connection()).await?;
    rows.retain(|row| !named.contains(&row.id()));
    for portion in rows.chunks(PORTION) {
        let together: Vec<&R> = portion.iter().collect();
        let done = write.attempt(async |write| delete(write, &together).await).await;
        if was_done(done, together.iter().map(|row| row.id()), gone)? {
            continue;
        }
        for row in portion {
            let done = write.attempt(async |write| delete(write, &[row]).await).await;
            was_done(done, [row.id()].into_iter(), gone)?;
        }
    }
    Ok(())
}

/// False when something else hangs on one of them: then all of them stay.
fn was_done(done: Result<()>, ids: impl Iterator<Item = Uuid>, gone: &mut HashSet<Uuid>) -> Result<bool> {
    match done {
        Ok(()) => {
            gone.extend(ids);
            Ok(true)
        }
        Err(error) if error.is_reference() => Ok(false),
        Err(error) => Err(error),
    }
}

/// The rows of a kind that are as the import made them.
async fn untouched<R: Stored>(write: &mut Write, made: &[(String, Uuid, bool)], number: i64) -> Result<Vec<R>> {
    let ids: Vec<Uuid> = made.iter().filter(|(kind, ..)| kind == R::KIND).map(|(_, id, _)| *id).collect();
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let system = Actor::system("what an import made goes by the right to undo it");
    let found = R::many_for_write(write, &Reach::of(&system, R::POLICY, R::TABLE.within(Some(write.feed))), ids).await?;
    Ok(found.into_iter().map(|(row, _)| row).filter(|row| row.version() == number).collect())
}

async fn delete<R: Stored>(write: &mut Write, rows: &[&R]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (commune, ids) = (write.feed, rows.iter().map(|row| row.id()).collect());
    RunQueryDsl::execute(Remove { kind: R::KIND, commune, ids }, write.connection()).await?;
    rows.iter().try_for_each(|row| write.record_gone("undo", R::POLICY, *row))
}

/// Rows of a table go.
struct Remove {
    kind: &'static str,
    commune: Uuid,
    ids: Vec<Uuid>,
}

impl QueryId for Remove {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryFragment<Pg> for Remove {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("DELETE FROM ");
        out.push_sql(self.kind);
        out.push_sql(" WHERE commune_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.commune)?;
        out.push_sql(" AND id = ANY(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}
