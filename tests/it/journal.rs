//! The journal's promises: one number per write, in commit order, nothing lost, nothing hidden.

use std::collections::HashSet;

use danvan::db::schema::{feed_marks, feeds, journal};
use danvan::journal::seals;
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use futures::future::join_all;

use crate::support::{App, id, json};

/// A secret that is not the service's.
fn another_secret() -> danvan::access::keys::Secret {
    let file = std::env::temp_dir().join(format!("danvan-{}", danvan::random::token(8)));
    let secret = danvan::access::keys::Secret::load_or_make(&file).unwrap();
    std::fs::remove_file(file).unwrap();
    secret
}

async fn number(app: &App) -> i64 {
    feeds::table.find(id("a")).select(feeds::number).first(&mut app.sql().await).await.unwrap()
}

#[tokio::test]
async fn numbers_are_gapless_under_concurrent_writers_on_two_instances() {
    let app = App::start().await;
    let other = app.another().await;
    let officer = app.token("a.officer1").await;
    let start = number(&app).await;
    let writes = (0..60).map(|n| {
        let (server, officer) = (if n % 2 == 0 { &app } else { &other }, &officer);
        // Every third one is refused: its code is taken.
        let code = if n % 3 == 0 { "ap-1".to_owned() } else { format!("new-{n}") };
        async move { server.post(officer, "/v1/hamlets", json!({"commune_id": id("a"), "code": code, "name": "Ấp mới", "kind": "ap", "sort_order": 5})).await }
    });
    let replies = join_all(writes).await;
    let versions: HashSet<i64> = replies.iter().filter(|r| r.status == 201).map(|r| r.body["version"].as_i64().unwrap()).collect();
    assert_eq!((replies.iter().filter(|r| r.status == 201).count(), replies.iter().filter(|r| r.status == 409).count()), (40, 20));
    assert_eq!(versions, (start + 1..=start + 40).collect(), "each write has a number of its own, refused ones have none");
    let rows: Vec<(i64, chrono::DateTime<chrono::Utc>)> = journal::table
        .filter(journal::feed_id.eq(id("a")))
        .order(journal::number)
        .select((journal::number, journal::at))
        .load(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(rows.iter().map(|(n, _)| *n).collect::<HashSet<_>>(), (1..=start + 40).collect());
    let mark: i64 = feed_marks::table.find((id("a"), "hamlets")).select(feed_marks::number).first(&mut app.sql().await).await.unwrap();
    assert_eq!(mark, start + 40);
}

#[tokio::test]
async fn a_write_says_who_what_and_from_where_but_no_phone() {
    let app = App::start().await;
    let head = app.token("a.head1").await;
    let path = format!("/v1/hamlets/{}", id("a.ap-1"));
    app.patch(&head, &path, json!({"population": 400, "contact_phone": "0900000001"})).await.expect(200);
    type Row = (String, String, serde_json::Value, Option<uuid::Uuid>, Option<String>, Option<String>, Option<uuid::Uuid>);
    let row: Row = journal::table
        .filter(journal::feed_id.eq(id("a")))
        .order(journal::number.desc())
        .select((journal::kind, journal::action, journal::changes, journal::user_id, journal::role, journal::device_id, journal::hamlet_id))
        .first(&mut app.sql().await)
        .await
        .unwrap();
    let changes = json!({"population": [null, 400], "contact_phone": null});
    assert_eq!(row, ("hamlets".into(), "update".into(), changes, Some(id("a.head1")), Some("hamlet_head".into()), Some("phone-1".into()), Some(id("a.ap-1"))));
    let before = number(&app).await;
    app.patch(&head, &path, json!({"population": 400})).await.expect(200);
    assert_eq!(app.patch(&head, &path, json!({"name": "x"})).await.status, 403);
    assert_eq!(number(&app).await, before, "what changes nothing or is refused takes no number");
}

#[tokio::test]
async fn a_retry_finds_its_first_result() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let body = json!({"commune_id": id("a"), "code": "ap-7", "name": "Ấp 7", "kind": "ap", "sort_order": 7});
    let send = |body: serde_json::Value| {
        let ask = app.ask("POST", &officer, "/v1/hamlets").header("Idempotency-Key", "k-1").json(&body);
        async move { ask.send().await }
    };
    let replies = join_all((0..8).map(|_| send(body.clone()))).await;
    let ids: HashSet<String> = replies.iter().map(|r| r.clone().expect(201)["id"].to_string()).collect();
    assert_eq!(ids.len(), 1, "eight sendings, one hamlet");
    assert_eq!(replies.iter().filter(|r| r.header("idempotency-replayed") == "true").count(), 7);
    let other = send(json!({"commune_id": id("a"), "code": "ap-8", "name": "Ấp 8", "kind": "ap", "sort_order": 8})).await;
    assert_eq!(other.problem().1, "idempotency_key_reused");
    let bad = app.ask("POST", &officer, "/v1/hamlets").header("Idempotency-Key", "a b").json(&body).send().await;
    assert_eq!(bad.problem().2, "Idempotency-Key");
    // The key is the user's, not the session's; another user's is another key.
    let again = app.ask("POST", &app.token("a.officer1").await, "/v1/hamlets").header("Idempotency-Key", "k-1").json(&body).send().await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    let mine = app.ask("POST", &app.token("a.officer2").await, "/v1/hamlets").header("Idempotency-Key", "k-1").json(&body).send().await;
    assert_eq!(mine.problem().3, "code_taken");
}

