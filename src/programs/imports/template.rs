//! Empty files to fill in.

use actix_web::web::Bytes;
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use serde::Deserialize;
use utoipa::IntoParams;

use super::columns::{Column, Shape};
use super::dto::ImportKind;
use crate::error::{Error, Result};
use crate::text::{Labels, Lang, Text};
use crate::web::answer::{Answer, File};
use crate::web::format::Format;

/// Which template.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TemplateQuery {
    /// `csv` or `xlsx`; `Accept` says the same. The headings are in the language of `Accept-Language`.
    #[param(value_type = Option<String>)]
    pub format: Option<String>,
}

const SHEET: Text = Text::new("Danh sách", "List");
const GUIDE: Text = Text::new("Hướng dẫn", "Guide");
const GUIDE_HEADINGS: [Text; 3] = [Text::new("Cột", "Column"), Text::new("Bắt buộc", "Required"), Text::new("Nội dung", "What to write")];

pub fn answer(kind: ImportKind, format: Format, lang: Lang) -> Result<Answer> {
    let bytes = if format == Format::Xlsx { xlsx(kind, lang).map_err(Error::internal)? } else { csv(kind, lang)? };
    let name = format!("attachment; filename=\"{}-template.{}\"", kind.name().replace('_', "-"), format.name());
    Ok(Answer::file(File { mime: format.content_type(), bytes: Bytes::from(bytes) }).header("Content-Disposition", name))
}

fn heading(column: &Column, lang: Lang) -> String {
    format!("{}{}", column.name.of(lang), if column.required { " *" } else { "" })
}

fn csv(kind: ImportKind, lang: Lang) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(kind.columns().iter().map(|column| heading(column, lang))).map_err(Error::internal)?;
    writer.into_inner().map_err(Error::internal)
}

/// The list's sheet first, which is the one that is read; then a guide.
fn xlsx(kind: ImportKind, lang: Lang) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, plain_text) = (CellFormat::new().set_bold(), CellFormat::new().set_num_format("@"));
    let sheet = book.add_worksheet().set_name(SHEET.of(lang))?;
    for (n, column) in (0_u16..).zip(kind.columns()) {
        // Else a phone number loses its zero.
        if matches!(column.shape, Shape::Phone | Shape::Line) {
            sheet.set_column_format(n, &plain_text)?;
        }
        sheet.set_column_width(n, 24)?;
        sheet.write_string_with_format(0, n, heading(column, lang), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let guide = book.add_worksheet().set_name(GUIDE.of(lang))?;
    for (n, text) in (0_u16..).zip(GUIDE_HEADINGS) {
        guide.set_column_width(n, 40)?;
        guide.write_string_with_format(0, n, text.of(lang), &bold)?;
    }
    for (line, column) in (1_u32..).zip(kind.columns()) {
        guide.write_string(line, 0, column.name.of(lang))?;
        guide.write_string(line, 1, if column.required { "x" } else { "" })?;
        guide.write_string(line, 2, what(column.shape, lang))?;
    }
    book.save_to_buffer()
}

/// What a cell may hold.
fn what(shape: Shape, lang: Lang) -> String {
    let of = |choices: Labels| choices.iter().map(|(_, name)| name.of(lang)).collect::<Vec<_>>().join("; ");
    let text = match shape {
        Shape::Line => Text::new("Chữ", "Text"),
        Shape::Whole => Text::new("Số nguyên", "A whole number"),
        Shape::Year => Text::new("Năm, ví dụ 1990, hoặc ngày sinh", "A year such as 1990, or a day of it"),
        Shape::Phone => Text::new("0912345678", "0912345678"),
        Shape::Day => Text::new("16/07/2024", "16/07/2024"),
        Shape::Moment => Text::new(
            "16/07/2024 hoặc 16/07/2024 07:30; nếu có cột Ngày thì chỉ cần 07:30",
            "16/07/2024 or 16/07/2024 07:30; 07:30 alone where the column Day is filled in",
        ),
        Shape::List => Text::new("Cách nhau bằng dấu chấm phẩy", "Separated by semicolons"),
        Shape::Choice(choices) => return of(choices),
        Shape::Several(choices) => return format!("{} (;)", of(choices)),
        Shape::Hamlet => Text::new("Tên hoặc mã thôn/ấp", "A hamlet's name or code"),
        Shape::Unit => Text::new("Tên hoặc mã đơn vị", "A unit's name or code"),
        Shape::Kind(_) | Shape::Kinds(_) => Text::new("Tên hoặc mã loại, xem /v1/kinds", "A kind's name or code, see /v1/kinds"),
        Shape::MilitaryUnit => Text::new("Tên đơn vị quân đội", "An army unit's name"),
        Shape::User => Text::new("Tên đăng nhập hoặc họ tên", "A username or a name"),
        Shape::PlanItem => Text::new("Mã hoặc số mục trong kế hoạch", "The plan item's code or number"),
    };
    text.of(lang).to_owned()
}
