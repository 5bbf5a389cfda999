//! What the columns of each kind of file are.

use super::dto::ImportKind;
use crate::access::roles::Role;
use crate::activities::{ActivityKind, PlaceKind, Session};
use crate::consents::GivenVia;
use crate::kinds::KindList;
use crate::text::{Labels, Text, fold};
use crate::units::UnitFunction;
use crate::words;

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    Line,
    Whole,
    /// A year, or a day of it.
    Year,
    Phone,
    /// `16/07/2024` or `2024-07-16`.
    Day,
    /// A day, with or without a time of day, in Vietnam.
    Moment,
    /// Several, separated by semicolons or commas.
    List,
    /// One of these, by code or by what people call it.
    Choice(Labels),
    /// Several of these.
    Several(Labels),
    /// One of the kinds that the operator keeps.
    Kind(KindList),
    /// Several of these.
    Kinds(KindList),
    Hamlet,
    Unit,
    MilitaryUnit,
    PlanItem,
    User,
}

/// A column: where its cells go in the body that the room's door takes, and what it is called.
#[derive(Debug)]
pub struct Column {
    pub path: &'static str,
    pub name: Text,
    /// What else people write above it.
    pub others: &'static [&'static str],
    pub shape: Shape,
    pub required: bool,
}

impl Column {
    const fn also(self, others: &'static [&'static str]) -> Self {
        Self { others, ..self }
    }

    /// Whether a heading is this column's: in either language, as exports write it, or as the API's field
    /// (`emergency_contact.name`); the star of required ones does not matter.
    pub fn is_called(&self, heading: &str) -> bool {
        let heading = heading_of(heading);
        self.called().any(|name| heading == heading_of(name)) || heading == self.field()
    }

    fn called(&self) -> impl Iterator<Item = &'static str> {
        let exported = words::find(&self.field()).map(|word| word.text);
        [Some(self.name), exported].into_iter().flatten().flat_map(|text| [text.vi, text.en]).chain(self.others.iter().copied())
    }

    fn field(&self) -> String {
        self.path.trim_start_matches('/').replace('/', ".")
    }
}

/// What tells headings apart.
pub fn heading_of(text: &str) -> String {
    fold(text.trim_end_matches([' ', '*', ':']))
}

/// What lists have beside what they are about, and what is nothing here; told where cells stand below.
const BESIDE: &[&str] =
    &["Giới tính", "Nam", "Nữ", "Nam/Nữ", "Dân tộc", "Tôn giáo", "Ghi chú", "Ký tên", "Ký nhận", "Chữ ký", "Chức vụ", "Gender", "Note", "Signature"];
/// The number of a row, which the spreadsheet knows.
const ORDINALS: &[&str] = &["STT", "TT", "Số TT", "Số thứ tự", "#", "No.", "No"];

pub fn is_ordinal(heading: &str) -> bool {
    ORDINALS.iter().any(|name| heading_of(name) == heading_of(heading))
}

pub fn is_beside(heading: &str) -> bool {
    BESIDE.iter().any(|name| heading_of(name) == heading_of(heading))
}

const PHONES: &[&str] = &["SĐT", "Điện thoại", "Số ĐT", "ĐT", "Di động", "Phone number"];
const HAMLET: &[&str] =
    &["Ấp", "Thôn", "Thôn, ấp", "Ấp/thôn", "Khu phố", "Tổ dân phố", "Bản", "Buôn", "Làng", "Bon", "Xóm", "Khóm", "Sóc", "Thôn/ấp/khu phố", "Khu dân cư"];

const fn must(path: &'static str, vi: &'static str, en: &'static str, shape: Shape) -> Column {
    Column { path, name: Text::new(vi, en), others: &[], shape, required: true }
}

const fn may(path: &'static str, vi: &'static str, en: &'static str, shape: Shape) -> Column {
    Column { path, name: Text::new(vi, en), others: &[], shape, required: false }
}

