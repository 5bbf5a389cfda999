//! A day of the campaign, walked on the demo's own data as its accounts, with their passwords.

use danvan::clock::Clock;
use danvan::db::supervise::SERVICE;
use danvan::db::{Database, migrations};
use danvan::demo;
use serde_json::json;

use super::Examples;
use crate::support::{App, url};

pub async fn walk(examples: &mut Examples, database: &str) {
    let pool = Database::new(&url(SERVICE, database), 1).unwrap();
    let hasher = danvan::accounts::passwords::Hasher::start().unwrap();
    let facts = demo::load(&pool, &hasher, Clock::default().now(), demo::Extent::Everything, |_| Ok(())).await.unwrap();
    migrations::check_fit(&url(SERVICE, database), true).await.unwrap();
    let app = App::on(database, Clock::default()).await;
    let mut tokens = std::collections::HashMap::new();
    for account in &facts.accounts {
        let body = json!({"username": account.username, "password": account.password, "device_name": "Điện thoại"});
        let signed_in = app.post("", "/v1/auth/login", body.clone()).await.expect(200);
        examples.keep("login", Some(&body), &signed_in);
        tokens.insert(account.username.clone(), signed_in["access_token"].as_str().unwrap().to_owned());
    }
    let token = |name: &str| tokens[name].clone();
    around(&app, examples, &facts).await;
    let activity_id = facts.activity_id.unwrap();
    let (officer, head, liaison, leader) = (token("vanphong"), token("truongap1"), token("lienlac75"), token("chutich"));

    // The public sees the schedule and no name above it.
    let day = format!("/v1/activities?commune={}&date_from=2024-07-17&date_to=2024-07-17&include=hamlet", facts.commune_id);
    let public = app.get("", &day).await.expect(200);
    assert_eq!(public["items"].as_array().unwrap().len(), 4, "the labour of four sessions");
    assert!(!public.to_string().contains("Võ Văn Lâm") && public["items"].as_array().unwrap().iter().all(|a| a.get("title").is_none()));
    examples.keep("list_activities", None, &public);
    examples.keep("list_hamlets", None, &app.get("", &format!("/v1/hamlets?commune={}", facts.commune_id)).await.expect(200));
    examples.keep("get_campaign", None, &app.get("", &format!("/v1/campaigns/{}", facts.campaign_id)).await.expect(200));
    let hamlets = app.get(&officer, "/v1/hamlets").await.expect(200);
    let names: Vec<&str> = hamlets["items"].as_array().unwrap().iter().map(|h| h["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ấp 1", "Ấp 2", "Ấp 3", "Ấp 4", "Ấp Lý Lịch 1", "Ấp Lý Lịch 2", "Ấp Cây Cây", "Ấp Bình Chánh", "Ấp Bàu Phụng"]);
    assert_eq!(app.get(&officer, "/v1/hamlets?q=c%C3%A2y%20c%E1%BA%A7y").await.expect(200)["items"][0]["name"], "Ấp Cây Cây");
    assert_eq!(app.get(&officer, "/v1/units?count=true").await.expect(200)["total"], 19);

    // The liaison says how many soldiers there are; the plan of a session beyond that is told.
    let unit = app.get(&liaison, "/v1/units?code=lu-doan-75").await.expect(200)["items"][0]["id"].clone();
    let body = json!({"commune_id": facts.commune_id, "campaign_id": facts.campaign_id, "unit_id": unit, "date": "2024-07-17", "officers": 5, "soldiers": 60});
    let headcount = app.post(&liaison, "/v1/headcounts", body.clone()).await.expect(201);
    examples.keep("create_headcount", Some(&body), &headcount);
    let part = app.get(&liaison, &format!("/v1/activity-units?activity_id={activity_id}")).await.expect(200)["items"][0].clone();
    let path = format!("/v1/activity-units/{}", part["id"].as_str().unwrap());
    let beyond = app.patch(&liaison, &path, json!({"headcount_planned": 80})).await.expect(200);
    assert_eq!(beyond["warnings"][0]["code"], "beyond_strength");
    app.patch(&liaison, &path, json!({"headcount_planned": 20})).await.expect(200);
    app.post(&liaison, &format!("{path}/actions/confirm"), json!({})).await.expect(200);
    assert!(app.get(&head, &path).await.expect(200).get("headcount_planned").is_none(), "not released to the head yet");
    app.post(&liaison, &format!("{path}/actions/release"), json!({})).await.expect(200);
    assert_eq!(app.get(&head, &path).await.expect(200)["headcount_planned"], 20);
    assert_eq!(app.get(&token("lienlac.trian"), &path).await.status, 404, "another brigade's liaison");
    assert_eq!(app.get(&token("quansat"), &format!("/v1/headcounts?commune={}", facts.commune_id)).await.expect(200)["items"], json!([]));

    // A volunteer signs up for another day; the head checks the morning's people in and out.
    let volunteer = token("tinhnguyen");
    let me = app.get(&volunteer, "/v1/volunteers").await.expect(200)["items"][0].clone();
    let other =
        app.get("", &format!("/v1/activities?commune={}&date_from=2024-07-18&kind=road_labour", facts.commune_id)).await.expect(200)["items"][0]["id"].clone();
    let body = json!({"commune_id": facts.commune_id, "activity_id": other, "volunteer_id": me["id"]});
    let own = app.post(&volunteer, "/v1/sign-ups", body.clone()).await.expect(201);
    assert_eq!((own["status"].clone(), own["source"].clone()), (json!("confirmed"), json!("self")));
    examples.keep("create_sign_up", Some(&body), &own);
    examples.keep("start_activity", None, &app.post(&head, &format!("/v1/activities/{activity_id}/actions/start"), json!({})).await.expect(200));
    let listed = app.get(&head, &format!("/v1/sign-ups?activity_id={activity_id}&include=volunteer&limit=100")).await.expect(200);
    let people = listed["items"].as_array().unwrap();
    assert_eq!(people.len(), 12);
    for (n, sign_up) in people.iter().enumerate() {
        let path = format!("/v1/sign-ups/{}/actions", sign_up["id"].as_str().unwrap());
        if n == 11 {
            app.post(&officer, &format!("{path}/mark_no_show"), json!({})).await.expect(200);
            continue;
        }
        let body = json!({"occurred_at": "2024-07-17T00:10:00Z"});
        let there = app.post(&head, &format!("{path}/check_in"), body.clone()).await.expect(200);
        assert_eq!(there["late"], true, "written down after the day");
        examples.keep("check_in_sign_up", Some(&body), &there);
        let body = json!({"occurred_at": "2024-07-17T04:10:00Z"});
        examples.keep("check_out_sign_up", Some(&body), &app.post(&head, &format!("{path}/check_out"), body.clone()).await.expect(200));
        if n == 0 {
            let body = json!({"note": "Mang theo máy cắt cỏ"});
            let row = path.trim_end_matches("/actions");
            examples.keep("update_sign_up", Some(&body), &app.patch(&officer, row, body.clone()).await.expect(200));
            let body = json!({"reason": "Về sớm một giờ", "status": "attended", "minutes": 240});
            examples.keep("correct_sign_up", Some(&body), &app.post(&officer, &format!("{path}/correct"), body.clone()).await.expect(200));
        }
    }
    let body = json!({"headcount": 6, "occurred_at": "2024-07-17T00:30:00Z"});
    let walk_in = app.post(&head, &format!("/v1/activities/{activity_id}/walk-ins"), body.clone()).await.expect(201);
    examples.keep("create_walk_in", Some(&body), &walk_in);
    app.post(
        &head,
        &format!("/v1/sign-ups/{}/actions/check_out", walk_in["id"].as_str().unwrap()),
        json!({"occurred_at": "2024-07-17T04:00:00Z", "minutes": 240}),
    )
    .await
    .expect(200);
    app.post(&liaison, &format!("/v1/activities/{activity_id}/actions/finish"), json!({"outcome": "completed"})).await.expect(200);
    let sums = app.get(&officer, &format!("/v1/activity-sums/{activity_id}")).await.expect(200);
    assert_eq!((sums["present"].clone(), sums["man_days"].clone()), (json!(17), json!(8.5)));
    examples.keep("get_activity_sum", None, &sums);
    let done = app.get(&officer, &format!("/v1/activities/{activity_id}")).await;
    let verified = app
        .ask("POST", &officer, &format!("/v1/activities/{activity_id}/actions/verify"))
        .header("If-Match", done.header("etag"))
        .json(&json!({}))
        .send()
        .await;
    examples.keep("verify_activity", None, &verified.expect(200));

    // Rain: the office puts off, everybody is asked again, a new day is set.
    let path = format!("/v1/activities/{}/actions", other.as_str().unwrap());
    let body = json!({"cause": "weather", "reason": "Mưa lớn kéo dài"});
    examples.keep("postpone_activity", Some(&body), &app.post(&officer, &format!("{path}/postpone"), body.clone()).await.expect(200));
    let body = json!({"date": "2024-07-21", "session": "morning"});
    examples.keep("reschedule_activity", Some(&body), &app.post(&officer, &format!("{path}/reschedule"), body.clone()).await.expect(200));
    let answered = app.post(&volunteer, &format!("/v1/sign-ups/{}/actions/reconfirm", own["id"].as_str().unwrap()), json!({"comes": true})).await.expect(200);
    assert_eq!(answered["reconfirmation"], "yes");

    // The inspector reads who did what; the leader closes.
    let journal = app.get(&token("thanhtra"), "/v1/journal?sort=-number&kind=activities").await.expect(200);
    assert_eq!(journal["items"][0]["action"], "reschedule");
    examples.keep("list_journal_entries", None, &journal);
    assert_eq!(app.get(&head, &format!("/v1/journal?commune={}", facts.commune_id)).await.status, 403);
    app.post(&officer, &format!("/v1/campaigns/{}/actions/begin_closing", facts.campaign_id), json!({})).await.expect(200);
    let campaign = app.get(&leader, &format!("/v1/campaigns/{}", facts.campaign_id)).await;
    let closed = app
        .ask("POST", &leader, &format!("/v1/campaigns/{}/actions/close", facts.campaign_id))
        .header("If-Match", campaign.header("etag"))
        .json(&json!({"reason": "Kết thúc trước khi xong các tuyến đường còn lại"}))
        .send()
        .await;
    assert_eq!(closed.expect(200)["status"], "closed");
}

