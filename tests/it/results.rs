//! Figures of work: where they belong, and what speaks against them.

use crate::support::{App, id, json};

#[tokio::test]
async fn a_figure_belongs_where_its_road_and_activity_lie() {
    let app = App::start().await;
    let (head, office) = (app.token("a.head1").await, app.token("a.officer1").await);
    let result = |activity: &str, hamlet: Option<&str>, road: Option<&str>, value: i64| json!({"commune_id": id("a"), "activity_id": id(activity), "hamlet_id": hamlet.map(id), "road_registration_id": road.map(id), "side": "local", "metric": "metres", "value": value});
    // Neither into another hamlet's activity under the own name, nor onto a road that the head does not see.
    assert_eq!(app.post(&head, "/v1/results", result("a.activity3", Some("a.ap-1"), None, 50)).await.problem().3, "other_hamlet");
    assert_eq!(app.post(&head, "/v1/results", result("a.activity1", Some("a.ap-1"), Some("a.road2"), 50)).await.problem().3, "not_there");
    let before = app.get(&office, &format!("/v1/road-registrations/{}", id("a.road1"))).await.expect(200)["done_length_m"].clone();
    let made = app.post(&head, "/v1/results", result("a.activity1", None, Some("a.road1"), 900)).await.expect(201);
    assert_eq!(made["warnings"][0]["code"], "more_than_the_road", "{made}");
    let again = app.post(&head, "/v1/results", result("a.activity1", None, Some("a.road1"), 900)).await.expect(201);
    assert!(
        again["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "possible_duplicate" && warning["related"][0] == made["id"]),
        "{again}"
    );
    assert_ne!(app.get(&office, &format!("/v1/road-registrations/{}", id("a.road1"))).await.expect(200)["done_length_m"], before);
    let confirmed = format!("UPDATE road_registrations SET status = 'confirmed' WHERE id = '{}'", id("a.road1"));
    diesel_async::SimpleAsyncConnection::batch_execute(&mut app.sql().await, &confirmed).await.unwrap();
    assert_eq!(app.post(&office, "/v1/results", result("a.activity1", None, Some("a.road1"), 5)).await.problem().1, "road_confirmed");
    // Who verifies what they reported themselves is told so.
    let own = app.post(&office, "/v1/results", result("a.activity2", None, None, 7)).await.expect(201);
    let verified = app
        .ask("POST", &office, &format!("/v1/results/{}/actions/verify", own["id"].as_str().unwrap()))
        .header("If-Match", "*")
        .json(&json!({}))
        .send()
        .await
        .expect(200);
    assert_eq!(verified["warnings"][0]["code"], "own_figure");
}

#[tokio::test]
async fn units_lie_in_no_circle() {
    let app = App::start().await;
    let office = app.token("a.officer1").await;
    let below = async |unit: &str, parent: &str| app.patch(&office, &format!("/v1/units/{}", id(unit)), json!({"parent_id": id(parent)})).await;
    below("a.office", "a.command").await.expect(200);
    below("a.command", "a.youth").await.expect(200);
    for (unit, parent) in [("a.youth", "a.office"), ("a.youth", "a.command"), ("a.youth", "a.youth")] {
        assert_eq!(below(unit, parent).await.problem().2, "/parent_id", "{unit} below {parent}");
    }
}

/// What the journal tells an auditor is no more than the room does.
#[tokio::test]
async fn the_journal_keeps_soldiers_to_themselves() {
    let app = App::start().await;
    let (auditor, liaison) = (app.token("a.auditor1").await, app.token("a.liaison1").await);
    let days =
        json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "side": "military", "metric": "man_days", "value": 10, "unit_id": id("a.battalion")});
    app.post(&liaison, "/v1/results", days).await.expect(201);
    assert_eq!(app.get(&auditor, "/v1/results?side=military").await.expect(200)["items"], json!([]));
    let page = app.get(&auditor, "/v1/journal?kind=results").await.expect(200);
    let entries = page["items"].as_array().unwrap();
    assert!(!entries.is_empty());
    for entry in entries {
        assert!(entry["changes"].as_object().unwrap().values().all(serde_json::Value::is_null), "{entry}");
    }
}
