//! Who may do what with imports.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{Import, ImportQuery, ImportStatus};
use crate::access::guard::Principal;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::{OWN_TOOLS, SEE_TOOLS, STOP_TOOLS};
use crate::error::{Constraint, Problem};
use crate::text::Text;

/// Rows of a file.
pub const MAX_ROWS: usize = 5_000;
/// Imports of a commune that are not over: each holds a file's rows.
pub const MAX_WAITING: i64 = 3;

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "waiting",
    frozen: &["checked", "done", "failed", "undone", "cancelled"],
    steps: &[
        Step::new(
            "cancel",
            &["waiting"],
            Some("cancelled"),
            STOP_TOOLS,
            Text::new("Dừng một lượt nhập; không dòng nào được nhập", "Stop an import; none of its rows is kept"),
        ),
        Step::new(
            "undo",
            &["done"],
            Some("undone"),
            STOP_TOOLS,
            Text::new("Hoàn tác một lượt nhập: gỡ các dòng chưa ai đụng đến", "Undo an import: its rows that nobody has touched since go again"),
        )
        .with(&[Need::Reason]),
    ],
};

/// An import may be made by everybody who may make something; each row asks for the right of its own.
pub static POLICY: Policy = Policy {
    resource: "imports",
    read: SEE_TOOLS,
    create: OWN_TOOLS,
    update: OWN_TOOLS,
    fields: Import::FIELDS,
    lifecycle: &LIFECYCLE,
    follows: &[("end", Text::new("Đã xong", "Came to its end"))],
};

pub static NOT_UNDOABLE: Problem = Problem::new("not_undoable", 409, "Lượt nhập này không hoàn tác được", "This import cannot be undone");

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint::missing("imports_commune_fkey", "?commune", "no_commune", Text::new("Không có xã này", "There is no such commune")),
    Constraint::missing("imports_campaign_fkey", "?campaign_id", "no_campaign", Text::new("Không có đợt này trong xã", "The commune has no such campaign")),
    Constraint::missing("imports_group_fkey", "?group_id", "no_group", Text::new("Không có nhóm này trong xã", "The commune has no such group")),
];

pub fn new_import(asked: ImportQuery, id: Uuid, principal: &Principal, rows: usize, now: DateTime<Utc>, request_hash: Vec<u8>) -> Import {
    let ImportQuery { id: _, commune, kind, dry_run, skip_errors, campaign_id, group_id, file_name } = asked;
    Import {
        id,
        commune_id: commune,
        version: 0,
        created_at: now,
        updated_at: now,
        user_id: principal.user_id,
        client_id: principal.client_id,
        kind,
        file_name: file_name.map(String::from),
        campaign_id,
        group_id,
        dry_run: dry_run.unwrap_or(false),
        skip_errors: skip_errors.unwrap_or(false),
        rows_total: i32::try_from(rows).unwrap_or(i32::MAX),
        rows_imported: 0,
        rows_refused: 0,
        problem: None,
        status: ImportStatus::Waiting,
        request_hash,
    }
}
