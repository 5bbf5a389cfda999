//! One person is not another: names, phones, what nobody sees, and what moves when two records become one.

use serde_json::Value;

use crate::support::{App, id, json};

fn person(name: &str, more: Value) -> Value {
    let mut body = json!({"commune_id": id("a"), "full_name": name, "hamlet_id": id("a.ap-1"), "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn enter(app: &App, token: &str, name: &str, more: Value) -> Value {
    app.post(token, "/v1/volunteers", person(name, more)).await.expect(201)
}

#[tokio::test]
async fn look_alikes_are_told_and_kept_apart() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let first = enter(&app, &officer, "Võ Văn Hạnh", json!({"phone": "0900000041", "birth_year": 1992})).await;
    for (name, more, told) in [
        ("Võ Văn Hành", json!({"phone": "0900000041", "birth_year": 1992}), true),
        ("võ  văn hạnh", json!({"phone": "0900000041"}), true),
        ("Võ Văn Hạnh", json!({"phone": "0900000042", "birth_year": 1960}), true),
        ("Lê Thị Khác", json!({"phone": "0900000041"}), false),
    ] {
        let made = enter(&app, &officer, name, more).await;
        let related = made["warnings"][0]["related"].as_array().cloned().unwrap_or_default();
        assert_eq!(related.contains(&first["id"]), told, "{name}: {made}");
    }
    // Invisible characters are no part of a name, and a name of nothing else is none.
    let seen = enter(&app, &officer, "Đặng\u{200b} Thị Hòa\u{feff}", json!({})).await;
    assert_eq!(seen["full_name"], "Đặng Thị Hòa");
    assert_eq!(app.post(&officer, "/v1/volunteers", person("\u{200b}\u{200b}", json!({}))).await.problem().3, "too_short");
    let reason = json!({"reason": "\u{200b}"});
    assert_eq!(app.post(&officer, &format!("/v1/volunteers/{}/actions/suspend", seen["id"].as_str().unwrap()), reason).await.problem().2, "/reason");
}

#[tokio::test]
async fn a_phone_is_read_alike_at_every_door() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let made = enter(&app, &officer, "Người có máy", json!({"phone": "+84(0)987 000 111"})).await;
    assert_eq!(made["phone"], "0987000111");
    for asked in ["%2B84987000111", "0987.000.111", "84987000111"] {
        let found = app.get(&officer, &format!("/v1/volunteers?phone={asked}")).await.expect(200);
        assert_eq!(found["items"][0]["id"], made["id"], "{asked}");
    }
    for wrong in ["0000000000", "09870001111", "12"] {
        assert_eq!(app.get(&officer, &format!("/v1/volunteers?phone={wrong}")).await.problem().3, "invalid_phone", "{wrong}");
        assert_eq!(app.post(&officer, "/v1/volunteers", person("Ai đó", json!({"phone": wrong}))).await.problem().3, "invalid_phone", "{wrong}");
    }
}

