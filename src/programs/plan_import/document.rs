//! The plan's own text: a draft with its bases, parts, signature and recipients.

use serde_json::{Value, json};
use uuid::Uuid;

use super::plan::PlanDocument;
use super::{Imported, at, named};
use crate::campaigns::{self, Campaign};
use crate::error::Result;
use crate::journal::Write;
use crate::web::body::input;
use crate::web::table;
use crate::{document_recipients, documents};

/// Makes the document and makes it the campaign's plan.
pub async fn add(write: &mut Write, made: &Imported, campaign: &Campaign, plan: &PlanDocument) -> Result<Uuid> {
    let unit = |code: &str, place: String| named(&made.units, Some(&code.to_owned()), place);
    let mut bases = vec![];
    for (i, basis) in plan.bases.iter().enumerate() {
        let issuer = named(&made.units, basis.issuing_unit.as_ref(), format!("/document/bases/{i}/issuing_unit"))?;
        bases.push(json!({
            "lead_in": basis.lead_in, "title": basis.title, "number": basis.number, "number_as_printed": basis.number_as_printed, "symbol": basis.symbol,
            "date": basis.date, "issuer": basis.issuer, "issuing_unit_id": issuer, "period": basis.period,
        }));
    }
    let mut sections = vec![];
    for (i, section) in plan.sections.iter().enumerate() {
        let mut units = vec![];
        for (n, code) in section.units.iter().enumerate() {
            units.extend(unit(code, format!("/document/sections/{i}/units/{n}"))?);
        }
        sections.push(json!({"label": section.label, "heading": section.heading, "paragraphs": section.paragraphs, "unit_ids": units}));
    }
    let body = json!({
        "commune_id": made.commune, "campaign_id": campaign.id, "kind": "plan", "symbol": plan.symbol, "place": plan.place, "year": plan.year,
        "issuing_unit_id": unit(&plan.issuing_unit, "/document/issuing_unit".into())?, "subject": plan.subject, "intro": plan.intro, "closing": plan.closing,
        "bases": bases, "sections": sections, "annexes": plan.annexes, "signature": plan.signature,
    });
    let document = table::add::<documents::Document>(write, input(body).map_err(|e| at("/document", e))?).await.map_err(|e| at("/document", e))?;
    let mut order = 0;
    for (i, line) in plan.recipients.iter().enumerate() {
        let place = format!("/document/recipients/{i}");
        let mut units: Vec<Value> = vec![];
        for (n, code) in line.units.iter().enumerate() {
            units.push(json!(unit(code, format!("{place}/units/{n}"))?));
        }
        if units.is_empty() {
            units.push(Value::Null);
        }
        for unit in units {
            let body = json!({"commune_id": made.commune, "document_id": document.id, "text_as_printed": line.text, "unit_id": unit, "archive": line.archive, "sort_order": order});
            table::add::<document_recipients::DocumentRecipient>(write, input(body).map_err(|e| at(&place, e))?).await.map_err(|e| at(&place, e))?;
            order += 1;
        }
    }
    campaigns::set_plan(write, campaign, document.id).await?;
    Ok(document.id)
}
