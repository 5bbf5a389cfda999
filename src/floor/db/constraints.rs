//! What broken constraints mean for a client: by their names, or as a room says.

use crate::error::{CONFLICT, FieldError, Problem, VALIDATION_FAILED};
use crate::text::Text;

/// A noun, its code and text.
struct Referred(&'static str, &'static str, Text);

/// What rows refer to, by the word in the names of foreign keys: what to say where there is no such thing.
const REFERRED: &[Referred] = &[
    Referred("military_unit", "no_military_unit", Text::new("Không có đơn vị quân đội này", "There is no such army unit")),
    Referred("plan_item", "no_plan_item", Text::new("Không có nội dung kế hoạch này trong xã", "The commune has no such plan item")),
    Referred("commune", "no_commune", Text::new("Không có xã này", "There is no such commune")),
    Referred("user", "no_user", Text::new("Không có tài khoản này", "There is no such user")),
    Referred("campaign", "no_campaign", NO_CAMPAIGN),
    Referred("hamlet", "no_hamlet", Text::new("Không có thôn/ấp này trong xã", "The commune has no such hamlet")),
    Referred("unit", "no_unit", Text::new("Không có đơn vị này trong xã", "The commune has no such unit")),
    Referred("activity", "no_activity", Text::new("Không có hoạt động này trong xã", "The commune has no such activity")),
    Referred("document", "no_document", Text::new("Không có văn bản này trong xã", "The commune has no such document")),
    Referred("volunteer", "no_volunteer", Text::new("Không có tình nguyện viên này trong xã", "The commune has no such volunteer")),
    Referred("group", "no_group", Text::new("Không có nhóm này trong xã", "The commune has no such group")),
];
pub const NO_CAMPAIGN: Text = Text::new("Không có đợt này trong xã", "The commune has no such campaign");

/// What a broken foreign key means by its name: `activities_lead_user_fkey` is a `/lead_user_id` that is no user.
pub fn missing(table: &str, constraint: &str) -> Option<FieldError> {
    let column = constraint.strip_prefix(table)?.strip_prefix('_')?.strip_suffix("_fkey")?;
    let of = |noun: &str| column == noun || column.ends_with(&format!("_{noun}"));
    let Referred(_, code, text) = REFERRED.iter().find(|Referred(noun, ..)| of(noun))?;
    Some(FieldError::new(format!("/{column}_id"), code, (*text).into()))
}

/// What a field means that names a row of a kind that is not there.
pub fn not_there(kind: &str, pointer: &str) -> FieldError {
    let noun = singular(kind);
    let found = REFERRED.iter().find(|Referred(known, ..)| *known == noun);
    let (code, text) =
        found.map_or(("not_there", Text::new("Không có trong xã", "The commune has no such thing")), |Referred(_, code, text)| (*code, *text));
    FieldError::new(pointer, code, text.into())
}

/// What the breach of a database constraint means, where its name does not say it.
#[derive(Debug)]
pub struct Constraint {
    pub name: &'static str,
    pub problem: &'static Problem,
    pub pointer: &'static str,
    pub code: &'static str,
    pub text: Text,
}

impl Constraint {
    /// 409: another row has it.
    pub const fn taken(name: &'static str, pointer: &'static str, code: &'static str, text: Text) -> Self {
        Self { name, problem: &CONFLICT, pointer, code, text }
    }

    /// 422: what the row refers to is not there.
    pub const fn missing(name: &'static str, pointer: &'static str, code: &'static str, text: Text) -> Self {
        Self { name, problem: &VALIDATION_FAILED, pointer, code, text }
    }
}

/// `activities` is many of `activity`.
fn singular(kind: &str) -> String {
    kind.strip_suffix("ies").map_or_else(|| kind.trim_end_matches('s').to_owned(), |stem| format!("{stem}y"))
}

#[cfg(test)]
mod tests {
    use crate::error::Error;

    #[test]
    fn a_foreign_key_explains_itself_also_on_a_server_that_numbers_its_parts() {
        let said = |table: &str, constraint: &str| {
            let error = Error::internal("").with_constraint(Some(constraint), String::new()).explain(table, &[]);
            error.field_errors().first().map(|field| (field.pointer.clone(), field.code))
        };
        assert_eq!(said("activities", "activities_lead_user_fkey"), Some(("/lead_user_id".into(), "no_user")));
        assert_eq!(said("activity_units", "activity_units_unit_fkey_102063"), Some(("/unit_id".into(), "no_unit")));
        assert_eq!(said("units", "units_military_unit_fkey"), Some(("/military_unit_id".into(), "no_military_unit")));
        assert_eq!(said("activities", "activity_units_unit_fkey"), None, "another table's");
        assert_eq!(said("hamlets", "hamlets_code_key_102063"), None, "no foreign key");
    }
}
