//! Examples of the operations that no story needs, asked on the tests' world.

use danvan::web::operation::{Kind, Method, Operation};
use diesel_async::SimpleAsyncConnection as _;
use serde_json::{Value, json};

use super::Examples;
use crate::support::{App, Reply, id, sample, world};

/// Operations whose answer has no body or no end, or that are the other half of one that is shown.
const WITHOUT: &[&str] = &["logout", "revoke_my_session", "stream", "get_import_template", "delete_my_calendar", "get_calendar"];
/// Who is asked as, in turn, until somebody may.
const CALLERS: &[&str] = &["a.officer1", "a.leader1", "a.liaison1", "a.head1", "a.auditor1", "platform1", "a.volunteer1"];

pub async fn ask_the_rest(examples: &mut Examples, app: &App) {
    world::a_day(app).await;
    let document = crate::support::document();
    let mut tokens = vec![];
    for caller in CALLERS {
        tokens.push(app.token(caller).await);
    }
    // Reads first, then changes, then what ends things.
    let rank = |operation: &Operation| match operation.kind {
        Kind::List { .. } | Kind::Item | Kind::Read | Kind::Stream => 0,
        Kind::Create | Kind::Put | Kind::Update => 1,
        // A commune that ended takes nothing new.
        Kind::Act(_) if operation.room == "communes" => 3,
        Kind::Act(_) | Kind::Write { .. } => 2,
    };
    let mut rest: Vec<&Operation> = danvan::app::operations().filter(|o| !examples.0.contains_key(&o.id) && !WITHOUT.contains(&o.id.as_str())).collect();
    rest.sort_by_key(|operation| rank(operation));
    let mut without = vec![];
    for operation in rest {
        let mut answered = None;
        for token in &tokens {
            let (body, reply) = ask(app, &document, operation, token).await;
            if (200..300).contains(&reply.status) {
                answered = Some((body, reply));
                break;
            }
        }
        match answered {
            Some((body, reply)) => examples.keep(&operation.id, body.as_ref(), &reply.body),
            None => without.push(operation.id.clone()),
        }
    }
    assert_eq!(without, Vec::<String>::new(), "operations that nobody could be shown");
}

async fn ask(app: &App, document: &Value, operation: &Operation, token: &str) -> (Option<Value>, Reply) {
    let resource = operation.policy.map_or("", |policy| policy.resource);
    let row = if operation.path.contains("{id}") { sample::row(app, resource, "a").await } else { uuid::Uuid::nil() };
    let mut path = operation.path.replace("{id}", &row.to_string()).replace("{ref}", "ma-rieng-1").replace("{kind}", "hamlets");
    if let Kind::List { commune: true, .. } = operation.kind {
        path = format!("{path}?commune={}&limit=1", id("a"));
    }
    if operation.room == "sync" {
        path = format!("{path}?commune={}&resources=hamlets", id("a"));
    }
    if operation.method == Method::Get {
        return (None, app.get(token, &path).await);
    }
    let mut body = sample::body(document, operation, "a");
    if let Kind::Act(step) = operation.kind {
        let ready = format!("UPDATE {resource} SET status = '{}' WHERE id = '{row}'", step.from[0]);
        app.sql().await.batch_execute(&ready).await.unwrap_or_else(|error| panic!("{ready}: {error}"));
    }
    if operation.id == "place_sign_up" {
        let ready = format!(
            "UPDATE campaigns SET status = 'running' WHERE id = '{}'; UPDATE activities SET status = 'done' WHERE id = '{}'",
            id("a.campaign"),
            id("a.activity1")
        );
        app.sql().await.batch_execute(&ready).await.unwrap();
    }
    // What was created as an example before stands in the way of these.
    match operation.id.as_str() {
        "put_sign_up_by_ref" => body["volunteer_id"] = json!(id("a.person3")),
        "put_activity_unit_by_ref" => body["role"] = json!("logistics"),
        "close_campaign" => body["reason"] = json!("Quyết toán trước cuối năm"),
        "put_commune_by_ref" => body["code"] = json!("26998"),
        _ => {}
    }
    if operation.media == danvan::web::operation::FORM {
        let create = danvan::app::operations().find(|other| other.id == "create_api_client").unwrap();
        let client = app.post(token, "/v1/api-clients", sample::body(document, create, "a")).await.body["id"].as_str().unwrap_or_default().to_owned();
        let issued = app.post(token, &format!("/v1/api-clients/{client}/actions/issue_secret"), json!({})).await;
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret={}", issued.body["client_secret"].as_str().unwrap_or_default());
        let reply = app.ask("POST", "", &path).bytes("application/x-www-form-urlencoded", form).send().await;
        return (Some(json!({"grant_type": "client_credentials", "client_id": client, "client_secret": "danvan_cs_bi-mat"})), reply);
    }
    if operation.is_file() {
        return (None, sample::ask(app, document, operation, token, &path, "a").send().await);
    }
    if operation.id == "batch" {
        let note = json!({"population": 1200});
        body = json!({"operations": [{"id": danvan::random::id(), "method": "PATCH", "path": format!("/v1/hamlets/{}", id("a.ap-3")), "headers": {"If-Match": "*"}, "body": note}]});
    }
    if operation.id == "check_in_many" {
        body = json!({"commune_id": id("a"), "items": [{"id": danvan::random::id(), "action": "check_in", "activity_id": id("a.activity1"), "volunteer_id": id("a.person4"), "occurred_at": "2026-01-05T00:05:00Z", "device_id": "máy-2"}]});
    }
    if let Kind::Update = operation.kind {
        body = sample::change(document, operation);
    }
    let reply = app.ask(operation.method.name(), token, &path).header("If-Match", "*").json(&body).send().await;
    let shown = (body != json!({})).then_some(body);
    (shown, reply)
}
