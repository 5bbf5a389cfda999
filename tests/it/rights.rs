//! Giving and taking rights: who may, what of it ends at once, and who can see it afterwards.

use serde_json::Value;

use crate::support::{App, id, json};

fn leader(user: &str) -> Value {
    json!({"user_id": id(user), "role": "commune_leader", "commune_id": id("a")})
}

async fn revoke(app: &App, token: &str, grant: &str) -> crate::support::Reply {
    app.post(token, &format!("/v1/grants/{}/actions/revoke", id(grant)), json!({"reason": "thử"})).await
}

#[tokio::test]
async fn nobody_gives_themselves_anything() {
    let app = App::start().await;
    let platform = app.token("platform1").await;
    let (chair, deputy) = (app.token("a.leader1").await, app.token("a.leader2").await);
    // An administrator with a term neither extends it nor makes itself a leader, nor a leader beside one who is there.
    assert_eq!(app.patch(&platform, &format!("/v1/grants/{}", id("platform1/grant")), json!({"valid_to": "2099-01-01"})).await.status, 403);
    assert_eq!(app.post(&platform, "/v1/grants", leader("platform1")).await.status, 403);
    let friend = app.post(&platform, "/v1/users", json!({"username": "ban", "display_name": "Bạn"})).await.expect(201);
    let grant = json!({"user_id": friend["id"], "role": "commune_leader", "commune_id": id("a")});
    assert_eq!(app.post(&platform, "/v1/grants", grant).await.status, 403, "the commune has a leader");
    // A deputy's right in the chair's stead: from the chair alone, and it makes no leader and unmakes none.
    let stead = |to: &str, of: &str| json!({"user_id": id(to), "role": "commune_leader", "commune_id": id("a"), "acting_for": id(of)});
    assert_eq!(app.post(&deputy, "/v1/grants", stead("a.officer1", "a.leader1")).await.problem().2, "/acting_for");
    app.post(&chair, "/v1/grants", stead("a.officer1", "a.leader1")).await.expect(201);
    let kt = app.token("a.officer1").await;
    assert_eq!(app.post(&kt, "/v1/grants", leader("a.officer2")).await.status, 403);
    assert_eq!(app.post(&kt, "/v1/grants", leader("a.officer1")).await.status, 403);
    assert_eq!(revoke(&app, &kt, "a.leader1/grant").await.status, 403);
    assert_eq!(app.post(&kt, &format!("/v1/users/{}/actions/disable", id("a.leader1")), json!({"reason": "x"})).await.status, 403);
    // An officer makes no officer.
    let officer = json!({"user_id": id("a.observer1"), "role": "commune_officer", "commune_id": id("a")});
    assert_eq!(app.post(&app.token("a.officer2").await, "/v1/grants", officer.clone()).await.status, 403);
    let given = app.post(&chair, "/v1/grants", officer.clone()).await.expect(201);
    assert_eq!(given["given_by"], json!(id("a.leader1")));
    // The same right twice would go on when one of them is taken.
    let twice = app.post(&chair, "/v1/grants", officer).await;
    assert_eq!((twice.status, twice.problem().1.as_str(), &twice.body["grant_id"]), (409, "already_granted", &given["id"]));
}

#[tokio::test]
async fn who_is_audited_does_not_dismiss_the_auditor_and_everybody_sees_who_gave_what() {
    let app = App::start().await;
    let (chair, auditor, platform) = (app.token("a.leader1").await, app.token("a.auditor1").await, app.token("platform1").await);
    assert_eq!(revoke(&app, &chair, "a.auditor1/grant").await.status, 403);
    for action in ["disable", "issue_code", "replace_phone"] {
        let reply = app.post(&chair, &format!("/v1/users/{}/actions/{action}", id("a.auditor1")), json!({"reason": "x"})).await;
        assert_eq!(reply.status, 403, "{action}");
    }
    app.post(&chair, "/v1/grants", json!({"user_id": id("a.observer2"), "role": "commune_officer", "commune_id": id("a")})).await.expect(201);
    let path = format!("/v1/journal?commune={}&kind=grants&sort=-number", id("a"));
    for token in [&chair, &auditor, &platform] {
        let page = app.get(token, &path).await.expect(200);
        let entry =
            page["items"].as_array().unwrap().iter().find(|entry| entry["changes"]["user_id"][1] == json!(id("a.observer2"))).expect("the entry").clone();
        assert_eq!((&entry["user_id"], &entry["changes"]["role"][1]), (&json!(id("a.leader1")), &json!("commune_officer")));
    }
    // Each commune's own; and neither a head nor the platform reads anything else of a journal.
    let elsewhere = app.get(&platform, &format!("/v1/journal?commune={}&kind=grants", id("b"))).await.expect(200);
    assert!(elsewhere["items"].as_array().unwrap().iter().all(|entry| entry["changes"]["user_id"][1] != json!(id("a.observer2"))));
    assert_eq!(app.get(&platform, &format!("/v1/journal?commune={}", id("a"))).await.status, 403);
    assert_eq!(app.get(&app.token("a.head1").await, &path).await.status, 422, "who may not read may not ask for a kind");
    assert_eq!(app.get(&chair, &format!("/v1/journal?commune={}&kind=users", id("a"))).await.status, 200);
    revoke(&app, &platform, "a.auditor1/grant").await.expect(200);
}

