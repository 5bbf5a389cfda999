//! Users, their grants, and how they get in.
//!
//! Two resources (`users`, `grants`) that look like every other, and the ways to sign in beside them: `sign_in`
//! (passwords and one-time codes), `sessions` (refresh tokens), `throttle` (failures), [`passwords`] (argon2id).

mod codes;
mod cover;
mod dto;
mod grants;
mod handlers;
pub mod office;
pub mod passwords;
pub mod rules;
mod sessions;
mod sign_in;
mod sign_in_dto;
mod store;
mod throttle;

pub use dto::{CreateGrant, CreateUser, GrantRow, IssuedCode, User};
pub use grants::give;
pub use office::Newcomer;
pub use sessions::MAX_IDLE;
pub use store::names;
pub use throttle::Attempt;

use futures::FutureExt as _;

use crate::handler;
use crate::text::Text;
use crate::web::operation::{Kind, Noun, Operation, Resource, Room};

pub fn users_room() -> Room {
    let noun = Noun { one: "user", text: Text::new("tài khoản", "user"), plural: "users" };
    Resource::<User>::of(noun)
        .list(&[])
        .item()
        .create_by::<CreateUser>(handler!(handlers::create))
        .update_by::<dto::UpdateUser>(handler!(handlers::update))
        .act("disable", handlers::disable)
        .act("enable", handlers::enable)
        .act("issue_code", handlers::issue_code)
        .act("replace_phone", handlers::replace_phone)
        .action_gives::<IssuedCode>("issue_code")
        .action_gives::<IssuedCode>("replace_phone")
        .room(Text::new(
            "Tài khoản của cán bộ, trưởng thôn/ấp, liên lạc đơn vị và tình nguyện viên.",
            "The accounts of officials, hamlet heads, liaisons and volunteers.",
        ))
        .problems(&[&rules::LAST_LEADER])
}

pub fn grants_room() -> Room {
    let noun = Noun { one: "grant", text: Text::new("quyền được giao", "grant"), plural: "grants" };
    Resource::<GrantRow>::of(noun)
        .list(&[])
        .item()
        .create_by::<CreateGrant>(handler!(grants::create))
        .update_by::<dto::UpdateGrant>(handler!(grants::update))
        .act("revoke", grants::revoke)
        .room(Text::new(
            "Quyền theo vai trò, phạm vi và nhiệm kỳ. Không ai giao quyền rộng hơn quyền của mình.",
            "Rights by role, scope and term. Nobody grants more than they hold.",
        ))
        .problems(&[&rules::ALREADY_GRANTED, &rules::LAST_LEADER])
        .after(&["merge_hamlet", "rename_hamlet", "dissolve_hamlet"], |call| grants::end_with_hamlet(call).boxed_local())
}

pub fn auth_room() -> Room {
    let write = Kind::Write { secret: true };
    Room::new("auth", Text::new("Đăng nhập, phiên và mật khẩu.", "Signing in, sessions and passwords."))
        .with(
            Operation::post("login", "/v1/auth/login", Text::new("Đăng nhập bằng mật khẩu", "Sign in with a password"), handler!(sign_in::login))
                .open()
                .kind(write)
                .takes::<sign_in_dto::Login>()
                .gives::<sign_in_dto::SignedIn>()
                .problems(&[&crate::error::SIGN_IN_FAILED, &crate::error::TOO_MANY_REQUESTS]),
        )
        .with(
            Operation::post(
                "activate",
                "/v1/auth/activate",
                Text::new("Mở phiên bằng mã một lần", "Open a session with a one-time code"),
                handler!(sign_in::activate),
            )
            .open()
            .kind(write)
            .takes::<sign_in_dto::Activate>()
            .gives::<sign_in_dto::SignedIn>()
            .problems(&[&crate::error::SIGN_IN_FAILED, &crate::error::TOO_MANY_REQUESTS]),
        )
        .with(
            Operation::post("refresh", "/v1/auth/refresh", Text::new("Lấy mã truy cập mới", "Get a new access token"), handler!(sign_in::refresh))
                .open()
                .kind(write)
                .takes::<sign_in_dto::Refresh>()
                .gives::<sign_in_dto::SignedIn>()
                .describe(Text::new(
                    "Gửi lại cùng một mã làm mới thì nhận cùng một mã kế tiếp, cho đến khi mã kế tiếp được dùng; dùng lại sau đó sẽ kết thúc phiên.",
                    "The same refresh token gives the same successor until that successor is used; used again after that, it ends the session.",
                ))
                .problems(&[&crate::error::SESSION_REVOKED, &crate::error::TERM_ENDED, &crate::error::TOKEN_INVALID]),
        )
        .with(
            Operation::post("logout", "/v1/auth/logout", Text::new("Kết thúc phiên này", "End this session"), handler!(sign_in::logout))
                .kind(write)
                .status(204),
        )
        .with(
            Operation::get("get_me", "/v1/me", Text::new("Tôi là ai và được làm gì", "Who I am and what I may do"), handler!(sign_in::me))
                .gives::<sign_in_dto::Me>(),
        )
        .with(
            Operation::get("list_my_sessions", "/v1/me/sessions", Text::new("Các phiên của tôi", "My sessions"), handler!(sign_in::my_sessions))
                .gives::<sign_in_dto::Sessions>(),
        )
        .with(
            Operation::delete(
                "revoke_my_session",
                "/v1/me/sessions/{id}",
                Text::new("Thu hồi một phiên của tôi", "Revoke one of my sessions"),
                handler!(sign_in::revoke_my_session),
            )
            .kind(write)
            .status(204)
            .problems(&[&crate::error::NOT_FOUND]),
        )
        .with(
            Operation::post(
                "change_my_password",
                "/v1/me/password",
                Text::new("Đổi mật khẩu của tôi", "Change my password"),
                handler!(sign_in::change_password),
            )
            .kind(write)
            .takes::<sign_in_dto::ChangePassword>()
            .status(204)
            .describe(Text::new("Kết thúc các phiên khác.", "Ends the other sessions."))
            .problems(&[&crate::error::SIGN_IN_FAILED, &crate::error::TOO_MANY_REQUESTS]),
        )
}
