//! What the columns of each kind of file are.

use super::dto::ImportKind;
use crate::text::{Text, fold};

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    Line,
    Whole,
    Phone,
    /// `16/07/2024` or `2024-07-16`.
    Day,
    /// A day, with or without a time of day, in Vietnam.
    Moment,
    /// Several, separated by semicolons or commas.
    List,
    /// One of these, by code or by what people call it.
    Choice(Choices),
    /// Several of these.
    Several(Choices),
    Hamlet,
    Unit,
    UnitKind,
    MilitaryUnit,
    PlanItem,
    User,
}

/// Codes with what people call them.
pub type Choices = &'static [(&'static str, Text)];

/// A column: where its cells go in the body that the room's door takes, and what it is called.
#[derive(Debug)]
pub struct Column {
    pub path: &'static str,
    pub name: Text,
    pub shape: Shape,
    pub required: bool,
}

impl Column {
    /// Whether a heading is this column's, in either language or as the API's field (`emergency_contact.name`); the star of
    /// required ones does not matter.
    pub fn is_called(&self, heading: &str) -> bool {
        let heading = fold(heading.trim_end_matches([' ', '*']));
        heading == fold(self.name.vi) || heading == fold(self.name.en) || heading == self.path.trim_start_matches('/').replace('/', ".")
    }
}

const fn must(path: &'static str, vi: &'static str, en: &'static str, shape: Shape) -> Column {
    Column { path, name: Text::new(vi, en), shape, required: true }
}

const fn may(path: &'static str, vi: &'static str, en: &'static str, shape: Shape) -> Column {
    Column { path, name: Text::new(vi, en), shape, required: false }
}

const CATEGORY: Choices = &[
    ("official", Text::new("Cán bộ", "Official")),
    ("civil_servant", Text::new("Công chức", "Civil servant")),
    ("youth_union_member", Text::new("Đoàn viên", "Youth union member")),
    ("association_member", Text::new("Hội viên", "Association member")),
    ("resident", Text::new("Người dân", "Resident")),
];
const GIVEN_VIA: Choices =
    &[("paper", Text::new("Giấy", "Paper")), ("oral_to_head", Text::new("Nói với trưởng ấp", "Told the head")), ("self", Text::new("Tự đồng ý", "Self"))];
