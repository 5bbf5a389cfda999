//! The imported plan holds every fact of the print that has a place, compared with a list of the facts that was made from
//! the print itself; and an import is all or nothing.

use std::collections::HashMap;

use danvan::clock::Clock;
use danvan::db::Database;
use danvan::db::supervise::SERVICE;
use danvan::demo::{self, Extent};
use danvan::plan_import;
use serde_json::{Value, json};

use crate::support::{App, empty_database, url};

fn facts() -> Value {
    serde_json::from_str(include_str!("fixtures/phu-ly-2024-facts.json")).unwrap()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("{name} is a list"))
}

#[tokio::test]
async fn every_fact_of_the_plan_that_has_a_place_is_there() {
    let database = empty_database().await;
    let pool = Database::new(&url(SERVICE, &database), 1).unwrap();
    let hasher = danvan::accounts::passwords::Hasher::start().unwrap();
    let loaded = demo::load(&pool, &hasher, Clock::default().now(), Extent::PlanOnly, |_| Ok(())).await.unwrap();
    let app = App::on(&database, Clock::default()).await;
    let account = loaded.accounts.iter().find(|account| account.role == "commune_officer").unwrap();
    let body = json!({"username": account.username, "password": account.password, "device_name": "x"});
    let token = app.post("", "/v1/auth/login", body).await.expect(200)["access_token"].as_str().unwrap().to_owned();
    let all = async |path: &str| app.get(&token, &format!("{path}{}limit=200", if path.contains('?') { '&' } else { '?' })).await.expect(200)["items"].clone();
    let facts = facts();

    let units = all("/v1/units").await;
    let unit_ids: HashMap<&str, &Value> = units.as_array().unwrap().iter().map(|unit| (unit["code"].as_str().unwrap(), &unit["id"])).collect();
    let id_of = |code: &Value| unit_ids[code.as_str().unwrap()].clone();
    assert_eq!(units.as_array().unwrap().len(), 19);
    for fact in list(&facts, "units") {
        let unit = units.as_array().unwrap().iter().find(|unit| unit["code"] == fact["code"]).unwrap_or_else(|| panic!("{fact}"));
        assert_eq!((&unit["name"], &unit["kind"]), (&fact["name"], &fact["kind"]), "{fact}");
        let known: Vec<&Value> = [&unit["name"], &unit["short_name"]].into_iter().chain(list(unit, "aliases")).collect();
        for printed in list(fact, "names_as_printed") {
            assert!(known.contains(&printed), "{} is printed as {printed}", fact["code"]);
        }
    }
    let hamlets = all("/v1/hamlets").await;
    for (hamlet, fact) in hamlets.as_array().unwrap().iter().zip(list(&facts, "hamlets")) {
        assert_eq!((&hamlet["code"], &hamlet["name"], &hamlet["sort_order"]), (&fact["code"], &fact["name"], &fact["order"]));
    }
    assert_eq!(hamlets.as_array().unwrap().len(), 9);
    let commune = app.get(&token, &format!("/v1/communes/{}", loaded.commune_id)).await.expect(200);
    assert_eq!((&commune["name"], &commune["code"]), (&facts["commune"]["name"], &facts["commune"]["code"]));

    let campaign = app.get(&token, &format!("/v1/campaigns/{}", loaded.campaign_id)).await.expect(200);
    for field in ["code", "year", "start_date", "end_date", "purposes", "requirements", "general_directions", "funding_sources"] {
        assert_eq!(campaign[field], facts["campaign"][field], "{field}");
    }
    assert_eq!(campaign["partner_unit_ids"], json!([id_of(&facts["campaign"]["partner_unit"])]));

    let document = app.get(&token, &format!("/v1/documents/{}", campaign["plan_document_id"].as_str().unwrap())).await.expect(200);
    for (field, fact) in facts["document"].as_object().unwrap() {
        assert_eq!(&document[field], fact, "{field}");
    }
    for (field, fact) in facts["signature"].as_object().unwrap() {
        assert_eq!(&document["signature"][field], fact, "{field}");
    }
    assert_eq!(list(&document, "bases").len(), 3);
    for (basis, fact) in list(&document, "bases").iter().zip(list(&facts, "bases")) {
        for field in ["lead_in", "title", "number", "number_as_printed", "symbol", "date", "issuer"] {
            assert_eq!(basis[field], fact[field], "{field} of {}", fact["title"]);
        }
        assert_eq!(basis["issuing_unit_id"], id_of(&fact["issuing_unit"]));
    }
    // Labels as printed, with the gap: 2.4 is followed by 2.6.
    let labels: Vec<&Value> =
        list(&document, "sections").iter().map(|section| &section["label"]).filter(|l| l.as_str().unwrap().starts_with("2.") && *l != "2.").collect();
    assert_eq!(labels, list(&facts, "assignment_labels").iter().collect::<Vec<_>>());
    for missing in list(&facts, "missing_labels") {
        assert!(labels.iter().all(|label| label.as_str().unwrap().trim_end_matches('.') != missing));
    }
    for duty in list(&facts, "duties") {
        let holds = list(&document, "sections").iter().any(|section| {
            section["label"].as_str().unwrap().trim_end_matches('.') == duty["label"].as_str().unwrap()
                && list(section, "unit_ids").contains(&id_of(&duty["unit"]))
                && list(section, "paragraphs").contains(&duty["text"])
        });
        assert!(holds, "{duty}");
    }
    let request = list(&document, "sections").iter().find(|section| section["heading"] == "Công tác phối hợp").unwrap();
    assert_eq!(request["paragraphs"], facts["request"]["text"]);
    assert_eq!(list(request, "unit_ids"), &list(&facts["request"], "addressees").iter().map(id_of).collect::<Vec<_>>());
    let copies = all(&format!("/v1/document-recipients?document_id={}", document["id"].as_str().unwrap())).await;
    let expected: Vec<Value> = list(&facts, "recipients")
        .iter()
        .flat_map(|line| {
            let units = list(line, "units").iter().map(id_of).collect::<Vec<_>>();
            let units = if units.is_empty() { vec![Value::Null] } else { units };
            units.into_iter().map(move |unit| json!([line["text"], unit, line["archive"]]))
        })
        .collect();
    let there: Vec<Value> = copies.as_array().unwrap().iter().map(|copy| json!([copy["text_as_printed"], copy["unit_id"], copy["archive"]])).collect();
    assert_eq!(there, expected);

    let items = all("/v1/plan-items").await;
    for work in list(&facts, "works") {
        let item = items.as_array().unwrap().iter().find(|item| item["code"] == work["code"]).unwrap_or_else(|| panic!("{work}"));
        assert_eq!(item["kind"], work["kind"]);
        for text in list(work, "texts") {
            assert!(item["text"].as_str().unwrap().contains(text.as_str().unwrap()), "{text}");
        }
    }
    // What the plan prints of persons stays with those who work on it.
    for path in ["/v1/documents", "/v1/campaigns", "/v1/activities", "/v1/hamlets", "/v1/units"] {
        let public = app.get("", &format!("{path}?commune={}&limit=200", loaded.commune_id)).await.expect(200).to_string();
        assert!(!public.contains("Võ Văn Lâm") && !public.contains("Đặng Thị Lương"), "{path}");
    }
}