/// Members of a group are volunteers, known or new.
const VOLUNTEERS: &[Column] = &[
    must("/full_name", "Họ và tên", "Full name", Shape::Line).also(&["Họ tên", "Họ, tên", "Họ và tên đầy đủ"]),
    may("/birth_year", "Năm sinh", "Year of birth", Shape::Year).also(&["Ngày sinh", "Ngày, tháng, năm sinh", "Birth year"]),
    may("/phone", "Số điện thoại", "Phone", Shape::Phone).also(PHONES),
    may("/category", "Đối tượng", "Category", Shape::Kind(KindList::People)).also(&["Thành phần"]),
    may("/hamlet_id", "Thôn/ấp", "Hamlet", Shape::Hamlet).also(HAMLET),
    may("/unit_id", "Đơn vị", "Unit", Shape::Unit),
    may("/skills", "Kỹ năng", "Skills", Shape::List),
    may("/emergency_contact/name", "Người liên hệ khẩn cấp", "Emergency contact", Shape::Line),
    may("/emergency_contact/phone", "Điện thoại liên hệ khẩn cấp", "Emergency phone", Shape::Phone),
    must("/consents/0/given_at", "Ngày đồng ý tham gia", "Day of consent", Shape::Moment),
    may("/consents/0/given_via", "Cách đồng ý", "Consent given by", Shape::Choice(GivenVia::LABELS)),
    may("/consents/0/text_version", "Phiên bản nội dung đồng ý", "Consent wording", Shape::Line).also(&["Bản nội dung đồng ý"]),
    may("/consents/0/guardian/name", "Người giám hộ", "Guardian", Shape::Line),
    may("/consents/0/guardian/phone", "Điện thoại người giám hộ", "Guardian's phone", Shape::Phone),
    may("/consents/0/guardian/relation", "Quan hệ của người giám hộ", "Guardian's relation", Shape::Line),
];
const HAMLETS: &[Column] = &[
    must("/code", "Mã", "Code", Shape::Line),
    must("/name", "Tên", "Name", Shape::Line),
    may("/alternative_names", "Tên khác", "Other names", Shape::List),
    must("/kind", "Loại", "Kind", Shape::Kind(KindList::Hamlets)),
    must("/sort_order", "Thứ tự", "Order", Shape::Whole),
    may("/household_count", "Số hộ", "Households", Shape::Whole),
    may("/population", "Số dân", "Population", Shape::Whole),
    may("/meeting_house", "Nhà văn hóa", "Meeting house", Shape::Line),
    may("/contact_phone", "Điện thoại liên hệ", "Contact phone", Shape::Phone).also(PHONES),
];
const UNITS: &[Column] = &[
    must("/code", "Mã", "Code", Shape::Line),
    must("/name", "Tên", "Name", Shape::Line),
    may("/short_name", "Tên ngắn", "Short name", Shape::Line),
    may("/aliases", "Tên khác", "Other names", Shape::List),
    must("/kind", "Loại", "Kind", Shape::Kind(KindList::Units)),
    may("/functions", "Chức năng", "Functions", Shape::Several(UnitFunction::LABELS)),
    may("/parent_id", "Đơn vị cấp trên", "Unit above", Shape::Unit),
    may("/military_unit_id", "Đơn vị quân đội", "Army unit", Shape::MilitaryUnit),
    may("/agency_code", "Mã định danh điện tử", "Agency code", Shape::Line),
    may("/contact_name", "Người liên hệ", "Contact", Shape::Line),
    may("/contact_phone", "Điện thoại liên hệ", "Contact phone", Shape::Phone).also(PHONES),
];
const ACTIVITIES: &[Column] = &[
    must("/code", "Mã", "Code", Shape::Line),
    must("/kind", "Loại", "Kind", Shape::Choice(ActivityKind::LABELS)),
    must("/title", "Tiêu đề", "Title", Shape::Line),
    may("/public_title", "Tiêu đề công khai", "Public title", Shape::Line),
    may("/description", "Mô tả", "Description", Shape::Line),
    may("/date", "Ngày", "Day", Shape::Day),
    may("/session", "Buổi", "Session", Shape::Choice(Session::LABELS)),
    may("/starts_at", "Bắt đầu", "Start", Shape::Moment),
    may("/ends_at", "Kết thúc", "End", Shape::Moment),
    must("/place/name", "Địa điểm", "Place", Shape::Line),
    may("/place/kind", "Loại địa điểm", "Kind of place", Shape::Choice(PlaceKind::LABELS)),
    may("/hamlet_id", "Thôn/ấp", "Hamlet", Shape::Hamlet).also(HAMLET),
    may("/plan_item_id", "Mục kế hoạch", "Plan item", Shape::PlanItem),
    may("/work_types", "Loại việc", "Work", Shape::Kinds(KindList::WorkTypes)).also(&["Việc làm", "Công việc"]),
    may("/capacity", "Số chỗ", "Seats", Shape::Whole),
    may("/lead_user_id", "Người phụ trách", "Lead", Shape::User),
];
/// The roles that an office gives by a list: the first ones, down to the auditor.
const ROLES: Labels = Role::LABELS.split_at(8).0;
const USERS: &[Column] = &[
    must("/user/username", "Tên đăng nhập", "Username", Shape::Line),
    must("/user/display_name", "Họ và tên", "Full name", Shape::Line),
    may("/user/phone", "Số điện thoại", "Phone", Shape::Phone).also(PHONES),
    may("/grant/role", "Vai trò", "Role", Shape::Choice(ROLES)),
    may("/grant/unit_id", "Đơn vị", "Unit", Shape::Unit),
    may("/grant/hamlet_id", "Thôn/ấp", "Hamlet", Shape::Hamlet).also(HAMLET),
    may("/grant/valid_from", "Từ ngày", "From", Shape::Day),
    may("/grant/valid_to", "Đến ngày", "To", Shape::Day),
];

impl ImportKind {
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Volunteers | Self::GroupMembers => VOLUNTEERS,
            Self::Hamlets => HAMLETS,
            Self::Units => UNITS,
            Self::Activities => ACTIVITIES,
            Self::Users => USERS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn headings_are_unambiguous_and_those_of_the_own_files() {
        for kind in ImportKind::ALL {
            for (i, column) in kind.columns().iter().enumerate() {
                for other in kind.columns().iter().skip(i + 1) {
                    assert!(column.called().all(|name| !other.is_called(name)), "{kind:?}: {}", column.name.vi);
                }
            }
        }
        assert_eq!(ROLES.last().map(|(code, _)| *code), Some("auditor"));
        assert!(VOLUNTEERS.iter().any(|column| column.is_called("  SỐ ĐIỆN THOẠI * ")));
    }
}
