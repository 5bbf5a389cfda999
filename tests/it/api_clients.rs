//! API clients: what a program may do, for how long, and how it proves who it is.

use base64::Engine as _;
use diesel_async::SimpleAsyncConnection as _;
use serde_json::Value;

use crate::support::{App, Reply, id, json};

/// A client of somebody, with its secret.
struct Made {
    id: String,
    secret: String,
}

fn body(name: &str, scopes: &[&str]) -> Value {
    json!({"commune_id": id("a"), "name": name, "scopes": scopes})
}

async fn make(app: &App, token: &str, body: Value) -> Made {
    let made = app.post(token, "/v1/api-clients", body).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let secret = secret(app, token, &id).await;
    Made { id, secret }
}

async fn secret(app: &App, token: &str, client: &str) -> String {
    let issued = app.post(token, &format!("/v1/api-clients/{client}/actions/issue_secret"), json!({})).await;
    assert_eq!(issued.header("cache-control"), "no-store");
    issued.expect(200)["client_secret"].as_str().unwrap().to_owned()
}

async fn ask(app: &App, form: &str) -> Reply {
    app.ask("POST", "", "/v1/oauth/token").bytes("application/x-www-form-urlencoded", form).send().await
}

async fn token_of(app: &App, made: &Made) -> String {
    let form = format!("grant_type=client_credentials&client_id={}&client_secret={}", made.id, made.secret);
    ask(app, &form).await.expect(200)["access_token"].as_str().unwrap().to_owned()
}

fn until(app: &App, mut body: Value, days: i64) -> Value {
    body["expires_on"] = json!(danvan::clock::local_day(app.service.clock.now()) + chrono::TimeDelta::days(days));
    body
}