/// The plan's file with a change.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut plan: Value = serde_json::from_str(include_str!("../../src/demo/phu-ly-2024.json")).unwrap();
    change(&mut plan);
    plan.to_string().into_bytes()
}

async fn import_into(database: &str, bytes: &[u8]) -> danvan::error::Result<plan_import::Imported> {
    let pool = Database::new(&url(SERVICE, database), 1).unwrap();
    let plan = plan_import::parse(bytes)?;
    let mut write = plan_import::begin(&pool, "a test imports a plan", Clock::default().now()).await?;
    match plan_import::apply(&mut write, &plan).await {
        Ok(imported) => {
            write.commit(None, 201, imported.commune).await?;
            Ok(imported)
        }
        Err(error) => {
            write.roll_back().await;
            Err(error)
        }
    }
}

#[tokio::test]
async fn an_import_is_all_or_nothing_and_names_the_place() {
    let database = empty_database().await;
    type Change = fn(&mut Value);
    let cases: [(Change, &str, &str); 5] = [
        (|plan| plan["units"][3]["kind"] = json!("club"), "/units/3/kind", "unknown_value"),
        (|plan| plan["campaign"]["end_date"] = json!("2024-07-01"), "/campaign/end_date", "end_before_start"),
        (|plan| plan["document"]["sections"][5]["units"] = json!(["nobody"]), "/document/sections/5/units/0", "no_such_code"),
        (|plan| plan["document"]["bases"][1]["date"] = json!("2024-02-30"), "/document/bases/1/date", "invalid_date_or_time"),
        (|plan| plan["surprise"] = json!(1), "/surprise", "unknown_field"),
    ];
    for (change, pointer, code) in cases {
        let error = import_into(&database, &changed(change)).await.expect_err(pointer);
        let field = error.field_errors().first().cloned().unwrap_or_else(|| panic!("{pointer}: {error:?}"));
        assert_eq!((field.pointer.as_str(), field.code), (pointer, code));
    }
    let communes = demo::communes(&mut danvan::db::connect_plainly(&url(SERVICE, &database)).await.unwrap()).await.unwrap();
    assert!(communes.is_empty(), "nothing was kept");
}

#[tokio::test]
async fn next_years_plan_goes_into_the_commune_that_is_there() {
    let database = empty_database().await;
    let first = import_into(&database, &changed(|_| ())).await.unwrap();
    assert!(import_into(&database, &changed(|_| ())).await.is_err(), "the same campaign twice");
    let second = import_into(&database, &changed(|plan| plan["campaign"]["code"] = json!("phu-ly-2025"))).await.unwrap();
    assert_eq!((first.commune, first.units["lu-doan-75"], first.hamlets["ap-1"]), (second.commune, second.units["lu-doan-75"], second.hamlets["ap-1"]));
    assert_ne!(first.campaign, second.campaign);
}
