//! Sign-ups: who comes to an activity, from the wish to the man-days: persons and groups, seats and the waiting list,
//! presence and its correction.
//!
//! Capacity binds sign-ups, never presence. The sums that a screen shows are kept by `seats` in the same write.

mod apart;
mod check_ins;
mod dto;
mod handlers;
mod hours;
mod portion;
mod presence;
mod presence_actions;
mod presence_dto;
pub mod rules;
mod scanned;
mod seats;
mod store;

pub use apart::set_apart_all;
pub use dto::SignUp;
pub use handlers::{add, attended, kept_of, name_member};
pub use presence::count_rest;
pub use seats::{ask_again, cancel_all, confirm_pending, erase, promote, reassign};

use crate::handler;
use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Noun, Operation, Resource, Room};

const INCLUDES: &[&Include] = &[&crate::activities::INCLUDE, &crate::volunteers::INCLUDE, &crate::hamlets::INCLUDE, &crate::units::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "sign_up", text: Text::new("lượt đăng ký tham gia", "sign-up"), plural: "sign-ups" };
    Resource::<SignUp>::of(noun)
        .list(INCLUDES)
        .item()
        .create_by::<dto::CreateSignUp>(handler!(handlers::create))
        .update_by::<dto::UpdateSignUp>(handler!(handlers::update))
        .put()
        .act("confirm", handlers::confirm)
        .act("reject", handlers::leave)
        .act("withdraw", handlers::leave)
        .act("reconfirm", handlers::reconfirm)
        .act("check_in", presence_actions::check_in)
        .act("check_out", presence_actions::check_out)
        .act("place", apart::place)
        .act("mark_no_show", handlers::leave)
        .act("correct", presence_actions::correct)
        .room(Text::new("Đăng ký tham gia, điểm danh, ngày công.", "Sign-ups, attendance and man-days."))
        .with(
            Operation::post("create_walk_in", "/v1/activities/{id}/walk-ins", Text::new("Ghi nhận người đến thêm", "Record residents who just came"), handler!(presence_actions::walk_in))
            .takes::<presence_dto::WalkIn>()
            .gives::<SignUp>()
            .status(201)
            .policy(&rules::POLICY, rules::CHECK_IN)
            .describe(Text::new("Một lượt cho cả nhóm: số người hoặc tên từng người.", "One call for all: a headcount, or names."))
            .problems(&[&crate::error::FORBIDDEN, &crate::error::NOT_FOUND, &rules::NO_PRESENCE]),
        )
        .with(
            Operation::post("check_in_many", "/v1/sign-ups/check-ins", Text::new("Nộp hàng đợi điểm danh của điện thoại", "Hand in a phone's queue of check-ins and check-outs"), handler!(check_ins::check_in_many)).secret()
            .takes::<presence_dto::CheckIns>()
            .gives::<presence_dto::CheckInResults>()
            .policy(&rules::POLICY, rules::COME)
            .scoped("sign_ups", "check_in")
            .describe(Text::new(
                "Đến 1.000 lượt đến và về, mỗi lượt có kết quả riêng. Ghi muộn vẫn được nhận và được đánh dấu; lượt có mặt của buổi đã hoãn được để riêng (`to_place`) cho văn phòng xếp; hai điện thoại ghi cùng một người thì chỉ tính một lần. Mất câu trả lời thì gửi lại cả hàng đợi. Khi máy chủ bận (503), các lượt còn lại không được thử: gửi lại sau Retry-After.",
                "Up to 1,000 comings and leavings, each with its own result. What is written down late is taken and marked; presence of a session that was put off is kept apart (`to_place`) for the office; two phones that wrote down one person count once. When the answer is lost, send the whole queue again.                  When the service is busy (503) the rest is not tried: send again after `Retry-After`.",
            ))
            .problems(&[&crate::error::FORBIDDEN]),
        )
        .problems(&[&rules::NOT_OPEN, &rules::NO_PRESENCE, &rules::NO_SEAT, &rules::NOT_ELIGIBLE, &rules::CODE_REQUIRED, &crate::activities::rules::NOT_READY])
}
