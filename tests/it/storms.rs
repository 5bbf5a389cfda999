//! What a caller repeats, holds open or makes large, against a bound of counted work: no test looks at a clock.

use std::time::{Duration, Instant};

use danvan::clock::Clock;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{App, id, json};

#[tokio::test]
async fn forms_and_queries_are_short() {
    let app = App::start().await;
    let form = |names: usize| (0..names).map(|n| format!("{n:x}=1")).collect::<Vec<_>>().join("&");
    for (names, status, code) in [(10, 401, "invalid_client"), (64, 400, "invalid_request"), (1_500, 400, "invalid_request")] {
        let form = format!("grant_type=client_credentials&client_id=x&client_secret=y&{}", form(names));
        let reply = app.ask("POST", "", "/v1/oauth/token").bytes("application/x-www-form-urlencoded", form).send().await;
        assert_eq!((reply.status, reply.body["error"].as_str()), (status, Some(code)), "{names}");
    }
    let large = app.ask("POST", "", "/v1/oauth/token").bytes("application/x-www-form-urlencoded", form(200_000)).send().await;
    assert_eq!(large.problem().1, "body_too_large", "before anything of it is read");
    let (officer, list) = (app.token("a.officer1").await, "/v1/activities?");
    assert_eq!(app.get(&officer, &format!("{list}{}", form(70))).await.problem().3, "too_many");
    assert_eq!(app.get(&officer, &format!("{list}q={}", "a".repeat(9_000))).await.problem().1, "uri_too_long");
    // Named twice, an include is still one; and what would be a header that clients refuse is left out.
    let included = app.get(&officer, &format!("{list}limit=1&include={}", ["hamlet"; 700].join(","))).await;
    assert_eq!(included.header("link"), "");
    let page = included.expect(200);
    assert!(page["next_cursor"].is_string());
    assert_eq!(page["included"], app.get(&officer, &format!("{list}limit=1&include=hamlet")).await.expect(200)["included"]);
    assert!(!app.get(&officer, &format!("{list}limit=1&include=hamlet")).await.header("link").is_empty());
}

#[tokio::test]
async fn an_array_is_no_object() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    for (token, path, body) in [
        ("", "/v1/auth/login", json!(["a.officer1", "x", null, "x"])),
        (officer.as_str(), "/v1/plan-items", json!([null, id("a"), id("a.campaign"), "x", "x", "road_labour", null, null, null, 1])),
        (officer.as_str(), "/v1/documents", json!({"commune_id": id("a"), "kind": "plan", "year": 2026, "subject": "x", "signature": ["head", "x"]})),
    ] {
        let reply = app.post(token, path, body).await;
        assert_eq!((reply.status, reply.problem().3.as_str()), (422, "wrong_type"), "{path}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_key_that_is_no_text_is_refused_and_not_passed_over() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let body = json!({"commune_id": id("a"), "code": "khoa", "name": "Ấp", "kind": "ap", "sort_order": 7});
    let reply = app.ask("POST", &officer, "/v1/hamlets").header("Idempotency-Key", "é").json(&body).send().await;
    assert_eq!(reply.problem().3, "invalid_key");
}

#[tokio::test]
async fn answers_go_out_whole_with_their_length_and_type() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    for encoding in ["br", "gzip", "zstd", "identity"] {
        let reply = app.ask("GET", &officer, "/v1/lifecycles").header("Accept-Encoding", encoding).send().await;
        assert_eq!(reply.header("content-length"), reply.bytes.len().to_string(), "{encoding}: not in pieces of unknown number");
        assert_eq!(reply.header("content-encoding"), if encoding == "identity" { "" } else { encoding });
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
    }
    // The document: compressed once, known by its tag.
    let document = app.ask("GET", "", "/openapi.json").header("Accept-Encoding", "gzip, br").send().await;
    assert_eq!((document.status, document.header("content-encoding")), (200, "gzip"));
    let plain = app.ask("GET", "", "/openapi.json").header("Accept-Encoding", "br").send().await;
    assert_eq!((plain.status, plain.header("content-encoding")), (200, ""), "nobody makes it be compressed anew");
    let again = app.ask("GET", "", "/openapi.json").header("If-None-Match", document.header("etag")).send().await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    assert!(app.get("", "/openapi.json").await.expect(200)["paths"].is_object());
    // What is no operation's names what it hangs on too, whatever CORS says beside.
    let page =
        app.ask("GET", "", "/.well-known/oauth-authorization-server").header("Accept-Encoding", "gzip").header("Origin", "https://app.example").send().await;
    assert_eq!((page.status, page.header("content-encoding")), (200, "gzip"));
    let vary: Vec<&str> = page.headers.get_all("vary").iter().filter_map(|value| value.to_str().ok()).collect();
    assert!(vary.join(",").to_lowercase().contains("accept-encoding") && vary.join(",").to_lowercase().contains("origin"), "{vary:?}");
    // A spreadsheet is compressed already.
    let file = app.ask("GET", &officer, "/v1/hamlets?format=xlsx").header("Accept-Encoding", "gzip").send().await;
    assert_eq!((file.status, file.header("content-encoding")), (200, ""));
}

