//! A document in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use danvan_macros::record;
use uuid::Uuid;

use super::parts::{Annex, Basis, Section, Signature};
use super::{checks, rules, store};
use crate::acting;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::values::{Code, Day, Few, Id, Line, Paragraph, Whole};

text_enum! {
    /// How far the document is.
    pub enum DocumentStatus {
        Draft = "draft" ("Dự thảo", "Draft"),
        InReview = "in_review" ("Đã trình", "In review"),
        Returned = "returned" ("Trả lại", "Returned"),
        Approved = "approved" ("Đã duyệt", "Approved"),
        Issued = "issued" ("Đã ban hành", "Issued"),
        Amended = "amended" ("Đã được sửa đổi", "Amended"),
        Superseded = "superseded" ("Đã được thay thế", "Superseded"),
        Withdrawn = "withdrawn" ("Đã rút", "Withdrawn"),
        Cancelled = "cancelled" ("Đã thu hồi, bãi bỏ", "Cancelled"),
    }
}

text_enum! {
    /// What a document does to the one that it replaces.
    pub enum ReplacesAs {
        Amends = "amends" ("Sửa đổi, bổ sung", "Amends"),
        Supersedes = "supersedes" ("Thay thế", "Supersedes"),
    }
}

text_enum! {
    /// Who may read a document once it is issued: all who work in the commune; its recipients and the office; the office alone.
    pub enum DocumentReach {
        Commune = "commune" ("Toàn xã", "Commune"),
        Recipients = "recipients" ("Chỉ nơi nhận", "Recipients"),
        Internal = "internal" ("Lưu hành nội bộ", "Internal"),
    }
}

/// A document.
#[record(
    documents, policy = rules::POLICY, taken = rules::CONSTRAINTS, status = DocumentStatus::Draft, here = store::here, any_status = "Any of these statuses, separated by commas.", follows("document_recipients"."status" by Owner => id),
)]
pub struct Document {
    /// The campaign that it belongs to.
    #[field(given, public, campaign, filter = "Of this campaign.")]
    pub campaign_id: Option<Uuid>,
    /// Code of the kind of document, see `/v1/kinds`.
    #[schema(example = "plan")]
    #[field(given = Code, kind = "documents", public, any = "Any of these kinds, separated by commas.")]
    pub kind: String,
    /// Number; null until it is issued. Unique for each issuing body, kind and year.
    #[field(public, filter = "With this number.")]
    pub number: Option<i32>,
    /// Symbol without the number, for example "KH-UBND".
    #[field(changes = Line<1, 40>, public)]
    #[schema(example = "KH-UBND")]
    pub symbol: String,
    /// Place before the date.
    #[field(changes = Line<1, 100>, public)]
    pub place: Option<String>,
    /// Day of issue; null until then.
    #[field(public)]
    pub issued_on: Option<NaiveDate>,
    /// Year that it is numbered in.
    #[field(changes = Whole<1990, 2199>, public, filter = "Numbered in this year.")]
    pub year: i32,
    /// The issuing body, a unit of the commune.
    #[field(changes = Id, public)]
    pub issuing_unit_id: Uuid,
    /// The unit that drafts it; null for the office.
    #[field(given, unit)]
    pub drafting_unit_id: Option<Uuid>,
    /// What it is about (trích yếu).
    #[field(changes = Line<1, 1000>, public, search)]
    pub subject: String,
    /// Words before the sections.
    #[field(changes = Paragraph<5000>)]
    pub intro: Option<String>,
    /// Words after the sections.
    #[field(changes = Paragraph<5000>)]
    pub closing: Option<String>,
    /// The documents that it rests on, in their order.
    #[field(changes = Few<Basis, 30>, default)]
    pub bases: Json<Vec<Basis>>,
    /// The text, part by part.
    #[field(changes = Few<Section, 100>, default)]
    pub sections: Json<Vec<Section>>,
    /// Annexes.
    #[field(changes = Few<Annex, 20>, default)]
    pub annexes: Json<Vec<Annex>>,
    /// How it is signed.
    #[field(changes = Signature, default = Json(checks::unsigned()))]
    pub signature: Json<Signature>,
    /// The issued document that this one amends or supersedes.
    #[field(given, public)]
    pub replaces_id: Option<Uuid>,
    /// What it does to that document when it is issued.
    #[field(given, public)]
    pub replaces_as: Option<ReplacesAs>,
    /// When it was made public (UTC).
    #[field(public)]
    pub published_at: Option<DateTime<Utc>>,
    /// Who may read it once it is issued.
    #[field(changes, default = DocumentReach::Commune, public)]
    pub reach: DocumentReach,
}

acting! {
    /// An action on a document.
    ActOnDocument: "Why; needed to return and to cancel.", when
}

acting! {
    /// The issue of a document.
    IssueDocument, when {
        /// The number given to it.
        pub number: Whole<1, 99_999>,
        /// The day printed on it: in the document's year, not in the future.
        pub issued_on: Day,
        /// How it was signed; what the draft says when left out.
        pub signature: Option<Signature>,
    }
}