#[tokio::test]
async fn what_hangs_on_a_person_moves_when_two_records_become_one() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let (from, into) = (id("a.person2"), id("a.person3"));
    let nominate = |who: uuid::Uuid, activity: Option<&str>| {
        json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "activity_id": activity.map(id), "subject_type": "volunteer", "subject_id": who,
            "achievement": "Tích cực", "kind": "thematic", "form": "certificate_of_merit"})
    };
    let double = app.post(&officer, "/v1/rewards", nominate(from, None)).await.expect(201);
    app.post(&officer, "/v1/rewards", nominate(into, None)).await.expect(201);
    let other = app.post(&officer, "/v1/rewards", nominate(from, Some("a.activity1"))).await.expect(201);
    let consent = json!({"commune_id": id("a"), "volunteer_id": from, "purpose": "photos", "text_version": "1", "given_via": "paper"});
    let consent = app.post(&officer, "/v1/consents", consent).await.expect(201);
    app.post(&officer, &format!("/v1/volunteers/{from}/actions/merge"), json!({"into": into, "reason": "một người"})).await.expect(200);
    let reward = async |made: &Value| app.get(&officer, &format!("/v1/rewards/{}", made["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(reward(&double).await["status"], "withdrawn", "one person, one nomination for one achievement");
    assert_eq!(reward(&other).await["subject_id"], json!(into));
    let kept = app.get(&officer, &format!("/v1/consents/{}", consent["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(kept["volunteer_id"], json!(into));
}

#[tokio::test]
async fn people_without_a_record_are_told_apart_by_hamlet_and_accent() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let named = |name: &str, hamlet: &str| {
        json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "subject_type": "named", "subject_name": name, "hamlet_id": id(hamlet), "achievement": "x",
            "kind": "thematic", "form": "certificate_of_merit"})
    };
    app.post(&officer, "/v1/rewards", named("Nguyễn Văn A", "a.ap-1")).await.expect(201);
    app.post(&officer, "/v1/rewards", named("Nguyễn Văn A", "a.ap-2")).await.expect(201);
    app.post(&officer, "/v1/rewards", named("Nguyễn Vân A", "a.ap-1")).await.expect(201);
    assert_eq!(app.post(&officer, "/v1/rewards", named("nguyễn văn a", "a.ap-1")).await.status, 409);
}

#[tokio::test]
async fn an_export_shows_each_part_as_it_may_be_seen() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let path = format!("/v1/volunteers/{}/export", id("a.person1"));
    app.get(&app.token("a.head1").await, &format!("/v1/volunteers/{}", id("a.person1"))).await.expect(200);
    app.service.reader_log.flush().await;
    let all = app.get(&officer, &path).await.expect(200);
    assert_eq!(all["account"]["username"], "a.volunteer1");
    assert_eq!(all["rewards"].as_array().unwrap().len(), 1, "{all}");
    assert!(all["consents"][0]["hidden"].is_array(), "through the projection: {all}");
    assert!(all["reads"].as_array().unwrap().iter().any(|read| read["user_id"] == json!(id("a.head1"))), "{all}");
    // A program with the scope of the record alone gets the record alone.
    let soon = danvan::clock::local_day(app.service.clock.now()) + chrono::TimeDelta::days(30);
    let client = json!({"commune_id": id("a"), "name": "Xuất", "scopes": ["volunteers:read"], "expires_on": soon});
    let client = app.post(&officer, "/v1/api-clients", client).await.expect(201);
    let secret = app.post(&officer, &format!("/v1/api-clients/{}/actions/issue_secret", client["id"].as_str().unwrap()), json!({})).await.expect(200);
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        secret["client_id"].as_str().unwrap(),
        secret["client_secret"].as_str().unwrap()
    );
    let token = app.ask("POST", "", "/v1/oauth/token").bytes("application/x-www-form-urlencoded", form).send().await.expect(200)["access_token"].clone();
    let part = app.get(token.as_str().unwrap(), &path).await;
    if part.status == 200 {
        for kind in ["consents", "sign_ups", "reads"] {
            assert_eq!(part.body[kind], json!([]), "{kind}");
        }
    } else {
        assert_eq!(part.status, 403);
    }
}

/// What was refused because the service was busy is not told as a fault of the request.
#[tokio::test]
async fn a_busy_table_is_no_missing_row() {
    use diesel_async::SimpleAsyncConnection as _;
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let mut lock = app.sql().await;
    lock.batch_execute("BEGIN; LOCK TABLE volunteers").await.unwrap();
    let sign_up = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person2")});
    let busy = app.post(&officer, "/v1/sign-ups", sign_up.clone()).await;
    assert_eq!((busy.status, busy.header("retry-after").is_empty()), (503, false), "{}", busy.text);
    lock.batch_execute("COMMIT").await.unwrap();
    app.post(&officer, "/v1/sign-ups", sign_up).await.expect(201);
    lock.batch_execute("BEGIN; LOCK TABLE users").await.unwrap();
    let erased = app.post(&officer, &format!("/v1/volunteers/{}/actions/anonymise", id("a.person1")), json!({"reason": "theo yêu cầu"})).await;
    assert_eq!(erased.status, 503, "an erasure that did not happen is not told as one: {}", erased.text);
    lock.batch_execute("COMMIT").await.unwrap();
    app.post(&officer, &format!("/v1/volunteers/{}/actions/anonymise", id("a.person1")), json!({"reason": "theo yêu cầu"})).await.expect(200);
    assert_eq!(app.get(&officer, &format!("/v1/users/{}", id("a.volunteer1"))).await.expect(200)["status"], "disabled");
}
