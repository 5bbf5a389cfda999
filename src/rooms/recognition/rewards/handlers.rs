//! What happens with rewards.

use serde_json::Value;
use uuid::Uuid;

use super::checks::{Merit, Subject};
use super::dto::{
    ActOnReward, CheckResult, CheckReward, Council, CreateReward, NameConsent, PresentReward, PutOnDecision, RecommendReward, Reward, RewardStatus,
    SubjectClass, SubjectType, UpdateReward,
};
use super::parameters;
use super::{checks, evidence, rules, store};
use crate::accounts::office::ERASED;
use crate::clock::local_day;
use crate::db::values::Json;
use crate::documents::Document;
use crate::documents::{self, Decided};
use crate::error::{Error, Result};
use crate::hamlets::Hamlet;
use crate::journal::{Seen, Write};
use crate::text::fold;
use crate::units::Unit;
use crate::volunteers::Volunteer;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table::{self, Acting, Stored};
use crate::{accounts, random, said};

fn not_there() -> Error {
    Error::field("/subject_id", "not_there", said!("Không có trong phạm vi của bạn", "Not there within your reach"))
}

/// The record of a subject, in the nominator's reach or not there.
async fn record<R: Stored>(write: &mut Write, id: Uuid) -> Result<R> {
    table::refer(write, id, "/subject_id").await
}

async fn subject_of(write: &mut Write, input: &CreateReward) -> Result<Subject> {
    let kind = input.subject_type;
    let told = input.subject_name.clone().map(String::from);
    let id = input.subject_id.unwrap_or_default();
    let individual = |name: String, hamlet_id, unit_id| Subject {
        kind,
        id: Some(id),
        name: told.clone().unwrap_or(name),
        class: SubjectClass::Individual,
        hamlet_id,
        unit_id,
    };
    Ok(match kind {
        SubjectType::Volunteer => {
            let person: Volunteer = record(write, id).await?;
            individual(person.full_name, person.hamlet_id, person.unit_id)
        }
        SubjectType::User => {
            let user = accounts::office::in_reach(write, id).await?.ok_or_else(not_there)?;
            individual(user.display_name, None, None)
        }
        SubjectType::Unit => {
            let unit: Unit = record(write, id).await?;
            Subject { class: SubjectClass::Collective, ..individual(unit.name, None, Some(id)) }
        }
        SubjectType::Hamlet => {
            let hamlet: Hamlet = record(write, id).await?;
            Subject { class: SubjectClass::Collective, ..individual(hamlet.name, Some(id), None) }
        }
        SubjectType::Household | SubjectType::Named => {
            let class = if kind == SubjectType::Household { SubjectClass::Household } else { input.subject_class.unwrap_or(SubjectClass::Individual) };
            Subject { kind, id: None, name: told.unwrap_or_default(), class, hamlet_id: input.hamlet_id, unit_id: None }
        }
    })
}

async fn nominate(write: &mut Write, input: CreateReward, id: Uuid, request_hash: Vec<u8>) -> Result<Reward> {
    let subject = subject_of(write, &input).await?;
    let figures = evidence::compute(write, input.campaign_id, input.activity_id, subject.kind, subject.id).await?;
    let merit =
        Merit { campaign_id: input.campaign_id, activity_id: input.activity_id, achievement: input.achievement.into(), kind: input.kind, form: input.form };
    let row = checks::new_reward(input.commune_id, subject, merit, figures, id, write.actor.user_id(), write.now, request_hash);
    warn_of_others(write, &row).await?;
    Ok(row)
}

/// Several rewards of one subject: told, since each achievement counts once and these may be one.
async fn warn_of_others(write: &mut Write, row: &Reward) -> Result<()> {
    let mut others = vec![];
    for id in store::of_subject(write, row).await? {
        // Whom the caller may not see is not hinted at.
        if table::found::<Reward>(write, id).await?.is_some() {
            others.push(id);
        }
    }
    if !others.is_empty() {
        write.warn(
            "possible_duplicate",
            "/achievement",
            said!("Đối tượng đã có đề nghị khen khác trong đợt", "The subject has another reward in this campaign"),
            others,
        );
    }
    Ok(())
}

