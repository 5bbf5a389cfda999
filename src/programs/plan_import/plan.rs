//! The file of an import. Codes refer to entries before; the shapes of the entries are those of the API's creations.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A plan with all that it names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub commune: PlanCommune,
    /// Army units, those above first.
    #[serde(default)]
    pub military_units: Vec<PlanMilitaryUnit>,
    /// The commune's units, those above first.
    pub units: Vec<PlanUnit>,
    pub hamlets: Vec<PlanHamlet>,
    pub campaign: PlanCampaign,
    #[serde(default)]
    pub plan_items: Vec<PlanEntry>,
    /// The plan's own text.
    pub document: Option<PlanDocument>,
}

/// The plan as a document: a draft without number and day, as it was printed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanDocument {
    pub symbol: String,
    pub place: Option<String>,
    pub year: i32,
    /// Code of the issuing body.
    pub issuing_unit: String,
    pub subject: String,
    pub intro: Option<String>,
    pub closing: Option<String>,
    #[serde(default)]
    pub bases: Vec<PlanBasis>,
    #[serde(default)]
    pub sections: Vec<PlanSection>,
    #[serde(default)]
    pub annexes: Vec<Value>,
    pub signature: Option<Value>,
    #[serde(default)]
    pub recipients: Vec<PlanRecipient>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanBasis {
    pub lead_in: String,
    pub title: String,
    pub number: Option<u32>,
    pub number_as_printed: Option<String>,
    pub symbol: Option<String>,
    pub date: Option<chrono::NaiveDate>,
    pub issuer: Option<String>,
    pub issuing_unit: Option<String>,
    pub period: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSection {
    pub label: String,
    pub heading: Option<String>,
    #[serde(default)]
    pub paragraphs: Vec<String>,
    /// Codes of the units that it gives a duty.
    #[serde(default)]
    pub units: Vec<String>,
}

/// A line of the recipients, which may stand for several units.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRecipient {
    pub text: String,
    #[serde(default)]
    pub units: Vec<String>,
    #[serde(default)]
    pub archive: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanCommune {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub province_code: String,
    pub province_name: String,
    pub valid_from: chrono::NaiveDate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanMilitaryUnit {
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub kind: String,
    pub parent: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanUnit {
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub kind: String,
    #[serde(default)]
    pub functions: Vec<String>,
    pub parent: Option<String>,
    pub military_unit: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanHamlet {
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub alternative_names: Vec<String>,
    pub kind: String,
    pub sort_order: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanCampaign {
    pub code: String,
    pub name: String,
    pub year: i32,
    pub movement: Option<String>,
    pub start_date: chrono::NaiveDate,
    pub end_date: chrono::NaiveDate,
    #[serde(default)]
    pub partner_units: Vec<String>,
    #[serde(default)]
    pub purposes: Vec<String>,
    #[serde(default)]
    pub requirements: Vec<String>,
    #[serde(default)]
    pub general_directions: Vec<String>,
    #[serde(default)]
    pub funding_sources: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanEntry {
    pub code: String,
    pub label_as_printed: Option<String>,
    pub text: String,
    pub kind: String,
    pub sort_order: i32,
}
