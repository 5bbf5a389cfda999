//! QR codes: made the evening before, scanned and verified without a network, refused with their reason.

use serde_json::Value;

use crate::support::{App, Reply, at, at_on, id, json};

fn morning() -> String {
    at("00:05")
}

async fn codes(app: &App, token: &str, commune: &str, query: &str) -> Reply {
    app.get(token, &format!("/v1/activities/{}/check-in-codes?{query}", id(&format!("{commune}.activity1")))).await
}

async fn code_at(app: &App, commune: &str, from: &str, to: &str) -> String {
    let officer = app.token(&format!("{commune}.officer1")).await;
    codes(app, &officer, commune, &format!("from={from}&to={to}")).await.expect(200)["codes"][0]["text"].as_str().unwrap().to_owned()
}

fn reasons(body: &Value) -> Vec<&str> {
    let results = body["results"].as_array().unwrap();
    results.iter().map(|r| r["problem"]["errors"][0]["code"].as_str().or(r["problem"]["code"].as_str()).unwrap_or("-")).collect()
}

/// Verified with the published keys and nothing else, as a phone does.
fn verified(jwks: &Value, code: &str, audience: &str) -> Value {
    let kid = jsonwebtoken::decode_header(code).unwrap().kid.unwrap();
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).expect("the key is published");
    let key = jsonwebtoken::DecodingKey::from_jwk(&serde_json::from_value(key.clone()).unwrap()).unwrap();
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    rules.set_audience(&[audience]);
    rules.set_required_spec_claims(&["aud", "sub"]);
    rules.validate_exp = false;
    jsonwebtoken::decode::<Value>(code, &key, &rules).unwrap().claims
}

#[tokio::test]
async fn a_days_codes_are_fetched_ahead_and_verified_offline() {
    let app = App::at_work().await;
    let lead = app.token("a.observer2").await;
    let day = codes(&app, &lead, "a", &format!("from={}&to={}&svg=true", at("00:03"), at("04:00"))).await;
    assert_eq!(day.header("cache-control"), "no-store");
    let day = day.expect(200);
    let list = day["codes"].as_array().unwrap();
    assert_eq!(list.len(), 24);
    assert_eq!((list[0]["valid_from"].clone(), list[1]["valid_from"].clone()), (json!(at("00:00")), json!(at("00:10"))));
    assert!(list.iter().all(|code| code["svg"].as_str().unwrap().contains("<svg")));
    let jwks = app.get("", "/.well-known/jwks.json").await.expect(200);
    assert!(jwks["keys"].as_array().unwrap().iter().all(|key| key["d"].is_null()), "public halves alone");
    let claims = verified(&jwks, list[0]["text"].as_str().unwrap(), "check-in");
    assert_eq!(claims["sub"], json!(id("a.activity1")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap(), 600);
    // The activity's own hours, when none are named.
    let own = codes(&app, &lead, "a", "").await.expect(200);
    let activity = app.get(&lead, &format!("/v1/activities/{}", id("a.activity1"))).await.expect(200);
    assert!(own["codes"][0]["valid_from"].as_str() < activity["starts_at"].as_str());
    let spans = [(at("00:00"), at_on(1, "00:01")), (at("00:00"), at("00:00"))].map(|(from, to)| format!("from={from}&to={to}"));
    for query in spans.iter().map(String::as_str).chain(["until=x"]) {
        assert_eq!(codes(&app, &lead, "a", query).await.status, 422, "{query}");
    }
    // Who takes no presence gets no codes.
    for (name, status) in [("a.auditor1", 403), ("a.liaison1", 403), ("a.volunteer1", 403), ("b.officer1", 403), ("", 401)] {
        let token = if name.is_empty() { String::new() } else { app.token(name).await };
        assert_eq!(codes(&app, &token, "a", "").await.status, status, "{name}");
    }
    // A code is no token.
    assert_eq!(app.get(list[0]["text"].as_str().unwrap(), "/v1/me").await.status, 401);
}

#[tokio::test]
async fn a_volunteer_checks_in_alone_with_the_code_of_the_place_and_moment() {
    let app = App::at_work().await;
    let (volunteer, officer) = (app.token("a.volunteer1").await, app.token("a.officer1").await);
    let signed = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person1")});
    let signed = app.post(&volunteer, "/v1/sign-ups", signed).await.expect(201);
    let good = code_at(&app, "a", &morning(), &at("00:15")).await;
    let late = code_at(&app, "a", &at("02:00"), &at("02:15")).await;
    let early = code_at(&app, "a", &at_on(-1, "23:00"), &at_on(-1, "23:15")).await;
    let foreign = code_at(&app, "b", &morning(), &at("00:15")).await;
    let mut forged = good.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'E' } else { 'A' });
    let (head, rest) = good.split_once('.').unwrap();
    let access = volunteer.split_once('.').unwrap().0;
    let card = app.get(&officer, &format!("/v1/volunteers/{}/check-in-code", id("a.person1"))).await.expect(200)["text"].as_str().unwrap().to_owned();
    let body = |code: &str| json!({"code": code, "occurred_at": morning()});
    let path = format!("/v1/sign-ups/{}/actions/check_in", signed["id"].as_str().unwrap());
    assert_eq!(app.post(&volunteer, &path, json!({"occurred_at": morning()})).await.problem().1, "code_required");
    let cases = [
        (late.as_str(), "code_not_yet_valid"),
        (&early, "code_expired"),
        (&foreign, "code_foreign"),
        (&forged, "code_forged"),
        (&format!("{access}.{rest}"), "code_forged"),
        (&format!("{head}.{}.", rest.split_once('.').unwrap().0), "code_forged"),
        (&volunteer, "code_forged"),
        (&card, "code_foreign"),
        ("x", "code_forged"),
    ];
    for (code, reason) in cases {
        let problem = app.post(&volunteer, &path, body(code)).await.problem();
        assert_eq!((problem.0, problem.2.as_str(), problem.3.as_str()), (422, "/code", reason), "{code}");
    }
    assert_eq!(app.post(&officer, &path, body(&foreign)).await.problem().3, "code_foreign", "a code that is sent must be right, whoever sends it");
    let there = app.post(&volunteer, &path, body(&good)).await.expect(200);
    assert_eq!((there["status"].clone(), there["check_in_method"].clone()), (json!("checked_in"), json!("self")));
    // Nor does a code make a volunteer anything else: no leaving, no walk-ins of others, no other person.
    assert_eq!(app.post(&volunteer, &path.replace("check_in", "check_out"), json!({})).await.status, 403);
    let other = json!({"id": danvan::random::id(), "action": "check_in", "activity_id": id("a.activity1"), "volunteer_id": id("a.person2"), "occurred_at": morning(), "code": good});
    let reply = app.post(&volunteer, "/v1/sign-ups/check-ins", json!({"commune_id": id("a"), "items": [other]})).await.expect(200);
    assert_eq!(reasons(&reply), ["not_there"]);
}

