//! Webhooks: told at least once, in order, signed, to public addresses alone, and nothing that the owner may not see.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use danvan::service::Worker;
use diesel_async::SimpleAsyncConnection as _;
use serde_json::Value;
use tokio::task::LocalSet;

use crate::statements;
use crate::support::receiver::{Answer, Got, Receiver};
use crate::support::{App, Process, id, json};

pub async fn make(app: &App, token: &str, url: &str, events: &[&str], exclude_own: bool) -> String {
    let body = json!({"commune_id": id("a"), "name": "Hệ thống liên lạc", "url": url, "events": events, "exclude_own": exclude_own});
    app.post(token, "/v1/webhooks", body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

/// All that is due now is sent; returns the number of tries.
pub async fn rounds(worker: &Rc<Worker>) -> usize {
    let mut tries = 0;
    loop {
        match danvan::webhooks::round(worker).await.unwrap() {
            0 => return tries,
            more => tries += more,
        }
    }
}

async fn set(app: &App, token: &str, hamlet: &str, population: i64) {
    app.patch(token, &format!("/v1/hamlets/{}", id(hamlet)), json!({"population": population})).await.expect(200);
}

fn types(got: &[Got]) -> Vec<&str> {
    got.iter().map(|got| got.body["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_happens_is_told_signed_and_as_its_owner_may_see_it() {
    LocalSet::new()
        .run_until(async {
            let app = App::start().await;
            let worker = Worker::new(app.service.clone());
            let receiver = Receiver::start().await;
            let (officer, liaison, head) = (app.token("a.officer1").await, app.token("a.liaison1").await, app.token("a.head1").await);
            let hook = make(&app, &liaison, &receiver.url, &["activities.*", "hamlets.update", "volunteers.*"], false).await;
            let issued = app.post(&liaison, &format!("/v1/webhooks/{hook}/actions/rotate_secret"), json!({})).await.expect(200);
            set(&app, &officer, "a.ap-1", 777).await;
            app.post(&officer, &format!("/v1/activities/{}/actions/start", id("a.activity1")), json!({"occurred_at": "2026-01-05T00:05:00Z"}))
                .await
                .expect(200);
            app.patch(&officer, &format!("/v1/volunteers/{}", id("a.person1")), json!({"phone": "0977123456"})).await.expect(200);
            rounds(&worker).await;
            // Of different objects each comes when it comes.
            let mut got = receiver.take();
            got.sort_by_key(|got| std::cmp::Reverse(got.body["type"].to_string()));
            assert_eq!(types(&got), ["hamlets.update", "activities.start"], "a liaison sees no volunteers, and hears of none");
            let event = &got[1].body;
            assert_eq!((event["object"]["id"].clone(), event["object"]["status"].clone()), (json!(id("a.activity1")), json!("in_progress")));
            assert_eq!((event["actor"]["user_id"].clone(), event["actor"]["role"].clone()), (json!(id("a.officer1")), json!("commune_officer")));
            assert_eq!((event["commune"].clone(), event["actor"]["occurred_at"].clone()), (json!(id("a")), json!("2026-01-05T00:05:00Z")));
            // The projection is the one of a sync at this moment.
            let synced = app.get(&liaison, "/v1/sync?resources=activities").await.expect(200);
            let row = synced["changes"]["activities"]["upserted"].as_array().unwrap().iter().find(|row| row["id"] == event["object"]["id"]).unwrap();
            assert_eq!(&event["object"], row);
            // By the reference verifier, and by the public key.
            for got in &got {
                verified(got, &issued);
            }
            // The cursor fills gaps: after the first event there is the second.
            let path = format!("/v1/sync?resources={}&cursor={}", got[0].body["resources"].as_str().unwrap(), got[0].body["cursor"].as_str().unwrap());
            let gap = app.get(&liaison, &path).await.expect(200);
            assert_eq!(gap["changes"]["activities"]["upserted"][0]["id"], json!(id("a.activity1")));
            assert!(gap["changes"]["hamlets"].is_null());
            // The test event, and the log.
            app.post(&liaison, &format!("/v1/webhooks/{hook}/actions/test"), json!({})).await.expect(200);
            rounds(&worker).await;
            let test = receiver.take();
            assert_eq!((types(&test), test[0].body["object"].clone()), (vec!["webhooks.test"], Value::Null));
            let log = app.get(&liaison, &format!("/v1/webhooks/{hook}/deliveries")).await.expect(200);
            let statuses: Vec<&str> = log["items"].as_array().unwrap().iter().map(|item| item["status"].as_str().unwrap()).collect();
            assert_eq!(statuses, ["delivered", "skipped", "delivered", "delivered"]);
            // Sent again under the same id.
            let delivery = json!({"delivery_id": got[1].body["id"]});
            app.post(&liaison, &format!("/v1/webhooks/{hook}/actions/redeliver"), delivery).await.expect(200);
            rounds(&worker).await;
            let again = receiver.take();
            assert_eq!((again.len(), again[0].headers["webhook-id"].as_str()), (1, got[1].headers["webhook-id"].as_str()));
            let nothing = app.post(&liaison, &format!("/v1/webhooks/{hook}/actions/redeliver"), json!({"delivery_id": id("x")})).await;
            assert_eq!(nothing.problem().3, "no_delivery");
            // Whose webhooks one sees and touches.
            assert_eq!(app.get(&head, &format!("/v1/webhooks/{hook}")).await.status, 404);
            assert_eq!(app.post(&officer, &format!("/v1/webhooks/{hook}/actions/rotate_secret"), json!({})).await.status, 403);
            let shown = app.get(&officer, &format!("/v1/webhooks/{hook}")).await.expect(200);
            assert!(shown.get("secrets").is_none() && !shown.to_string().contains("sealed"), "{shown}");
            app.post(&officer, &format!("/v1/webhooks/{hook}/actions/disable"), json!({})).await.expect(200);
            set(&app, &officer, "a.ap-1", 778).await;
            app.post(&liaison, &format!("/v1/webhooks/{hook}/actions/enable"), json!({})).await.expect(200);
            set(&app, &officer, "a.ap-1", 779).await;
            rounds(&worker).await;
            let got = receiver.take();
            assert_eq!(got.iter().map(|got| got.body["object"]["population"].clone()).collect::<Vec<_>>(), [json!(779)], "from the enabling on");
        })
        .await;
}

fn verified(got: &Got, issued: &Value) {
    let hook = standardwebhooks::Webhook::new(issued["secret"].as_str().unwrap()).unwrap();
    let mut headers = http_headers(got);
    hook.verify(got.text.as_bytes(), &headers).unwrap();
    headers.insert("webhook-id", "another".parse().unwrap());
    hook.verify(got.text.as_bytes(), &headers).unwrap_err();
    let public = STANDARD.decode(issued["public_key"].as_str().unwrap().strip_prefix("whpk_").unwrap()).unwrap();
    let url_safe = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let key = jsonwebtoken::DecodingKey::from_ed_components(&url_safe(&public)).unwrap();
    let signature = got.headers["webhook-signature"].split(' ').find_map(|one| one.strip_prefix("v1a,")).unwrap();
    let message = format!("{}.{}.{}", got.headers["webhook-id"], got.headers["webhook-timestamp"], got.text);
    let signature = url_safe(&STANDARD.decode(signature).unwrap());
    assert!(jsonwebtoken::crypto::verify(&signature, message.as_bytes(), &key, jsonwebtoken::Algorithm::EdDSA).unwrap());
}

fn http_headers(got: &Got) -> http::HeaderMap {
    got.headers.iter().map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap())).collect()
}

#[tokio::test]
async fn a_receiver_that_fails_is_tried_again_and_one_that_is_gone_is_not() {
    LocalSet::new()
        .run_until(async {
            let app = App::start().await;
            let worker = Worker::new(app.service.clone());
            let (receiver, trap) = (Receiver::start().await, Receiver::start().await);
            let officer = app.token("a.officer1").await;
            let hook = make(&app, &officer, &receiver.url, &["hamlets.*"], false).await;
            set(&app, &officer, "a.ap-1", 1).await;
            set(&app, &officer, "a.ap-1", 2).await;
            set(&app, &officer, "a.ap-2", 3).await;
            receiver.only("\"code\":\"ap-1\"");
            receiver.will([Answer::Status(500), Answer::HangUp, Answer::Redirect(trap.url.clone()), Answer::Endless, Answer::Status(429)]);
            rounds(&worker).await;
            let pending = app.get(&officer, &format!("/v1/webhooks/{hook}/deliveries?status=pending")).await.expect(200);
            let tried = pending["items"].as_array().unwrap().iter().find(|item| item["attempts"] != 0).unwrap();
            let time = |name: &str| chrono::DateTime::parse_from_rfc3339(tried[name].as_str().unwrap()).unwrap();
            assert!(time("next_attempt_at") - time("made_at") > TimeDelta::seconds(4), "not before its time: {tried}");
            let mut got = receiver.take();
            for wait in [6, 6 * 60, 40 * 60, 3 * 3600, 6 * 3600] {
                app.service.clock.advance(TimeDelta::seconds(wait));
                rounds(&worker).await;
                got.extend(receiver.take());
            }
            let of = |code: &str| got.iter().filter(|got| got.body["object"]["code"] == code).map(|got| got.headers["webhook-id"].as_str()).collect::<Vec<_>>();
            let first = of("ap-1");
            assert_eq!(first.len(), 7, "five failures, a success, and then the event that waited");
            assert!(first[..6].iter().all(|id| *id == first[0]) && first[6] != first[0], "the same id at each try: {first:?}");
            assert_eq!(of("ap-2").len(), 1);
            let place = got.iter().position(|got| got.body["object"]["code"] == "ap-2");
            assert!(place < Some(2), "another object does not wait");
            assert_eq!(trap.take().len(), 0, "no redirect is followed");
            // The clock went on, and the token is over.
            let officer = app.token("a.officer1").await;
            let log = app.get(&officer, &format!("/v1/webhooks/{hook}/deliveries?status=delivered")).await.expect(200);
            assert_eq!(log["items"].as_array().unwrap().len(), 3);
            // Given up after ten tries, and sent again by hand.
            receiver.only("");
            set(&app, &officer, "a.ap-3", 4).await;
            receiver.will((0..10).map(|_| Answer::Status(503)));
            for _ in 0..11 {
                rounds(&worker).await;
                app.service.clock.advance(TimeDelta::hours(27));
            }
            assert_eq!(receiver.take().len(), 10);
            let officer = app.token("a.officer1").await;
            let log = app.get(&officer, &format!("/v1/webhooks/{hook}/deliveries?status=failed")).await.expect(200);
            assert_eq!((log["items"][0]["attempts"].clone(), log["items"][0]["last_status"].clone()), (json!(10), json!(503)));
            app.post(&officer, &format!("/v1/webhooks/{hook}/actions/redeliver"), json!({})).await.expect(200);
            assert_eq!(rounds(&worker).await, 1);
            // Gone.
            set(&app, &officer, "a.ap-3", 5).await;
            receiver.take();
            receiver.will([Answer::Status(410)]);
            rounds(&worker).await;
            let shown = app.get(&officer, &format!("/v1/webhooks/{hook}")).await.expect(200);
            assert_eq!((shown["status"].clone(), shown["disabled_reason"].clone()), (json!("disabled"), json!("410")));
            set(&app, &officer, "a.ap-3", 6).await;
            assert_eq!(rounds(&worker).await, 0);
            // What is disabled is not looked after: a round in which nothing is to be done costs one statement.
            let mut counter = statements::counter().await;
            let before = statements::calls(&mut counter, &app).await;
            assert_eq!(rounds(&worker).await, 0);
            assert_eq!(statements::calls(&mut counter, &app).await - before, 1);
        })
        .await;
}

#[tokio::test]
async fn own_changes_can_be_left_out_and_rights_are_those_of_the_moment() {
    LocalSet::new()
        .run_until(async {
            let app = App::start().await;
            let worker = Worker::new(app.service.clone());
            let (own, clients) = (Receiver::start().await, Receiver::start().await);
            let (officer, leader) = (app.token("a.officer1").await, app.token("a.leader1").await);
            make(&app, &officer, &own.url, &["hamlets.*"], true).await;
            // A client's webhook: its own changes are left out, its maker's are not.
            let soon = danvan::clock::local_day(app.service.clock.now()) + TimeDelta::days(30);
            let client = json!({"commune_id": id("a"), "name": "Kịch bản", "scopes": ["hamlets:*", "webhooks:*"], "expires_on": soon});
            let client = app.post(&officer, "/v1/api-clients", client).await.expect(201)["id"].as_str().unwrap().to_owned();
            let secret = app.post(&officer, &format!("/v1/api-clients/{client}/actions/issue_secret"), json!({})).await.expect(200);
            let form = format!("grant_type=client_credentials&client_id={client}&client_secret={}", secret["client_secret"].as_str().unwrap());
            let token_for = async |form: String| {
                let token = app.ask("POST", "", "/v1/oauth/token").bytes("application/x-www-form-urlencoded", form).send().await.expect(200);
                token["access_token"].as_str().unwrap().to_owned()
            };
            let token = token_for(form.clone()).await;
            let clients_hook = make(&app, &token, &clients.url, &["*"], true).await;
            // The maker's own webhook is none of the client's: by its address the client would hear all that the maker may.
            let hooks = app.ids(&officer, "/v1/webhooks").await;
            assert!(hooks.len() >= 3);
            for hook in hooks {
                let row = app.get(&officer, &format!("/v1/webhooks/{hook}")).await.expect(200);
                let status = app.patch(&token, &format!("/v1/webhooks/{hook}"), json!({"name": "Hệ thống liên lạc"})).await.status;
                let secret = app.post(&token, &format!("/v1/webhooks/{hook}/actions/rotate_secret"), json!({})).await.status;
                let expected = if row["client_id"] == json!(client) { (200, 200) } else { (403, 403) };
                assert_eq!((status, secret), expected, "{row}");
            }
            set(&app, &officer, "a.ap-1", 1).await;
            set(&app, &token, "a.ap-2", 2).await;
            set(&app, &leader, "a.ap-3", 3).await;
            app.patch(&officer, &format!("/v1/volunteers/{}", id("a.person1")), json!({"phone": "0977123456"})).await.expect(200);
            rounds(&worker).await;
            let populations = |receiver: &Receiver| {
                let mut all: Vec<i64> = receiver.take().iter().map(|got| got.body["object"]["population"].as_i64().unwrap()).collect();
                all.sort_unstable();
                all
            };
            assert_eq!(populations(&own), [3]);
            assert_eq!(populations(&clients), [1, 3], "and no volunteers: they are not in its scopes");
            // Who has a token of fewer scopes turns nothing to an address of theirs but what those scopes give.
            let narrow = token_for(format!("{form}&scope=webhooks:*")).await;
            app.patch(&narrow, &format!("/v1/webhooks/{clients_hook}"), json!({"name": "Của tôi"})).await.expect(200);
            set(&app, &leader, "a.ap-3", 5).await;
            rounds(&worker).await;
            assert_eq!(populations(&own), [5]);
            let got = clients.take();
            assert_eq!((types(&got), &got[0].body["object"]["population"]), (vec!["hamlets.update"], &Value::Null), "what the public sees");
            // A right that ended between the change and its telling.
            set(&app, &leader, "a.ap-3", 4).await;
            app.post(&leader, &format!("/v1/api-clients/{client}/actions/revoke"), json!({"reason": "Lộ khóa"})).await.expect(200);
            rounds(&worker).await;
            assert_eq!((populations(&own), populations(&clients)), (vec![4], vec![]));
        })
        .await;
}

#[tokio::test]
async fn addresses_and_events_are_checked() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let cases = [
        (json!({"url": "ftp://example.com/x"}), "/url"),
        (json!({"url": "https://user:pw@example.com"}), "/url"),
        (json!({"url": "not a url"}), "/url"),
        (json!({"events": []}), "/events"),
        (json!({"events": ["hamlets.*", "users.*"]}), "/events/1"),
        (json!({"events": ["hamlets.fly"]}), "/events/0"),
        (json!({"events": ["hamlets"]}), "/events/0"),
    ];
    for (part, pointer) in cases {
        let mut body = json!({"commune_id": id("a"), "name": "x", "url": "https://example.com/", "events": ["*"]});
        body.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        assert_eq!(app.post(&officer, "/v1/webhooks", body).await.problem().2, pointer, "{part}");
    }
}

/// As operators run it: private addresses are refused, also where a name leads to one.
#[tokio::test]
async fn nothing_is_sent_into_the_operators_network() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let trap = Receiver::start().await;
    let port = trap.url.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    let process = Process::serve_with(&crate::support::url(danvan::db::supervise::SERVICE, &app.database), &["--webhook-port", &port]);
    for url in [format!("https://127.0.0.1:{port}/"), format!("https://2130706433:{port}/"), format!("https://[::ffff:127.0.0.1]:{port}/"), trap.url.clone()] {
        let body = json!({"commune_id": id("a"), "name": "x", "url": url, "events": ["*"]});
        assert_eq!(process.post(&officer, "/v1/webhooks", &body).await.problem().2, "/url", "{url}");
    }
    // Names that lead home: stored, as if their address had changed since.
    let hook = make(&app, &officer, "https://example.com/", &["hamlets.*"], false).await;
    let own = format!("UPDATE webhooks SET url = 'https://localhost.localdomain:{port}/' WHERE id = '{hook}'");
    app.sql().await.batch_execute(&own).await.unwrap();
    let second = make(&app, &officer, "https://example.org/", &["hamlets.*"], false).await;
    app.sql().await.batch_execute(&format!("UPDATE webhooks SET url = 'http://127.0.0.1:{port}/' WHERE id = '{second}'")).await.unwrap();
    set(&app, &officer, "a.ap-1", 5).await;
    for hook in [hook, second] {
        // The process's own rounds: until the first try is noted.
        let noted = loop {
            let log = process.get(&officer, &format!("/v1/webhooks/{hook}/deliveries")).await.expect(200);
            if log["items"][0]["last_error"].is_string() {
                break log;
            }
        };
        let error = noted["items"][0]["last_error"].as_str().unwrap();
        assert!(matches!(error, "address_not_allowed" | "no_connection"), "{error}");
    }
    assert_eq!(trap.take().len(), 0, "not one connection with a request");
}

