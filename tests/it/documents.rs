//! Documents: numbers are the register's, and what replaces a document changes it.

use serde_json::Value;

use crate::support::{App, Reply, id, json};

/// A document of the commune's office, led through to its number.
async fn issue(app: &App, number: i64, replaces: Option<(&Value, &str)>) -> Reply {
    let (officer, leader) = (app.token("a.officer1").await, app.token("a.leader1").await);
    let like = app.get(&officer, &format!("/v1/documents/{}", id("a.document1"))).await.expect(200);
    let mut body = json!({"commune_id": id("a"), "issuing_unit_id": like["issuing_unit_id"], "kind": "notice", "symbol": "TB-UBND", "year": 2026, "subject": "Thông báo thử",
        "signature": {"form": "head", "signer_title": "CHỦ TỊCH"}});
    if let Some((old, how)) = replaces {
        body["replaces_id"] = old["id"].clone();
        body["replaces_as"] = json!(how);
    }
    let made = app.post(&officer, "/v1/documents", body).await.expect(201);
    let path = format!("/v1/documents/{}", made["id"].as_str().unwrap());
    app.post(&officer, &format!("{path}/actions/submit"), json!({})).await.expect(200);
    let mut reply = None;
    for (who, action, body) in [(&leader, "approve", json!({})), (&officer, "issue", json!({"number": number, "issued_on": "2026-01-04"}))] {
        let tag = app.get(who, &path).await.header("etag").to_owned();
        reply = Some(app.ask("POST", who, &format!("{path}/actions/{action}")).header("If-Match", &tag).json(&body).send().await);
    }
    reply.unwrap()
}

#[tokio::test]
async fn a_number_is_given_once_in_a_year() {
    let app = App::start().await;
    issue(&app, 901, None).await.expect(200);
    let again = issue(&app, 901, None).await;
    let (status, code, pointer, rule) = again.problem();
    assert_eq!((status, &*code, &*pointer, &*rule), (409, "conflict", "/number", "number_taken"));
}

#[tokio::test]
async fn what_supersedes_a_document_takes_its_force() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let status = |document: &Value| {
        let path = format!("/v1/documents/{}", document["id"].as_str().unwrap());
        let (app, officer) = (&app, &officer);
        async move { app.get(officer, &path).await.expect(200)["status"].clone() }
    };
    let old = issue(&app, 911, None).await.expect(200);
    let amending = issue(&app, 912, Some((&old, "amends"))).await.expect(200);
    assert_eq!((status(&old).await, status(&amending).await), (json!("amended"), json!("issued")));
    issue(&app, 913, Some((&old, "supersedes"))).await.expect(200);
    assert_eq!(status(&old).await, "superseded");
    let late = issue(&app, 914, Some((&old, "amends"))).await;
    assert_eq!(late.problem().1, "not_in_force");
}

/// A signature in the chair's place (KT.) needs a right that says whom it stands in for, on the day of the document.
#[tokio::test]
async fn a_deputy_signs_for_the_chair_while_delegated() {
    let app = App::start().await;
    let (officer, leader) = (app.token("a.officer1").await, app.token("a.leader1").await);
    let like = app.get(&officer, &format!("/v1/documents/{}", id("a.document1"))).await.expect(200);
    let body = json!({"commune_id": id("a"), "issuing_unit_id": like["issuing_unit_id"], "kind": "notice", "symbol": "TB-UBND", "year": 2026, "subject": "Thông báo ký thay"});
    let made = app.post(&officer, "/v1/documents", body).await.expect(201);
    let path = format!("/v1/documents/{}", made["id"].as_str().unwrap());
    app.post(&officer, &format!("{path}/actions/submit"), json!({})).await.expect(200);
    let read = |who: String| {
        let (app, path) = (&app, path.clone());
        async move { app.get(&who, &path).await.header("etag").to_owned() }
    };
    app.ask("POST", &leader, &format!("{path}/actions/approve")).header("If-Match", &read(leader.clone()).await).json(&json!({})).send().await.expect(200);
    let issue = |form: &str, day: &str| json!({"number": 921, "issued_on": day, "signature": {"form": form, "for_title": "CHỦ TỊCH", "signer_title": "PHÓ CHỦ TỊCH", "signer_user_id": id("a.leader2")}});
    let try_issue = |body: Value| {
        let (app, officer, path) = (&app, officer.clone(), path.clone());
        async move {
            let tag = app.get(&officer, &path).await.header("etag").to_owned();
            app.ask("POST", &officer, &format!("{path}/actions/issue")).header("If-Match", &tag).json(&body).send().await
        }
    };
    assert_eq!(try_issue(issue("kt", "2026-02-10")).await.problem().1, "signer_not_entitled", "a leader of their own right is no deputy");

    let delegation = json!({"user_id": id("a.leader2"), "role": "commune_leader", "commune_id": id("a"), "acting_for": id("a.leader1"), "valid_from": "2026-02-01", "valid_to": "2026-12-31"});
    app.post(&leader, "/v1/grants", delegation).await.expect(201);
    assert_eq!(try_issue(issue("kt", "2026-01-31")).await.problem().1, "signer_not_entitled", "the day before the delegation");
    let issued = try_issue(issue("kt", "2026-02-10")).await.expect(200);
    assert_eq!((&issued["status"], &issued["signature"]["form"]), (&json!("issued"), &json!("kt")));
}

