//! Rewards: what a decision gives it takes back, and who is nominated twice at once is nominated once.

use serde_json::Value;

use crate::support::{App, Reply, id, json};

/// An action by somebody who has read the row.
async fn act(app: &App, token: &str, path: &str, action: &str, body: Value) -> Reply {
    let tag = app.get(token, path).await.header("etag").to_owned();
    app.ask("POST", token, &format!("{path}/actions/{action}")).header("If-Match", &tag).json(&body).send().await
}

#[tokio::test]
async fn a_cancelled_decision_revokes_what_it_awarded_and_nothing_else() {
    let app = App::start().await;
    let (officer, leader) = (app.token("a.officer1").await, app.token("a.leader1").await);
    let reward = |n: i32| format!("/v1/rewards/{}", id(&format!("a.reward{n}")));
    let decision = format!("/v1/documents/{}", id("a.decision1"));
    act(&app, &officer, &reward(1), "check", json!({"disciplined": false})).await.expect(200);
    act(&app, &officer, &reward(1), "recommend", json!({"met_on": "2026-01-16", "minutes_document_id": id("a.minutes1")})).await.expect(200);
    act(&app, &officer, &reward(1), "put_on_decision", json!({"decision_id": id("a.decision1")})).await.expect(200);
    act(&app, &officer, &decision, "submit", json!({})).await.expect(200);
    act(&app, &leader, &decision, "approve", json!({})).await.expect(200);
    act(&app, &leader, &decision, "issue", json!({"number": 77, "issued_on": "2026-01-20"})).await.expect(200);
    let awarded = app.get(&officer, &reward(1)).await.expect(200);
    assert_eq!(awarded["status"], "awarded");

    assert_eq!(act(&app, &officer, &decision, "cancel", json!({"reason": "Sai thẩm quyền"})).await.status, 403, "the leaders cancel");
    assert_eq!(act(&app, &leader, &decision, "cancel", json!({})).await.problem().2, "/reason");
    assert_eq!(app.get(&officer, &reward(1)).await.expect(200)["status"], "awarded", "a refused cancellation revokes nothing");
    let untouched = app.get(&officer, &reward(2)).await.expect(200);
    let cancelled = act(&app, &leader, &decision, "cancel", json!({"reason": "Sai thẩm quyền"})).await.expect(200);
    let revoked = app.get(&officer, &reward(1)).await.expect(200);
    assert_eq!((&revoked["status"], &revoked["version"]), (&json!("revoked"), &cancelled["version"]), "in one write");
    assert_eq!(revoked["amount_vnd"], awarded["amount_vnd"], "what it was stays on record");
    assert_eq!(app.get(&officer, &reward(2)).await.expect(200), untouched);
}

#[tokio::test]
async fn one_achievement_nominated_at_the_same_moment_is_one_reward() {
    let app = App::start().await;
    let other = app.another().await;
    let (officer, colleague) = (app.token("a.officer1").await, app.token("a.officer2").await);
    for round in 1..=3 {
        let body = json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "subject_type": "hamlet", "subject_id": id(&format!("a.ap-{round}")),
            "achievement": "Vượt chỉ tiêu", "kind": "thematic", "form": "certificate_of_merit"});
        let (one, two) = tokio::join!(app.post(&officer, "/v1/rewards", body.clone()), other.post(&colleague, "/v1/rewards", body));
        let mut answers = [(one.status, one.problem().3), (two.status, two.problem().3)];
        answers.sort();
        assert_eq!(answers, [(201, String::new()), (409, "already_nominated".into())]);
    }
}
