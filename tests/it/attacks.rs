//! Ways round the rights that somebody thought of: each is tried, and stays shut.

use crate::support::{App, id, json};

#[tokio::test]
async fn nobody_pulls_foreign_accounts_into_reach() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    for victim in ["b.officer1", "platform1"] {
        let grant = json!({"user_id": id(victim), "role": "volunteer", "commune_id": id("a")});
        assert_eq!(app.post(&officer, "/v1/grants", grant).await.problem().3, "no_user", "{victim}");
        assert_eq!(app.get(&officer, &format!("/v1/users/{}", id(victim))).await.status, 404, "{victim}");
    }
    let chair = format!("/v1/users/{}", id("a.leader1"));
    assert_eq!(app.patch(&officer, &chair, json!({"display_name": "x"})).await.status, 403, "an officer does not rewrite the chair");
    app.patch(&officer, &format!("/v1/users/{}", id("a.head1")), json!({"display_name": "Trưởng Ấp 1"})).await.expect(200);
}

/// Clients choose ids: who takes that of a stranger's row for another kind hides it from nobody.
#[tokio::test]
async fn an_id_taken_for_another_kind_hides_nothing() {
    let app = App::start().await;
    let (theirs, ours) = (app.token("b.officer1").await, app.token("a.officer1").await);
    let hamlets = app.get(&ours, "/v1/hamlets").await.expect(200);
    let taken = hamlets["items"][0]["id"].as_str().unwrap().to_owned();
    let unit = json!({"id": taken, "commune_id": id("b"), "code": "gia", "name": "Đơn vị giả", "kind": "other"});
    app.post(&theirs, "/v1/units", unit).await.expect(201);
    app.patch(&theirs, &format!("/v1/units/{taken}"), json!({"name": "Đơn vị giả 2"})).await.expect(200);
    app.get("", &format!("/v1/units/{taken}")).await;
    for reader in ["", &ours, &theirs] {
        assert_eq!(app.get(reader, &format!("/v1/hamlets/{taken}")).await.expect(200)["commune_id"], json!(id("a")));
    }
    app.patch(&ours, &format!("/v1/hamlets/{taken}"), json!({"population": 7})).await.expect(200);
}

#[tokio::test]
async fn a_code_serves_no_more_rights_than_it_was_issued_for() {
    let app = App::start().await;
    let (officer, leader, head) = (app.token("a.officer1").await, app.token("a.leader1").await, app.token("a.head1").await);
    let new = app.post(&officer, "/v1/users", json!({"home_commune_id": id("a"), "username": "a.moi", "display_name": "Mới"})).await.expect(201);
    let code = app.post(&officer, &format!("/v1/users/{}/actions/issue_code", new["id"].as_str().unwrap()), json!({})).await.expect(200)["code"].clone();
    app.post(&leader, "/v1/grants", json!({"user_id": new["id"], "role": "commune_leader", "commune_id": id("a")})).await.expect(201);
    assert_eq!(app.post("", "/v1/auth/activate", json!({"code": code, "device_name": "x"})).await.problem().1, "sign_in_failed");
    // The volunteer's account becomes an officer's: an invitation does not open it any more.
    let invite = format!("/v1/volunteers/{}/actions/invite", id("a.person1"));
    app.post(&head, &invite, json!({})).await.expect(200);
    app.post(&leader, "/v1/grants", json!({"user_id": id("a.volunteer1"), "role": "commune_officer", "commune_id": id("a")})).await.expect(201);
    assert_eq!(app.post(&head, &invite, json!({})).await.status, 403);
}

#[tokio::test]
async fn what_is_hidden_is_not_searched_sorted_filtered_or_written() {
    let app = App::start().await;
    let commune = id("a");
    for query in ["q=Ho%E1%BA%A1t", "sort=title", "plan_item_id=00000000-0000-0000-0000-000000000000"] {
        let reply = app.get("", &format!("/v1/activities?commune={commune}&{query}")).await;
        assert_eq!(reply.problem().3, "filter_not_allowed", "{query}: {}", reply.text);
    }
    let platform = app.token("platform1").await;
    let people = app.get(&platform, &format!("/v1/users?commune={commune}&q=Ng%C6%B0%E1%BB%9Di")).await.expect(200);
    assert_eq!(people["items"], json!([]), "names are searched where they are seen: the platform sees its own alone");
    app.get(&app.token("a.officer1").await, "/v1/activities?q=Ho%E1%BA%A1t&sort=title").await.expect(200);
    let head = app.token("a.head1").await;
    let hidden = app.patch(&head, &format!("/v1/volunteers/{}", id("a.person1")), json!({"category": "resident"})).await;
    assert_eq!(hidden.problem(), (403, "forbidden".into(), "/category".into(), "hidden_field".into()), "also when it is the same value");
    let lead = json!({"commune_id": commune, "campaign_id": id("a.campaign"), "code": "x", "kind": "meeting", "title": "Họp", "place": {"kind": "other", "name": "x"}, "hamlet_id": id("a.ap-1"), "lead_user_id": id("a.head1")});
    assert_eq!(app.post(&head, "/v1/activities", lead).await.problem().2, "/lead_user_id", "leading gives rights: the office names the lead");
}

#[tokio::test]
async fn a_seat_is_not_had_by_naming_a_group() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let volunteer = app.token("a.volunteer1").await;
    let person = |n: usize| json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id(&format!("a.person{n}"))});
    let other = app.post(&officer, "/v1/sign-ups", person(2)).await.expect(201);
    let with = |mut body: serde_json::Value, group: &serde_json::Value| {
        body["group_id"] = group.clone();
        body
    };
    assert_eq!(app.post(&officer, "/v1/sign-ups", with(person(1), &other["id"])).await.problem().3, "no_group", "a person is no group");
    assert_eq!(app.post(&volunteer, "/v1/sign-ups", with(person(1), &other["id"])).await.problem().3, "not_there");
    let group = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "group_name": "Nhóm", "headcount": 1});
    let group = app.post(&officer, "/v1/sign-ups", group).await.expect(201);
    app.post(&officer, "/v1/sign-ups", with(person(1), &group["id"])).await.expect(201);
    assert_eq!(app.post(&officer, "/v1/sign-ups", with(person(3), &group["id"])).await.problem().3, "no_group", "the group has room for one name");
    app.post(&officer, &format!("/v1/sign-ups/{}/actions/withdraw", group["id"].as_str().unwrap()), json!({})).await.expect(200);
    let member = app.get(&volunteer, &format!("/v1/sign-ups?commune={}", id("a"))).await.expect(200);
    assert_eq!(member["items"][0]["status"], "withdrawn", "who came with the group leaves with it");
}

#[tokio::test]
async fn an_abandoned_write_does_not_hold_its_commune() {
    use danvan::access::actor::Actor;
    use danvan::journal::Write;
    let app = App::start().await;
    let connection = app.service.database.connection().await.unwrap();
    let write = Write::begin(connection, id("a"), Actor::system("a client that goes away in the middle"), app.service.clock.now()).await.unwrap();
    drop(write);
    let officer = app.token("a.officer1").await;
    app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": 3})).await.expect(200);
}
