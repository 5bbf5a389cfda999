//! Moving a day, and closing a campaign: what stands there afterwards, who is asked, what is named.

use serde_json::Value;

use crate::support::{App, Reply, at, at_on, id, json};

fn activity() -> String {
    format!("/v1/activities/{}", id("a.activity1"))
}

async fn act(app: &App, token: &str, path: &str, action: &str, body: Value) -> Reply {
    let seen = app.get(token, path).await;
    app.ask("POST", token, &format!("{path}/actions/{action}")).header("If-Match", seen.header("etag")).json(&body).send().await
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().map(|w| w["code"].as_str().unwrap()).collect()).unwrap_or_default()
}

#[tokio::test]
async fn another_day_keeps_the_hours_and_asks_people_again() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let signed =
        app.post(&officer, "/v1/sign-ups", json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person1")})).await.expect(201);
    let sign_up = format!("/v1/sign-ups/{}", signed["id"].as_str().unwrap());
    let before = app.get(&officer, &activity()).await.expect(200);
    app.patch(&officer, &activity(), json!({"starts_at": at("00:30"), "ends_at": at("03:30")})).await.expect(200);
    assert_eq!(app.get(&officer, &sign_up).await.expect(200)["reconfirmation"], Value::Null, "half an hour is no other time");
    let day = |days: i64| at_on(days, "00:00")[..10].to_owned();
    let moved = act(&app, &officer, &activity(), "reschedule", json!({"date": day(3), "reason": "Trùng lễ"})).await.expect(200);
    assert_eq!(json!([moved["date"], moved["starts_at"], moved["ends_at"], moved["status"]]), json!([day(3), at_on(3, "00:30"), at_on(3, "03:30"), "open"]));
    assert_eq!(
        json!([moved["moved"]["date"], moved["moved"]["starts_at"], moved["moved"]["cause"], moved["move_reason"]]),
        json!([before["date"], at("00:30"), null, "Trùng lễ"])
    );
    assert_eq!(app.get(&officer, &sign_up).await.expect(200)["reconfirmation"], "asked");
    app.post(&officer, &format!("{sign_up}/actions/reconfirm"), json!({"comes": true})).await.expect(200);
    // By PATCH: another day at the same hours, then another half-day at the campaign's.
    let patched = app.patch(&officer, &activity(), json!({"date": day(4)})).await.expect(200);
    assert_eq!(json!([patched["starts_at"], patched["moved"]["date"]]), json!([at_on(4, "00:30"), day(3)]));
    assert_eq!(app.get(&officer, &sign_up).await.expect(200)["reconfirmation"], "asked");
    app.post(&officer, &format!("{sign_up}/actions/reconfirm"), json!({"comes": true})).await.expect(200);
    let patched = app.patch(&officer, &activity(), json!({"session": "afternoon"})).await.expect(200);
    assert_eq!(patched["starts_at"], at_on(4, "06:30"));
    assert_eq!(app.get(&officer, &sign_up).await.expect(200)["reconfirmation"], "asked");
    // Neither title nor place ask anybody.
    app.post(&officer, &format!("{sign_up}/actions/reconfirm"), json!({"comes": true})).await.expect(200);
    app.patch(&officer, &activity(), json!({"title": "Tên khác"})).await.expect(200);
    assert_eq!(app.get(&officer, &sign_up).await.expect(200)["reconfirmation"], "yes");
}

#[tokio::test]
async fn a_postponement_says_why_and_from_when_and_a_head_may_ask_for_it() {
    let app = App::start().await;
    let (officer, head) = (app.token("a.officer1").await, app.token("a.head1").await);
    let before = app.get(&officer, &activity()).await.expect(200);
    assert_eq!(act(&app, &head, &activity(), "postpone", json!({"cause": "weather", "reason": "Mưa"})).await.status, 403);
    let asked = act(&app, &head, &activity(), "ask_to_postpone", json!({"cause": "weather", "reason": "Mưa lớn, đường ngập"})).await.expect(200);
    assert_eq!(
        json!([asked["postponement_asked"]["cause"], asked["postponement_asked"]["user_id"], asked["status"]]),
        json!(["weather", id("a.head1"), "open"])
    );
    let warnings = app.get(&officer, &format!("/v1/campaigns/{}/warnings", id("a.campaign"))).await.expect(200);
    assert_eq!(codes(&warnings["items"])[0], "postponement_asked");
    assert_eq!(act(&app, &officer, &activity(), "decline_postponement", json!({})).await.expect(200)["postponement_asked"], Value::Null);
    act(&app, &head, &activity(), "ask_to_postpone", json!({"cause": "weather", "reason": "Vẫn mưa"})).await.expect(200);
    let postponed = act(&app, &officer, &activity(), "postpone", json!({"cause": "weather", "reason": "Mưa lớn"})).await.expect(200);
    assert_eq!(
        json!([postponed["postponement_asked"], postponed["moved"]["cause"], postponed["moved"]["date"], postponed["move_reason"]]),
        json!([null, "weather", before["date"], "Mưa lớn"])
    );
    // The public sees the cause and the former day, not the office's words.
    let public = app.get("", &activity()).await.expect(200);
    assert_eq!(json!([public["moved"]["cause"], public["moved"]["date"], public["move_reason"]]), json!(["weather", before["date"], null]));
    assert!(public["hidden"].as_array().unwrap().contains(&json!("move_reason")));
    let moved = act(&app, &officer, &activity(), "reschedule", json!({"date": &at_on(5, "00:00")[..10], "session": "afternoon"})).await.expect(200);
    assert_eq!(json!([moved["status"], moved["moved"]["cause"], moved["moved"]["date"]]), json!(["open", "weather", before["date"]]));
    // In the feed too.
    let feed = app.get(&officer, &format!("/v1/sync?commune={}&resources=activities", id("a"))).await.expect(200);
    let text = feed.to_string();
    assert!(text.contains("\"move_reason\":\"Mưa lớn\""), "{text:.300}");
}

