//! A document in JSON and in its table.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::parts::{Annex, Basis, Section, Signature};
use crate::db::schema::documents;
use crate::db::values::Json;
use crate::text_enum;
use crate::web::patch::{Change, Clear};
use crate::web::values::{AnyOf, Day, Few, Id, Line, Paragraph, Whole};

text_enum! {
    /// What kind of document.
    pub enum DocumentKind { Plan = "plan", Decision = "decision", Report = "report", Notice = "notice", Minutes = "minutes" }
}

text_enum! {
    /// How far the document is.
    pub enum DocumentStatus {
        Draft = "draft", InReview = "in_review", Returned = "returned", Approved = "approved", Issued = "issued", Amended = "amended",
        Superseded = "superseded", Withdrawn = "withdrawn", Cancelled = "cancelled",
    }
}

text_enum! {
    /// What a document does to the one that it replaces.
    pub enum ReplacesAs { Amends = "amends", Supersedes = "supersedes" }
}

text_enum! {
    /// Who may read a document once it is issued: all who work in the commune; its recipients and the office; the office alone.
    pub enum DocumentReach { Commune = "commune", Recipients = "recipients", Internal = "internal" }
}

/// A document.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = documents, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Document {
    /// The document's id.
    pub id: Uuid,
    /// The commune.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When the record was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When the record last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<Uuid>,
    /// What kind of document.
    pub kind: DocumentKind,
    /// Number; null until it is issued. Unique for each issuing body, kind and year.
    pub number: Option<i32>,
    /// Symbol without the number, for example "KH-UBND".
    #[schema(example = "KH-UBND")]
    pub symbol: String,
    /// Place before the date.
    pub place: Option<String>,
    /// Day of issue; null until then.
    pub issued_on: Option<NaiveDate>,
    /// Year that it is numbered in.
    pub year: i32,
    /// The issuing body, a unit of the commune.
    pub issuing_unit_id: Uuid,
    /// The unit that drafts it; null for the office.
    pub drafting_unit_id: Option<Uuid>,
    /// What it is about (trích yếu).
    pub subject: String,
    /// Words before the sections.
    pub intro: Option<String>,
    /// Words after the sections.
    pub closing: Option<String>,
    /// The documents that it rests on, in their order.
    #[schema(value_type = Vec<Basis>)]
    pub bases: Json<Vec<Basis>>,
    /// The text, part by part.
    #[schema(value_type = Vec<Section>)]
    pub sections: Json<Vec<Section>>,
    /// Annexes.
    #[schema(value_type = Vec<Annex>)]
    pub annexes: Json<Vec<Annex>>,
    /// How it is signed.
    #[schema(value_type = Signature)]
    pub signature: Json<Signature>,
    /// The issued document that this one amends or supersedes.
    pub replaces_id: Option<Uuid>,
    /// What it does to that document when it is issued.
    pub replaces_as: Option<ReplacesAs>,
    /// When it was made public (UTC).
    pub published_at: Option<DateTime<Utc>>,
    /// Who may read it once it is issued.
    pub reach: DocumentReach,
    /// How far it is.
    pub status: DocumentStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// A new document, as a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDocument {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune.
    pub commune_id: Uuid,
    /// The campaign.
    pub campaign_id: Option<Uuid>,
    /// What kind of document.
    pub kind: DocumentKind,
    /// Symbol without the number.
    pub symbol: Line<1, 40>,
    /// Place before the date.
    pub place: Option<Line<1, 100>>,
    /// Year that it is numbered in.
    pub year: Whole<1990, 2199>,
    /// The issuing body.
    pub issuing_unit_id: Uuid,
    /// The unit that drafts it; a unit's officer names the own one.
    pub drafting_unit_id: Option<Uuid>,
    /// What it is about.
    pub subject: Line<1, 1000>,
    /// Words before the sections.
    pub intro: Option<Paragraph<5000>>,
    /// Words after the sections.
    pub closing: Option<Paragraph<5000>>,
    /// The documents that it rests on.
    pub bases: Option<Few<Basis, 30>>,
    /// The text, part by part.
    pub sections: Option<Few<Section, 100>>,
    /// Annexes.
    pub annexes: Option<Few<Annex, 20>>,
    /// How it will be signed; may be given or changed at `issue`.
    pub signature: Option<Signature>,
    /// The issued document that this one amends or supersedes.
    pub replaces_id: Option<Uuid>,
    /// What it does to that document.
    pub replaces_as: Option<ReplacesAs>,
    /// Who may read it once it is issued; `commune` when left out, `recipients` for what the police drafts. Documents with a
    /// mark of secrecy (Mật) are not kept here at all.
    pub reach: Option<DocumentReach>,
}

/// Changes of a draft (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateDocument {
    /// Symbol without the number.
    #[serde(default)]
    pub symbol: Change<Line<1, 40>>,
    /// Place before the date.
    #[serde(default)]
    pub place: Clear<Line<1, 100>>,
    /// Year that it is numbered in.
    #[serde(default)]
    pub year: Change<Whole<1990, 2199>>,
    /// The issuing body.
    #[serde(default)]
    pub issuing_unit_id: Change<Id>,
    /// What it is about.
    #[serde(default)]
    pub subject: Change<Line<1, 1000>>,
    /// Words before the sections.
    #[serde(default)]
    pub intro: Clear<Paragraph<5000>>,
    /// Words after the sections.
    #[serde(default)]
    pub closing: Clear<Paragraph<5000>>,
    /// The documents that it rests on; replaces all.
    #[serde(default)]
    pub bases: Change<Few<Basis, 30>>,
    /// The text; replaces all.
    #[serde(default)]
    pub sections: Change<Few<Section, 100>>,
    /// Annexes; replaces all.
    #[serde(default)]
    pub annexes: Change<Few<Annex, 20>>,
    /// How it will be signed.
    #[serde(default)]
    pub signature: Change<Signature>,
    /// Who may read it once it is issued.
    #[serde(default)]
    pub reach: Change<DocumentReach>,
}

/// An action on a document.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnDocument {
    /// Why; needed to return and to cancel.
    pub reason: Option<Line<1, 500>>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// The issue of a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueDocument {
    /// The number given to it.
    pub number: Whole<1, 99_999>,
    /// The day printed on it: in the document's year, not in the future.
    pub issued_on: Day,
    /// How it was signed; what the draft says when left out.
    pub signature: Option<Signature>,
    /// When it happened, by the client's clock.
    #[serde(default, deserialize_with = "crate::web::values::moment")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DocumentFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Any of these kinds, separated by commas.
    #[param(value_type = Option<String>)]
    pub kind: Option<AnyOf<DocumentKind>>,
    /// Any of these statuses, separated by commas.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<DocumentStatus>>,
    /// Numbered in this year.
    pub year: Option<i32>,
    /// With this number.
    pub number: Option<i32>,
}