pub async fn create(call: Call) -> Result<Answer> {
    let input: CreateReward = call.body()?;
    table::may_create(&call, &rules::POLICY, Some(input.commune_id)).await?;
    checks::check_subject(input.subject_type, input.subject_id, input.subject_name.as_ref().map(|name| name.0.as_str()), input.subject_class)?;
    let id = input.id.unwrap_or_else(random::id);
    table::create(&call, input.commune_id, id, async |write| nominate(write, input, id, call.request_hash()).await).await
}

/// A nomination of the program's own data.
pub async fn add(write: &mut Write, input: CreateReward) -> Result<Reward> {
    let id = input.id.unwrap_or_else(random::id);
    let row = nominate(write, input, id, vec![]).await?;
    Ok(table::insert(write, "create", row).await?.row)
}

pub async fn update(call: Call) -> Result<Answer> {
    let UpdateReward { subject_name, achievement, kind, form } = call.body()?;
    table::update(&call, async |_, before: &Seen<Reward>| {
        let mut after = before.row.clone();
        subject_name.apply(&mut after.subject_name);
        achievement.apply(&mut after.achievement);
        kind.apply(&mut after.kind);
        form.apply(&mut after.form);
        after.search = fold(&after.subject_name);
        if after.subject_id.is_none() {
            after.subject_key = checks::key_of(&after.subject_name, after.hamlet_id);
        }
        Ok(after)
    })
    .await
}

/// The decision loses a line: its reader has to read it again.
pub async fn take_off(call: Call, body: ActOnReward) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, mut after: Reward| {
        if let Some(decision) = after.decision_id.take() {
            let decision = table::named::<Document>(write, decision, "/decision_id").await?;
            checks::check_decision(&decision)?;
            documents::touch(write, "take_off_reward", &decision).await?;
        }
        Ok(after)
    })
    .await
}

pub async fn check(call: Call, body: CheckReward) -> Result<Answer> {
    let CheckReward { disciplined, note } = body;
    table::act(&call, Acting::default(), async |write, _, mut after: Reward| {
        after.check_result = Some(Json(CheckResult { disciplined, note: note.map(String::from), at: write.now }));
        warn_of_others(write, &after).await?;
        Ok(after)
    })
    .await
}

pub async fn recommend(call: Call, body: RecommendReward) -> Result<Answer> {
    let RecommendReward { met_on, minutes_document_id } = body;
    table::act(&call, Acting::default(), async |write, _, mut after: Reward| {
        checks::check_discipline(&after)?;
        let minutes = table::named::<Document>(write, minutes_document_id, "/minutes_document_id").await?;
        checks::check_minutes(&minutes, met_on.0, local_day(write.now))?;
        after.council = Some(Json(Council { met_on: met_on.0, minutes_document_id }));
        Ok(after)
    })
    .await
}

pub async fn put_on_decision(call: Call, body: PutOnDecision) -> Result<Answer> {
    let PutOnDecision { decision_id } = body;
    table::act(&call, Acting::default(), async |write, _, mut after: Reward| {
        if after.decision_id == Some(decision_id) {
            return Ok(after);
        }
        let decision = table::named::<Document>(write, decision_id, "/decision_id").await?;
        checks::check_decision(&decision)?;
        documents::touch(write, "put_on_reward", &decision).await?;
        after.decision_id = Some(decision_id);
        Ok(after)
    })
    .await
}

pub async fn present(call: Call, body: PresentReward) -> Result<Answer> {
    let PresentReward { presented_on, activity_id, certificate_number } = body;
    table::act(&call, Acting::default(), async |write, _, mut after: Reward| {
        let today = local_day(write.now);
        if presented_on.0 > today {
            return Err(Error::field("/presented_on", "in_the_future", said!("Không được sau ngày {today}", "May not be later than {today}")));
        }
        (after.presented_on, after.presented_activity_id) = (Some(presented_on.0), activity_id);
        after.certificate_number = certificate_number.map(String::from);
        Ok(after)
    })
    .await
}

