//! Kinds in the database.

use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use uuid::Uuid;

use super::dto::{Kind, KindList};
use crate::db::Lane;
use crate::error::Result;
use crate::journal::Write;
use crate::statement;
use crate::web::call::Call;
use crate::web::operation::Text2;

statement! {
    /// Every list in one, each in its own order.
    All() -> (Text, Text, Text, Text, Bool),
    "SELECT list, code, label_vi, label_en, offered FROM (
        SELECT list, code, label_vi, label_en, offered, sort_order FROM kinds
        UNION ALL SELECT 'units', code, label_vi, label_en, true, 0 FROM unit_kinds
        UNION ALL SELECT 'metrics', code, label_vi, label_en, true, sort_order FROM metrics
     ) AS every ORDER BY array_position(ARRAY['hamlets', 'documents', 'work_types', 'people', 'units', 'metrics'], list), sort_order, code"
}

pub async fn all(lane: &Lane) -> Result<Vec<Kind>> {
    Ok(read(All {}.load(&mut &*lane.connection().await?).await?))
}

fn read(rows: Vec<(String, String, String, String, bool)>) -> Vec<Kind> {
    let kind = |(list, code, label_vi, label_en, offered): (String, String, String, String, bool)| {
        Some(Kind { list: KindList::parse(&list)?, code, label_vi, label_en, offered })
    };
    rows.into_iter().filter_map(kind).collect()
}

/// The same for the command line.
pub async fn printed(connection: &mut AsyncPgConnection) -> Result<Vec<Kind>> {
    Ok(read(All {}.load(connection).await?))
}

/// What a list offers: code, Vietnamese, English.
pub async fn names(write: &mut Write, list: KindList) -> Result<Vec<(String, String, String)>> {
    let rows = read(All {}.load(write.connection()).await?);
    Ok(rows.into_iter().filter(|kind| kind.list == list && kind.offered).map(|kind| (kind.code, kind.label_vi, kind.label_en)).collect())
}

type Loading = LocalBoxFuture<'static, Result<Vec<(String, Text2)>>>;

impl KindList {
    /// The names of codes, for who reads a table.
    pub fn loader(self) -> fn(Call, Option<Uuid>, Vec<String>) -> Loading {
        match self {
            Self::Hamlets => |call, _, _| called(call, Self::Hamlets).boxed_local(),
            Self::Documents => |call, _, _| called(call, Self::Documents).boxed_local(),
            Self::WorkTypes => |call, _, _| called(call, Self::WorkTypes).boxed_local(),
            Self::People => |call, _, _| called(call, Self::People).boxed_local(),
            Self::Units => |call, _, _| called(call, Self::Units).boxed_local(),
            Self::Metrics => |call, _, _| called(call, Self::Metrics).boxed_local(),
        }
    }
}

async fn called(call: Call, list: KindList) -> Result<Vec<(String, Text2)>> {
    let rows = all(&call.worker.lane).await?;
    Ok(rows.into_iter().filter(|kind| kind.list == list).map(|kind| (kind.code, Text2 { vi: kind.label_vi, en: kind.label_en })).collect())
}