/// A process that dies in the middle leaves its deliveries to the next one.
#[tokio::test]
async fn what_was_noted_survives_the_death_of_a_process() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let receiver = Receiver::start().await;
    make(&app, &officer, &receiver.url, &["hamlets.*"], false).await;
    let url = crate::support::url(danvan::db::supervise::SERVICE, &app.database);
    let mut expected = vec![];
    let mut seen = std::collections::BTreeMap::new();
    for round in 0..3 {
        let mut process = Process::serve_with(&url, &["--webhook-allow-private"]);
        for n in 0..10 {
            expected.push(i64::from(round * 10 + n));
            process.patch_any(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), &json!({"population": round * 10 + n})).await.expect(200);
        }
        process.kill();
        // What it had leased is free after a minute.
        app.sql().await.batch_execute("UPDATE webhook_deliveries SET leased_until = NULL").await.unwrap();
    }
    let last = Process::serve_with(&url, &["--webhook-allow-private"]);
    while seen.len() < expected.len() {
        for got in receiver.take() {
            seen.insert(got.headers["webhook-id"].clone(), got.body["cursor"].clone());
        }
        last.get(&officer, "/health/live").await;
    }
    assert_eq!(seen.len(), 30, "each event, under one id");
}

/// Whatever the journal of a story calls a change, a webhook may ask for it by that name.
pub async fn every_change_has_an_event_type(database: &str) {
    use diesel_async::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Told {
        #[diesel(sql_type = diesel::sql_types::Text)]
        event: String,
    }
    let app = App::on(database, danvan::clock::Clock::default()).await;
    let types = app.get("", "/v1/event-types").await.expect(200);
    let known: Vec<&str> = types["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    let told: Vec<Told> = diesel::sql_query("SELECT DISTINCT kind || '.' || action AS event FROM journal ORDER BY 1").load(&mut app.sql().await).await.unwrap();
    let of_known = |event: &&Told| known.iter().any(|known| known.split('.').next() == event.event.split('.').next());
    let missing: Vec<&str> = told.iter().filter(of_known).map(|event| event.event.as_str()).filter(|event| !known.contains(event)).collect();
    assert!(told.len() > 20 && missing.is_empty(), "no webhook can ask for {missing:?}");
}
