//! API clients: programs that sign in with a secret (OAuth 2.0 client credentials, RFC 6749 section 4.4).
//!
//! A client can do at most what its maker may at that moment, in one commune, within its scopes and bounds. The guard
//! looks at [`access::client`](crate::access::client); here clients are made, listed, given secrets and revoked.

mod dto;
mod handlers;
mod oauth;
pub mod rules;
mod store;

pub use dto::ApiClient;

use crate::handler;
use crate::text::Text;
use crate::web::operation::{Noun, Operation, Resource, Room, TOKEN_PATH};

pub fn room() -> Room {
    let noun = Noun { one: "api_client", text: Text::new("ứng dụng tích hợp", "API client"), plural: "API clients" };
    Resource::<ApiClient>::of(noun)
        .list(&[])
        .item()
        .create_by::<dto::CreateApiClient>(handler!(handlers::create))
        .describe(Text::new(
            "Phạm vi viết là `tài nguyên:động từ`, xem `x-scope` của từng thao tác; `tài nguyên:*` là tất cả. Ứng dụng không bao giờ làm được nhiều hơn người tạo ra nó. Sau khi tạo, gọi `issue_secret` để lấy khóa bí mật.",
            "Scopes are `resource:verb`, see each operation's `x-scope`; `resource:*` is all of them. A client never does more than its maker may. Once it is made, `issue_secret` gives its secret.",
        ))
        .update_by::<dto::UpdateApiClient>(handler!(handlers::update))
        .act("issue_secret", handlers::issue_secret)
        .act("drop_old_secret", handlers::drop_old_secret)
        .act("revoke", handlers::revoke)
        .action_gives::<dto::IssuedSecret>("issue_secret")
        .room(Text::new("Ứng dụng và hệ thống kết nối với Danvan.", "Programs and systems that connect to Danvan."))
        .with(
            Operation::post("issue_token", TOKEN_PATH, Text::new("Lấy mã truy cập cho ứng dụng (OAuth 2.0)", "An access token for a program (OAuth 2.0)"), handler!(oauth::token)).open().secret()
            .takes_form::<dto::TokenRequest>()
            .gives::<dto::TokenAnswer>()
            .describe(Text::new(
                "`grant_type=client_credentials`; mã ứng dụng và khóa bí mật gửi trong tiêu đề Authorization (Basic) hoặc trong nội dung. Lỗi theo RFC 6749 mục 5.2: `{\"error\", \"error_description\"}`.",
                "`grant_type=client_credentials`; id and secret in the header Authorization (Basic) or in the body. Errors are those of RFC 6749 section 5.2: `{\"error\", \"error_description\"}` with status 400 or 401.",
            ))
            .problems(&[&crate::error::TOO_MANY_REQUESTS]),
        )
}