const HAMLET_KIND: Choices = &[
    ("ap", Text::new("Ấp", "Hamlet (ấp)")),
    ("thon", Text::new("Thôn", "Village (thôn)")),
    ("khu_pho", Text::new("Khu phố", "Quarter")),
    ("to_dan_pho", Text::new("Tổ dân phố", "Residential group")),
    ("ban", Text::new("Bản", "Village (bản)")),
    ("buon", Text::new("Buôn", "Village (buôn)")),
    ("other", Text::new("Khác", "Other")),
];
const FUNCTIONS: Choices = &[
    ("military_affairs", Text::new("Quân sự", "Military affairs")),
    ("public_security", Text::new("Công an", "Public security")),
    ("culture_sports", Text::new("Văn hóa, thể thao", "Culture and sports")),
    ("broadcasting", Text::new("Truyền thanh", "Broadcasting")),
    ("social_affairs", Text::new("Xã hội", "Social affairs")),
    ("accounting", Text::new("Kế toán", "Accounting")),
    ("health", Text::new("Y tế", "Health")),
    ("mobilisation", Text::new("Vận động", "Mobilisation")),
    ("general_office", Text::new("Văn phòng", "General office")),
];
const ACTIVITY_KIND: Choices = &[
    ("launch_ceremony", Text::new("Lễ ra quân", "Launch ceremony")),
    ("road_labour", Text::new("Lao động làm đường", "Road labour")),
    ("work_handover", Text::new("Bàn giao công trình", "Handover of works")),
    ("sports_exchange", Text::new("Giao lưu thể thao", "Sports exchange")),
    ("cultural_exchange", Text::new("Giao lưu văn nghệ", "Cultural exchange")),
    ("disease_prevention_spraying", Text::new("Phun thuốc phòng dịch", "Spraying against disease")),
    ("gift_presentation", Text::new("Tặng quà", "Presentation of gifts")),
    ("closing_summary", Text::new("Tổng kết", "Closing summary")),
    ("medical_check", Text::new("Khám bệnh", "Medical check")),
    ("propaganda_talk", Text::new("Tuyên truyền", "Talk")),
    ("meeting", Text::new("Họp", "Meeting")),
    ("other", Text::new("Khác", "Other")),
];
const SESSION: Choices = &[("morning", Text::new("Sáng", "Morning")), ("afternoon", Text::new("Chiều", "Afternoon")), ("evening", Text::new("Tối", "Evening"))];
const PLACE_KIND: Choices = &[
    ("hamlet", Text::new("Ấp", "Hamlet")),
    ("unit", Text::new("Đơn vị", "Unit")),
    ("school", Text::new("Trường học", "School")),
    ("road", Text::new("Đường", "Road")),
    ("other", Text::new("Khác", "Other")),
];
const WORK: Choices = &[
    ("clear_brush", Text::new("Phát quang bụi rậm", "Clear brush")),
    ("cut_grass", Text::new("Cắt cỏ", "Cut grass")),
    ("pull_weeds", Text::new("Nhổ cỏ dại", "Pull weeds")),
    ("plant_flowers", Text::new("Trồng hoa", "Plant flowers")),
    ("other", Text::new("Khác", "Other")),
];
const ROLE: Choices = &[
    ("commune_leader", Text::new("Lãnh đạo xã", "Commune leader")),
    ("commune_officer", Text::new("Cán bộ văn phòng xã", "Commune officer")),
    ("unit_officer", Text::new("Cán bộ đơn vị, đoàn thể", "Unit officer")),
    ("unit_liaison", Text::new("Liên lạc đơn vị quân đội", "Unit liaison")),
    ("hamlet_head", Text::new("Trưởng ấp", "Hamlet head")),
    ("volunteer", Text::new("Tình nguyện viên", "Volunteer")),
    ("observer", Text::new("Người theo dõi", "Observer")),
    ("auditor", Text::new("Người kiểm tra", "Auditor")),
];