/// What an app asks beside the work: who am I, what may happen next, what do the codes mean.
async fn around(app: &App, examples: &mut Examples, facts: &demo::Facts) {
    let account = facts.accounts.iter().find(|account| account.role == "platform_admin").unwrap();
    let sign_in = json!({"username": account.username, "password": account.password, "device_name": "Máy phụ"});
    let session = app.post("", "/v1/auth/login", sign_in.clone()).await.expect(200);
    let body = json!({"refresh_token": session["refresh_token"]});
    let session = app.post("", "/v1/auth/refresh", body.clone()).await.expect(200);
    examples.keep("refresh", Some(&body), &session);
    let token = session["access_token"].as_str().unwrap().to_owned();
    for (operation, path) in [
        ("get_me", "/v1/me"),
        ("list_my_sessions", "/v1/me/sessions"),
        ("list_lifecycles", "/v1/lifecycles"),
        ("list_problems", "/v1/problems"),
        ("get_problem", "/v1/problems/wrong_state"),
        ("list_unit_kinds", "/v1/unit-kinds"),
        ("list_metrics", "/v1/metrics"),
        ("list_award_parameters", "/v1/award-parameters"),
    ] {
        examples.keep(operation, None, &app.get(&token, path).await.expect(200));
    }
    let body = json!({"current_password": account.password, "new_password": "Đường làng rợp bóng tre"});
    assert_eq!(app.post(&token, "/v1/me/password", body.clone()).await.status, 204);
    examples.keep("change_my_password", Some(&body), &json!(null));
    assert_eq!(app.post(&token, "/v1/auth/logout", json!({})).await.status, 204);
    let body = json!({"id": danvan::random::id(), "commune_id": facts.commune_id, "full_name": "Người tự đăng ký", "phone": "0900000099", "consents": [{"purpose": "participation", "text_version": "mau-1", "given_via": "self"}]});
    let entered = app.post("", "/v1/volunteers/self", body.clone()).await.expect(201);
    examples.keep("enter_volunteer", Some(&body), &entered);
    let body = json!({"code": entered["claim_code"], "device_name": "Điện thoại"});
    examples.keep("activate", Some(&body), &app.post("", "/v1/auth/activate", body.clone()).await.expect(200));
}