#[tokio::test]
async fn a_program_proves_itself_and_does_what_its_scopes_say() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let made = make(&app, &officer, until(&app, body("Kịch bản", &["sign_ups:create", "sign_ups:check_in", "activities:read", "volunteers:read"]), 30)).await;
    let form = format!("grant_type=client_credentials&client_id={}&client_secret={}", made.id, made.secret);
    let answer = ask(&app, &form).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = answer.expect(200);
    assert_eq!((answer["token_type"].clone(), answer["expires_in"].clone()), (json!("Bearer"), json!(900)));
    let token = answer["access_token"].as_str().unwrap().to_owned();
    let metadata = app.get("", "/.well-known/oauth-authorization-server").await.expect(200);
    assert_eq!(metadata["token_endpoint"], "https://danvan.example/v1/oauth/token");
    assert!(metadata["scopes_supported"].as_array().unwrap().contains(&json!("sign_ups:check_in")));
    assert!(app.get("", metadata["jwks_uri"].as_str().unwrap().trim_start_matches("https://danvan.example")).await.expect(200)["keys"].is_array());
    // The same by the header.
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", made.id, made.secret));
    let form = "grant_type=client_credentials&scope=activities%3Aread";
    let reply =
        app.ask("POST", "", "/v1/oauth/token").header("Authorization", &format!("Basic {basic}")).bytes("application/x-www-form-urlencoded", form).send().await;
    let narrow = reply.expect(200);
    assert_eq!(narrow["scope"], "activities:read");
    // What it may, and whose doing it was.
    let sign_up = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person1")});
    let key = "mot-lan";
    let signed = app.ask("POST", &token, "/v1/sign-ups").header("Idempotency-Key", key).json(&sign_up).send().await.expect(201);
    assert_eq!(signed["allowed_actions"], json!(["check_in"]), "of the officer's actions those in scope");
    let again = app.ask("POST", &token, "/v1/sign-ups").header("Idempotency-Key", key).json(&sign_up).send().await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    // A person's key of the same name is another one.
    assert_eq!(app.ask("POST", &officer, "/v1/sign-ups").header("Idempotency-Key", key).json(&sign_up).send().await.status, 409);
    let path = format!("/v1/sign-ups/{}", signed["id"].as_str().unwrap());
    app.post(&token, &format!("{path}/actions/check_in"), json!({})).await.expect(200);
    let entries = app.get(&officer, &format!("/v1/journal?row_id={}", signed["id"].as_str().unwrap())).await.expect(200);
    let entry = &entries["items"][0];
    let officer_id = app.get(&officer, "/v1/me").await.expect(200)["user_id"].clone();
    assert_eq!((entry["session_id"].clone(), entry["user_id"].clone(), entry["acting_for"].clone()), (json!(made.id), officer_id.clone(), officer_id));
    assert_eq!(entry["device_id"], "Kịch bản");
    // What it may not, although its maker may.
    let cases = [
        ("POST", format!("{path}/actions/withdraw"), json!({}), "sign_ups:withdraw"),
        ("GET", "/v1/campaigns".into(), Value::Null, "campaigns:read"),
        ("POST", "/v1/hamlets".into(), json!({}), "hamlets:create"),
        ("GET", "/v1/users".into(), Value::Null, "users:read"),
        ("POST", "/v1/api-clients".into(), until(&app, body("Con", &["activities:read"]), 3), "api_clients:create"),
    ];
    for (method, path, body, scope) in cases {
        let reply = app.ask(method, &token, &path).json(&body).send().await;
        assert_eq!((reply.problem().1.as_str(), reply.body["scope"].as_str().unwrap()), ("insufficient_scope", scope), "{path}");
    }
    // Reading activities is not holding their codes.
    let reader = make(&app, &officer, until(&app, body("Chỉ đọc", &["activities:read"]), 30)).await;
    let reader = token_of(&app, &reader).await;
    let codes = app.get(&reader, &format!("/v1/activities/{}/check-in-codes", id("a.activity1"))).await;
    assert_eq!(codes.body["scope"], "sign_ups:check_in");
    app.get(&token, &format!("/v1/activities/{}/check-in-codes", id("a.activity1"))).await.expect(200);
    for (method, path) in [("POST", "/v1/me/password"), ("GET", "/v1/me/sessions"), ("POST", "/v1/auth/logout")] {
        assert_eq!(app.ask(method, &token, path).json(&json!({})).send().await.problem().1, "insufficient_scope", "{path} is for people");
    }
    let me = app.get(&token, "/v1/me").await.expect(200);
    assert_eq!((me["session_id"].clone(), me["api_client"]["scopes"][0].clone()), (json!(made.id), json!("activities:read")));
    // Joins, sync and batch are no way around.
    let joined = app.get(&token, "/v1/sign-ups?include=hamlet,volunteer").await.expect(200);
    let hamlet = &joined["included"]["hamlet"][id("a.ap-1").to_string()];
    assert!(hamlet["hidden"].as_array().unwrap().contains(&json!("population")), "what anybody sees: {hamlet}");
    assert_eq!(joined["included"]["volunteer"].as_object().unwrap().len(), 1);
    let sync = app.get(&token, "/v1/sync?resources=activities,units,rewards").await.expect(200);
    assert!(sync["changes"]["rewards"]["upserted"].as_array().is_none_or(Vec::is_empty), "{sync}");
    assert!(!sync["changes"]["activities"]["upserted"].as_array().unwrap().is_empty());
    let operation = json!({"id": "1", "method": "POST", "path": format!("{path}/actions/withdraw"), "body": {}});
    let batch = app.post(&token, "/v1/batch", json!({"operations": [operation]})).await.expect(200);
    assert_eq!(batch["results"][0]["body"]["code"], "insufficient_scope");
    // A token of fewer scopes has fewer.
    let narrow = narrow["access_token"].as_str().unwrap();
    app.get(narrow, "/v1/activities").await.expect(200);
    assert_eq!(app.get(narrow, "/v1/sign-ups").await.problem().1, "insufficient_scope");
}

