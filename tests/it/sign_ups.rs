//! Sign-ups: seats, the waiting list, presence and man-days.

use std::collections::HashSet;

use futures::future::join_all;
use serde_json::Value;

use crate::support::{App, Reply, at, id, json};

/// A volunteer of commune `a`, made by the office.
async fn person(app: &App, officer: &str, n: usize) -> String {
    let body = json!({"commune_id": id("a"), "full_name": format!("Trần Thị {n}"), "hamlet_id": id("a.ap-1"), "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
    app.post(officer, "/v1/volunteers", body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

fn body_of(person: &str) -> Value {
    json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": person})
}

async fn sums(app: &App, token: &str) -> Value {
    app.get(token, &format!("/v1/activity-sums/{}", id("a.activity1"))).await.expect(200)
}

async fn act(app: &App, token: &str, sign_up: &Value, action: &str, body: Value) -> Reply {
    app.post(token, &format!("/v1/sign-ups/{}/actions/{action}", sign_up["id"].as_str().unwrap()), body).await
}

#[tokio::test]
async fn a_free_seat_goes_to_the_first_who_waits() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let activity = format!("/v1/activities/{}", id("a.activity1"));
    app.patch(&officer, &activity, json!({"capacity": 2})).await.expect(200);
    let mut made = vec![];
    for n in 0..4 {
        made.push(app.post(&officer, "/v1/sign-ups", body_of(&person(&app, &officer, n).await)).await.expect(201));
    }
    let statuses: Vec<&str> = made.iter().map(|s| s["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["confirmed", "confirmed", "waitlisted", "waitlisted"]);
    act(&app, &officer, &made[0], "withdraw", json!({})).await.expect(200);
    let now = |n: usize| {
        let path = format!("/v1/sign-ups/{}", made[n]["id"].as_str().unwrap());
        let (app, officer) = (&app, &officer);
        async move { app.get(officer, &path).await.expect(200)["status"].as_str().unwrap().to_owned() }
    };
    assert_eq!((now(2).await, now(3).await), ("confirmed".into(), "waitlisted".into()));
    assert_eq!(act(&app, &officer, &made[3], "confirm", json!({})).await.problem().1, "no_seat");
    assert_eq!(app.patch(&officer, &activity, json!({"capacity": 1})).await.problem().3, "below_taken");
    app.patch(&officer, &activity, json!({"capacity": 3})).await.expect(200);
    assert_eq!(now(3).await, "confirmed");
    let twice = app.post(&officer, "/v1/sign-ups", json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": Value::Null})).await;
    assert_eq!(twice.problem().3, "one_of");
}

#[tokio::test]
async fn one_person_has_one_seat_however_often_it_is_pressed() {
    let app = App::at_work().await;
    let volunteer = app.token("a.volunteer1").await;
    let replies = join_all((0..20).map(|_| app.post(&volunteer, "/v1/sign-ups", body_of(&id("a.person1").to_string())))).await;
    assert_eq!(replies.iter().filter(|r| r.status == 201).count(), 1);
    assert!(replies.iter().filter(|r| r.status != 201).all(|r| r.problem().3 == "already_signed_up"));
    let own = replies.iter().find(|r| r.status == 201).unwrap().body.clone();
    assert_eq!(own["source"], "self");
    assert_eq!(own["allowed_actions"], json!(["withdraw", "reconfirm", "check_in"]), "checking in alone takes a code, see check_in_codes.rs");
    assert_eq!(app.post(&volunteer, "/v1/sign-ups", body_of(&id("a.person2").to_string())).await.problem().3, "not_there", "nor signs up others");
    assert_eq!(act(&app, &volunteer, &own, "check_in", json!({})).await.status, 403);
    act(&app, &volunteer, &own, "withdraw", json!({})).await.expect(200);
    app.post(&volunteer, "/v1/sign-ups", body_of(&id("a.person1").to_string())).await.expect(201);
}

#[tokio::test]
async fn presence_is_taken_once_from_any_state_and_becomes_man_days() {
    let app = App::at_work().await;
    let (officer, head, lead) = (app.token("a.officer1").await, app.token("a.head1").await, app.token("a.observer2").await);
    let made = app.post(&head, "/v1/sign-ups", body_of(&id("a.person1").to_string())).await.expect(201);
    assert_eq!((made["source"].clone(), made["hamlet_id"].clone()), (json!("head"), json!(id("a.ap-1"))));
    app.post(&lead, &format!("/v1/activities/{}/actions/start", id("a.activity1")), json!({})).await.expect(200);
    let again = app.post(&head, &format!("/v1/activities/{}/actions/start", id("a.activity1")), json!({})).await.expect(200);
    assert_eq!(again["status"], "in_progress", "lead and head both press start");
    // Two phones at once.
    let doubles = join_all([&head, &lead].map(|token| act(&app, token, &made, "check_in", json!({"occurred_at": at("00:05")})))).await;
    assert_eq!(doubles.iter().map(|r| r.status).collect::<Vec<_>>(), [200, 200]);
    assert_eq!(doubles[0].body["version"], doubles[1].body["version"]);
    let out = act(&app, &head, &made, "check_out", json!({"occurred_at": at("04:05")})).await.expect(200);
    assert_eq!((out["status"].clone(), out["minutes"].clone(), out["man_days"].clone()), (json!("attended"), json!(240), json!(0.5)));
    let third = act(&app, &lead, &made, "check_in", json!({})).await.expect(200);
    assert_eq!(third["version"], out["version"], "who attended stays so");
    let future = act(&app, &head, &made, "check_out", json!({"occurred_at": at("23:30")})).await;
    assert_eq!(future.problem().3, "in_the_future");
    let refused = act(&app, &officer, &made, "correct", json!({"status": "attended", "minutes": 480})).await;
    assert_eq!(refused.problem().2, "/reason");
    let corrected = act(&app, &officer, &made, "correct", json!({"status": "attended", "minutes": 480, "reason": "Làm cả ngày"})).await.expect(200);
    assert_eq!((corrected["status"].clone(), corrected["man_days"].clone()), (json!("attended"), json!(1.0)));

    let withdrawn = app.post(&officer, "/v1/sign-ups", body_of(&id("a.person2").to_string())).await;
    assert_eq!(withdrawn.problem().1, "not_open", "the work is under way: who comes now walks in");
    let walk_in = app.post(&head, &format!("/v1/activities/{}/walk-ins", id("a.activity1")), json!({"names": ["Bà Tư", "Chú Năm"]})).await.expect(201);
    assert_eq!((walk_in["headcount_present"].clone(), walk_in["walk_in"].clone(), walk_in["note"].clone()), (json!(2), json!(true), json!("Bà Tư, Chú Năm")));
    assert_eq!(
        app.post(&app.token("a.volunteer1").await, &format!("/v1/activities/{}/walk-ins", id("a.activity1")), json!({"headcount": 3})).await.status,
        403
    );
    let kept = sums(&app, &officer).await;
    assert_eq!((kept["present"].clone(), kept["man_days"].clone(), kept["seats_taken"].clone()), (json!(3), json!(1.0), json!(1)));
}

#[tokio::test]
async fn a_group_and_its_named_members_count_once() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let activity = id("a.activity1");
    let group = json!({"commune_id": id("a"), "activity_id": activity, "group_name": "Đoàn Thanh niên", "headcount": 15, "unit_id": id("a.youth")});
    let group = app.post(&officer, "/v1/sign-ups", group).await.expect(201);
    let mut member = body_of(&id("a.person4").to_string());
    member["group_id"] = group["id"].clone();
    let member = app.post(&officer, "/v1/sign-ups", member).await.expect(201);
    assert_eq!(sums(&app, &officer).await["seats_taken"], 15, "the group holds the member's seat");
    let large = json!({"commune_id": id("a"), "activity_id": activity, "group_name": "Hội Phụ nữ", "headcount": 6});
    assert_eq!(app.post(&officer, "/v1/sign-ups", large).await.expect(201)["status"], "waitlisted", "five seats are left");
    for (row, body) in [(&group, json!({"headcount_present": 12, "occurred_at": at("00:00")})), (&member, json!({"occurred_at": at("00:00")}))] {
        act(&app, &officer, row, "check_in", body).await.expect(200);
    }
    act(&app, &officer, &group, "check_out", json!({"minutes": 480, "occurred_at": at("04:00")})).await.expect(200);
    act(&app, &officer, &member, "check_out", json!({"minutes": 480, "occurred_at": at("04:00")})).await.expect(200);
    let group = app.get(&officer, &format!("/v1/sign-ups/{}", group["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(group["man_days"], 11.0, "twelve came, one of them is named");
    let kept = sums(&app, &officer).await;
    assert_eq!((kept["present"].clone(), kept["man_days"].clone()), (json!(12), json!(12.0)));
}

#[tokio::test]
async fn a_postponed_activity_keeps_its_sign_ups_and_asks_again() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let made = app.post(&officer, "/v1/sign-ups", body_of(&id("a.person1").to_string())).await.expect(201);
    let path = format!("/v1/activities/{}/actions", id("a.activity1"));
    let liaison = app.token("a.liaison1").await;
    app.post(&officer, &format!("{path}/postpone"), json!({"cause": "weather", "reason": "Mưa lớn"})).await.expect(200);
    let asked = app.get(&officer, &format!("/v1/sign-ups/{}", made["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((asked["status"].clone(), asked["reconfirmation"].clone()), (json!("confirmed"), json!("asked")));
    let apart = act(&app, &officer, &made, "check_in", json!({})).await.expect(200);
    assert_eq!((apart["status"].clone(), apart["warnings"][0]["code"].clone()), (json!("confirmed"), json!("kept_apart")), "see presence.rs");
    let published = app.get("", &format!("/v1/activities/{}", id("a.activity1"))).await.expect(200);
    assert_eq!(published["status"], "postponed", "what was public stays public");
    let soon = danvan::clock::local_day(app.service.clock.now()) + chrono::TimeDelta::days(10);
    app.post(&officer, &format!("{path}/reschedule"), json!({"date": soon, "session": "afternoon"})).await.expect(200);
    let answer = act(&app, &officer, &made, "reconfirm", json!({"comes": false})).await.expect(200);
    assert_eq!((answer["status"].clone(), answer["reconfirmation"].clone()), (json!("withdrawn"), json!("no")));
    assert_eq!(app.post(&liaison, &format!("{path}/postpone"), json!({"cause": "order", "reason": "Lệnh"})).await.problem().1, "ask_the_office");
}

#[tokio::test]
async fn minors_need_a_guardian_and_unverified_people_wait() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let young = json!({"commune_id": id("a"), "full_name": "Lê Văn Bé", "birth_year": 2020, "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
    assert_eq!(app.post(&officer, "/v1/volunteers", young).await.problem().3, "guardian_required");
    let own = danvan::random::id();
    let entry = json!({"id": own, "commune_id": id("a"), "hamlet_id": id("a.ap-1"), "full_name": "Phạm Thị Mới", "phone": "0933333333", "consents": [{"purpose": "participation", "text_version": "1", "given_via": "self"}]});
    let entered = app.post("", "/v1/volunteers/self", entry.clone()).await.expect(201);
    let again = app.post("", "/v1/volunteers/self", entry.clone()).await.expect(201);
    assert_eq!((entered["status"].clone(), again["id"].clone()), (json!("unverified"), entered["id"].clone()), "a lost answer is asked for again");
    let mut other = entry;
    other["phone"] = json!("0944444444");
    assert_eq!(app.post("", "/v1/volunteers/self", other).await.problem().1, "id_taken");
    let session = app.post("", "/v1/auth/activate", json!({"code": again["claim_code"], "device_name": "Máy"})).await.expect(200);
    let token = session["access_token"].as_str().unwrap();
    let record = app.get(token, &format!("/v1/volunteers/{own}")).await.expect(200);
    assert_eq!(record["phone"], "0933333333", "one's own phone");
    let pending = app.post(token, "/v1/sign-ups", body_of(&own.to_string())).await.expect(201);
    assert_eq!(pending["status"], "pending");
    let head = app.token("a.head1").await;
    let seen = app.get(&head, &format!("/v1/volunteers/{own}")).await;
    app.ask("POST", &head, &format!("/v1/volunteers/{own}/actions/verify")).header("If-Match", seen.header("etag")).json(&json!({})).send().await.expect(200);
    assert_eq!(app.get(token, &format!("/v1/sign-ups/{}", pending["id"].as_str().unwrap())).await.expect(200)["status"], "confirmed");
    let kept: HashSet<String> = app.get(token, &format!("/v1/volunteers/{own}/export")).await.expect(200).as_object().unwrap().keys().cloned().collect();
    assert!(kept.contains("consents") && kept.contains("sign_ups"));
}

#[tokio::test]
async fn two_records_of_one_person_become_one_and_erasure_keeps_the_figures() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    for n in 1..=2 {
        app.post(&officer, "/v1/sign-ups", body_of(&id(&format!("a.person{n}")).to_string())).await.expect(201);
    }
    let twin = json!({"commune_id": id("a"), "full_name": "nguyễn văn 1", "phone": "0980000001", "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
    let twin = app.post(&officer, "/v1/volunteers", twin).await.expect(201);
    assert_eq!(twin["warnings"][0]["code"], "possible_duplicate");
    assert_eq!(twin["warnings"][0]["related"], json!([id("a.person1")]));
    let merge = |from: String, into: String| {
        let path = format!("/v1/volunteers/{from}/actions/merge");
        let (app, officer) = (&app, &officer);
        async move { app.post(officer, &path, json!({"into": into, "reason": "Một người"})).await }
    };
    let merged = merge(id("a.person1").to_string(), twin["id"].as_str().unwrap().to_owned()).await.expect(200);
    assert_eq!((merged["status"].clone(), merged["merged_into"].clone()), (json!("merged"), twin["id"].clone()));
    let moved = app.get(&officer, &format!("/v1/sign-ups?volunteer_id={}", twin["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(moved["items"].as_array().unwrap().len(), 1);
    assert_eq!(merge(id("a.person2").to_string(), id("b.person1").to_string()).await.problem().1, "not_mergeable");
    let gone = app.post(&officer, &format!("/v1/volunteers/{}/actions/anonymise", id("a.person2")), json!({"reason": "Theo yêu cầu"})).await.expect(200);
    assert_eq!((gone["phone"].clone(), gone["full_name"].clone()), (json!(null), json!("(đã ẩn danh)")));
    assert_eq!(sums(&app, &officer).await["seats_taken"], 2);
    assert_eq!(app.patch(&officer, &format!("/v1/volunteers/{}", id("a.person2")), json!({"full_name": "Nguyễn Văn 2"})).await.problem().1, "wrong_state");
    // The record that goes on is erased with those merged into it, and the person's account is shut.
    let volunteer = app.token("a.volunteer1").await;
    app.get(&volunteer, "/v1/me").await.expect(200);
    let erase = format!("/v1/volunteers/{}/actions/anonymise", twin["id"].as_str().unwrap());
    for _ in 0..2 {
        app.post(&officer, &erase, json!({"reason": "Theo yêu cầu"})).await.expect(200);
    }
    let old = app.get(&officer, &format!("/v1/volunteers/{}", id("a.person1"))).await.expect(200);
    assert_eq!((old["status"].clone(), old["full_name"].clone(), old["user_id"].clone()), (json!("anonymised"), json!("(đã ẩn danh)"), json!(null)));
    assert_eq!(app.get(&volunteer, "/v1/me").await.problem().1, "session_revoked");
    let account = app.get(&officer, &format!("/v1/users/{}", id("a.volunteer1"))).await.expect(200);
    assert_eq!((account["status"].clone(), account["display_name"].clone(), account["phone"].clone()), (json!("disabled"), json!("(đã ẩn danh)"), json!(null)));
    use danvan::db::schema::{journal, volunteers};
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    let hashes: Vec<Vec<u8>> =
        volunteers::table.filter(volunteers::full_name.eq("(đã ẩn danh)")).select(volunteers::request_hash).load(&mut app.sql().await).await.unwrap();
    assert_eq!(hashes, vec![Vec::<u8>::new(); 3], "a hash over name and phone confirms a guess");
    let kept: Vec<Value> = journal::table.filter(journal::row_id.eq(id("a.person2"))).select(journal::changes).load(&mut app.sql().await).await.unwrap();
    assert!(!serde_json::to_string(&kept).unwrap().contains("Nguyễn"), "the journal never held the name");
}