pub async fn record_name_consent(call: Call, body: NameConsent) -> Result<Answer> {
    let NameConsent { given } = body;
    table::act(&call, Acting::default(), async |_, _, mut after: Reward| {
        if after.subject_type == SubjectType::Volunteer {
            let text =
                said!("Sự đồng ý của tình nguyện viên ghi ở mục consents (purpose = awards)", "A volunteer's consent is kept in consents (purpose = awards)");
            return Err(Error::field("/given", "kept_elsewhere", text));
        }
        after.name_consent = given;
        Ok(after)
    })
    .await
}

/// A decision is issued: everything that is put on it is awarded, in its transaction, with the evidence of this moment
/// and the amount of the decision's day. Who decides is who signs, or who approved; who writes the number decides nothing.
pub async fn award_all(write: &mut Write, decided: Decided) -> Result<()> {
    let Decided { decision, by: decider, on: issued_on } = decided;
    let rewards = store::on_decision(write, decision, &[RewardStatus::Recommended]).await?;
    if rewards.is_empty() {
        return Ok(());
    }
    let parameters = parameters::on(write, issued_on).await?.ok_or_else(|| Error::new(&rules::NO_PARAMETERS))?;
    for before in rewards {
        checks::check_awarder(&before, decider)?;
        let mut after = Reward { status: RewardStatus::Awarded, ..before.clone() };
        after.evidence.0.decided = Some(evidence::compute(write, after.campaign_id, after.activity_id, after.subject_type, after.subject_id).await?);
        after.amount_vnd = checks::amount(after.form, after.subject_class, &parameters);
        after.award_parameter_id = after.amount_vnd.map(|_| parameters.id);
        table::follow(write, "award", &before, after).await?;
    }
    Ok(())
}

/// A decision was cancelled: what it awarded is revoked.
pub async fn revoke_of(write: &mut Write, decision: Uuid) -> Result<()> {
    for before in store::on_decision(write, decision, &[RewardStatus::Awarded, RewardStatus::Presented]).await? {
        table::follow(write, "revoke", &before, Reward { status: RewardStatus::Revoked, ..before.clone() }).await?;
    }
    Ok(())
}

/// Two records of a person became one: the nominations go along, but for one that the other has too, which ends.
pub async fn reassign(write: &mut Write, from: Uuid, into: Uuid) -> Result<()> {
    let theirs = store::of_volunteers(write, &[into]).await?;
    for before in store::of_volunteers(write, &[from]).await? {
        let double = theirs.iter().any(|own| (own.campaign_id, own.activity_id) == (before.campaign_id, before.activity_id));
        let decided = matches!(before.status, RewardStatus::Awarded | RewardStatus::Presented);
        let after = match (double, decided) {
            (true, false) => Reward { status: RewardStatus::Withdrawn, ..before.clone() },
            // What was awarded stays as it was decided.
            (true, true) => continue,
            (false, _) => Reward { subject_id: Some(into), subject_key: into.to_string(), ..before.clone() },
        };
        table::follow(write, if double { "withdraw" } else { "reassign" }, &before, after).await?;
    }
    Ok(())
}

/// A person's data are erased. What was awarded is an act of the state and stays as it was decided (law 06/2022/QH15 on
/// emulation and commendation, law 33/2024/QH15 on archives); nominations that came to nothing lose the name and the words.
pub async fn erase(write: &mut Write, volunteer: Uuid) -> Result<()> {
    for before in store::of_volunteers(write, &[volunteer]).await? {
        if matches!(before.status, RewardStatus::Awarded | RewardStatus::Presented | RewardStatus::Revoked) {
            continue;
        }
        let open = matches!(before.status, RewardStatus::Nominated | RewardStatus::Checked | RewardStatus::Recommended);
        let status = if open { RewardStatus::Withdrawn } else { before.status };
        let after = Reward { subject_name: ERASED.into(), achievement: ERASED.into(), status, ..before.clone() };
        table::follow(write, "erase", &before, after).await?;
    }
    Ok(())
}

/// What is kept of a person, for the export of all that is.
pub async fn kept_of(call: &Call, commune: Uuid, person: Uuid) -> Result<Value> {
    table::values_of::<Reward>(call, commune, store::of_volunteer(&call.worker.lane, commune, person).await?).await
}