#[tokio::test]
async fn codes_in_a_queue_find_the_person_and_prove_the_place() {
    let app = App::at_work().await;
    let (volunteer, lead, officer) = (app.token("a.volunteer1").await, app.token("a.officer2").await, app.token("a.officer1").await);
    let good = code_at(&app, "a", &morning(), &at("00:15")).await;
    let item = |extra: Value| {
        let mut item = json!({"id": danvan::random::id(), "action": "check_in", "activity_id": id("a.activity1"), "occurred_at": morning()});
        item.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        item
    };
    let send =
        async |token: &str, items: Vec<Value>| app.post(token, "/v1/sign-ups/check-ins", json!({"commune_id": id("a"), "items": items})).await.expect(200);
    // Without a sign-up, with the code: the volunteer came, and says so from the own phone hours later.
    let own = json!({"volunteer_id": id("a.person1")});
    let with_code = json!({"volunteer_id": id("a.person1"), "code": good});
    let reply = send(&volunteer, vec![item(own), item(with_code.clone()), item(with_code)]).await;
    assert_eq!(reasons(&reply), ["code_required", "-", "-"]);
    let kept = app.get(&officer, &format!("/v1/sign-ups/{}", reply["results"][1]["sign_up"]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((kept["check_in_method"].clone(), kept["walk_in"].clone(), kept["checked_in_at"].clone()), (json!("self"), json!(true), json!(morning())));
    assert_eq!(reply["results"][2]["changed"], false);
    // The card of another volunteer, scanned by who takes presence.
    let card = app.get(&officer, &format!("/v1/volunteers/{}/check-in-code", id("a.person2"))).await.expect(200);
    assert!(card["svg"].as_str().unwrap().contains("<svg"));
    let jwks = app.get("", "/.well-known/jwks.json").await.expect(200);
    assert_eq!(verified(&jwks, card["text"].as_str().unwrap(), "volunteer")["sub"], json!(id("a.person2")));
    let scanned = json!({"volunteer_code": card["text"]});
    let both = json!({"volunteer_code": card["text"], "volunteer_id": id("a.person2")});
    let wrong = json!({"volunteer_code": good});
    let reply = send(&lead, vec![item(scanned), item(both), item(wrong)]).await;
    assert_eq!(reasons(&reply), ["-", "one_of", "code_foreign"]);
    let kept = app.get(&officer, &format!("/v1/sign-ups/{}", reply["results"][0]["sign_up"]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((kept["volunteer_id"].clone(), kept["check_in_method"].clone()), (json!(id("a.person2")), json!("qr")));
    // The own card may be seen, another's not.
    app.get(&volunteer, &format!("/v1/volunteers/{}/check-in-code", id("a.person1"))).await.expect(200);
    assert_eq!(app.get(&volunteer, &format!("/v1/volunteers/{}/check-in-code", id("a.person2"))).await.status, 404);
    assert_eq!(app.get(&app.token("a.auditor1").await, &format!("/v1/volunteers/{}/check-in-code", id("a.person1"))).await.status, 403);
}

#[tokio::test]
async fn a_new_key_leaves_printed_cards_good() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let card = app.get(&officer, &format!("/v1/volunteers/{}/check-in-code", id("a.person2"))).await.expect(200);
    danvan::access::code_keys::rotate(&mut app.sql().await, &app.service.secret, app.service.clock.now()).await.unwrap();
    let second = app.another().await;
    let officer = second.token("a.officer1").await;
    let new = second.get(&officer, &format!("/v1/volunteers/{}/check-in-code", id("a.person2"))).await.expect(200);
    assert_ne!(new["text"], card["text"]);
    let item =
        json!({"id": danvan::random::id(), "action": "check_in", "activity_id": id("a.activity1"), "volunteer_code": card["text"], "occurred_at": morning()});
    let reply = second.post(&officer, "/v1/sign-ups/check-ins", json!({"commune_id": id("a"), "items": [item]})).await.expect(200);
    assert_eq!(reasons(&reply), ["-"]);
}
