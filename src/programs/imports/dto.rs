//! An import in JSON and in its table.

use danvan_macros::record;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::text::Said;
use crate::text_enum;
use crate::web::values::Line;

text_enum! {
    /// What the rows of a file are.
    pub enum ImportKind {
        Volunteers = "volunteers" ("Tình nguyện viên", "Volunteers"),
        GroupMembers = "group_members" ("Thành viên của đoàn", "Group members"),
        Hamlets = "hamlets" ("Thôn/ấp", "Hamlets"),
        Units = "units" ("Đơn vị", "Units"),
        Activities = "activities" ("Hoạt động", "Activities"),
        Users = "users" ("Tài khoản", "Users"),
    }
}

text_enum! {
    /// How far an import is.
    pub enum ImportStatus {
        Waiting = "waiting" ("Đang chờ", "Waiting"),
        /// A dry run is over: nothing was kept.
        Checked = "checked" ("Đã kiểm tra", "Checked"),
        Done = "done" ("Đã nhập", "Done"),
        /// Nothing was kept; the report says why.
        Failed = "failed" ("Không nhập được", "Failed"),
        /// Its rows that nobody had touched were taken back.
        Undone = "undone" ("Đã hoàn tác", "Undone"),
        Cancelled = "cancelled" ("Đã dừng", "Cancelled"),
    }
}

/// A list from a spreadsheet on its way into the commune's data.
#[record(
    imports, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = ImportStatus::Waiting, any_status = "Any of these, separated by commas: waiting, checked, done, failed, undone, cancelled.",
)]
#[schema(as = ImportRun)]
pub struct Import {
    /// Whose rights decide about each row.
    #[field(user)]
    pub user_id: Uuid,
    /// The API client that sent it; its scopes and bounds hold too.
    #[field(client)]
    pub client_id: Option<Uuid>,
    /// What the rows are.
    #[field(any = "Any of these kinds, separated by commas.")]
    pub kind: ImportKind,
    /// The file's name, for people.
    pub file_name: Option<String>,
    /// For activities: their campaign.
    #[field(in_campaign)]
    pub campaign_id: Option<Uuid>,
    /// For members: the group's sign-up.
    pub group_id: Option<Uuid>,
    /// Nothing is kept, all is checked.
    pub dry_run: bool,
    /// Rows without errors are kept although others have some.
    pub skip_errors: bool,
    /// Rows of the file.
    pub rows_total: i32,
    /// Rows that were kept; of a dry run: that would be; after `undo`: that are still there.
    pub rows_imported: i32,
    /// Rows with errors.
    pub rows_refused: i32,
    /// Code of what stopped it as a whole: `rows_refused`, or the code of a problem.
    pub problem: Option<String>,
}

/// What is to be done with a file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Chosen by the client, so that it can send the file again when the answer was lost.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune: Uuid,
    /// What the rows are.
    #[param(value_type = String)]
    pub kind: ImportKind,
    /// Check everything, keep nothing.
    pub dry_run: Option<bool>,
    /// Keep the rows without errors; otherwise it is all or nothing.
    pub skip_errors: Option<bool>,
    /// For activities: their campaign.
    pub campaign_id: Option<Uuid>,
    /// For members: the group's sign-up.
    pub group_id: Option<Uuid>,
    /// The file's name, for people.
    #[param(value_type = Option<String>)]
    pub file_name: Option<Line<1, 200>>,
}

acting! {
    /// An action on an import.
    ActOnImport: "Why, for the journal; needed to undo."
}

/// What an import made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportRows {
    /// The rows, consents and memberships that came with them included. None for users, whose feed is the accounts'.
    pub items: Vec<ImportRow>,
}

/// One row that an import made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportRow {
    /// Its resource.
    #[schema(example = "volunteers")]
    pub resource: String,
    /// Its id.
    pub id: Uuid,
    /// Something happened to it since: `undo` leaves it.
    pub touched: bool,
}

/// How far an import is, and what its rows came to. Kept 30 days after its end.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// The import.
    pub id: Uuid,
    /// How far it is.
    pub status: ImportStatus,
    /// Rows of the file.
    pub rows_total: i32,
    /// Rows looked at so far.
    pub rows_checked: i32,
    /// Rows that were kept; of a dry run: that would be.
    pub rows_imported: i32,
    /// Rows with errors.
    pub rows_refused: i32,
    /// Code of what stopped it as a whole.
    pub problem: Option<String>,
    /// The first thousand errors, row by row.
    pub errors: Vec<ReportedError>,
    /// Errors beyond those.
    pub errors_left_out: usize,
    /// What should be looked at although the row was kept.
    pub warnings: Vec<ReportedError>,
}

/// What is wrong in a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportedError {
    /// The row as the spreadsheet numbers it: the header is 1.
    pub row: u32,
    /// The column by its heading; null where it is the row as a whole.
    #[schema(example = "Số điện thoại")]
    pub column: Option<String>,
    /// Code of the error.
    #[schema(example = "invalid_phone")]
    pub code: String,
    /// The rule, for people.
    pub detail: String,
}

/// The same as it is stored, in both languages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RowError {
    pub row: u32,
    /// Path of the column's field.
    pub path: Option<String>,
    pub code: String,
    pub vi: String,
    pub en: String,
}

impl RowError {
    pub fn new(row: u32, path: Option<&str>, code: &str, detail: Said) -> Self {
        Self { row, path: path.map(str::to_owned), code: code.into(), vi: detail.vi, en: detail.en }
    }
}

/// A report as it is stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredReport {
    pub errors: Vec<RowError>,
    pub left_out: usize,
    pub warnings: Vec<RowError>,
}
