//! Consents: what a person agreed to, in which words, how it was given, and when it was withdrawn.
//!
//! Others may use [`give`], [`erase`], [`of_volunteer`] and [`guardian_consented`].

mod dto;
mod handlers;
pub mod rules;
mod store;

pub use dto::{Consent, ConsentPurpose, GivenConsent, GivenVia};
pub use handlers::give;
pub use store::{erase, guardian_consented, of_volunteer, reassign};

use crate::text::Text;
use crate::web::operation::{Noun, Resource, Room};

pub fn room() -> Room {
    let noun = Noun { one: "consent", text: Text::new("sự đồng ý", "consent"), plural: "consents" };
    Resource::<Consent>::of(noun)
        .list(&[])
        .item()
        .create()
        .act("withdraw", handlers::withdraw)
        .room(Text::new("Sự đồng ý về dữ liệu cá nhân (Luật 91/2025/QH15).", "Consents about personal data (Law 91/2025/QH15)."))
}
