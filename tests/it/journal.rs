//! The journal's promises: one number per write, in commit order, nothing lost, nothing hidden.

use std::collections::HashSet;

use danvan::db::schema::{feed_marks, feeds, journal};
use danvan::journal::seals;
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use futures::future::join_all;

use crate::support::{App, id, json};

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
    assert!(seals::seal(&mut app.sql_as_service().await, app.service.clock.now()).await.unwrap() >= 3, "each feed has a seal");
    app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": 9})).await.expect(200);
    let verdict = seals::verify(&mut sql).await.unwrap();
    assert_eq!((verdict.breaches, verdict.unsealed), (vec![], 1));
    seals::seal(&mut sql, app.service.clock.now()).await.unwrap();

    let refused = app.sql_as_service().await.batch_execute("UPDATE journal SET action = 'x'").await;
    assert!(refused.unwrap_err().to_string().contains("permission denied"));
    assert!(app.sql_as_service().await.batch_execute("DELETE FROM journal_seals").await.is_err());

    let last = number(&app).await;
    sql.batch_execute(&format!("BEGIN; UPDATE journal SET action = 'create' WHERE feed_id = '{}' AND number = {}", id("a"), last - 1)).await.unwrap();
    assert!(seals::verify(&mut sql).await.unwrap().breaches[0].contains("changed after they were sealed"));
    sql.batch_execute(&format!("ROLLBACK; BEGIN; DELETE FROM journal WHERE feed_id = '{}' AND number = {last}", id("a"))).await.unwrap();
    assert!(seals::verify(&mut sql).await.unwrap().breaches[0].contains(&format!("no journal rows of the numbers [{last}]")));
    sql.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(seals::verify(&mut sql).await.unwrap().breaches, Vec::<String>::new());
}