#[tokio::test]
async fn a_commune_keeps_a_leader() {
    let app = App::start().await;
    let (first, second) = (app.token("a.leader1").await, app.token("a.leader2").await);
    app.post(&first, &format!("/v1/users/{}/actions/disable", id("a.leader2")), json!({"reason": "nghỉ"})).await.expect(200);
    for path in [format!("/v1/users/{}/actions/disable", id("a.leader1")), format!("/v1/grants/{}/actions/revoke", id("a.leader1/grant"))] {
        assert_eq!(app.post(&first, &path, json!({"reason": "x"})).await.problem().1, "last_leader");
    }
    assert_eq!(app.get(&second, "/v1/me").await.status, 401);
}

#[tokio::test]
async fn what_was_taken_is_gone_whatever_else_somebody_is() {
    let app = App::start().await;
    let (chair, officer) = (app.token("a.leader1").await, app.token("a.officer2").await);
    let activity = format!("/v1/activities/{}", id("a.activity1"));
    app.patch(&chair, &activity, json!({"lead_user_id": id("a.officer2")})).await.expect(200);
    app.get(&officer, "/v1/volunteers").await.expect(200);
    revoke(&app, &chair, "a.officer2/grant").await.expect(200);
    let path = format!("/v1/volunteers?commune={}", id("a"));
    assert_eq!(app.get(&officer, &path).await.problem().1, "term_ended", "leading an activity is no right of its own");
}

#[tokio::test]
async fn more_rights_end_the_ways_in_that_lesser_people_gave() {
    let app = App::start().await;
    let (officer, chair) = (app.token("a.officer1").await, app.token("a.leader1").await);
    let new = app.post(&officer, "/v1/users", json!({"home_commune_id": id("a"), "username": "a.moi", "display_name": "Mới"})).await.expect(201);
    let code = format!("/v1/users/{}/actions/issue_code", new["id"].as_str().unwrap());
    let issued = app.post(&officer, &code, json!({})).await.expect(200)["code"].clone();
    let password = "con-trau-di-cay-ruong";
    let session = app.post("", "/v1/auth/activate", json!({"code": issued, "device_name": "x", "new_password": password})).await.expect(200);
    let token = session["access_token"].as_str().unwrap();
    app.get(token, "/v1/me").await.expect(200);
    // A right that the officer could have given leaves things as they are; one that only the chair gives does not.
    app.post(&officer, "/v1/grants", json!({"user_id": new["id"], "role": "observer", "commune_id": id("a")})).await.expect(201);
    app.get(token, "/v1/me").await.expect(200);
    let grown = app.post(&chair, "/v1/grants", json!({"user_id": new["id"], "role": "commune_leader", "commune_id": id("a")})).await.expect(201);
    assert_eq!(grown["warnings"][0]["code"], "sessions_ended");
    assert_eq!(app.get(token, "/v1/me").await.problem().1, "session_revoked");
    let login = json!({"username": "a.moi", "password": password, "device_name": "x"});
    assert_eq!(app.post("", "/v1/auth/login", login).await.problem().1, "sign_in_failed");
    let fresh = app.post(&chair, &code, json!({})).await.expect(200)["code"].clone();
    let me = app.post("", "/v1/auth/activate", json!({"code": fresh, "device_name": "x"})).await.expect(200);
    app.get(me["access_token"].as_str().unwrap(), "/v1/me").await.expect(200);
}

