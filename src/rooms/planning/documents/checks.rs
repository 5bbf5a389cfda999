//! What a document must be like, and who may sign in which form: pure rules.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use uuid::Uuid;

use super::dto::{Document, DocumentStatus, ReplacesAs};
use super::parts::{Section, Signature, SigningForm};
use crate::clock::local_day;
use crate::error::{Error, FieldError, Result};
use crate::said;

/// What a draft says of its signature before anybody gave one.
pub fn unsigned() -> Signature {
    Signature { form: SigningForm::Head, on_behalf_of: None, for_title: None, signer_title: None, signer_name: None, signer_user_id: None }
}

/// The marks of secrets of the state (law 29/2018/QH14): documents that bear one have networks of their own.
const SECRECY: [&str; 3] = ["mật", "tối mật", "tuyệt mật"];

/// The first place of the text that is a mark of secrecy: a line of its own, or the whole of a field.
fn marked_secret(document: &Document) -> Option<String> {
    let is_mark = |line: &str| {
        let bare = line.trim().trim_start_matches("ĐỘ MẬT").trim_start_matches("Độ mật").trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        SECRECY.contains(&bare.as_str())
    };
    let holds = |text: &str| text.lines().any(is_mark);
    let heads = [("/symbol", Some(&document.symbol)), ("/place", document.place.as_ref()), ("/subject", Some(&document.subject))];
    let texts = [("/intro", document.intro.as_ref()), ("/closing", document.closing.as_ref())];
    let head = heads.into_iter().chain(texts).find(|(_, text)| text.is_some_and(|text| holds(text))).map(|(pointer, _)| pointer.to_owned());
    head.or_else(|| {
        let marked = |section: &Section| {
            holds(&section.label.0)
                || section.heading.as_ref().is_some_and(|heading| holds(&heading.0))
                || section.paragraphs.0.iter().any(|text| holds(&text.0))
        };
        document.sections.0.iter().position(marked).map(|i| format!("/sections/{i}"))
    })
}

/// A replacement says of what, and how; and no document is a secret of the state.
pub fn check(document: &Document) -> Result<()> {
    if let Some(pointer) = marked_secret(document) {
        let detail = said!(
            "Không nhận văn bản mang dấu độ mật (Mật, Tối mật, Tuyệt mật)",
            "Documents with a mark of secrecy (Mật, Tối mật, Tuyệt mật) are not kept here"
        );
        return Err(Error::field(pointer, "secret", detail));
    }
    if document.replaces_id.is_some() == document.replaces_as.is_some() {
        return Ok(());
    }
    let (pointer, text) = if document.replaces_id.is_some() {
        ("/replaces_as", said!("Cần nêu sửa đổi hay thay thế", "Say whether it amends or supersedes"))
    } else {
        ("/replaces_id", said!("Cần nêu văn bản được sửa đổi hoặc thay thế", "Name the document that it amends or supersedes"))
    };
    Err(Error::field(pointer, "required", text))
}

/// The units that a part of the text gives a duty, each once.
pub fn duties(sections: &[Section]) -> Vec<Uuid> {
    let mut units: Vec<Uuid> = sections.iter().flat_map(|section| &section.unit_ids.0).map(|id| id.0).collect();
    units.sort();
    units.dedup();
    units
}

/// The day printed on a document lies in its year, and has come.
pub fn check_issue(document: &Document, issued_on: NaiveDate, now: DateTime<Utc>) -> Result<()> {
    let (year, today) = (document.year, local_day(now));
    let mut errors = vec![];
    if issued_on.year() != year {
        errors.push(FieldError::new("/issued_on", "other_year", said!("Văn bản được đánh số trong năm {year}", "The document is numbered in {year}")));
    }
    if issued_on > today {
        errors.push(FieldError::new("/issued_on", "in_the_future", said!("Không được sau ngày {today}", "May not be later than {today}")));
    }
    if document.signature.0.signer_title.is_none() && document.signature.0.signer_name.is_none() {
        errors.push(FieldError::new("/signature", "required", said!("Cần chức vụ hoặc họ tên người ký", "The signer's title or name is needed")));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// Whether somebody with these rights as a leader may sign in a form: the head alone signs as head, a deputy in the
/// head's place (KT., Q.) needs a right that names whom it stands in for. `acting` tells for each right whether it does.
pub fn may_sign(form: SigningForm, acting: &[bool]) -> bool {
    match form {
        SigningForm::Head => acting.contains(&false),
        SigningForm::Kt | SigningForm::Acting => acting.contains(&true),
        SigningForm::Tm => !acting.is_empty(),
        // By order or authorisation anybody may sign whom the head named outside of this service.
        SigningForm::Tl | SigningForm::Tuq => true,
    }
}

/// What becomes of the document that this one replaces.
pub fn replaced(how: ReplacesAs) -> DocumentStatus {
    match how {
        ReplacesAs::Amends => DocumentStatus::Amended,
        ReplacesAs::Supersedes => DocumentStatus::Superseded,
    }
}

/// Whether others may still amend, supersede or carry out a document.
pub fn in_force(document: &Document) -> bool {
    matches!(document.status, DocumentStatus::Issued | DocumentStatus::Amended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::CreateDocument;
    use crate::web::table::New as _;

    #[test]
    fn marks_of_secrecy_are_lines_of_their_own() {
        let document = |subject: &str, intro: &str| {
            let body = serde_json::json!({"commune_id": Uuid::nil(), "kind": "plan", "symbol": "KH", "year": 2026, "issuing_unit_id": Uuid::nil(), "subject": subject, "intro": intro});
            let sent: CreateDocument = serde_json::from_value(body).expect("an input");
            check(&sent.row(Uuid::nil(), DateTime::UNIX_EPOCH, vec![]))
        };
        for (subject, intro) in [("MẬT", "x"), ("x", "Kính gửi\nĐộ mật: Tối mật\n"), ("(Tuyệt mật)", "x")] {
            assert!(document(subject, intro).is_err(), "{subject} {intro}");
        }
        document("Tập huấn bảo vệ bí mật nhà nước", "Thu hoạch mật ong; giữ bí mật.").expect("about secrets, and none");
    }

    #[test]
    fn a_deputy_signs_for_the_head_with_a_delegation_alone() {
        assert!(may_sign(SigningForm::Head, &[false]) && !may_sign(SigningForm::Head, &[true]));
        assert!(may_sign(SigningForm::Kt, &[true]) && !may_sign(SigningForm::Kt, &[false]));
        assert!(!may_sign(SigningForm::Tm, &[]) && may_sign(SigningForm::Tl, &[]));
    }
}
