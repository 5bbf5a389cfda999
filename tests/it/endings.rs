//! Hamlets and communes that end, and people who leave: nothing new in what ended, the successor is named, what is left
//! behind is told.

use serde_json::Value;

use crate::support::{App, Reply, at, at_on, id, json};

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().map(|w| w["code"].as_str().unwrap()).collect()).unwrap_or_default()
}

/// Hamlet 1 goes into hamlet 2 with the day of activity 1.
async fn merge(app: &App) -> Reply {
    let officer = app.token("a.officer1").await;
    let body = json!({"valid_to": &at("00:00")[..10], "successor_id": id("a.ap-2"), "reason": "Nghị quyết sáp nhập"});
    app.post(&officer, &format!("/v1/hamlets/{}/actions/merge", id("a.ap-1")), body).await
}

#[tokio::test]
async fn a_hamlet_that_ended_takes_nothing_new_and_names_its_successor() {
    let app = App::at_work().await;
    merge(&app).await.expect(200);
    let officer = app.token("a.officer1").await;
    let day = |days: i64| at_on(days, "00:00")[..10].to_owned();
    let activity = |date: &str, code: &str| json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "code": code, "kind": "road_labour", "title": "Làm đường", "date": date, "session": "morning", "place": {"kind": "hamlet", "name": "Ấp"}, "hamlet_id": id("a.ap-1")});
    app.post(&officer, "/v1/activities", activity(&day(0), "ngay-cuoi")).await.expect(201);
    app.service.clock.advance(chrono::TimeDelta::days(1));
    let officer = app.token("a.officer1").await;
    let group = json!({"commune_id": id("a"), "activity_id": id("a.activity2"), "group_name": "Nhóm", "headcount": 3, "hamlet_id": id("a.ap-1")});
    let person = json!({"commune_id": id("a"), "full_name": "Trần Thị Mới", "hamlet_id": id("a.ap-1"), "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
    let road = json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "hamlet_id": id("a.ap-1"), "road_name": "Đường mới", "length_m": 100, "contact": {"name": "Ông Tư", "phone": "0980000008"}});
    let grant = json!({"user_id": id("a.volunteer2"), "role": "hamlet_head", "commune_id": id("a"), "hamlet_id": id("a.ap-1")});
    for (path, body) in [
        ("/v1/activities", activity(&day(2), "sau-do")),
        ("/v1/sign-ups", group),
        ("/v1/volunteers", person),
        ("/v1/road-registrations", road),
        ("/v1/grants", grant),
    ] {
        let refused = app.post(&officer, path, body).await;
        assert_eq!((refused.status, refused.problem().2.as_str(), refused.problem().3.as_str()), (422, "/hamlet_id", "hamlet_ended"), "{path}");
        assert_eq!(refused.body["successors"], json!([id("a.ap-2")]), "{path}");
    }
    let moved = app.patch(&officer, &format!("/v1/volunteers/{}", id("a.person2")), json!({"hamlet_id": id("a.ap-1")})).await;
    assert_eq!(moved.problem().3, "hamlet_ended");
    let moved = app.patch(&officer, &format!("/v1/activities/{}", id("a.activity1")), json!({"date": day(3)})).await;
    assert_eq!(moved.problem().3, "hamlet_ended", "nor does the day of an activity leave the hamlet's time");
    // A list that still has the old name is told the new one.
    let hamlet = app.get(&officer, &format!("/v1/hamlets/{}", id("a.ap-1"))).await.expect(200);
    let file = format!("Họ và tên,Ấp,Ngày đồng ý tham gia\r\nLê Văn Cũ,{},16/07/2024\r\n", hamlet["name"].as_str().unwrap());
    let path = format!("/v1/imports?commune={}&kind=volunteers&dry_run=true", id("a"));
    let import = app.ask("POST", &officer, &path).bytes("text/csv", file.as_bytes()).send().await.expect(201);
    let worker = danvan::service::Worker::new(app.service.clone());
    while danvan::imports::round(&worker).await.unwrap() {}
    let report = app.get(&officer, &format!("/v1/imports/{}/report", import["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((report["errors"][0]["code"].clone(), report["errors"][0]["column"].clone()), (json!("hamlet_ended"), json!("Thôn/ấp")), "{report}");
    // What was left behind is named.
    let standing = app.get(&officer, &format!("/v1/campaigns/{}/warnings", id("a.campaign"))).await.expect(200);
    for code in ["road_of_ended_hamlet", "people_of_ended_hamlet"] {
        assert!(codes(&standing["items"]).contains(&code), "{standing}");
    }
}

#[tokio::test]
async fn the_successors_head_acts_in_a_merged_hamlet_and_the_old_one_no_longer() {
    let app = App::at_work().await;
    merge(&app).await.expect(200);
    // Done again it comes to the same.
    merge(&app).await.expect(200);
    let old = app.token("a.head1").await;
    assert_eq!(app.get(&old, "/v1/me").await.status, 200, "to the end of the last day");
    app.service.clock.advance(chrono::TimeDelta::days(1));
    let old = app.token("a.head1").await;
    assert_eq!(app.get(&old, &format!("/v1/activities/{}", id("a.activity1"))).await.problem().1, "term_ended");
    let head = app.token("a.head2").await;
    let item = json!({"id": danvan::random::id(), "action": "check_in", "activity_id": id("a.activity1"), "volunteer_id": id("a.person1"), "occurred_at": at("00:05")});
    let body = app.post(&head, "/v1/sign-ups/check-ins", json!({"commune_id": id("a"), "items": [item]})).await.expect(200);
    assert_eq!(body["results"][0]["status"], 201, "{body}");
    app.post(&head, &format!("/v1/activities/{}/actions/start", id("a.activity1")), json!({})).await.expect(200);
    app.post(&head, &format!("/v1/road-registrations/{}/actions/start", id("a.road1")), json!({})).await.expect(200);
    app.patch(&head, &format!("/v1/volunteers/{}", id("a.person1")), json!({"skills": ["xây"]})).await.expect(200);
    // Nor does anybody revive the former head's right, or end it on another day by doing the merger again.
    let leader = app.token("a.leader1").await;
    let again = json!({"valid_to": &at_on(-3, "00:00")[..10], "successor_id": id("a.ap-2"), "reason": "Nhầm ngày"});
    app.post(&app.token("a.officer1").await, &format!("/v1/hamlets/{}/actions/merge", id("a.ap-1")), again).await.expect(200);
    let grant = format!("/v1/grants/{}", id("a.head1/grant"));
    assert_eq!(app.get(&leader, &grant).await.expect(200)["valid_to"], json!(&at("00:00")[..10]));
    assert_eq!(app.patch(&leader, &grant, json!({"valid_to": null})).await.problem().3, "hamlet_ended");
    let ended = app.get(&app.token("a.leader1").await, &format!("/v1/journal?commune={}&kind=grants&sort=-number", id("a"))).await.expect(200);
    let entry = &ended["items"][0];
    assert_eq!((entry["action"].clone(), entry["changes"]["valid_to"][1].clone()), (json!("end_with_hamlet"), json!(&at("00:00")[..10])), "{entry}");
}

#[tokio::test]
async fn who_leaves_and_still_leads_is_named() {
    let app = App::start().await;
    let (officer, leader) = (app.token("a.officer1").await, app.token("a.leader1").await);
    app.patch(&officer, &format!("/v1/activities/{}", id("a.activity2")), json!({"lead_user_id": id("a.head2")})).await.expect(200);
    let path = format!("/v1/users/{}/actions/disable", id("a.head2"));
    let gone = app.post(&leader, &path, json!({"reason": "Chuyển công tác"})).await.expect(200);
    assert_eq!((codes(&gone["warnings"]), gone["warnings"][0]["related"].clone()), (vec!["leads_activities"], json!([id("a.activity2")])));
    let standing = app.get(&officer, &format!("/v1/campaigns/{}/warnings", id("a.campaign"))).await.expect(200);
    assert!(codes(&standing["items"]).contains(&"lead_disabled"), "{standing}");
    // The lead may be named in a list.
    let file = "Mã,Loại,Tiêu đề,Địa điểm,Người phụ trách\r\nbuoi-moi,meeting,Họp,Nhà văn hóa,a.observer2\r\n";
    let path = format!("/v1/imports?commune={}&kind=activities&campaign_id={}", id("a"), id("a.campaign"));
    app.ask("POST", &officer, &path).bytes("text/csv", file.as_bytes()).send().await.expect(201);
    let worker = danvan::service::Worker::new(app.service.clone());
    while danvan::imports::round(&worker).await.unwrap() {}
    let made = app.get(&officer, &format!("/v1/imports?commune={}", id("a"))).await.expect(200);
    let report = app.get(&officer, &format!("/v1/imports/{}/report", made["items"][0]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(report["errors"], json!([]));
    let list = app.get(&officer, &format!("/v1/activities?commune={}&kind=meeting", id("a"))).await.expect(200);
    assert_eq!(list["items"][0]["lead_user_id"], json!(id("a.observer2")), "{list}");
}

#[tokio::test]
async fn a_commune_that_ended_takes_no_new_rows_and_names_its_successor() {
    let app = App::start().await;
    let (admin, officer) = (app.token("platform1").await, app.token("a.officer1").await);
    let today = danvan::clock::local_day(app.service.clock.now());
    let body = json!({"valid_to": today, "successors": [id("b")], "reason": "Nghị quyết"});
    app.post(&admin, &format!("/v1/communes/{}/actions/merge", id("a")), body).await.expect(200);
    let hamlet = |code: &str| json!({"commune_id": id("a"), "code": code, "name": "Ấp mới", "kind": "ap", "sort_order": 9});
    app.post(&officer, "/v1/hamlets", hamlet("ngay-cuoi")).await.expect(201);
    app.service.clock.advance(chrono::TimeDelta::days(1));
    let (admin, officer) = (app.token("platform1").await, app.token("a.officer1").await);
    let refused = app.post(&officer, "/v1/hamlets", hamlet("sau-do")).await;
    assert_eq!((refused.status, refused.problem().3.as_str(), refused.body["successors"].clone()), (422, "commune_ended", json!([id("b")])));
    let campaign = json!({"commune_id": id("a"), "code": "dot-moi", "name": "Đợt mới", "year": 2026, "start_date": today, "end_date": today});
    assert_eq!(app.post(&officer, "/v1/campaigns", campaign).await.problem().3, "commune_ended");
    let user = json!({"username": "nguoi-moi", "display_name": "Người mới", "home_commune_id": id("a")});
    assert_eq!(app.post(&admin, "/v1/users", user).await.problem().3, "commune_ended");
    // What is there is still finished.
    app.patch(&officer, &format!("/v1/campaigns/{}", id("a.campaign")), json!({"movement": "Dân vận khéo"})).await.expect(200);
}

#[tokio::test]
async fn a_refusal_says_who_may() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let refused = app.post(&officer, &format!("/v1/campaigns/{}/actions/begin_closing", id("b.campaign")), json!({})).await;
    assert_eq!(refused.status, 403);
    let head = app.token("a.head1").await;
    let refused = app.post(&head, &format!("/v1/activities/{}/actions/postpone", id("a.activity1")), json!({"cause": "weather", "reason": "Mưa"})).await;
    assert_eq!(refused.body["detail"], "Việc này thuộc về: lãnh đạo xã, văn phòng xã, cán bộ liên lạc của đơn vị phối hợp");
}
