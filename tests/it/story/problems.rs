//! Examples of the problems that most operations share, each met by a request on the tests' world.

use danvan::clock::Clock;
use danvan::random;
use serde_json::{Map, Value, json};

use crate::support::{App, Reply, id, world};

/// The problems by their codes.
pub async fn meet(app: &App) -> Map<String, Value> {
    world::a_day(app).await;
    let (officer, head) = (app.token("a.officer1").await, app.token("a.head1").await);
    let hamlet = json!({"commune_id": id("a"), "code": "ap-91", "name": "Ấp 91", "kind": "ap", "sort_order": 91});
    let twice = random::id();
    let named = |id: uuid::Uuid, name: &str| {
        let mut body = hamlet.clone();
        (body["id"], body["name"], body["code"]) = (json!(id), json!(name), json!(name));
        body
    };
    app.post(&officer, "/v1/hamlets", named(twice, "ap-92")).await.expect(201);
    let one = format!("/v1/hamlets/{}", id("a.ap-1"));
    let key = |body: Value| app.ask("POST", &officer, "/v1/hamlets").header("Idempotency-Key", "so-1").json(&body);
    key(named(random::id(), "ap-93")).send().await.expect(201);
    let tight = App::limited(&app.database, Clock::default(), 10).await;
    let mut refused = tight.get(&officer, "/v1/sync?resources=hamlets").await;
    for _ in 0..100 {
        if refused.status != 429 {
            refused = tight.get(&officer, "/v1/sync?resources=hamlets").await;
        }
    }
    let met = [
        app.ask("POST", &officer, "/v1/hamlets").bytes("application/json", "{").send().await,
        app.ask("POST", &officer, "/v1/hamlets").bytes("text/plain", "x").send().await,
        app.ask("POST", &officer, "/v1/hamlets").bytes("application/json", vec![b' '; 2 << 20]).send().await,
        app.post(&officer, "/v1/hamlets", json!({"commune_id": id("a"), "code": "ấp 9", "name": "", "kind": "ap", "sort_order": -1})).await,
        app.post(&officer, "/v1/hamlets", named(twice, "ap-94")).await,
        key(named(random::id(), "ap-95")).send().await,
        app.post(&head, "/v1/hamlets", hamlet.clone()).await,
        app.get("", "/v1/sign-ups").await,
        app.get("x", "/v1/hamlets").await,
        app.get("", "/v1/hamlets").await,
        app.get(&officer, &format!("/v1/hamlets/{}", uuid::Uuid::nil())).await,
        app.get(&officer, "/v1/hamlets?cursor=x").await,
        app.get(&officer, &format!("/v1/hamlets?q={}", "x".repeat(9_000))).await,
        app.ask("PATCH", &officer, &one).json(&json!({"household_count": 121})).send().await,
        app.ask("PATCH", &officer, &one).header("If-Match", "\"0\"").json(&json!({"household_count": 121})).send().await,
        app.post(&officer, &format!("/v1/activities/{}/actions/finish", id("a.activity1")), json!({})).await,
        refused,
    ];
    met.iter().map(problem).collect()
}

/// A problem by its code; a time to wait differs from run to run.
fn problem(reply: &Reply) -> (String, Value) {
    assert_eq!(reply.header("content-type"), "application/problem+json", "{}", reply.text);
    (reply.body["code"].as_str().unwrap().to_owned(), reply.body.clone())
}
