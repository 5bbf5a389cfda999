//! What happens with documents.

use super::dto::{ActOnDocument, CreateDocument, Document, DocumentReach, IssueDocument};
use super::{Decided, Followers, checks, rules, store};
use crate::campaigns::Campaign;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::units::UnitFunction;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::operation::tell;
use crate::web::table::{self, Acting, Kept, New as _};
use crate::{accounts, document_recipients, random, said, units};

/// A document that says who may read it, or leaves it to the rule.
pub async fn create(call: Call) -> Result<Answer> {
    let sent: CreateDocument = call.body()?;
    let (feed, told) = (sent.commune_id, sent.reach.is_some());
    table::may_create(&call, &rules::POLICY, Some(feed)).await?;
    let id = sent.id.unwrap_or_else(random::id);
    table::create(&call, feed, id, async |write| {
        let mut row = Document::check(write, None, sent.row(id, call.now, call.request_hash())).await?;
        // How the police spread their people is for those who get a copy (plan, III.2.2).
        if let Some(unit) = row.drafting_unit_id.filter(|_| !told)
            && units::has_function(write, unit, UnitFunction::PublicSecurity).await?
        {
            row.reach = DocumentReach::Recipients;
        }
        Ok(row)
    })
    .await
}

impl Kept for Document {
    async fn check(write: &mut Write, _: Option<&Seen<Self>>, row: Self) -> Result<Self> {
        checks::check(&row)?;
        check_units(write, &row).await?;
        Ok(row)
    }
}

/// Units that the text names are the commune's.
async fn check_units(write: &mut Write, row: &Document) -> Result<()> {
    let mut named = checks::duties(&row.sections.0);
    named.extend(row.bases.0.iter().filter_map(|basis| basis.issuing_unit_id).map(|id| id.0));
    named.sort();
    named.dedup();
    if units::exist(write, row.commune_id, &named).await? {
        return Ok(());
    }
    Err(Error::field("/sections", "no_unit", said!("Có đơn vị không thuộc xã này", "Some unit is none of this commune's")))
}

/// Handed on or agreed to: who would get no copy is told.
pub async fn pass_on(call: Call, body: ActOnDocument) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Document| {
        warn_of_missing_copies(write, &after).await?;
        Ok(after)
    })
    .await
}

pub async fn distribute(call: Call, body: ActOnDocument) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Document| {
        document_recipients::send_all(write, after.id).await?;
        Ok(after)
    })
    .await
}

pub async fn publish(call: Call, body: ActOnDocument) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, mut after: Document| {
        if after.reach != DocumentReach::Commune {
            return Err(Error::new(&rules::NOT_FOR_ALL));
        }
        after.published_at = after.published_at.or(Some(write.now));
        Ok(after)
    })
    .await
}

pub async fn cancel(call: Call, body: ActOnDocument, followers: &Followers) -> Result<Answer> {
    table::act(&call, body.into(), async |write, _, after: Document| {
        if after.kind == rules::DECISION {
            tell(followers.overturned, write, after.id).await?;
        }
        Ok(after)
    })
    .await
}

/// Beside a plain action: the units with copies; for a replacement the other document; for an awards decision its
/// rewards with their evidence, each written once.
pub async fn issue(call: Call, body: IssueDocument, followers: &Followers) -> Result<Answer> {
    let IssueDocument { number, issued_on, signature, occurred_at } = body;
    table::act(&call, Acting { reason: None, occurred_at }, async |write, _, mut after: Document| {
        if let Some(signature) = signature {
            after.signature.0 = signature;
        }
        checks::check_issue(&after, issued_on.0, write.now)?;
        check_signer(write, &after, issued_on.0).await?;
        (after.number, after.issued_on) = (Some(number.into()), Some(issued_on.0));
        if let (Some(other), Some(how)) = (after.replaces_id, after.replaces_as) {
            let other = table::row::<Document>(write, other).await?.filter(checks::in_force).ok_or_else(|| Error::new(&rules::NOT_IN_FORCE))?;
            let replaced = Document { status: checks::replaced(how), ..other.clone() };
            table::follow(write, how.name(), &other, replaced).await?;
        }
        if after.kind == rules::DECISION {
            let by = match after.signature.0.signer_user_id {
                Some(signer) => Some(signer.0),
                None => store::approver(write, after.id).await?,
            };
            tell(followers.decided, write, Decided { decision: after.id, by, on: issued_on.0 }).await?;
        }
        warn_of_missing_copies(write, &after).await?;
        Ok(after)
    })
    .await
}

/// A signer with an account signs in no form that the signer's own rights do not give.
async fn check_signer(write: &mut Write, document: &Document, day: chrono::NaiveDate) -> Result<()> {
    let signature = &document.signature.0;
    let Some(signer) = signature.signer_user_id else { return Ok(()) };
    let acting = accounts::office::leads_as(write, signer.0, document.commune_id, day).await?;
    if checks::may_sign(signature.form, &acting) {
        return Ok(());
    }
    Err(Error::new(&rules::SIGNER_NOT_ENTITLED)
        .detail(said!(
            "Chủ tịch ký trực tiếp (head); cấp phó ký thay (kt) hoặc quyền (q) khi được ủy quyền; quyền của người ký phải có hiệu lực vào ngày ký {day}",
            "The chair signs as `head`; a deputy signs `kt` or `q` with a right that names whom it acts for; the signer's right has to hold on the day of signing, {day}"
        ))
        .member("signing_form", signature.form.name()))
}

/// Told, never refused: a unit that the plan gives a duty, or a partner, that gets no copy.
async fn warn_of_missing_copies(write: &mut Write, document: &Document) -> Result<()> {
    let mut with_duty = checks::duties(&document.sections.0);
    if document.kind == rules::PLAN
        && let Some(campaign) = document.campaign_id
        && let Some(campaign) = table::row::<Campaign>(write, campaign).await?
    {
        with_duty.extend(campaign.partner_unit_ids);
    }
    if with_duty.is_empty() {
        return Ok(());
    }
    let copies = document_recipients::units_of(write, document.id).await?;
    with_duty.retain(|unit| !copies.contains(unit));
    with_duty.sort();
    with_duty.dedup();
    if !with_duty.is_empty() {
        let called = units::names(write, document.commune_id).await?;
        let names = called.iter().filter(|(id, _)| with_duty.contains(id)).filter_map(|(_, names)| names.get(1)).cloned().collect::<Vec<_>>().join(", ");
        write.warn(
            "duty_without_copy",
            "/sections",
            said!("Có nhiệm vụ nhưng không có trong nơi nhận: {names}", "These have a duty and are no recipients: {names}"),
            with_duty,
        );
    }
    Ok(())
}

/// Something was put on a document or taken off: its version moves, so that nobody signs what they have not read.
pub async fn touch(write: &mut Write, action: &str, document: &Document) -> Result<()> {
    table::follow(write, action, document, document.clone()).await
}
