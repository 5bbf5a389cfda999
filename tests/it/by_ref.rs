//! `PUT` by the caller's own key.

use futures::future::join_all;
use serde_json::Value;

use crate::support::{App, id, json};

fn unit(code: &str, name: &str) -> Value {
    json!({"commune_id": id("a"), "code": code, "name": name, "kind": "school"})
}

#[tokio::test]
async fn a_script_creates_and_changes_under_its_own_key() {
    let app = App::start().await;
    let (officer, other) = (app.token("a.officer1").await, app.token("a.officer2").await);
    let put = async |token: &str, path: &str, body: Value| app.ask("PUT", token, path).json(&body).send().await;
    let path = "/v1/units/by-ref/TR%C6%AF%E1%BB%9CNG-01";
    // Twenty at once make one.
    let replies = join_all((0..20).map(|_| put(&officer, path, unit("truong-1", "Trường Tiểu học Phú Lý")))).await;
    assert!(matches!(replies[0].status, 200 | 201), "{}", replies[0].text);
    let made: Vec<&Value> = replies.iter().filter(|reply| reply.status == 201).map(|reply| &reply.body).collect();
    assert_eq!((made.len(), replies.iter().filter(|reply| reply.status == 200).count()), (1, 19));
    let version = made[0]["version"].as_i64().unwrap();
    assert!(replies.iter().all(|reply| reply.body["id"] == made[0]["id"] && reply.body["version"] == version), "nothing changed, no new version");
    // NFC and NFD are one key.
    let nfd = "/v1/units/by-ref/TRU%CC%9BO%CC%9B%CC%80NG-01";
    let changed = put(&officer, nfd, unit("truong-1", "Trường TH Phú Lý")).await.expect(200);
    assert_eq!((changed["id"].clone(), changed["name"].clone()), (made[0]["id"].clone(), json!("Trường TH Phú Lý")));
    // Part of the fields, with the version that was read.
    let versioned = |version: i64| format!("{path}?expected_version={version}");
    let now = changed["version"].as_i64().unwrap();
    let reply = put(&officer, &versioned(version), json!({"name": "Cũ"})).await;
    assert_eq!((reply.problem().1.as_str(), reply.body["changed"].clone()), ("precondition_failed", json!(["/name"])));
    let changed = put(&officer, &versioned(now), json!({"name": "Trường mới"})).await.expect(200);
    assert_eq!((changed["name"].clone(), changed["kind"].clone()), (json!("Trường mới"), json!("school")));
    assert_eq!(put(&officer, "/v1/units/by-ref/khac?expected_version=3", unit("x", "x")).await.status, 412);
    put(&officer, "/v1/units/by-ref/khac?expected_version=0", unit("tram-2", "Trạm y tế 2")).await.expect(201);
    // What only a creation takes stays as it was; the id is nobody's to choose.
    let mut moved = unit("truong-1", "Trường mới");
    moved["commune_id"] = json!(id("b"));
    assert_eq!(
        (put(&officer, path, moved).await.problem().2, put(&officer, path, json!({"id": id("a")})).await.problem().2),
        ("/commune_id".into(), "/id".into())
    );
    assert_eq!(put(&officer, path, json!({"colour": "red"})).await.problem().2, "/colour");
    // The key is the caller's own.
    let others = put(&other, path, unit("cua-khac", "Của người khác")).await.expect(201);
    assert_ne!(others["id"], changed["id"]);
    // Rights are those of creating and changing.
    assert_eq!(put(&app.token("a.auditor1").await, path, unit("x", "x")).await.status, 403);
    assert_eq!(put("", path, unit("x", "x")).await.status, 401);
    let long = format!("/v1/units/by-ref/{}", "x".repeat(201));
    assert_eq!(put(&officer, &long, unit("x", "x")).await.problem().2, "ref");
    // In a batch, as a script sends it.
    let operation = json!({"id": "1", "method": "PUT", "path": "/v1/units/by-ref/trong-lo", "body": unit("trong-lo", "Trong lô")});
    for status in [201, 200, 200] {
        let batch = app.post(&officer, "/v1/batch", json!({"operations": [operation]})).await.expect(200);
        assert_eq!(batch["results"][0]["status"], status, "sent again whole, it is done once: {batch}");
    }
}
