//! What a reward must be like, and what it is worth: pure rules.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::dto::{Evidence, EvidenceFigures, Reward, RewardForm, RewardKind, RewardStatus, SubjectClass, SubjectType};
use super::parameters::AwardParameters;
use super::rules::{DISCIPLINED, NOT_A_DRAFT, OWN_NOMINATION};
use crate::db::values::Json;
use crate::documents::{Document, DocumentStatus};
use crate::error::{Error, FieldError, Result};
use crate::said;
use crate::text::{fold, same_name};

/// A subject as the record tells it.
#[derive(Debug)]
pub struct Subject {
    pub kind: SubjectType,
    pub id: Option<Uuid>,
    pub name: String,
    pub class: SubjectClass,
    pub hamlet_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
}

/// What of the achievement goes into a nomination.
#[derive(Debug)]
pub struct Merit {
    pub campaign_id: Uuid,
    pub activity_id: Option<Uuid>,
    pub achievement: String,
    pub kind: RewardKind,
    pub form: RewardForm,
}

pub fn new_reward(
    commune_id: Uuid,
    subject: Subject,
    merit: Merit,
    evidence: EvidenceFigures,
    id: Uuid,
    nominated_by: Option<Uuid>,
    now: DateTime<Utc>,
    request_hash: Vec<u8>,
) -> Reward {
    let Subject { kind: subject_type, id: subject_id, name, class, hamlet_id, unit_id } = subject;
    let Merit { campaign_id, activity_id, achievement, kind, form } = merit;
    Reward {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        campaign_id,
        activity_id,
        subject_type,
        subject_id,
        subject_key: subject_id.map_or_else(|| key_of(&name, hamlet_id), |id| id.to_string()),
        search: fold(&name),
        subject_name: name,
        subject_class: class,
        hamlet_id,
        unit_id,
        achievement,
        kind,
        form,
        nominated_by,
        check_result: None,
        council: None,
        decision_id: None,
        evidence: Json(Evidence { nominated: evidence, decided: None }),
        amount_vnd: None,
        award_parameter_id: None,
        certificate_number: None,
        presented_on: None,
        presented_activity_id: None,
        name_consent: false,
        status: RewardStatus::Nominated,
        request_hash,
    }
}

/// Subject type, id, name and class fit each other.
pub fn check_subject(kind: SubjectType, id: Option<Uuid>, name: Option<&str>, class: Option<SubjectClass>) -> Result<()> {
    let by_name = matches!(kind, SubjectType::Household | SubjectType::Named);
    let mut errors = vec![];
    if by_name && name.is_none() {
        errors.push(FieldError::new("/subject_name", "required", said!("Cần nêu tên", "The name is needed")));
    }
    if by_name != id.is_none() {
        let text = if by_name {
            said!("Loại đối tượng này không có mã", "This kind of subject has no id")
        } else {
            said!("Cần nêu mã đối tượng", "The subject's id is needed")
        };
        errors.push(FieldError::new("/subject_id", if by_name { "not_allowed" } else { "required" }, text));
    }
    if class.is_some() && kind != SubjectType::Named {
        errors.push(FieldError::new("/subject_class", "not_allowed", said!("Chỉ dùng cho đối tượng chỉ có tên", "Only for a subject that is a name alone")));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// No reward while a review or an investigation is under way (Decree 98/2023/NĐ-CP, article 4).
pub fn check_discipline(reward: &Reward) -> Result<()> {
    if reward.check_result.as_ref().is_some_and(|found| found.0.disciplined) {
        return Err(Error::new(&DISCIPLINED));
    }
    Ok(())
}

/// The council's minutes are an issued document of their kind.
pub fn check_minutes(minutes: &Document, met_on: NaiveDate, today: NaiveDate) -> Result<()> {
    let mut errors = vec![];
    if minutes.kind != crate::documents::rules::MINUTES || !crate::documents::in_force(minutes) {
        let text = said!("Phải là biên bản đã ban hành", "Must be minutes that are issued");
        errors.push(FieldError::new("/minutes_document_id", "no_minutes", text));
    }
    if met_on > today {
        errors.push(FieldError::new("/met_on", "in_the_future", said!("Không được sau ngày {today}", "May not be later than {today}")));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// A reward is put on a decision that nobody has signed yet.
pub fn check_decision(decision: &Document) -> Result<()> {
    let open = matches!(decision.status, DocumentStatus::Draft | DocumentStatus::Returned | DocumentStatus::InReview | DocumentStatus::Approved);
    if decision.kind == crate::documents::rules::DECISION && open {
        return Ok(());
    }
    Err(Error::new(&NOT_A_DRAFT).member("decision_status", decision.status.name()))
}

/// What tells people and households without a record apart: the name with its accents, and the hamlet.
pub fn key_of(name: &str, hamlet: Option<Uuid>) -> String {
    format!("{}|{}", same_name(name), hamlet.map(|id| id.to_string()).unwrap_or_default())
}

/// Nominator and awarder differ.
pub fn check_awarder(reward: &Reward, decider: Option<Uuid>) -> Result<()> {
    if reward.nominated_by.is_some() && reward.nominated_by == decider {
        return Err(Error::new(&OWN_NOMINATION).member("reward_id", reward.id.to_string()));
    }
    Ok(())
}

/// What a reward is worth on the day of its decision: base salary by coefficient by multiplier, rounded up to the step
/// (Decree 98/2023/NĐ-CP, article 53). Only a certificate of merit comes with money.
pub fn amount(form: RewardForm, class: SubjectClass, parameters: &AwardParameters) -> Option<i64> {
    if form != RewardForm::CertificateOfMerit {
        return None;
    }
    let hundredths = match class {
        SubjectClass::Individual => 100,
        SubjectClass::Household => i64::from(parameters.household_hundredths),
        SubjectClass::Collective => i64::from(parameters.collective_hundredths),
    };
    let scaled = parameters.base_salary_vnd.checked_mul(i64::from(parameters.coefficient_thousandths))?.checked_mul(hundredths)?;
    let step = parameters.rounding_step_vnd.checked_mul(100_000)?;
    let steps = scaled / step + i64::from(scaled % step != 0);
    steps.checked_mul(parameters.rounding_step_vnd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(base: i64, coefficient: i32) -> AwardParameters {
        AwardParameters {
            id: Uuid::nil(),
            valid_from: NaiveDate::MIN,
            base_salary_vnd: base,
            coefficient_thousandths: coefficient,
            household_hundredths: 150,
            collective_hundredths: 200,
            rounding_step_vnd: 10_000,
            source: String::new(),
        }
    }

    #[test]
    fn amounts_are_rounded_up_to_tens_of_thousands() {
        use SubjectClass::{Collective, Household, Individual};
        let cases = [
            (2_340_000, 150, Individual, 360_000),
            (2_340_000, 150, Household, 530_000),
            (2_340_000, 150, Collective, 710_000),
            (2_340_000, 300, Individual, 710_000),
            (2_340_000, 300, Household, 1_060_000),
            (2_530_000, 300, Collective, 1_520_000),
            (1_800_000, 150, Individual, 270_000),
        ];
        for (base, coefficient, class, expected) in cases {
            assert_eq!(amount(RewardForm::CertificateOfMerit, class, &of(base, coefficient)), Some(expected), "{base} {coefficient} {class:?}");
        }
        assert_eq!(amount(RewardForm::LetterOfThanks, Individual, &of(2_340_000, 150)), None);
        assert_eq!(amount(RewardForm::CertificateOfMerit, Individual, &of(i64::MAX, 300)), None, "no overflow");
    }
}
