//! Imports: lists from spreadsheets (CSV, XLSX) of volunteers, members of a group, hamlets, units, activities, users.
//!
//! A file is read at once: what is no table, or has other columns, is refused in the answer. Its rows wait in
//! `import_work`, from where [`round()`] takes them, in any instance; who dies leaves them to the next one. Each row goes
//! through the room's own door with the sender's rights of that moment. The import's end is written together with its rows:
//! it is done once.
//!
//! `sheet` reads files, `columns` says what each kind's columns are, `cells` makes values of cells, `kinds` leads to the
//! rooms, `rows` goes through the rows, `template` makes empty files.

mod cells;
mod columns;
mod dto;
mod endings;
mod handlers;
mod kinds;
mod names;
mod round;
mod rows;
pub mod rules;
mod sheet;
mod store;
mod table;
mod template;
mod times;
mod undo;

pub use dto::Import;
pub use round::{round, run};

use crate::handler;
use crate::text::Text;
use crate::web::format::Format;
use crate::web::operation::{Noun, Operation, Resource, Room};
use crate::web::shapes;

/// Types of the files.
const FILES: &[&str] = &["text/csv", Format::XLSX];
/// Types that are taken, whatever the file is: it is known by its bytes. Browsers name files by what is installed.
const TAKEN: &[&str] = &[
    "text/csv",
    Format::XLSX,
    "application/octet-stream",
    "application/vnd.ms-excel",
    "application/csv",
    "text/plain",
    "text/tab-separated-values",
    "application/zip",
];

pub fn room() -> Room {
    let noun = Noun { one: "import", text: Text::new("lượt nhập danh sách", "import"), plural: "imports" };
    Resource::<Import>::of(noun)
        .list(&[])
        .item()
        .act("cancel", handlers::cancel)
        .act("undo", undo::undo)
        .room(Text::new("Nhập danh sách từ bảng tính (CSV, XLSX).", "Lists from spreadsheets (CSV, XLSX)."))
        .with(
            Operation::post("create_import", "/v1/imports", Text::new("Nhập một danh sách", "Import a list"), handler!(handlers::create))
            .takes_file(TAKEN)
            .asks::<dto::ImportQuery>()
            .answers(shapes::object::<Import>)
            .status(201)
            .policy(&rules::POLICY, rules::POLICY.create)
            .scoped("imports", "create")
            .describe(Text::new(
                "Tệp CSV (UTF-8; dấu phẩy, chấm phẩy hoặc tab) hoặc XLSX (trang hiện đầu tiên), tối đa 4 MiB và 5.000 dòng có chữ. Tên cột, tiếng Việt hoặc tiếng Anh (xem tệp mẫu), được tìm trong mười dòng đầu; cột STT, cột chỉ để xem, dòng tổng cộng và chữ ký được bỏ qua và nêu trong báo cáo; \
                 ô gộp dọc có giá trị cho mọi dòng của nó. Cột thiếu, hoặc cột lạ có chữ, bị từ chối ngay; lỗi từng dòng nằm trong báo cáo (`/report`). Mặc định: một dòng lỗi thì không dòng nào được nhập.",
                "A CSV file (UTF-8; comma, semicolon or tab) or XLSX (its first sheet that is shown), at most 4 MiB and 5,000 rows that say something. The headings, Vietnamese or English (see the templates), are looked for in the first ten rows; \
                 a row's number, columns that only describe, totals and signatures are passed over and told in the report; a cell that is merged downwards counts for all of its rows. A column that is missing, or unknown and not empty, is \
                 refused at once; the errors of rows are in the report (`/report`). Otherwise than with `skip_errors`, one wrong row means that none is kept. The same `id` with the same file is done once.",
            ))
            .problems(&[&crate::error::ID_TAKEN, &crate::error::CONFLICT, &crate::error::FORBIDDEN]),
        )
        .with(
            Operation::get("get_import_report", "/v1/imports/{id}/report", Text::new("Tiến độ và lỗi từng dòng của một lượt nhập", "How far an import is, and the errors of its rows"), handler!(handlers::report))
            .gives::<dto::ImportReport>()
            .policy(&rules::POLICY, rules::POLICY.read)
            .problems(&[&crate::error::NOT_FOUND]),
        )
        .with(
            Operation::get("list_import_rows", "/v1/imports/{id}/rows", Text::new("Các dòng mà một lượt nhập đã tạo", "The rows that an import made"), handler!(handlers::made))
            .gives::<dto::ImportRows>()
            .policy(&rules::POLICY, rules::POLICY.read)
            .problems(&[&crate::error::NOT_FOUND]),
        )
        .problems(&[&rules::NOT_UNDOABLE])
        .with(
            Operation::get("get_import_template", "/v1/imports/templates/{kind}", Text::new("Tệp mẫu để nhập danh sách", "An empty file for an import"), handler!(handlers::template)).open()
            .asks::<template::TemplateQuery>()
            .gives_file(FILES)
            .problems(&[&crate::error::NOT_FOUND, &crate::error::VALIDATION_FAILED]),
        )
}
