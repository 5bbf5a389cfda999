//! Check-in codes: what is printed as a QR code and scanned on the spot, verified without a network.
//!
//! An activity's codes hold for ten minutes each and are fetched the evening before: who scans one with the own phone has
//! been there. A volunteer's code is printed on a card: the lead scans it to find the person. Both are JWTs (RFC 7519) of
//! keys in the JWKS that sign nothing else, so that every JWT library verifies them on the phone.

mod dto;
mod handlers;
mod rules;

pub use rules::{About, LEEWAY, subject};

use crate::access::roles::Grants;
use crate::handler;
use crate::text::Text;
use crate::web::operation::{Operation, Room};

/// Who may fetch an activity's codes: those who may take presence at it.
const HOLDERS: Grants = crate::activities::rules::PRESENCE;

pub fn room() -> Room {
    let problems = &[&crate::error::FORBIDDEN, &crate::error::NOT_FOUND, &crate::error::VALIDATION_FAILED];
    Room::new("check_in_codes", Text::new("Mã QR điểm danh.", "QR codes for the check-in."))
        .with(
            Operation::get("list_check_in_codes", "/v1/activities/{id}/check-in-codes", Text::new("Các mã mười phút của một hoạt động", "The ten-minute codes of an activity"), handler!(handlers::of_activity))
            .asks::<dto::CodesQuery>()
            .gives::<dto::ActivityCodes>()
            .policy(&crate::activities::rules::POLICY, HOLDERS)
            .scoped("sign_ups", "check_in")
            .describe(Text::new(
                "Lấy từ tối hôm trước, hiện lần lượt tại chỗ; không cần mạng. Người tham gia quét bằng máy của mình rồi gửi kèm khi điểm danh (`code`). Mã là JWT (EdDSA), kiểm tra được bằng `/.well-known/jwks.json`: `aud` là `check-in`, `sub` là hoạt động, có hiệu lực từ `nbf` đến `exp`.",
                "Fetch them the evening before and show one after the other on the spot; no network is needed. Who comes scans one with the own phone and sends it with the check-in (`code`). A code is a JWT (EdDSA) that \
                 `/.well-known/jwks.json` verifies: `aud` is `check-in`, `sub` the activity, valid from `nbf` to `exp`.",
            ))
            .problems(problems),
        )
        .with(
            Operation::get("get_volunteer_code", "/v1/volunteers/{id}/check-in-code", Text::new("Mã in trên thẻ của một người tham gia", "The code for a volunteer's card"), handler!(handlers::of_volunteer))
            .gives::<dto::VolunteerCode>()
            .policy(&crate::volunteers::rules::POLICY, crate::volunteers::rules::POLICY.update)
            .scoped("sign_ups", "check_in")
            .describe(Text::new(
                "Chỉ chứa mã định danh, không có tên hay số điện thoại. Người điểm danh quét mã này (`volunteer_code`). JWT có `aud` là `volunteer`, `sub` là người tham gia, không hết hạn.",
                "It holds an id, no name and no phone. Who takes presence scans it (`volunteer_code`). A JWT with the `aud` `volunteer`, the volunteer as `sub`, and no end.",
            ))
            .problems(problems),
        )
}
