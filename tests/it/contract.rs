//! What of the contract is the same for all rooms, shown on hamlets.

use danvan::web::operation::Method;
use diesel_async::SimpleAsyncConnection as _;

use crate::support::{App, id, json};

#[tokio::test]
async fn every_path_answers_other_methods_with_what_it_allows() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    for operation in danvan::app::operations() {
        let path = operation.path.replace("{id}", &id("a.ap-1").to_string());
        let options = app.ask("OPTIONS", "", &path).send().await;
        assert_eq!(options.status, 204, "{path}");
        assert!(options.header("allow").contains(operation.method.name()), "{path}: {}", options.header("allow"));
        let wrong = app.ask("TRACE", &officer, &path).send().await;
        assert_eq!((wrong.status, wrong.header("allow")), (405, options.header("allow")), "{path}");
        if operation.method == Method::Get {
            let query = if operation.path.ends_with("{id}") { "" } else { &format!("?commune={}", id("a")) };
            let query = if matches!(operation.kind, danvan::web::operation::Kind::List { .. }) { query } else { "" };
            let (get, head) = (app.get(&officer, &format!("{path}{query}")).await, app.ask("HEAD", &officer, &format!("{path}{query}")).send().await);
            assert_eq!((head.status, head.text.as_str(), head.header("etag")), (get.status, "", get.header("etag")), "{path}");
        }
    }
    assert_eq!(app.get(&officer, "/v1/nowhere").await.problem().1, "not_found");
    assert_eq!(app.get("", "/nowhere").await.problem().1, "not_found");
}

#[tokio::test]
async fn refusals_come_in_their_order() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let path = format!("/v1/hamlets/{}", id("a.ap-1"));
    let status = |r: crate::support::Reply| r.problem().1;
    // 401 before everything, also on public paths and for wrong methods.
    assert_eq!(status(app.ask("PUT", "rubbish", "/v1/hamlets").bytes("text/plain", "x").send().await), "token_invalid");
    assert_eq!(status(app.get("rubbish", &format!("/v1/hamlets?commune={}", id("a"))).await), "token_invalid");
    assert_eq!(status(app.ask("PATCH", "", &path).bytes("text/plain", "{").send().await), "unauthenticated");
    // 415, 413, 400, 422, 428, and only then the row.
    let huge = vec![b' '; 10 * 1024 * 1024];
    assert_eq!(status(app.ask("PATCH", &officer, &path).bytes("text/plain", huge.clone()).send().await), "unsupported_media_type");
    assert_eq!(status(app.ask("PATCH", &officer, &path).bytes("application/json", huge).send().await), "body_too_large");
    assert_eq!(status(app.ask("PATCH", &officer, &path).bytes("application/json", "{").send().await), "malformed_json");
    assert_eq!(status(app.ask("PATCH", &officer, &path).json(&json!({"nam": 1})).send().await), "validation_failed");
    assert_eq!(status(app.ask("PATCH", &officer, &path).json(&json!({})).send().await), "precondition_required");
    let nowhere = format!("/v1/hamlets/{}", id("nothing"));
    assert_eq!(status(app.ask("PATCH", &officer, &nowhere).header("If-Match", "\"1\"").json(&json!({})).send().await), "not_found");
    assert_eq!(status(app.get(&officer, "/v1/hamlets/17").await), "not_found");
    let stranger = app.token("b.officer1").await;
    assert_eq!(status(app.ask("PATCH", &stranger, &path).header("If-Match", "\"0\"").json(&json!({})).send().await), "forbidden");
    assert_eq!(status(app.ask("PATCH", &officer, &path).header("If-Match", "\"0\"").json(&json!({})).send().await), "precondition_failed");
    let read = app.get(&officer, &path).await;
    let version = read.body["version"].as_i64().unwrap();
    for tag in [format!("\"{version}\""), format!("W/{}", read.header("etag")), version.to_string()] {
        app.ask("PATCH", &officer, &path).header("If-Match", &tag).json(&json!({})).send().await.expect(200);
    }
}

#[tokio::test]
async fn queries_are_strict_and_say_so_in_two_languages() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let cases = [
        ("limit=100000", "?limit", "out_of_range"),
        ("limit=0", "?limit", "out_of_range"),
        ("limit=x", "?limit", "wrong_type"),
        ("colour=red", "?colour", "unknown_field"),
        ("campaign=17", "?campaign", "unknown_field"),
        ("status=alive", "?status", "unknown_value"),
        ("sort=population", "?sort", "unknown_value"),
        ("q=a", "?q", "out_of_range"),
        ("limit=5&limit=6", "?limit", "duplicate_field"),
        ("include=everything", "?include", "unknown_value"),
        ("commune=17", "?commune", "invalid_uuid"),
    ];
    for (query, pointer, code) in cases {
        let reply = app.get(&officer, &format!("/v1/hamlets?{query}")).await;
        assert_eq!(reply.problem(), (422, "validation_failed".into(), pointer.into(), code.into()), "{query}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let english = app.ask("GET", &officer, &format!("/v1/hamlets?{query}")).header("Accept-Language", "en").send().await;
        assert_eq!((reply.header("content-language"), english.header("content-language")), ("vi", "en"));
        assert_ne!(reply.body["errors"][0]["detail"], english.body["errors"][0]["detail"], "{query}");
        assert_eq!(reply.body["errors"][0]["code"], english.body["errors"][0]["code"]);
    }
}

