//! Rewards: nominated, checked, recommended by the council, awarded by a decision, presented (Law 06/2022/QH15).
//!
//! A decision's issue awards what is put on it through [`award_all`]; its cancellation revokes through [`revoke_of`].

mod checks;
mod dto;
mod evidence;
mod handlers;
mod parameters;
pub mod rules;
mod store;

pub use dto::{CreateReward, Reward, RewardStatus};
pub use handlers::{add, award_all, erase, kept_of, reassign, revoke_of};

use crate::handler;
use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Noun, Operation, Resource, Room};

const INCLUDES: &[&Include] = &[&crate::campaigns::INCLUDE, &crate::activities::INCLUDE, &crate::hamlets::INCLUDE, &crate::units::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "reward", text: Text::new("đề nghị khen thưởng", "reward"), plural: "rewards" };
    Resource::<Reward>::of(noun)
        .list(INCLUDES)
        .item()
        .create_by::<CreateReward>(handler!(handlers::create))
        .update_by::<dto::UpdateReward>(handler!(handlers::update))
        .put()
        .act("check", handlers::check)
        .act("recommend", handlers::recommend)
        .act("put_on_decision", handlers::put_on_decision)
        .act("take_off_decision", handlers::take_off)
        .act("present", handlers::present)
        .act("record_name_consent", handlers::record_name_consent)
        .act("reject", handlers::take_off)
        .plain::<dto::ActOnReward>(&["withdraw", "revoke"])
        .room(Text::new(
            "Khen thưởng: từ đề nghị, thẩm tra, xét của hội đồng, quyết định đến trao. Quyết định được ban hành ở mục documents.",
            "Rewards: nominated, checked, recommended, awarded, presented. The decision that awards is issued among the documents.",
        ))
        .with(
            Operation::get(
                "list_award_parameters",
                "/v1/award-parameters",
                Text::new("Mức tiền thưởng theo thời gian", "What a certificate is worth, by time"),
                handler!(parameters::list),
            )
            .open()
            .gives::<parameters::AwardParametersList>()
            .describe(Text::new(
                "Mức theo ngày của quyết định; đổi bằng lệnh `danvan parameters set`.",
                "The decision's day rules; changed by `danvan parameters set`.",
            )),
        )
        .problems(&[&rules::DISCIPLINED, &rules::NOT_A_DRAFT])
}