/// Members of a group are volunteers, known or new.
const VOLUNTEERS: &[Column] = &[
    must("/full_name", "Họ và tên", "Full name", Shape::Line),
    may("/birth_year", "Năm sinh", "Year of birth", Shape::Whole),
    may("/phone", "Số điện thoại", "Phone", Shape::Phone),
    may("/category", "Thành phần", "Category", Shape::Choice(CATEGORY)),
    may("/hamlet_id", "Ấp", "Hamlet", Shape::Hamlet),
    may("/unit_id", "Đơn vị", "Unit", Shape::Unit),
    may("/skills", "Kỹ năng", "Skills", Shape::List),
    may("/emergency_contact/name", "Người liên hệ khẩn cấp", "Emergency contact", Shape::Line),
    may("/emergency_contact/phone", "Điện thoại liên hệ khẩn cấp", "Emergency phone", Shape::Phone),
    must("/consents/0/given_at", "Ngày đồng ý tham gia", "Day of consent", Shape::Moment),
    may("/consents/0/given_via", "Cách đồng ý", "Consent given by", Shape::Choice(GIVEN_VIA)),
    may("/consents/0/text_version", "Bản nội dung đồng ý", "Consent wording", Shape::Line),
    may("/consents/0/guardian/name", "Người giám hộ", "Guardian", Shape::Line),
    may("/consents/0/guardian/phone", "Điện thoại người giám hộ", "Guardian's phone", Shape::Phone),
    may("/consents/0/guardian/relation", "Quan hệ của người giám hộ", "Guardian's relation", Shape::Line),
];
const HAMLETS: &[Column] = &[
    must("/code", "Mã", "Code", Shape::Line),
    must("/name", "Tên", "Name", Shape::Line),
    may("/alternative_names", "Tên khác", "Other names", Shape::List),
    must("/kind", "Loại", "Kind", Shape::Choice(HAMLET_KIND)),
    must("/sort_order", "Thứ tự", "Order", Shape::Whole),
    may("/household_count", "Số hộ", "Households", Shape::Whole),
    may("/population", "Số dân", "Population", Shape::Whole),
    may("/meeting_house", "Nhà văn hóa", "Meeting house", Shape::Line),
    may("/contact_phone", "Điện thoại liên hệ", "Contact phone", Shape::Phone),
];
const UNITS: &[Column] = &[
    must("/code", "Mã", "Code", Shape::Line),
    must("/name", "Tên", "Name", Shape::Line),
    may("/short_name", "Tên ngắn", "Short name", Shape::Line),
    may("/aliases", "Tên khác", "Other names", Shape::List),
    must("/kind", "Loại", "Kind", Shape::UnitKind),
    may("/functions", "Chức năng", "Functions", Shape::Several(FUNCTIONS)),
    may("/parent_id", "Đơn vị cấp trên", "Unit above", Shape::Unit),
    may("/military_unit_id", "Đơn vị quân đội", "Army unit", Shape::MilitaryUnit),
    may("/agency_code", "Mã định danh điện tử", "Agency code", Shape::Line),
    may("/contact_name", "Người liên hệ", "Contact", Shape::Line),
    may("/contact_phone", "Điện thoại liên hệ", "Contact phone", Shape::Phone),
];
const ACTIVITIES: &[Column] = &[
    must("/code", "Mã", "Code", Shape::Line),
    must("/kind", "Loại", "Kind", Shape::Choice(ACTIVITY_KIND)),
    must("/title", "Tiêu đề", "Title", Shape::Line),
    may("/public_title", "Tiêu đề công khai", "Public title", Shape::Line),
    may("/description", "Mô tả", "Description", Shape::Line),
    may("/date", "Ngày", "Day", Shape::Day),
    may("/session", "Buổi", "Session", Shape::Choice(SESSION)),
    may("/starts_at", "Bắt đầu", "Start", Shape::Moment),
    may("/ends_at", "Kết thúc", "End", Shape::Moment),
    must("/place/name", "Địa điểm", "Place", Shape::Line),
    may("/place/kind", "Loại địa điểm", "Kind of place", Shape::Choice(PLACE_KIND)),
    may("/hamlet_id", "Ấp", "Hamlet", Shape::Hamlet),
    may("/plan_item_id", "Mục kế hoạch", "Plan item", Shape::PlanItem),
    may("/work_types", "Việc làm", "Work", Shape::Several(WORK)),
    may("/capacity", "Số chỗ", "Seats", Shape::Whole),
    may("/lead_user_id", "Người phụ trách", "Lead", Shape::User),
];
const USERS: &[Column] = &[
    must("/user/username", "Tên đăng nhập", "Username", Shape::Line),
    must("/user/display_name", "Họ và tên", "Full name", Shape::Line),
    may("/user/phone", "Số điện thoại", "Phone", Shape::Phone),
    may("/grant/role", "Vai trò", "Role", Shape::Choice(ROLE)),
    may("/grant/unit_id", "Đơn vị", "Unit", Shape::Unit),
    may("/grant/hamlet_id", "Ấp", "Hamlet", Shape::Hamlet),
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
    use crate::access::roles::Role;

    #[test]
    fn headings_are_unambiguous_and_choices_are_those_of_the_rooms() {
        for kind in ImportKind::ALL {
            for (i, column) in kind.columns().iter().enumerate() {
                for other in kind.columns().iter().skip(i + 1) {
                    assert!(!other.is_called(column.name.vi) && !other.is_called(column.name.en), "{kind:?}: {}", column.name.vi);
                }
            }
        }
        assert!(ROLE.iter().all(|(code, _)| Role::parse(code).is_some()));
        let names: Vec<&str> = WORK.iter().map(|(code, _)| *code).collect();
        assert_eq!(names, crate::activities::WorkType::ALL.iter().map(|work| work.name()).collect::<Vec<_>>());
        assert!(VOLUNTEERS.iter().any(|column| column.is_called("  SỐ ĐIỆN THOẠI * ")));
    }
}