#[tokio::test]
async fn a_refused_write_can_be_retried_under_its_key() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let path = format!("/v1/hamlets/{}/actions/merge", id("a.ap-1"));
    let body = json!({"reason": "x", "valid_to": "2026-06-30", "successor_id": id("a.ap-9")});
    let send = || app.ask("POST", &officer, &path).header("Idempotency-Key", "k-2").json(&body).send();
    assert_eq!(send().await.status, 422, "there is no such hamlet yet");
    app.post(&officer, "/v1/hamlets", json!({"id": id("a.ap-9"), "commune_id": id("a"), "code": "ap-9", "name": "Ấp 9", "kind": "ap", "sort_order": 9}))
        .await
        .expect(201);
    send().await.expect(200);
}

#[tokio::test]
async fn a_storm_in_one_commune_does_not_slow_another() {
    let app = App::start().await;
    let (officer_a, officer_b) = (app.token("a.officer1").await, app.token("b.officer1").await);
    let mut holder = app.sql().await;
    holder.batch_execute(&format!("BEGIN; UPDATE feeds SET number = number WHERE id = '{}'", id("a"))).await.unwrap();
    let path_a = format!("/v1/hamlets/{}", id("a.ap-1"));
    let path_b = format!("/v1/hamlets/{}", id("b.ap-1"));
    let storm = join_all((0..40).map(|n| app.patch(&officer_a, &path_a, json!({"population": n}))));
    let calm = async {
        for n in 0..20 {
            app.patch(&officer_b, &path_b, json!({"population": n + 1})).await.expect(200);
        }
    };
    let (storm, ()) = futures::join!(storm, calm);
    assert!(storm.iter().all(|r| r.status == 503 && r.header("retry-after") == "2"), "{:?}", storm.iter().map(|r| r.status).collect::<Vec<_>>());
    holder.batch_execute("ROLLBACK").await.unwrap();
    app.patch(&officer_a, &path_a, json!({"population": 77})).await.expect(200);
}

#[tokio::test]
async fn seals_tell_a_changed_and_a_missing_row() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    for n in 0..3 {
        app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": n + 1})).await.expect(200);
    }
    let mut sql = app.sql().await;
    assert!(seals::seal(&mut app.sql_as_service().await, &app.service.secret, app.service.clock.now()).await.unwrap() >= 3, "each feed has a seal");
    app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": 9})).await.expect(200);
    let verdict = seals::verify(&mut sql, &app.service.secret).await.unwrap();
    assert_eq!((verdict.breaches, verdict.unsealed), (vec![], 1));
    seals::seal(&mut sql, &app.service.secret, app.service.clock.now()).await.unwrap();

    let refused = app.sql_as_service().await.batch_execute("UPDATE journal SET action = 'x'").await;
    assert!(refused.unwrap_err().to_string().contains("permission denied"));
    assert!(app.sql_as_service().await.batch_execute("DELETE FROM journal_seals").await.is_err());

    let last = number(&app).await;
    sql.batch_execute(&format!("BEGIN; UPDATE journal SET action = 'create' WHERE feed_id = '{}' AND number = {}", id("a"), last - 1)).await.unwrap();
    assert!(seals::verify(&mut sql, &app.service.secret).await.unwrap().breaches[0].contains("changed after they were sealed"));
    sql.batch_execute(&format!("ROLLBACK; BEGIN; DELETE FROM journal WHERE feed_id = '{}' AND number = {last}", id("a"))).await.unwrap();
    assert!(seals::verify(&mut sql, &app.service.secret).await.unwrap().breaches[0].contains(&format!("no journal rows of the numbers [{last}]")));
    sql.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(seals::verify(&mut sql, &app.service.secret).await.unwrap().breaches, Vec::<String>::new());

    // Who has the database and not the secret: seals made anew are of another secret, made without one they say so.
    let kept = seals::heads(&mut sql).await.unwrap();
    let feed = id("a");
    sql.batch_execute(&format!(
        "BEGIN; UPDATE journal SET action = 'create' WHERE feed_id = '{feed}' AND number = {}; DELETE FROM journal_seals WHERE feed_id = '{feed}'",
        last - 1
    ))
    .await
    .unwrap();
    let other = another_secret();
    seals::seal(&mut sql, &other, app.service.clock.now()).await.unwrap();
    assert!(seals::verify(&mut sql, &app.service.secret).await.unwrap().breaches[0].contains("another secret"));
    sql.batch_execute("ROLLBACK; BEGIN").await.unwrap();
    sql.batch_execute(&format!("UPDATE journal_seals SET keyed = false WHERE feed_id = '{feed}' AND to_number = {last}")).await.unwrap();
    assert!(seals::verify(&mut sql, &app.service.secret).await.unwrap().breaches.iter().any(|b| b.contains("without the secret")));
    // A tail cut off with its seals shows against the heads that were kept.
    sql.batch_execute("ROLLBACK; BEGIN").await.unwrap();
    sql.batch_execute(&format!("DELETE FROM journal WHERE feed_id = '{feed}' AND number = {last}; DELETE FROM journal_seals WHERE feed_id = '{feed}' AND to_number = {last}; UPDATE feeds SET number = {} WHERE id = '{feed}'", last - 1)).await.unwrap();
    assert_eq!(seals::verify(&mut sql, &app.service.secret).await.unwrap().breaches, Vec::<String>::new(), "the rest is whole");
    assert_eq!(seals::compare(&mut sql, &kept).await.unwrap().len(), 1);
    sql.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(seals::compare(&mut sql, &kept).await.unwrap(), Vec::<String>::new());
    // A seal to the end of the world stops neither sealing nor the count, and `verify` does not list what is not there.
    let bogus = format!(
        "INSERT INTO journal_seals (feed_id, from_number, to_number, row_count, hash, sealed_at) VALUES ('{feed}', {}, 1000000000000000000, 1, '', now())",
        last + 5
    );
    app.sql_as_service().await.batch_execute(&bogus).await.unwrap();
    app.patch(&officer, &format!("/v1/hamlets/{feed}", feed = id("a.ap-1")), json!({"population": 11})).await.expect(200);
    assert!(seals::unsealed(&app.service.database).await.unwrap() >= 1);
    assert!(seals::seal(&mut sql, &app.service.secret, app.service.clock.now()).await.unwrap() >= 1);
    let breaches = seals::verify(&mut sql, &app.service.secret).await.unwrap().breaches;
    assert!(!breaches.is_empty() && breaches.iter().all(|breach| breach.len() < 300), "{breaches:?}");
}

