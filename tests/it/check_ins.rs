//! A phone's queue: presence taken without a network and handed in later.

use futures::future::join_all;
use serde_json::Value;

use crate::support::{App, Reply, at, id, json};

const PATH: &str = "/v1/sign-ups/check-ins";

fn new_id() -> String {
    danvan::random::id().to_string()
}

/// Came or left at the activity of commune `a`.
fn item(action: &str, person: &str, at: &str) -> Value {
    json!({"id": new_id(), "action": action, "activity_id": id("a.activity1"), "volunteer_id": id(person), "occurred_at": at, "device_id": "máy-2"})
}

async fn hand_in(app: &App, token: &str, items: &[Value]) -> Reply {
    app.post(token, PATH, json!({"commune_id": id("a"), "items": items})).await
}

fn statuses(body: &Value) -> Vec<(u64, bool)> {
    body["results"].as_array().unwrap().iter().map(|r| (r["status"].as_u64().unwrap(), r["changed"].as_bool().unwrap())).collect()
}

async fn sums(app: &App, token: &str) -> Value {
    let sums = app.get(token, &format!("/v1/activity-sums/{}", id("a.activity1"))).await.expect(200);
    json!([sums["present"], sums["man_days"], sums["seats_taken"]])
}

#[tokio::test]
async fn a_queue_is_written_once_however_often_it_comes() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let signed = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person1")});
    let signed = app.post(&officer, "/v1/sign-ups", signed).await.expect(201);
    let queue = [
        item("check_in", "a.person1", &at("00:05")),
        item("check_in", "a.person4", &at("00:10")),
        json!({"id": new_id(), "action": "check_out", "sign_up_id": signed["id"], "occurred_at": at("08:05")}),
        item("check_out", "a.person4", &at("04:10")),
    ];
    // Two phones hold the same queue, one of them twice.
    let replies = join_all((0..3).map(|_| hand_in(&app, &officer, &queue))).await;
    let bodies: Vec<Value> = replies.into_iter().map(|reply| reply.expect(200)).collect();
    let first = bodies.iter().find(|body| statuses(body)[0].1).expect("one of them wrote");
    assert_eq!(statuses(first), [(200, true), (201, true), (200, true), (200, true)]);
    assert!(bodies.iter().filter(|body| *body != first).all(|body| statuses(body) == [(200, false); 4]), "{bodies:?}");
    assert_eq!(first["results"][0]["id"], queue[0]["id"]);
    assert_eq!(first["results"][1]["sign_up"]["id"], queue[1]["id"], "who had no sign-up gets one under the item's id");
    assert_eq!(first["results"][1]["sign_up"]["walk_in"], true);
    assert_eq!(sums(&app, &officer).await, json!([2, 1.0, 1]));
    let kept = app.get(&officer, &format!("/v1/sign-ups/{}", signed["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((kept["status"].clone(), kept["minutes"].clone(), kept["check_in_device"].clone()), (json!("attended"), json!(240), json!("máy-2")));
    assert_eq!(kept["checked_in_at"], at("00:05"), "the phone's time, not that of the network's return");
}

#[tokio::test]
async fn a_refused_row_stops_no_other_and_says_why() {
    let app = App::at_work().await;
    let (head, officer) = (app.token("a.head1").await, app.token("a.officer1").await);
    let mut twice = item("check_in", "a.person1", &at("00:05"));
    twice["sign_up_id"] = json!(new_id());
    let items = [
        item("check_in", "b.person1", &at("00:05")),
        item("check_out", "a.person1", &at("00:05")),
        item("check_in", "a.person1", &at("16:05")),
        twice,
        json!({"id": new_id(), "action": "check_in", "sign_up_id": new_id(), "occurred_at": at("00:05")}),
        item("check_in", "a.person1", &at("00:05")),
    ];
    let body = hand_in(&app, &head, &items).await.expect(200);
    let said: Vec<(u64, &str, &str)> = body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            let problem = &r["problem"]["errors"][0];
            (r["status"].as_u64().unwrap(), problem["pointer"].as_str().unwrap_or_default(), problem["code"].as_str().unwrap_or_default())
        })
        .collect();
    let expected = [
        (422, "/volunteer_id", "not_there"),
        (201, "", ""),
        (422, "/occurred_at", "in_the_future"),
        (422, "/sign_up_id", "one_of"),
        (422, "/sign_up_id", "not_there"),
        (200, "", ""),
    ];
    assert_eq!(said, expected);
    // An id that another sign-up has: the database refuses it, and the rest of its portion is written all the same.
    let mut taken = item("check_in", "a.person2", &at("00:05"));
    taken["id"] = body["results"][5]["sign_up"]["id"].clone();
    let body = hand_in(&app, &officer, &[item("check_in", "a.person4", &at("00:06")), taken]).await.expect(200);
    assert_eq!(statuses(&body), [(201, true), (409, false)]);
    assert_eq!(body["results"][1]["problem"]["code"], "id_taken");
    assert_eq!(sums(&app, &officer).await[0], 2);
    // The whole request: an id twice, none at all, too many, no right.
    let one = item("check_in", "a.person2", &at("00:05"));
    assert_eq!(hand_in(&app, &officer, &[one.clone(), one.clone()]).await.problem().2, "/items/1/id");
    let many: Vec<Value> = (0..1001).map(|_| item("check_in", "a.person2", &at("00:05"))).collect();
    assert_eq!(hand_in(&app, &officer, &many).await.status, 422);
    // Who reads all but takes no presence, a foreign office, nobody.
    for name in ["a.auditor1", "a.liaison1", "b.officer1"] {
        let signed = json!({"id": new_id(), "action": "check_in", "sign_up_id": body["results"][0]["sign_up"]["id"], "occurred_at": at("00:05")});
        assert_eq!(hand_in(&app, &app.token(name).await, &[signed]).await.status, 403, "{name}: before it takes a place in the queue");
    }
    assert_eq!(hand_in(&app, "", &[one]).await.status, 401);
    assert_eq!(sums(&app, &officer).await[0], 2, "a refused row writes nothing");
}