#[tokio::test]
async fn cursors_open_for_their_caller_and_query_alone() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let first = app.get(&officer, "/v1/hamlets?limit=1&sort=name").await;
    let cursor = first.body["next_cursor"].as_str().unwrap().to_owned();
    assert!(first.header("link").contains("rel=\"next\""), "{}", first.header("link"));
    let next = app.get(&officer, first.header("link").split(['<', '>']).nth(1).unwrap()).await.expect(200);
    assert_eq!(next["items"][0]["name"], "Ấp 2");
    for (token, query) in [
        (&officer, format!("sort=-name&cursor={cursor}")),
        (&officer, format!("sort=name&cursor={}x", &cursor[..cursor.len() - 1])),
        (&officer, "sort=name&cursor=AAAA".into()),
        (&app.token("a.officer2").await, format!("sort=name&cursor={cursor}")),
    ] {
        assert_eq!(app.get(token, &format!("/v1/hamlets?limit=1&{query}")).await.problem().1, "invalid_cursor", "{query}");
    }
    assert!(!String::from_utf8_lossy(cursor.as_bytes()).contains("p 1"), "names in cursors are encrypted");
    app.sql().await.batch_execute("INSERT INTO epochs (made_at) VALUES (now() + interval '1 second')").await.unwrap();
    app.service.pulse.forget();
    let old = app.get(&officer, &format!("/v1/hamlets?limit=1&sort=name&cursor={cursor}")).await;
    assert_eq!((old.status, old.problem().1.as_str()), (410, "resync_required"));
}

#[tokio::test]
async fn a_list_is_not_sent_twice_until_its_kind_changes() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let first = app.get(&officer, "/v1/hamlets").await;
    let known = |path: &'static str, token: String| app.ask("GET", &token, path).header("If-None-Match", first.header("etag")).send();
    assert_eq!(known("/v1/hamlets", officer.clone()).await.status, 304);
    assert_eq!(known("/v1/hamlets?sort=name", officer.clone()).await.status, 200, "another query");
    assert_eq!(known("/v1/hamlets", app.token("a.head1").await).await.status, 200, "another reach");
    app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": 1})).await.expect(200);
    assert_eq!(known("/v1/hamlets", officer).await.status, 200, "the hamlets changed");
}

#[tokio::test]
async fn large_answers_are_compressed_and_small_ones_not() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    for (path, expected) in [("/v1/hamlets", "gzip"), ("/v1/me/sessions", "")] {
        let reply = app.ask("GET", &officer, path).header("Accept-Encoding", "gzip").send().await;
        assert_eq!((reply.status, reply.header("content-encoding")), (200, expected), "{path}");
        assert!(reply.header("vary").to_lowercase().contains("accept-encoding"));
    }
}

#[tokio::test]
async fn a_database_that_goes_and_comes_is_survived() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    app.get(&officer, "/v1/hamlets").await.expect(200);
    let mut admin = danvan::db::connect_plainly(&crate::support::admin_url()).await.unwrap();
    let cut = format!("ALTER DATABASE {0} ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{0}'", app.database);
    admin.batch_execute(&cut).await.unwrap();
    app.service.pulse.forget();
    let away = app.get(&officer, "/v1/hamlets").await;
    assert_eq!((away.status, away.header("retry-after")), (503, "2"));
    assert_eq!(app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": 1})).await.status, 503);
    assert_eq!((app.get("", "/health/ready").await.status, app.get("", "/health/live").await.status), (503, 200));
    admin.batch_execute(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", app.database)).await.unwrap();
    app.get(&officer, "/v1/hamlets").await.expect(200);
    app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": 1})).await.expect(200);
    assert_eq!(app.get("", "/health/ready").await.status, 200);
}

#[tokio::test]
async fn browsers_of_the_named_origin_may_call() {
    let app = App::start().await;
    let preflight = |origin: &'static str| {
        app.ask("OPTIONS", "", "/v1/hamlets")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "PATCH")
            .header("Access-Control-Request-Headers", "if-match")
            .send()
    };
    assert_eq!(preflight("https://app.example").await.header("access-control-allow-origin"), "https://app.example");
    assert_eq!(preflight("https://evil.example").await.header("access-control-allow-origin"), "");
}
