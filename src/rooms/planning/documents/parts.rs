//! The parts of a document without an identity of their own: what it rests on, its text, how it is signed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text_enum;
use crate::web::values::{Day, Few, Id, Line, Paragraph};

text_enum! {
    /// Who signs for whom (Decree 30/2020/NĐ-CP): the head, for the head (KT.), on behalf of a collective body (TM.), by
    /// order (TL.), by authorisation (TUQ.), acting (Q.).
    pub enum SigningForm {
        Head = "head" ("Người đứng đầu ký trực tiếp", "The head signs"),
        Kt = "kt" ("Ký thay (KT.)", "Signed for the head by the deputy (KT.)"),
        Tm = "tm" ("Thay mặt (TM.)", "On behalf of the body (TM.)"),
        Tl = "tl" ("Thừa lệnh (TL.)", "By order (TL.)"),
        Tuq = "tuq" ("Thừa ủy quyền (TUQ.)", "By authorisation (TUQ.)"),
        Acting = "q" ("Quyền (Q.)", "Acting (Q.)"),
    }
}

/// A document that this one rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The words before it: "Căn cứ", "Trên cơ sở".
    pub lead_in: Line<1, 40>,
    /// What it is about.
    pub title: Line<1, 500>,
    /// Its number; null where the text gives none.
    pub number: Option<u32>,
    /// Number and symbol as printed, for example "01/KH - BCD".
    pub number_as_printed: Option<Line<1, 60>>,
    /// Its symbol, for example "KH-UBND".
    pub symbol: Option<Line<1, 40>>,
    /// Its day.
    #[schema(value_type = Option<NaiveDate>)]
    pub date: Option<Day>,
    /// Who issued it, as printed.
    pub issuer: Option<Line<1, 200>>,
    /// Who issued it, where it is one of the commune's units.
    #[schema(value_type = Option<Uuid>)]
    pub issuing_unit_id: Option<Id>,
    /// The period that it is about, for example "2024-2025".
    pub period: Option<Line<1, 40>>,
}

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The label as printed, never counted anew: gaps stay.
    pub label: Line<1, 20>,
    /// The heading.
    pub heading: Option<Line<1, 500>>,
    /// The paragraphs.
    #[serde(default)]
    pub paragraphs: Few<Paragraph<5000>, 50>,
    /// The units that this part gives a duty.
    #[serde(default)]
    pub unit_ids: Few<Id, 50>,
}

/// An annex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Annex {
    /// Its title.
    pub title: Line<1, 300>,
    /// Its text; null where it is kept elsewhere, like a schedule.
    pub text: Option<Paragraph<20000>>,
}

/// How a document is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Who signs for whom.
    pub form: SigningForm,
    /// The body on whose behalf, for example "ỦY BAN NHÂN DÂN".
    pub on_behalf_of: Option<Line<1, 200>>,
    /// The title for which a deputy signs, for example "CHỦ TỊCH".
    pub for_title: Option<Line<1, 100>>,
    /// The signer's own title, for example "PHÓ CHỦ TỊCH".
    pub signer_title: Option<Line<1, 100>>,
    /// The signer's name.
    pub signer_name: Option<Line<1, 100>>,
    /// The signer's account; with it the service checks that the signer may sign so.
    #[schema(value_type = Option<Uuid>)]
    pub signer_user_id: Option<Id>,
}