#[tokio::test]
async fn an_invitation_has_a_name_in_the_journal() {
    let app = App::start().await;
    let (head, chair) = (app.token("a.head2").await, app.token("a.leader1").await);
    let invite = format!("/v1/volunteers/{}/actions/invite", id("a.person2"));
    app.post(&head, &invite, json!({})).await.expect(200);
    app.post(&head, &invite, json!({})).await.expect(200);
    let users = app.get(&chair, &format!("/v1/journal?commune={}&kind=users&sort=-number", id("a"))).await.expect(200);
    let codes: Vec<&Value> = users["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "issue_code").collect();
    assert_eq!(codes.len(), 2, "{users}");
    assert!(codes.iter().all(|entry| entry["user_id"] == json!(id("a.head2")) && entry["role"].is_null()));
    let link = app.get(&chair, &format!("/v1/journal?commune={}&row_id={}", id("a"), id("a.person2"))).await.expect(200);
    assert!(link["items"].as_array().unwrap().iter().any(|entry| entry["action"] == "link_account" && entry["user_id"] == json!(id("a.head2"))));
    // Who leads an activity reads phones: a code for that account is the office's.
    app.patch(&chair, &format!("/v1/activities/{}", id("a.activity1")), json!({"lead_user_id": id("a.volunteer1")})).await.expect(200);
    let leading = format!("/v1/volunteers/{}/actions/invite", id("a.person1"));
    assert_eq!(app.post(&app.token("a.head1").await, &leading, json!({})).await.status, 403);
    app.post(&chair, &leading, json!({})).await.expect(200);
}

#[tokio::test]
async fn a_right_begins_no_earlier_than_that_of_its_giver() {
    let app = App::start().await;
    let chair = app.token("a.leader1").await;
    let grant = |from: &str| json!({"user_id": id("a.observer1"), "role": "commune_officer", "commune_id": id("a"), "valid_from": from});
    assert_eq!(app.post(&chair, "/v1/grants", grant("2019-06-01")).await.problem().3, "before_own_term");
    let given = app.post(&chair, "/v1/grants", json!({"user_id": id("a.observer1"), "role": "commune_officer", "commune_id": id("a")})).await.expect(201);
    let path = format!("/v1/grants/{}", given["id"].as_str().unwrap());
    assert_eq!(app.patch(&chair, &path, json!({"valid_from": "2019-06-01"})).await.problem().3, "before_own_term");
    // Whoever made the chair's right can put its beginning right; then the chair can.
    let mut sql = app.sql().await;
    diesel_async::SimpleAsyncConnection::batch_execute(&mut sql, "UPDATE grants SET valid_from = '2018-01-01' WHERE role = 'commune_leader'; UPDATE feeds SET number = number + 1 WHERE id = '00000000-0000-0000-0000-000000000002'").await.unwrap();
    app.service.pulse.forget();
    app.patch(&chair, &path, json!({"valid_from": "2019-06-01"})).await.expect(200);
}

#[tokio::test]
async fn an_observer_of_a_unit_marks_its_copy_as_read() {
    let app = App::start().await;
    let leader = app.token("a.leader1").await;
    let grant = json!({"user_id": id("a.volunteer2"), "role": "observer", "commune_id": id("a"), "unit_id": id("a.command")});
    app.post(&leader, "/v1/grants", grant).await.expect(201);
    let observer = app.token("a.volunteer2").await;
    let office = app.token("a.officer1").await;
    let copy = async |unit: &str, sort_order: i64| {
        let body = json!({"commune_id": id("a"), "document_id": id("a.minutes1"), "text_as_printed": "Nơi nhận", "unit_id": id(unit), "archive": false, "sort_order": sort_order});
        let made = app.post(&office, "/v1/document-recipients", body).await.expect(201);
        let path = format!("/v1/document-recipients/{}/actions", made["id"].as_str().unwrap());
        app.post(&office, &format!("{path}/send"), json!({})).await.expect(200);
        format!("{path}/mark_read")
    };
    app.post(&observer, &copy("a.command", 8).await, json!({})).await.expect(200);
    assert_eq!(app.post(&observer, &copy("a.youth", 9).await, json!({})).await.status, 403, "another unit's");
}
