//! Sign-ups: who comes to an activity, from the wish to the man-days: persons and groups, seats and the waiting list,
//! presence and its correction.
//!
//! Capacity binds sign-ups, never presence. The sums that a screen shows are kept by `seats` in the same write.

mod dto;
mod handlers;
mod presence;
pub mod rules;
mod seats;
mod store;

pub use dto::SignUp;
pub use handlers::{add, attended};
pub use seats::{ask_again, cancel_all, confirm_pending, erase, promote, reassign};
pub use store::of_volunteer;

use crate::handler;
use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Caller, Kind, Method, Noun, Resource, Room, single};
use crate::web::shapes;

const INCLUDES: &[&Include] = &[&crate::activities::INCLUDE, &crate::volunteers::INCLUDE, &crate::hamlets::INCLUDE, &crate::units::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "sign_up", text: Text::new("lượt đăng ký tham gia", "sign-up"), plural: "sign-ups" };
    Resource::new("sign_ups", noun, &rules::POLICY)
        .list::<SignUp, dto::SignUpFilter>(Kind::List { sorts: &["created_at"], includes: INCLUDES, commune: true, search: None }, handler!(handlers::list))
        .item::<SignUp>(handler!(handlers::get))
        .create::<SignUp, dto::CreateSignUp>(handler!(handlers::create))
        .update::<SignUp, dto::UpdateSignUp>(handler!(handlers::update))
        .actions::<SignUp>(handler!(handlers::act), |action| match action {
            "check_in" => shapes::plain::<dto::CheckIn>,
            "check_out" => shapes::plain::<dto::CheckOut>,
            "correct" => shapes::plain::<dto::CorrectSignUp>,
            "reconfirm" => shapes::plain::<dto::Reconfirm>,
            _ => shapes::plain::<dto::ActOnSignUp>,
        })
        .room(Text::new("Đăng ký tham gia, điểm danh, ngày công.", "Sign-ups, attendance and man-days."))
        .with(
            single(
                "sign_ups",
                "create_walk_in",
                Method::Post,
                "/v1/activities/{id}/walk-ins",
                Caller::SignedIn,
                Kind::Write { secret: false },
                Text::new("Ghi nhận người đến thêm", "Record residents who just came"),
                handler!(presence::walk_in),
            )
            .takes::<dto::WalkIn>()
            .gives::<SignUp>()
            .status(201)
            .policy(&rules::POLICY, rules::CHECK_IN)
            .describe(Text::new("Một lượt cho cả nhóm: số người hoặc tên từng người.", "One call for all: a headcount, or names."))
            .problems(&[&crate::error::FORBIDDEN, &crate::error::NOT_FOUND, &rules::NOT_OPEN]),
        )
        .problems(&[&rules::NOT_OPEN, &rules::NO_SEAT, &rules::NOT_ELIGIBLE, &crate::activities::rules::NOT_READY])
}