#[tokio::test]
async fn closing_names_what_is_open_and_needs_a_word_to_close_in_spite_of_it() {
    let app = App::at_work().await;
    let (officer, leader) = (app.token("a.officer1").await, app.token("a.leader1").await);
    let campaign = format!("/v1/campaigns/{}", id("a.campaign"));
    // A shorter period leaves activities outside.
    let shorter = app.patch(&officer, &campaign, json!({"end_date": &at("00:00")[..10]})).await.expect(200);
    assert_eq!(codes(&shorter["warnings"]), ["outside_period"]);
    assert_eq!(shorter["warnings"][0]["related"].as_array().unwrap().len(), 3);
    act(&app, &officer, &campaign, "begin_closing", json!({})).await.expect(200);
    let refused = act(&app, &leader, &campaign, "close", json!({})).await;
    assert_eq!(refused.problem().1, "still_open");
    let open = codes(&refused.body["open"]);
    for code in ["not_finished", "road_open", "reward_open", "no_report"] {
        assert!(open.contains(&code), "{code}: {open:?}");
    }
    assert!(!open.contains(&"outside_period"), "a matter of the schedule holds nothing up");
    let closed = act(&app, &leader, &campaign, "close", json!({"reason": "Quyết toán trước 31/12"})).await.expect(200);
    assert_eq!((closed["status"].clone(), codes(&closed["warnings"]).len()), (json!("closed"), open.len()));
    // A phone that comes back afterwards loses nothing, and changes no figure.
    let head = app.token("a.head1").await;
    let item = json!({"id": danvan::random::id(), "action": "check_in", "activity_id": id("a.activity1"), "volunteer_id": id("a.person1"), "occurred_at": at("00:05")});
    let body = app.post(&head, "/v1/sign-ups/check-ins", json!({"commune_id": id("a"), "items": [item]})).await.expect(200);
    assert_eq!(body["results"][0]["sign_up"]["status"], "to_place");
}

#[tokio::test]
async fn each_liaison_writes_where_the_own_soldiers_stay() {
    let app = App::start().await;
    let (officer, liaison) = (app.token("a.officer1").await, app.token("a.liaison1").await);
    let campaign = format!("/v1/campaigns/{}", id("a.campaign"));
    let others = json!({"unit_id": id("a.sister"), "place": "Trường Tiểu học", "capacity": 40, "note": null});
    app.patch(&officer, &campaign, json!({"lodging": [others]})).await.expect(200);
    let own = app.patch(&liaison, &campaign, json!({"lodging": [{"place": "Nhà văn hóa", "capacity": 30}]})).await.expect(200);
    let places = |body: &Value| -> Vec<(Value, Value)> {
        body["lodging"].as_array().unwrap().iter().map(|row| (row["unit_id"].clone(), row["place"].clone())).collect()
    };
    assert_eq!(places(&own), [(json!(id("a.sister")), json!("Trường Tiểu học")), (json!(id("a.brigade")), json!("Nhà văn hóa"))]);
    // Sent back as it was read, with one row changed.
    let mut list = own["lodging"].clone();
    list[1]["capacity"] = json!(35);
    let again = app.patch(&liaison, &campaign, json!({"lodging": list})).await.expect(200);
    assert_eq!((places(&again).len(), again["lodging"][1]["capacity"].clone()), (2, json!(35)));
    let foreign = app.patch(&liaison, &campaign, json!({"lodging": [{"unit_id": id("a.sister"), "place": "Chỗ khác", "capacity": 1}]})).await;
    assert_eq!(foreign.status, 403);
    assert_eq!(
        app.patch(&officer, &campaign, json!({"lodging": [{"unit_id": id("b.sister"), "place": "Chỗ khác", "capacity": 1}]})).await.problem().3,
        "no_unit"
    );
}