#[tokio::test]
async fn a_program_is_refused_as_rfc_6749_says() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let made = make(&app, &officer, until(&app, body("Kịch bản", &["activities:read"]), 30)).await;
    let (client, secret) = (&made.id, &made.secret);
    let unknown = danvan::random::id();
    let cases = [
        (format!("client_id={client}&client_secret={secret}"), 400, "invalid_request"),
        (format!("grant_type=password&client_id={client}&client_secret={secret}"), 400, "unsupported_grant_type"),
        (format!("grant_type=client_credentials&client_id={client}&client_secret={secret}x"), 401, "invalid_client"),
        (format!("grant_type=client_credentials&client_id={unknown}&client_secret={secret}"), 401, "invalid_client"),
        (format!("grant_type=client_credentials&client_id=x&client_secret={secret}"), 401, "invalid_client"),
        ("grant_type=client_credentials".into(), 401, "invalid_client"),
        (format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope=users:read"), 400, "invalid_scope"),
        (format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope=activities:sing"), 400, "invalid_scope"),
        (format!("grant_type=client_credentials&client_id={client}&client_id={client}&client_secret={secret}"), 400, "invalid_request"),
    ];
    for (form, status, error) in cases {
        let reply = ask(&app, &form).await;
        assert_eq!((reply.status, reply.body["error"].as_str().unwrap()), (status, error), "{form}");
        assert_eq!(status == 401, reply.header("www-authenticate").starts_with("Basic"), "{form}");
    }
    assert_eq!(app.post("", "/v1/oauth/token", json!({"grant_type": "client_credentials"})).await.status, 415);
    for hostile in ["", "&&&=", "grant_type=client_credentials&client_id=%00&client_secret=%ff%00", "%ff%fe", "grant_type=client_credentials&client_id[]=x"] {
        assert!(matches!(ask(&app, hostile).await.status, 400 | 401), "{hostile}");
    }
    // Guesses are slowed down, for this client alone.
    let wrong = format!("grant_type=client_credentials&client_id={client}&client_secret=x");
    let mut last = 401;
    for _ in 0..8 {
        last = ask(&app, &wrong).await.status;
    }
    assert_eq!(last, 429);
    let other = make(&app, &officer, until(&app, body("Khác", &["activities:read"]), 30)).await;
    token_of(&app, &other).await;
    // What a client may be.
    let refused = [
        (until(&app, body("x", &["activities:fly"]), 30), "/scopes/0"),
        (until(&app, body("x", &["activities:read", "users:read"]), 30), "/scopes/1"),
        (until(&app, body("x", &["grants:*"]), 30), "/scopes/0"),
        (until(&app, body("x", &[]), 30), "/scopes"),
        (until(&app, body("x", &["activities:read"]), 400), "/expires_on"),
        (until(&app, body("x", &["activities:read"]), -1), "/expires_on"),
    ];
    for (body, pointer) in refused {
        assert_eq!(app.post(&officer, "/v1/api-clients", body.clone()).await.problem().2, pointer, "{body}");
    }
    let mut foreign = until(&app, body("x", &["activities:read"]), 30);
    foreign["commune_id"] = json!(id("b"));
    assert_eq!(app.post(&officer, "/v1/api-clients", foreign).await.status, 403);
    let mut bound = until(&app, body("x", &["activities:read"]), 30);
    bound["unit_id"] = json!(id("a.youth"));
    assert_eq!(app.post(&officer, "/v1/api-clients", bound).await.problem().3, "not_yours");
    let mut bound = until(&app, body("x", &["activities:read"]), 30);
    bound["campaign_id"] = json!(id("b.campaign"));
    assert_eq!(app.post(&officer, "/v1/api-clients", bound).await.problem().3, "no_campaign");
}

#[tokio::test]
async fn a_client_ends_with_its_secret_its_day_its_maker_and_its_makers_right() {
    let app = App::start().await;
    let (leader, liaison) = (app.token("a.leader1").await, app.token("a.liaison1").await);
    let scopes = ["activities:read", "activity_units:*", "headcounts:create"];
    let made = make(&app, &liaison, until(&app, body("Hệ thống liên lạc", &scopes), 30)).await;
    // Two secrets live side by side; a third takes the place of the first.
    let second = Made { id: made.id.clone(), secret: secret(&app, &liaison, &made.id).await };
    let token = token_of(&app, &made).await;
    token_of(&app, &second).await;
    let third = Made { id: made.id.clone(), secret: secret(&app, &liaison, &made.id).await };
    let gone = |made: &Made| format!("grant_type=client_credentials&client_id={}&client_secret={}", made.id, made.secret);
    assert_eq!(ask(&app, &gone(&made)).await.status, 401);
    token_of(&app, &second).await;
    app.post(&liaison, &format!("/v1/api-clients/{}/actions/drop_old_secret", made.id), json!({})).await.expect(200);
    assert_eq!(ask(&app, &gone(&second)).await.status, 401);
    token_of(&app, &third).await;
    let kept = app.get(&leader, &format!("/v1/api-clients/{}", made.id)).await.expect(200);
    assert_eq!(kept["last_used_on"], json!(danvan::clock::local_day(app.service.clock.now())));
    assert!(!kept.to_string().contains("secret\":") && kept.get("secrets").is_none(), "{kept}");
    // Whose clients one sees and touches.
    assert_eq!(app.get(&app.token("a.head1").await, &format!("/v1/api-clients/{}", made.id)).await.status, 404);
    assert_eq!(app.get(&app.token("b.leader1").await, &format!("/v1/api-clients/{}", made.id)).await.status, 404);
    assert_eq!(
        app.post(&leader, &format!("/v1/api-clients/{}/actions/issue_secret", made.id), json!({})).await.status,
        403,
        "a leader takes over nobody's client"
    );
    // The liaison's rights, and no more.
    app.get(&token, "/v1/activities").await.expect(200);
    assert_eq!(app.get(&token, "/v1/activities?commune=").await.status, 422);
    let foreign = app.get(&token, &format!("/v1/activities?commune={}", id("b"))).await.expect(200);
    assert!(foreign["items"].as_array().unwrap().iter().all(|item| item["hidden"].as_array().unwrap().iter().any(|name| name == "title")), "public rows alone");
    // The maker's right ends: so does the client, at once.
    let grants = app.get(&leader, "/v1/grants?role=unit_liaison").await.expect(200);
    let me = app.get(&liaison, "/v1/me").await.expect(200)["user_id"].clone();
    let grant = grants["items"].as_array().unwrap().iter().find(|grant| grant["user_id"] == me).unwrap()["id"].as_str().unwrap().to_owned();
    app.post(&leader, &format!("/v1/grants/{grant}/actions/revoke"), json!({"reason": "Hết nhiệm vụ"})).await.expect(200);
    assert_eq!(app.get(&token, "/v1/activities").await.problem().1, "term_ended");
    // Revoked by the office.
    let officer = app.token("a.officer1").await;
    let own = make(&app, &officer, until(&app, body("Kịch bản", &["activities:read"]), 30)).await;
    let token = token_of(&app, &own).await;
    assert_eq!(app.post(&leader, &format!("/v1/api-clients/{}/actions/revoke", own.id), json!({})).await.problem().2, "/reason");
    app.post(&leader, &format!("/v1/api-clients/{}/actions/revoke", own.id), json!({"reason": "Lộ khóa"})).await.expect(200);
    assert_eq!(app.get(&token, "/v1/activities").await.problem().1, "session_revoked");
    assert_eq!(ask(&app, &gone(&own)).await.status, 401);
    assert_eq!(app.post(&officer, &format!("/v1/api-clients/{}/actions/issue_secret", own.id), json!({})).await.problem().1, "wrong_state");
    // Over.
    let short = make(&app, &officer, until(&app, body("Ngắn", &["activities:read"]), 0)).await;
    let token = token_of(&app, &short).await;
    app.sql().await.batch_execute(&format!("UPDATE api_clients SET expires_on = expires_on - 1 WHERE id = '{}'; UPDATE feeds SET number = number + 1 WHERE id = '00000000-0000-0000-0000-000000000002'", short.id)).await.unwrap();
    app.service.pulse.forget();
    assert_eq!(app.get(&token, "/v1/activities").await.status, 401);
    assert_eq!(ask(&app, &gone(&short)).await.status, 401);
    // A disabled maker.
    let other = make(&app, &app.token("a.officer2").await, until(&app, body("Khác", &["activities:read"]), 30)).await;
    let token = token_of(&app, &other).await;
    app.get(&token, "/v1/activities").await.expect(200);
    let user = app.get(&leader, "/v1/users?username=a.officer2").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    app.post(&leader, &format!("/v1/users/{user}/actions/disable"), json!({"reason": "Nghỉ việc"})).await.expect(200);
    assert_eq!(app.get(&token, "/v1/activities").await.problem().1, "session_revoked");
}

#[tokio::test]
async fn bounds_narrow_what_the_maker_may() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let mut bound = until(&app, body("Một đợt", &["campaigns:*", "activities:read", "volunteers:read"]), 30);
    bound["campaign_id"] = json!(id("a.campaign"));
    let made = make(&app, &officer, bound).await;
    let token = token_of(&app, &made).await;
    let campaigns = app.get(&token, "/v1/campaigns").await.expect(200);
    let ids: Vec<&str> = campaigns["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| !c["hidden"].as_array().unwrap().iter().any(|n| n == "plan_document_id"))
        .map(|c| c["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [id("a.campaign").to_string()]);
    assert_eq!(app.get(&token, "/v1/volunteers").await.expect(200)["items"], json!([]), "a right for one campaign reaches no volunteers");
    let unit_officer = app.token("a.unit_officer1").await;
    let mut bound = until(&app, body("Đoàn", &["volunteers:*", "units:read"]), 30);
    bound["unit_id"] = app.get(&unit_officer, "/v1/me").await.expect(200)["grants"][0]["unit_id"].clone();
    let made = make(&app, &unit_officer, bound).await;
    let token = token_of(&app, &made).await;
    let seen = app.get(&token, "/v1/volunteers").await.expect(200)["items"].as_array().unwrap().len();
    let makers = app.get(&unit_officer, "/v1/volunteers").await.expect(200)["items"].as_array().unwrap().len();
    assert_eq!(seen, makers);
}