#[tokio::test]
async fn a_document_reaches_whom_it_is_meant_for() {
    let app = App::start().await;
    let office = app.token("a.officer1").await;
    let path = format!("/v1/documents/{}", id("a.minutes1"));
    // An issued one: everybody who works in the commune; then its recipients alone.
    for name in ["a.unit_officer1", "a.unit_officer2", "a.head1", "a.observer1"] {
        assert_eq!(app.get(&app.token(name).await, &path).await.status, 200, "{name}");
    }
    let mut sql = app.sql().await;
    let narrow = format!("UPDATE documents SET reach = 'recipients', version = version + 1 WHERE id = '{}'", id("a.minutes1"));
    diesel_async::SimpleAsyncConnection::batch_execute(&mut sql, &narrow).await.unwrap();
    for name in ["a.unit_officer1", "a.unit_officer2", "a.head1", "a.observer1", "a.liaison1"] {
        assert_eq!(app.get(&app.token(name).await, &path).await.status, 404, "{name}");
    }
    let copy = json!({"commune_id": id("a"), "document_id": id("a.minutes1"), "text_as_printed": "BCHQS xã", "unit_id": id("a.command"), "archive": false, "sort_order": 9});
    let copy = app.post(&office, "/v1/document-recipients", copy).await.expect(201);
    assert_eq!(app.get(&app.token("a.unit_officer1").await, &path).await.status, 200, "it has a copy");
    assert_eq!(app.get(&app.token("a.unit_officer2").await, &path).await.status, 404);
    assert_eq!(app.post(&office, &format!("{path}/actions/publish"), json!({})).await.problem().1, "not_for_all");
    app.post(&office, &format!("/v1/document-recipients/{}/actions/remove", copy["id"].as_str().unwrap()), json!({})).await.expect(200);
    assert_eq!(app.get(&app.token("a.unit_officer1").await, &path).await.status, 404);
    // What the police drafts begins as theirs and their recipients'; a secret of the state is not kept at all.
    diesel_async::SimpleAsyncConnection::batch_execute(&mut sql, &format!("UPDATE units SET functions = '{{public_security}}' WHERE id = '{}'", id("a.youth")))
        .await
        .unwrap();
    let draft = json!({"commune_id": id("a"), "kind": "plan", "symbol": "KH-CAX", "year": 2026, "issuing_unit_id": id("a.office"), "drafting_unit_id": id("a.youth"), "subject": "Bảo đảm an ninh, trật tự"});
    assert_eq!(app.post(&app.token("a.unit_officer2").await, "/v1/documents", draft.clone()).await.expect(201)["reach"], "recipients");
    let mut secret = draft;
    secret["intro"] = json!("Độ mật: MẬT\nCăn cứ");
    assert_eq!(app.post(&office, "/v1/documents", secret).await.problem().3, "secret");
}

#[tokio::test]
async fn the_public_summary_tells_no_day_that_is_not_public() {
    let app = App::start().await;
    let path = format!("/v1/campaigns/{}/summary", id("a.campaign"));
    let (public, office) = (app.get("", &path).await.expect(200), app.get(&app.token("a.officer1").await, &path).await.expect(200));
    assert_eq!(office["by_day"].as_array().unwrap().len(), 4);
    assert_eq!(public["by_day"].as_array().unwrap().len(), 1, "activity 1 alone was published: {public}");
    assert_eq!(public["total"]["activities"], 1);
    assert_eq!(public["total"]["figures"], json!([]), "nobody verified a figure yet");
    assert!(!office["total"]["figures"].as_array().unwrap().is_empty());
}
