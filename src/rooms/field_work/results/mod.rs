//! Results: metres, plants, man-days, check-ups, gifts, whatever a metric counts. One truth: a road's metres, an
//! activity's and a campaign's figures are computed from these rows.
//!
//! Others record a road's metres with [`record_metres`] and read them with [`metres_of`].

mod dto;
mod handlers;
pub mod rules;
mod store;
mod sums;

pub use dto::{ActivityResult, CreateResult, Side};
pub use handlers::{add, record_metres};
pub use store::{ByUnitAndWork, by_unit_and_work, metres_of};
pub use sums::{differences, fix};

use crate::handler;
use crate::text::Text;
use crate::web::include::Include;
use crate::web::operation::{Noun, Operation, Resource, Room};

const INCLUDES: &[&Include] = &[&crate::activities::INCLUDE, &crate::road_registrations::INCLUDE, &crate::hamlets::INCLUDE, &crate::units::INCLUDE];

pub fn room() -> Room {
    let noun = Noun { one: "result", text: Text::new("kết quả", "result"), plural: "results" };
    Resource::<ActivityResult>::of(noun)
        .list(INCLUDES)
        .item()
        .create_by::<CreateResult>(handler!(handlers::create))
        .update_by::<dto::UpdateResult>(handler!(handlers::update))
        .put()
        .act("verify", handlers::verify)
        .act("reopen", handlers::reopen)
        .act("withdraw", handlers::reopen)
        .room(Text::new(
            "Kết quả theo chỉ tiêu: mét đường, cây, ngày công bộ đội, suất quà ...",
            "Results by metric: metres, plants, soldiers' man-days, gifts ...",
        ))
        .with(
            Operation::get("list_metrics", "/v1/metrics", Text::new("Danh mục chỉ tiêu", "The metrics"), handler!(handlers::metrics))
                .open()
                .gives::<dto::Metrics>(),
        )
        .problems(&[&rules::NOT_TAKING_PLACE, &rules::ROAD_CONFIRMED, &crate::activities::rules::NOT_READY])
}
