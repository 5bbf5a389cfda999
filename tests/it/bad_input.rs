//! No input gives a 500, and what is refused changes nothing: every field of every body and every filter of every list
//! is given values that it was not made for.

use danvan::db::schema::feeds;
use danvan::web::operation::{Kind, Operation};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::support::{App, id, json, sample, world};

fn hostile() -> Vec<Value> {
    vec![
        json!(null),
        json!(5),
        json!(-1),
        json!(1e30),
        json!(9_223_372_036_854_775_807_i64),
        json!(true),
        json!([]),
        json!({}),
        json!([null]),
        json!(""),
        json!("x\u{0}y"),
        json!("2024-02-30"),
        json!("-262143-01-01"),
        json!("+262142-12-31"),
        json!("9999-12-31T23:59:60Z"),
        json!("0000-01-01T00:00:00Z"),
        json!("=cmd|' /C calc'!A0"),
        json!("<script>alert(1)</script>"),
        json!("e\u{301}".repeat(4000)),
        json!("\u{202e}\u{feff}𐍈"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("'; DROP TABLE users; --"),
    ]
}

async fn total(app: &App) -> i64 {
    let numbers: Vec<i64> = feeds::table.select(feeds::number).load(&mut app.sql().await).await.unwrap();
    numbers.iter().sum()
}

/// Somebody who may do the most with it, so that rules and SQL are reached.
fn caller(operation: &Operation) -> &'static str {
    match operation.policy.map(|policy| policy.resource) {
        Some("communes" | "military_units") => "platform1",
        Some("headcounts") => "a.liaison1",
        _ => "a.leader1",
    }
}

#[tokio::test]
async fn no_body_gives_a_500_and_no_refusal_writes() {
    let app = App::start().await;
    world::a_day(&app).await;
    let document = crate::support::document();
    let mut tried = 0;
    // Signing in costs an argon2 hash and sessions end: these have tests of their own.
    for operation in danvan::app::operations().filter(|o| o.writes() && o.media == danvan::web::operation::JSON && o.room != "auth" && o.request.is_some()) {
        let token = if operation.id == "enter_volunteer" { String::new() } else { app.token(caller(operation)).await };
        let mut path = operation.path.clone();
        if path.contains("{id}") {
            let resource = if operation.id == "create_walk_in" { "activities" } else { operation.policy.unwrap().resource };
            path = path.replace("{id}", &sample::row(&app, resource, "a").await.to_string());
        }
        path = path.replace("{ref}", "mã-1");
        let schema = document.pointer(&format!(
            "/paths/{}/{}/requestBody/content/application~1json/schema/$ref",
            operation.path.replace('/', "~1"),
            operation.method.name().to_lowercase()
        ));
        let properties = document.pointer(&format!("{}/properties", schema.unwrap().as_str().unwrap().trim_start_matches('#'))).unwrap().as_object().unwrap();
        let mut bodies: Vec<Vec<u8>> =
            [&b"null"[..], b"[]", b"5", b"\"x\"", b"{\"a\":1}", b"{", b"\xff\xfe", b"{\"a\":1,\"a\":2}"].iter().map(|b| b.to_vec()).collect();
        for field in properties.keys() {
            for value in hostile() {
                let mut body = sample::body(&document, operation, "a");
                body[field] = value;
                bodies.push(body.to_string().into_bytes());
            }
        }
        let before = total(&app).await;
        let mut done = 0;
        for body in bodies {
            let shown = String::from_utf8_lossy(&body).chars().take(200).collect::<String>();
            let reply = app.ask(operation.method.name(), &token, &path).header("If-Match", "*").bytes("application/json", body).send().await;
            assert!(reply.status < 500, "{} {shown}: {} {}", operation.id, reply.status, reply.text);
            if reply.status >= 400 {
                assert_eq!(reply.header("content-type"), "application/problem+json", "{}", operation.id);
            } else {
                done += 1;
            }
            tried += 1;
        }
        // Creations may tick two feeds and three times (an entry makes an account too); refusals none.
        assert!(total(&app).await - before <= done * 3, "{}: more writes than successes", operation.id);
        put_back(&app).await;
    }
    assert!(tried > 3000, "{tried} bodies");
}

/// What earlier successes ended: people and grants that later operations need.
async fn put_back(app: &App) {
    let sql = format!(
        "UPDATE users SET status = 'active'; UPDATE grants SET status = 'active', valid_to = CASE WHEN role = 'auditor' THEN valid_to END;
         UPDATE feeds SET number = number + 1 WHERE id = '00000000-0000-0000-0000-000000000002'; UPDATE communes SET status = 'active' WHERE id = '{}'",
        id("a")
    );
    diesel_async::SimpleAsyncConnection::batch_execute(&mut app.sql().await, &sql).await.unwrap();
    app.service.pulse.forget();
}

#[tokio::test]
async fn no_query_gives_a_500() {
    let app = App::start().await;
    for operation in danvan::app::operations() {
        let Kind::List { .. } = operation.kind else { continue };
        let token = app.token(caller(operation)).await;
        let own = operation.parameters.iter().map(|parameter| parameter.name.clone());
        for name in own.chain(["commune", "campaign", "limit", "cursor", "sort", "q", "count", "include"].map(String::from)) {
            for value in hostile() {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let query: String = form_urlencoded::Serializer::new(String::new()).append_pair(&name, &text).finish();
                let reply = app.get(&token, &format!("{}?{query}", operation.path)).await;
                assert!(reply.status < 500, "{} {name}={text:.60}: {} {}", operation.id, reply.status, reply.text);
            }
        }
    }
}

#[tokio::test]
async fn html_and_formulas_are_stored_as_they_are() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let path = format!("/v1/hamlets/{}", id("a.ap-3"));
    for name in ["=HYPERLINK(\"x\")", "<b>Ấp</b> & 'con'", "Ấp \"Ba\""] {
        app.patch(&officer, &path, json!({"name": name})).await.expect(200);
        assert_eq!(app.get(&officer, &path).await.expect(200)["name"], name);
    }
}
