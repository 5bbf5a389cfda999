//! What happens with imports.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::columns::heading_of;
use super::dto::{ActOnImport, Import, ImportKind, ImportQuery, ImportReport, ReportedError, RowError, StoredReport};
use super::sheet;
use super::template::{self, TemplateQuery};
use super::{rules, store, undo};
use crate::error::{CONFLICT, Error, Result};
use crate::journal::Seen;
use crate::text::Lang;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::columns::Columns;
use crate::web::format::Format;
use crate::web::table;
use crate::web::{body, query};
use crate::{random, said};

/// Files that a process reads at once; others wait.
static READERS: Semaphore = Semaphore::const_new(2);
/// How long one waits for that.
const PATIENCE: Duration = Duration::from_secs(3);

/// A kind that hangs on something names it, and no other does.
fn check(query: &ImportQuery) -> Result<()> {
    let parts = [
        ("?campaign_id", query.campaign_id.is_some(), query.kind == ImportKind::Activities),
        ("?group_id", query.group_id.is_some(), query.kind == ImportKind::GroupMembers),
    ];
    for (pointer, there, needed) in parts {
        match (there, needed) {
            (false, true) => return Err(Error::field(pointer, "required", said!("Cần nêu cho loại danh sách này", "Needed for this kind of list"))),
            (true, false) => return Err(Error::field(pointer, "not_allowed", said!("Không dùng cho loại danh sách này", "Not for this kind of list"))),
            _ => {}
        }
    }
    Ok(())
}

/// What a file that the service wrote has above its columns, for programs or for people.
fn describing(call: &Call, kind: ImportKind) -> HashSet<String> {
    let list = format!("list_{}", kind.resource());
    let columns = call.service().rooms.iter().flat_map(|room| &room.operations).find(|operation| operation.id == list).map(|list| &list.columns);
    let headings = |columns: &Arc<Columns>| {
        let people = columns.people.iter().flat_map(|column| [&column.heading.vi, &column.heading.en]);
        columns.data.iter().chain(people).map(|heading| heading_of(heading)).collect()
    };
    columns.map(headings).unwrap_or_default()
}

pub async fn create(call: Call) -> Result<Answer> {
    let asked: ImportQuery = body::query(&query::pairs(&call)?)?;
    check(&asked)?;
    asked.kind.check_right(&call.actor, asked.commune)?;
    let (kind, bytes, describing) = (asked.kind, call.body.clone(), describing(&call, asked.kind));
    // A thread of its own: unpacking and reading some thousand rows takes longer than other requests should wait. Few at a
    // time: each takes some hundred megabytes at worst.
    let turn = tokio::time::timeout(PATIENCE, READERS.acquire()).await.map_err(|_| Error::unavailable())?.map_err(Error::internal)?;
    let sheet = tokio::task::spawn_blocking(move || sheet::read(&bytes, kind, &describing)).await.map_err(Error::internal)??;
    drop(turn);
    let (id, commune, principal) = (asked.id.unwrap_or_else(random::id), asked.commune, call.principal()?);
    let row = rules::new_import(asked, id, &principal, sheet.rows.len(), call.now, call.request_hash());
    let made = table::write(&call, commune, async |write| {
        let seen = table::insert(write, "create", row).await?;
        if store::waiting(write).await? > rules::MAX_WAITING {
            let most = rules::MAX_WAITING;
            return Err(Error::new(&CONFLICT).detail(said!("Xã đang có {most} lượt nhập chưa xong", "The commune has {most} imports that are not over")));
        }
        store::put_work(write, &seen.row, principal.scopes, sheet).await?;
        Ok((201, seen))
    });
    table::or_again::<Import>(&call, id, made.await).await
}

pub async fn cancel(call: Call, body: ActOnImport) -> Result<Answer> {
    table::act_then(
        &call,
        body.into(),
        async |_, _: &Seen<Import>, after: Import| Ok(after),
        async |write, _, after| store::end_work(write, after, 0, &StoredReport::default()).await,
    )
    .await
}

/// Statements: the import and its report.
pub async fn report(call: Call) -> Result<Answer> {
    let import = table::get::<Import>(&call, call.id()?).await?.row;
    let (rows_checked, stored) = store::report(&call.worker.lane, &import).await?.ok_or_else(Error::not_found)?;
    let told = |error: RowError| told(import.kind, error, call.lang);
    Answer::ok(ImportReport {
        id: import.id,
        status: import.status,
        rows_total: import.rows_total,
        rows_checked,
        rows_imported: import.rows_imported,
        rows_refused: import.rows_refused,
        problem: import.problem,
        errors: stored.errors.into_iter().map(told).collect(),
        errors_left_out: stored.left_out,
        warnings: stored.warnings.into_iter().map(told).collect(),
    })
}

/// Statements: the import, and what its write made.
pub async fn made(call: Call) -> Result<Answer> {
    let import = table::get::<Import>(&call, call.id()?).await?.row;
    Answer::ok(undo::rows_of(&call.worker.lane, &import).await?)
}

fn told(kind: ImportKind, error: RowError, lang: Lang) -> ReportedError {
    let column = error.path.and_then(|path| kind.columns().iter().find(|column| column.path == path));
    let detail = if lang == Lang::En { error.en } else { error.vi };
    ReportedError { row: error.row, column: column.map(|column| column.name.of(lang).to_owned()), code: error.code, detail }
}

pub async fn template(call: Call) -> Result<Answer> {
    let kind = call.path.first().map(|kind| kind.replace('-', "_")).and_then(|kind| ImportKind::parse(&kind)).ok_or_else(Error::not_found)?;
    let TemplateQuery { format } = body::query(&query::pairs(&call)?)?;
    template::answer(kind, Format::asked(&call, format.as_deref(), Format::TABLES)?.unwrap_or(Format::Csv), call.lang)
}