#[tokio::test]
async fn a_second_head_that_does_not_come_is_not_waited_for() {
    let app = App::start().await;
    let mut line = TcpStream::connect(app.address).await.unwrap();
    line.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = vec![];
    while !answer.ends_with(b"}") {
        let mut piece = [0; 1024];
        let count = line.read(&mut piece).await.unwrap();
        assert!(count > 0, "the first answer");
        answer.extend_from_slice(&piece[..count]);
    }
    line.write_all(b"GET /health/li").await.unwrap();
    let connections = &app.service.connections;
    connections.cut_idle(Instant::now() + danvan::app::MAX_IDLE - Duration::from_secs(5), danvan::app::MAX_IDLE);
    line.write_all(b"v").await.unwrap();
    assert_eq!(connections.count(), 1, "not yet");
    connections.cut_idle(Instant::now() + danvan::app::MAX_IDLE + Duration::from_secs(5), danvan::app::MAX_IDLE);
    // Whatever is still said before it, then the end.
    let mut rest = vec![];
    line.read_to_end(&mut rest).await.ok();
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[tokio::test]
async fn a_tag_that_does_not_fit_makes_nothing_cheaper() {
    let app = App::start().await;
    let app = App::limited(&app.database, Clock::default(), 10).await;
    let officer = app.token("a.officer1").await;
    let mut answered = 0;
    for _ in 0..60 {
        let reply = app.ask("GET", &officer, "/v1/sync?resources=hamlets").header("If-None-Match", "\"x\"").send().await;
        answered += usize::from(reply.status == 200);
    }
    assert!(answered <= 6, "{answered} of a budget of 3 at once, one more each 10 s");
    let mut written = 0;
    for n in 0..400 {
        let path = format!("/v1/hamlets/{}", id("a.ap-1"));
        let reply = app.ask("PATCH", &officer, &path).header("If-Match", "*").header("If-None-Match", "\"x\"").json(&json!({"population": n})).send().await;
        written += usize::from(reply.status == 200);
    }
    assert!(written < 200, "{written} of a budget of 30 at once, one more each second");
}

#[tokio::test]
async fn many_items_cost_as_many_requests() {
    let app = App::start().await;
    let app = App::limited(&app.database, Clock::default(), 10).await;
    let officer = app.token("a.officer1").await;
    let operation = |n: usize| json!({"id": format!("o{n}"), "method": "PATCH", "path": format!("/v1/hamlets/{}", id("a.ap-1")), "headers": {"If-Match": "\"0\""}, "body": {"population": n}});
    let batch = json!({"operations": (0..400).map(operation).collect::<Vec<Value>>()});
    let first = app.post(&officer, "/v1/batch", batch.clone()).await;
    assert_eq!(first.status, 200, "what is more than what is left is lent once");
    assert_eq!(app.post(&officer, "/v1/batch", batch).await.status, 429, "400 of 30 at once: some minutes' worth");
    assert_eq!(app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": 1})).await.status, 429);
    app.get(&officer, "/v1/hamlets").await.expect(200);
}

#[tokio::test]
async fn a_batch_ends_where_its_answer_gets_too_long() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let paragraphs = vec!["x".repeat(2_000); 50];
    let sections: Vec<Value> = (0..8).map(|n| json!({"label": n.to_string(), "heading": "x", "paragraphs": paragraphs})).collect();
    let path = format!("/v1/documents/{}", id("a.document1"));
    app.patch(&officer, &path, json!({"sections": sections})).await.expect(200);
    let stale = |n: usize| json!({"id": format!("o{n}"), "method": "PATCH", "path": path, "headers": {"If-Match": "\"0\""}, "body": {"subject": "x"}});
    let reply = app.post(&officer, "/v1/batch", json!({"operations": (0..100).map(stale).collect::<Vec<Value>>()})).await;
    assert!(reply.bytes.len() < 12 << 20, "{}", reply.bytes.len());
    assert_eq!(reply.header("retry-after"), "2");
    let results = reply.body["results"].as_array().unwrap();
    assert_eq!((results.len(), &results[0]["status"], &results[99]["status"]), (100, &json!(412), &json!(503)));
}

#[tokio::test]
async fn a_caller_holds_so_many_streams() {
    let app = App::start().await;
    let (one, other) = (app.token("a.officer1").await, app.token("a.officer2").await);
    let listen = |token: String| app.http.get(format!("http://{}/v1/stream?resources=hamlets", app.address)).bearer_auth(token).send();
    let mut open = vec![];
    for _ in 0..danvan::web::bounds::STREAMS_OF_ONE {
        open.push(listen(one.clone()).await.unwrap());
    }
    assert!(open.iter().all(|reply| reply.status() == 200));
    assert_eq!(listen(one.clone()).await.unwrap().status(), 429);
    assert_eq!(listen(other).await.unwrap().status(), 200);
    drop(open);
    while listen(one.clone()).await.unwrap().status() != 200 {
        tokio::task::yield_now().await;
    }
}

/// A stranger's queue does not come before the right is looked at.
#[tokio::test]
async fn who_has_no_right_takes_no_place_in_a_queue() {
    let app = App::start().await;
    let (stranger, clerk) = (app.token("b.volunteer1").await, app.token("a.officer1").await);
    // Both turns of the commune are held: whoever waits for one gets 503 in the end, not 403.
    let held = [app.service.queues.enter(id("a"), None).await.unwrap(), app.service.queues.enter(id("a"), None).await.unwrap()];
    let items = json!([{"id": id("x"), "action": "check_in", "activity_id": id("a.activity1"), "volunteer_id": id("a.person1"), "occurred_at": "2026-01-05T00:05:00Z"}]);
    let hamlet = format!("/v1/hamlets/{}", id("a.ap-1"));
    let sign_up = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person1")});
    let consent = json!({"commune_id": id("a"), "volunteer_id": id("a.person1"), "purpose": "photos", "text_version": "1", "given_via": "paper"});
    assert_eq!(app.post(&stranger, "/v1/sign-ups/check-ins", json!({"commune_id": id("a"), "items": items})).await.status, 403);
    assert_eq!(app.post(&stranger, "/v1/sign-ups", sign_up).await.status, 403);
    assert_eq!(app.post(&stranger, "/v1/consents", consent).await.status, 403);
    assert_eq!(app.post(&stranger, &format!("/v1/activities/{}/walk-ins", id("a.activity1")), json!({"headcount": 2})).await.status, 403);
    assert_eq!(app.patch(&stranger, &hamlet, json!({"population": 1})).await.status, 403);
    assert_eq!(app.post(&stranger, &format!("/v1/activities/{}/actions/start", id("a.activity1")), json!({})).await.status, 403);
    assert_eq!(
        app.post(&app.token("b.officer1").await, "/v1/hamlets", json!({"commune_id": id("a"), "code": "x", "name": "x", "kind": "ap", "sort_order": 1}))
            .await
            .status,
        403
    );
    drop(held);
    app.patch(&clerk, &hamlet, json!({"population": 1})).await.expect(200);
}
