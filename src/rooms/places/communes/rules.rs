//! Who may do what with communes, and what may become of one.

use super::dto::Commune;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{Everywhere, Published};
use crate::access::roles::Role::{PlatformAdmin, Public};
use crate::error::{Constraint, Error, Result};
use crate::said;
use crate::text::Text;

const READ: Grants = &[(PlatformAdmin, Everywhere), (Public, Published)];
const CHANGE: Grants = &[(PlatformAdmin, Everywhere)];

pub static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step::new(
            "rename",
            &["active"],
            None,
            CHANGE,
            Text::new("Đổi tên, loại hoặc tỉnh của xã từ một ngày", "Give a commune another name, kind or province from a day on"),
        )
        .with(&[Need::Reason]),
        Step::new("merge", &["active"], Some("merged"), CHANGE, Text::new("Sáp nhập xã", "Merge a commune into others")).with(&[Need::Reason]),
        Step::new("dissolve", &["active"], Some("dissolved"), CHANGE, Text::new("Giải thể xã", "Dissolve a commune")).with(&[Need::Reason]),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "communes", read: READ, create: CHANGE, update: CHANGE, fields: Commune::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

pub static CONSTRAINTS: &[Constraint] =
    &[Constraint::taken("communes_code_key", "/code", "code_taken", Text::new("Một xã đang hoạt động đã có mã này", "A living commune has this code"))];

/// Codes are of digits alone.
pub fn check_codes(commune: &Commune) -> Result<()> {
    for (pointer, code) in [("/code", &commune.code), ("/province_code", &commune.province_code)] {
        if !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::field(pointer, "digits_only", said!("Mã chỉ gồm chữ số", "The code consists of digits")));
        }
    }
    Ok(())
}

/// A period ends after it began.
pub fn check_after(day: chrono::NaiveDate, commune: &Commune, pointer: &'static str) -> Result<()> {
    let from = commune.valid_from;
    if day < from {
        return Err(Error::field(pointer, "end_before_start", said!("Phải từ ngày {from} trở đi", "Must be {from} or later")));
    }
    Ok(())
}
