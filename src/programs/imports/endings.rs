//! What stands below a list and is none of its rows: totals, signatures. And what in it was garbled on its way.

use serde_json::{Map, Value};

use super::columns::Shape;
use super::dto::ImportKind;
use super::table::Sheet;
use crate::said;
use crate::text::fold;

/// How a line below a list begins.
const ENDINGS: &[&str] = &[
    "tong cong",
    "tong so",
    "tong:",
    "cong:",
    "danh sach nay",
    "danh sach gom",
    "nguoi lap",
    "nguoi tong hop",
    "can bo",
    "thu truong",
    "chu tich",
    "pho chu tich",
    "truong ap",
    "truong thon",
    "truong khu pho",
    "ke toan",
    "xac nhan",
    "ky ten",
    "ky, ghi",
    "(ky",
    "ngay ",
    "noi nhan",
    "tm.",
    "kt.",
    "t/m",
    "total",
    "signature",
    "prepared by",
];
/// Cells of such a line.
const MOST_CELLS: usize = 2;
/// Lines that may follow the first of them: names below a signature.
const LONGEST: usize = 15;

/// Takes the lines off the end that lack a required cell and hold a total or a signature; each is told.
pub fn pass_over(kind: ImportKind, sheet: &mut Sheet) {
    let lacks = |row: &Map<String, Value>| kind.columns().iter().any(|column| column.required && !row.contains_key(column.path));
    // A total or a signature stands alone, or beside one more word; a kind or a skill is called like an office too.
    let looked_at =
        |path: &str| kind.columns().iter().find(|column| column.path == path).is_none_or(|column| matches!(column.shape, Shape::Line | Shape::Whole));
    let ends = |row: &Map<String, Value>| {
        row.len() <= MOST_CELLS
            && row.iter().filter(|(path, _)| looked_at(path)).filter_map(|(_, cell)| cell.as_str()).any(|cell| {
                let words = fold(cell);
                matches!(words.as_str(), "tong" | "cong") || ENDINGS.iter().any(|ending| words.starts_with(ending))
            })
    };
    // From the end up as far as nothing is a row of the list: a name alone stands below a signature.
    let from = sheet.rows.len().saturating_sub(LONGEST);
    let tail = sheet.rows.get(from..).unwrap_or_default();
    let below = tail.iter().rev().take_while(|(_, row)| lacks(row) && (ends(row) || row.len() == 1)).count();
    let start = sheet.rows.len() - below;
    let Some(first) = sheet.rows.get(start..).and_then(|rows| rows.iter().position(|(_, row)| ends(row))) else { return };
    for (number, row) in sheet.rows.split_off(start + first) {
        let words = row.values().find_map(Value::as_str).unwrap_or_default().chars().take(60).collect::<String>();
        sheet.note(number, None, "row_passed_over", said!("Bỏ qua dòng cuối danh sách: \"{words}\"", "Passed over below the list: \"{words}\""));
    }
}

/// Notes texts that came from another encoding, and fonts that draw other letters than those that are there.
pub fn look_for_garbled(kind: ImportKind, sheet: &mut Sheet, fonts: bool) {
    let texts = || kind.columns().iter().filter(|column| matches!(column.shape, Shape::Line | Shape::List));
    let garbled = sheet.rows.iter().flat_map(|(number, row)| {
        texts().filter(|column| row.get(column.path).and_then(Value::as_str).is_some_and(is_garbled)).map(|column| (*number, column.path))
    });
    let garbled: Vec<(u32, &'static str)> = garbled.collect();
    for (number, path) in garbled {
        sheet.note(number, Some(path), "garbled_text", said!("Chữ có vẻ sai bảng mã: hãy xem lại", "The text seems to be of another encoding: look at it"));
    }
    if fonts {
        let detail = said!(
            "Tệp dùng phông chữ TCVN3 (.Vn…) hoặc VNI: chữ được lưu không phải Unicode; hãy chuyển mã trước khi nhập",
            "The file has fonts of TCVN3 (.Vn…) or VNI: its letters are not Unicode; convert it before the import"
        );
        sheet.note(1, None, "garbled_text", detail);
    }
}

/// Whether a text shows signs of a lost encoding: no Vietnamese name has them.
fn is_garbled(text: &str) -> bool {
    // UTF-8 that was read as something else; the old single-byte fonts TCVN3 and VNI read as Latin letters.
    if text.contains('\u{FFFD}') || ["á»", "áº", "Ä‘", "Æ°", "Æ¡", "Ã¡", "Ã\u{a0}", "Ã¢", "Ãª", "Ã´"].iter().any(|sign| text.contains(sign))
    {
        return true;
    }
    let letters: Vec<char> = text.chars().collect();
    letters.windows(3).any(|three| {
        let [before, c, after] = three else { return false };
        before.is_alphabetic()
            && after.is_alphabetic()
            && (*c == '?' || matches!(c, '\u{A1}'..='\u{A9}' | '\u{AB}'..='\u{B4}' | '\u{B6}' | '\u{B8}' | '\u{B9}' | '\u{BB}'..='\u{BF}'))
    }) || text.contains(['ø', 'Ø', 'û', 'Û', 'ï', 'Ï', 'å', 'Å', '§', '®'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_encodings_are_seen() {
        for garbled in ["Nguyá»…n VÄƒn An", "Nguy?n V?n An", "Tr\u{FFFD}n V\u{FFFD}n B", "NguyÔn V¨n An", "Traàn Thò Huøng", "§ç V¨n A"] {
            assert!(is_garbled(garbled), "{garbled}");
        }
        for right in [
            "Nguyễn Văn An",
            "Y Bhăm Niê Kdăm",
            "K'Brơih",
            "Có việc gì? Hỏi trưởng ấp",
            "H’Hen Niê",
            "Điểu Ñơr",
            "XÃ PHÚ LÝ",
            "LÃ THỊ HOA",
            "50 m² (cũ)",
            "Đường số 1 – 2",
        ] {
            assert!(!is_garbled(right), "{right}");
        }
    }
}
