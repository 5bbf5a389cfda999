//! `danvan import PLAN.json`: a plan with its commune, units, hamlets, campaign and items, all or nothing.
//!
//! Everything goes through the same doors as requests do, in one transaction that ticks the shared feed first and the
//! commune's after it. An error names its place in the file as a JSON Pointer. What a commune has from an earlier import
//! (the commune itself, units and hamlets by their codes, army units by their names) is used as it is.

mod document;
mod plan;

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

pub use plan::Plan;

use crate::error::{Error, FieldError, Result};
use crate::hamlets::Hamlet;
use crate::journal::Write;
use crate::journal::feeds::REFERENCE;
use crate::web::body::{self, input};
use crate::web::table;
use crate::{campaigns, communes, hamlets, military_units, plan_items, said, units};

/// What an import made: the ids by the file's codes.
#[derive(Debug, Default)]
pub struct Imported {
    pub commune: Uuid,
    pub campaign: Uuid,
    pub units: HashMap<String, Uuid>,
    pub hamlets: HashMap<String, Uuid>,
    pub plan_items: HashMap<String, Uuid>,
    /// The plan as a document, where the file holds its text.
    pub document: Option<Uuid>,
}

/// Parses a plan; every refusal has its pointer.
pub fn parse(bytes: &[u8]) -> Result<Plan> {
    body::json(bytes)
}

/// Puts the file's place before what an error says of a field.
fn at(place: &str, error: Error) -> Error {
    if error.field_errors().is_empty() {
        return error.with_errors(vec![FieldError::new(place, "refused", said!("Mục này không nhập được", "This entry cannot be imported"))]);
    }
    error.under(place)
}

fn named(map: &HashMap<String, Uuid>, code: Option<&String>, pointer: String) -> Result<Option<Uuid>> {
    match code {
        None => Ok(None),
        Some(code) => match map.get(code) {
            Some(id) => Ok(Some(*id)),
            None => Err(Error::field(pointer, "no_such_code", said!("Tệp không có mã \"{code}\" ở phần trước", "The file has no code \"{code}\" before this"))),
        },
    }
}

/// Imports into a write that was begun on the shared feed; the caller commits.
pub async fn apply(write: &mut Write, plan: &Plan) -> Result<Imported> {
    let mut out = Imported::default();
    let mut armies = HashMap::new();
    for (i, unit) in plan.military_units.iter().enumerate() {
        let place = format!("/military_units/{i}");
        let parent = named(&armies, unit.parent.as_ref(), format!("{place}/parent"))?;
        // A brigade that another commune's import brought is the same one.
        let id = match military_units::by_name(write, &unit.name).await? {
            Some(there) => there,
            None => {
                let body = json!({"name": unit.name, "short_name": unit.short_name, "aliases": unit.aliases, "kind": unit.kind, "parent_id": parent});
                table::add::<military_units::MilitaryUnit>(write, input(body).map_err(|e| at(&place, e))?).await.map_err(|e| at(&place, e))?.id
            }
        };
        armies.insert(unit.code.clone(), id);
    }
    out.commune = match communes::living(write, &plan.commune.code).await? {
        Some(there) => there,
        None => {
            table::add::<communes::Commune>(write, input(serde_json::to_value(&plan.commune)?).map_err(|e| at("/commune", e))?)
                .await
                .map_err(|e| at("/commune", e))?
                .id
        }
    };
    let commune = out.commune;
    write.also(commune).await?;
    let known = units::by_code(write).await?;
    for (i, unit) in plan.units.iter().enumerate() {
        let place = format!("/units/{i}");
        if let Some(there) = known.get(&unit.code) {
            out.units.insert(unit.code.clone(), *there);
            continue;
        }
        let parent = named(&out.units, unit.parent.as_ref(), format!("{place}/parent"))?;
        let army = named(&armies, unit.military_unit.as_ref(), format!("{place}/military_unit"))?;
        let body = json!({"commune_id": commune, "code": unit.code, "name": unit.name, "short_name": unit.short_name, "aliases": unit.aliases, "kind": unit.kind, "functions": unit.functions, "parent_id": parent, "military_unit_id": army});
        let made = table::add::<units::Unit>(write, input(body).map_err(|e| at(&place, e))?).await.map_err(|e| at(&place, e))?;
        out.units.insert(unit.code.clone(), made.id);
    }
    let known = hamlets::by_code(write).await?;
    for (i, hamlet) in plan.hamlets.iter().enumerate() {
        let place = format!("/hamlets/{i}");
        if let Some(there) = known.get(&hamlet.code) {
            out.hamlets.insert(hamlet.code.clone(), *there);
            continue;
        }
        let body = json!({"commune_id": commune, "code": hamlet.code, "name": hamlet.name, "alternative_names": hamlet.alternative_names, "kind": hamlet.kind, "sort_order": hamlet.sort_order});
        let made = table::add::<Hamlet>(write, input(body).map_err(|e| at(&place, e))?).await.map_err(|e| at(&place, e))?;
        out.hamlets.insert(hamlet.code.clone(), made.id);
    }
    let campaign = &plan.campaign;
    let mut partners = vec![];
    for (i, code) in campaign.partner_units.iter().enumerate() {
        partners.extend(named(&out.units, Some(code), format!("/campaign/partner_units/{i}"))?);
    }
    let body = json!({"commune_id": commune, "code": campaign.code, "name": campaign.name, "year": campaign.year, "movement": campaign.movement, "start_date": campaign.start_date, "end_date": campaign.end_date,
        "partner_unit_ids": partners, "purposes": campaign.purposes, "requirements": campaign.requirements, "general_directions": campaign.general_directions, "funding_sources": campaign.funding_sources});
    let made = table::add::<campaigns::Campaign>(write, input(body).map_err(|e| at("/campaign", e))?).await.map_err(|e| at("/campaign", e))?;
    out.campaign = made.id;
    for (i, item) in plan.plan_items.iter().enumerate() {
        let place = format!("/plan_items/{i}");
        let body = json!({"commune_id": commune, "campaign_id": made.id, "code": item.code, "label_as_printed": item.label_as_printed, "text": item.text, "kind": item.kind, "sort_order": item.sort_order});
        let row = table::add::<plan_items::PlanItem>(write, input(body).map_err(|e| at(&place, e))?).await.map_err(|e| at(&place, e))?;
        out.plan_items.insert(item.code.clone(), row.id);
    }
    if let Some(document) = &plan.document {
        out.document = Some(document::add(write, &out, &made, document).await?);
    }
    Ok(out)
}

/// Begins the write that [`apply`] goes on with.
pub async fn begin(database: &crate::db::Database, reason: &'static str, now: chrono::DateTime<chrono::Utc>) -> Result<Write> {
    let connection = database.connection().await?;
    Write::begin(connection, REFERENCE, crate::access::actor::Actor::system(reason), now).await
}
