//! A queue of writes sent in one request: in order, each with its own result, and never done twice.

use serde_json::Value;

use crate::support::{App, id, json};

/// A person, the person's sign-up and presence, made offline: the later ones name the earlier ones' ids.
fn queue(n: u32) -> Value {
    let person = id(&format!("queued person {n}"));
    let sign_up = id(&format!("queued sign-up {n}"));
    let (commune, activity) = (id("a"), id("a.activity1"));
    json!([
        {"id": format!("{n}-1"), "method": "POST", "path": "/v1/volunteers", "body": {"id": person, "commune_id": commune, "full_name": "Người ngoại tuyến", "hamlet_id": id("a.ap-1"),
            "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]}},
        {"id": format!("{n}-2"), "method": "POST", "path": "/v1/sign-ups", "body": {"id": sign_up, "commune_id": commune, "activity_id": activity, "volunteer_id": person}},
        {"id": format!("{n}-3"), "method": "POST", "path": format!("/v1/sign-ups/{sign_up}/actions/check_in"), "body": {"occurred_at": "2026-01-05T00:05:00Z"}},
        {"id": format!("{n}-4"), "method": "PATCH", "path": format!("/v1/volunteers/{person}"), "headers": {"If-Match": "*"}, "body": {"birth_year": 1980}},
    ])
}

fn statuses(answer: &Value) -> Vec<u64> {
    answer["results"].as_array().unwrap().iter().map(|result| result["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_batch_is_done_in_order_and_once() {
    let app = App::start().await;
    let head = app.token("a.head1").await;
    let cut: Vec<Value> = queue(1).as_array().unwrap().iter().take(2).cloned().collect();
    let first = app.post(&head, "/v1/batch", json!({"operations": cut})).await.expect(200);
    assert_eq!(statuses(&first), [201, 201]);
    assert_eq!(first["results"][0]["location"], format!("/v1/volunteers/{}", id("queued person 1")));
    // The answer was lost, and the whole queue is sent: what was done is not done again.
    let whole = app.post(&head, "/v1/batch", json!({"operations": queue(1)})).await.expect(200);
    assert_eq!(statuses(&whole), [201, 201, 200, 200]);
    let replayed: Vec<bool> = whole["results"].as_array().unwrap().iter().map(|result| result["replayed"].as_bool().unwrap()).collect();
    assert_eq!(replayed, [true, true, false, false]);
    let sums = app.get(&head, &format!("/v1/activity-sums/{}", id("a.activity1"))).await.expect(200);
    assert_eq!((&sums["present"], &sums["seats_taken"]), (&json!(1), &json!(1)));
    let again = app.post(&head, "/v1/batch", json!({"operations": queue(1)})).await.expect(200);
    assert!(again["results"].as_array().unwrap().iter().all(|result| result["replayed"] == true));
    assert_eq!(app.get(&head, &format!("/v1/activity-sums/{}", id("a.activity1"))).await.expect(200), sums);
}

#[tokio::test]
async fn a_refused_operation_stops_none_but_those_that_need_it() {
    let app = App::start().await;
    let head = app.token("a.head1").await;
    let mut operations = queue(2);
    operations[0]["body"]["hamlet_id"] = json!(id("a.ap-2"));
    operations[0]["headers"] = json!({"Idempotency-Key": "own-key"});
    let more = queue(3);
    operations.as_array_mut().unwrap().extend(more.as_array().unwrap().iter().cloned());
    operations.as_array_mut().unwrap().push(json!({"id": "secret", "method": "POST", "path": "/v1/auth/login", "body": {}}));
    let answer = app.post(&head, "/v1/batch", json!({"operations": operations})).await.expect(200);
    assert_eq!(statuses(&answer), [403, 422, 404, 404, 201, 201, 200, 200, 404], "{answer}");
    assert_eq!(answer["results"][2]["body"]["code"], "not_found");
    for (body, pointer, code) in [
        (json!({"operations": []}), "/operations", "too_few"),
        (json!({"operations": [more[0], more[0]]}), "/operations/1/id", "duplicate"),
        (json!({"operations": vec![more[0].clone(); 501]}), "/operations", "too_many"),
    ] {
        let reply = app.post(&head, "/v1/batch", body).await;
        assert_eq!((reply.status, reply.problem().2.as_str(), reply.problem().3.as_str()), (422, pointer, code), "{}", reply.text);
    }
    // One that is misshapen spoils only itself.
    let misshapen = json!({"operations": [{"id": "x", "method": "GET", "path": "/v1/hamlets"}, more[0], 7]});
    let answer = app.post(&head, "/v1/batch", misshapen).await.expect(200);
    assert_eq!(statuses(&answer), [422, 201, 422], "{answer}");
    assert_eq!(answer["results"][0]["body"]["errors"][0]["pointer"], "/method");
    assert_eq!(app.post("", "/v1/batch", json!({"operations": more})).await.status, 401);
}