#[tokio::test]
async fn a_thousand_rows_are_portions_and_count_exactly() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let mut people = vec![];
    for n in 0..250 {
        let person = json!({"id": new_id(), "commune_id": id("a"), "full_name": format!("Trần Văn {n}"), "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
        people.push(json!({"id": format!("p{n}"), "method": "POST", "path": "/v1/volunteers", "body": person}));
    }
    let made = app.post(&officer, "/v1/batch", json!({"operations": people})).await.expect(200);
    let made: Vec<&Value> = made["results"].as_array().unwrap().iter().map(|result| &result["body"]["id"]).collect();
    let row = |action: &str, person: &Value, at: &str| json!({"id": new_id(), "action": action, "activity_id": id("a.activity1"), "volunteer_id": person, "occurred_at": at});
    let mut items: Vec<Value> = made.iter().map(|person| row("check_in", person, &at("00:00"))).collect();
    items.extend(made.iter().map(|person| row("check_out", person, &at("04:00"))));
    let body = hand_in(&app, &officer, &items).await.expect(200);
    assert!(statuses(&body).iter().all(|(status, changed)| *status < 300 && *changed));
    assert_eq!(sums(&app, &officer).await, json!([250, 125.0, 0]));
    let mut entries = 0;
    let mut cursor = String::new();
    loop {
        let page = app.get(&officer, &format!("/v1/journal?kind=sign_ups&limit=200{cursor}")).await.expect(200);
        entries += page["items"].as_array().unwrap().len();
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(entries, 500, "each coming and each leaving stands in the journal");
    let again = hand_in(&app, &officer, &items).await.expect(200);
    assert!(statuses(&again).iter().all(|(status, changed)| *status == 200 && !changed));
    assert_eq!(sums(&app, &officer).await, json!([250, 125.0, 0]));
}
