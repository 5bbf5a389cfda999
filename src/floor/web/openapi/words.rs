//! The document's sentences about operations, in both languages or in one.

use crate::access::roles::called;
use crate::text::{Lang, Text};
use crate::web::operation::{Caller, Kind, Operation, Text2};

/// The languages of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// English with Vietnamese beside it, as the document is committed and generated from.
    Both,
    One(Lang),
}

impl Tongue {
    /// A short text: both in one line.
    pub fn line(self, vi: &str, en: &str) -> String {
        match self {
            Self::Both => format!("{en} ({vi})"),
            Self::One(Lang::En) => en.into(),
            Self::One(Lang::Vi) => vi.into(),
        }
    }

    /// A paragraph; both, one after the other.
    fn paragraph(self, vi: &str, en: &str) -> Vec<String> {
        match self {
            Self::Both => vec![en.into(), vi.into()],
            Self::One(Lang::En) => vec![en.into()],
            Self::One(Lang::Vi) => vec![vi.into()],
        }
    }

    /// What follows from an operation's kind and rights: in English where both are there.
    fn note(self, vi: String, en: String) -> String {
        if self == Self::One(Lang::Vi) { vi } else { en }
    }

    pub fn text(self, text: Text) -> String {
        self.paragraph(text.vi, text.en).join("\n\n")
    }

    /// What the whole document says of itself.
    pub fn description(self) -> String {
        self.paragraph(&format!("{}{}", WHAT.vi, CONVENTIONS.vi), &format!("{}{}", WHAT.en, CONVENTIONS.en)).join("\n\n")
    }

    /// What an operation does, when it may, and for whom.
    pub fn describe(self, operation: &Operation) -> String {
        let Text2 { vi, en } = &operation.description;
        let mut parts = self.paragraph(vi, en);
        parts.extend([self.kind(operation), self.permission(operation)]);
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n")
    }

    fn kind(self, operation: &Operation) -> String {
        let text = match operation.kind {
            Kind::Act(step) => {
                let from = step.from.iter().map(|from| format!("`{from}`")).collect::<Vec<_>>().join(", ");
                let becomes = |becomes: &str, stays: &str| step.to.map_or_else(|| stays.to_owned(), |to| format!("{becomes} `{to}`"));
                let (vi, en) = (becomes("chuyển sang", "giữ nguyên trạng thái"), becomes("becomes", "the status stays"));
                return self.note(
                    format!("Từ {from}: {vi}. Làm lại lần nữa thì trả 200 và không đổi gì."),
                    format!("From {from}: {en}. Done again, it answers 200 and changes nothing."),
                );
            }
            Kind::Create => Text::new(
                "Cùng id và cùng nội dung thì trả 200 với đối tượng như hiện nay; nội dung khác, hoặc id đã có, thì 409.",
                "The same id with the same body answers 200 with the object as it is now; another body, or an id that is taken, 409.",
            ),
            Kind::Update => Text::new(
                "JSON merge patch (RFC 7396): trường không gửi thì giữ nguyên. Không có gì đổi thì phiên bản cũng giữ nguyên.",
                "JSON merge patch (RFC 7396): fields that are left out stay. When nothing changes the version stays too.",
            ),
            Kind::Put => Text::new(
                "Mã riêng này chưa có gì thì tạo mới (201). Đã có thì gộp các trường được gửi (200); trường chỉ nhận khi tạo phải như cũ.",
                "Under this key of yours nothing yet: it is created (201). Otherwise the sent fields are merged (200); a field that only a creation takes must be as it was.",
            ),
            _ => Text::new("", ""),
        };
        self.note(text.vi.into(), text.en.into())
    }

    /// Who may call it, from the policy's table.
    fn permission(self, operation: &Operation) -> String {
        if operation.grants.is_empty() {
            let text = match operation.caller {
                Caller::Anyone => Text::new("Quyền: ai cũng được.", "Permission: anybody."),
                Caller::SignedIn => Text::new("Quyền: người đã đăng nhập, với việc của mình.", "Permission: anybody who is signed in, for their own."),
            };
            return self.note(text.vi.into(), text.en.into());
        }
        let pairs = operation.grants.iter().map(|(role, relation)| (format!("`{}` ({})", role.name(), relation.name()), called(*role, *relation)));
        let (vi, en): (Vec<String>, Vec<String>) = pairs.map(|(pair, who)| (format!("{} – {pair}", who.vi), pair)).unzip();
        self.note(format!("Quyền: {}.", vi.join(", ")), format!("Permission: {}.", en.join(", ")))
    }
}

const WHAT: Text = Text::new(
    "API để Ủy ban nhân dân xã và đơn vị quân đội cùng tổ chức công tác dân vận.\n\n",
    "API with which a commune People's Committee and an army unit run a joint civic campaign (công tác dân vận).\n\n",
);

const CONVENTIONS: Text = Text::new(
    "Quy ước: id là UUID, ứng dụng có thể tự chọn id của đối tượng mình tạo; giờ theo RFC 3339 (UTC), ngày theo ISO 8601, ngày địa phương là Asia/Ho_Chi_Minh; \
tiền là số nguyên đồng (`*_vnd`), độ dài là mét (`*_m`). Nội dung gửi lên phải đúng từng trường: trường lạ bị từ chối. Giá trị liệt kê trong câu trả lời có thể thêm về sau: bỏ qua giá trị chưa biết. \
Lỗi theo `application/problem+json` (RFC 9457), mã không đổi, liệt kê ở `/v1/problems`; câu chữ bằng tiếng Việt, hoặc tiếng Anh khi gửi `Accept-Language: en`. \
Mã lỗi chung nằm ở `x-codes` của các câu trả lời dùng chung, mã riêng của một thao tác ở `x-codes` của nó. \
Mỗi câu trả lời mang số hiệu của yêu cầu (`X-Request-Id`) và hạn mức (`RateLimit`, `RateLimit-Policy`). \
Giới hạn: nội dung 1 MiB (64 KiB khi chưa đăng nhập), tệp 4 MiB, tham số 8 KiB, trang 200 đối tượng, JSON lồng 128 tầng. Phần đầu yêu cầu quá dài bị từ chối ngay (414, 431).",
    "Conventions: ids are UUIDs, and a client may choose the id of what it creates; times are RFC 3339 in UTC, dates ISO 8601, local days are Asia/Ho_Chi_Minh; \
money is integer đồng (`*_vnd`), lengths are metres (`*_m`). Request bodies are strict: an unknown field is refused. Enums in answers are open: ignore values that you do not know. \
Problems are `application/problem+json` (RFC 9457) with stable codes, listed at `/v1/problems`; texts are Vietnamese, or English with `Accept-Language: en`, which every operation heeds. \
The codes of problems that any operation may answer are the `x-codes` of the shared responses, an operation's own are its `x-codes`. \
Every answer names its request (`X-Request-Id`) and its budget (`RateLimit`, `RateLimit-Policy`). \
Limits: bodies 1 MiB (64 KiB without a token), files 4 MiB, queries 8 KiB, pages 200 objects, JSON nested 128 deep. A head that is too long is refused before any operation (414, 431).",
);