#[tokio::test]
async fn a_key_that_was_not_sealed_with_the_secret_signs_for_nobody() {
    let app = App::start().await;
    let other = another_secret();
    // The service's role may insert keys; one of another secret does not count.
    let now = app.service.clock.now();
    let kid = danvan::access::keys::rotate(&mut app.sql().await, &other, now - chrono::TimeDelta::minutes(5), false).await.unwrap();
    let own = danvan::access::keys::rotate(&mut app.sql().await, &app.service.secret, now, false).await.unwrap();
    let second = app.another().await;
    let published = second.get("", "/.well-known/jwks.json").await.expect(200);
    let kids: Vec<&str> = published["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert!(kids.contains(&own.as_str()) && !kids.contains(&kid.as_str()), "{kids:?}");
    // A stolen key is of no use at once.
    let token = second.token("a.officer1").await;
    danvan::access::keys::rotate(&mut app.sql().await, &app.service.secret, now, true).await.unwrap();
    let third = app.another().await;
    assert_eq!(third.get(&token, "/v1/me").await.problem().1, "token_invalid");
}

#[tokio::test]
async fn sweeping_removes_what_is_past_its_time_and_only_that() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    app.get(&officer, &format!("/v1/volunteers?commune={}", id("a"))).await.expect(200);
    app.service.reader_log.flush().await;
    let mut sql = app.sql().await;
    sql.batch_execute("UPDATE reads SET at = now() - interval '731 days' WHERE id = (SELECT id FROM reads LIMIT 1);
        INSERT INTO sessions (id, user_id, device_name, seed, signed_in_at, last_used_at, ended_at, end_reason) SELECT gen_random_uuid(), id, 'x', '', now() - interval '200 days', now() - interval '190 days', now() - interval '190 days', 'logout' FROM users LIMIT 3;
        INSERT INTO idempotency_keys (feed_id, user_id, key, request_hash, status, row_id, made_at) SELECT '00000000-0000-0000-0000-000000000001', id, 'k' || n, '', 200, id, now() - interval '31 days' FROM users, generate_series(1, 300) AS n").await.unwrap();
    assert!(app.sql_as_service().await.batch_execute("DELETE FROM reads").await.is_err(), "who saw what is not the service's to forget");
    let failed = danvan::journal::retention::sweep(&mut app.sql_as_service().await, app.service.clock.now()).await;
    assert!(failed.is_empty(), "{failed:?}");
    #[derive(diesel::QueryableByName)]
    struct Left {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    for (table, expected) in
        [("reads WHERE at < now() - interval '730 days'", 0), ("sessions WHERE ended_at IS NOT NULL", 0), ("idempotency_keys WHERE key LIKE 'k%'", 0)]
    {
        let left: Left = RunQueryDsl::get_result(diesel::sql_query(format!("SELECT count(*) AS n FROM {table}")), &mut sql).await.unwrap();
        assert_eq!(left.n, expected, "{table}");
    }
    assert_eq!(app.get(&officer, "/v1/me").await.status, 200, "a session that lives stays");
}
