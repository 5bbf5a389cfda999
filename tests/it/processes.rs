//! What must hold when several processes serve one database, and when one of them dies.

use std::collections::HashSet;

use futures::future::join_all;
use serde_json::Value;

use crate::support::{App, Process, id, json};

async fn people(app: &App, officer: &str, many: usize) -> Vec<String> {
    let mut people = vec![];
    for n in 0..many {
        let body = json!({"commune_id": id("a"), "full_name": format!("Trần Thị {n}"), "hamlet_id": id("a.ap-1"), "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
        people.push(app.post(officer, "/v1/volunteers", body).await.expect(201)["id"].as_str().unwrap().to_owned());
    }
    people
}

fn body_of(person: &str) -> Value {
    json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": person})
}

#[tokio::test]
async fn twenty_seats_are_given_twenty_times_by_two_processes() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let people = people(&app, &officer, 200).await;
    let servers = [Process::serve(&app.database), Process::serve(&app.database)];
    for round in 0..5 {
        let asks = people.iter().enumerate().map(|(n, person)| {
            let (server, officer) = (&servers[n % 2], &officer);
            async move { server.post_in_turn(officer, "/v1/sign-ups", &body_of(person)).await.expect(201) }
        });
        let made = join_all(asks).await;
        let confirmed = made.iter().filter(|s| s["status"] == "confirmed").count();
        let waiting = made.iter().filter(|s| s["status"] == "waitlisted").count();
        assert_eq!((confirmed, waiting), (20, 180), "round {round}");
        let versions: HashSet<i64> = made.iter().map(|s| s["version"].as_i64().unwrap()).collect();
        assert_eq!(versions.len(), 200, "one number each");
        assert_eq!(versions.iter().max().unwrap() - versions.iter().min().unwrap(), 199, "and none between them");
        let path = format!("/v1/activity-sums/{}", id("a.activity1"));
        for server in &servers {
            let kept = server.get(&officer, &path).await.expect(200);
            assert_eq!((kept["seats_taken"].clone(), kept["waiting"].clone()), (json!(20), json!(180)));
        }
        // All go again, those who wait first: nobody is promoted on the way.
        for status in ["waitlisted", "confirmed"] {
            let gone = made.iter().enumerate().filter(|(_, s)| s["status"] == status).map(|(n, s)| {
                let path = format!("/v1/sign-ups/{}/actions/withdraw", s["id"].as_str().unwrap());
                let (server, officer) = (&servers[n % 2], &officer);
                async move { server.post_in_turn(officer, &path, &json!({})).await.expect(200) }
            });
            join_all(gone).await;
        }
        assert_eq!(servers[0].get(&officer, &path).await.expect(200)["seats_taken"], 0);
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_the_death_of_a_process() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let people = people(&app, &officer, 60).await;
    let mut server = Process::serve(&app.database);
    // Each with an id of the client's own, so that a lost answer is asked for again.
    let bodies: Vec<Value> = people
        .iter()
        .map(|person| {
            let mut body = body_of(person);
            body["id"] = json!(danvan::random::id());
            body
        })
        .collect();
    let mut acknowledged = HashSet::new();
    for (n, body) in bodies.iter().enumerate() {
        if n == 30 {
            // In the middle of a request that may or may not have been committed.
            let dying = server.post(&officer, "/v1/sign-ups", body);
            let first = tokio::select! { reply = dying => Some(reply.status), () = tokio::task::yield_now() => None };
            server.kill();
            if first == Some(201) {
                acknowledged.insert(body["id"].clone());
            }
            server = Process::serve(&app.database);
        }
        let reply = server.post(&officer, "/v1/sign-ups", body).await;
        assert!(matches!(reply.status, 200 | 201), "{}", reply.text);
        acknowledged.insert(body["id"].clone());
    }
    let stored = app.ids(&officer, &format!("/v1/sign-ups?activity_id={}", id("a.activity1"))).await;
    assert_eq!(stored.len(), 60, "nothing lost, nothing double");
    assert_eq!(stored.into_iter().map(Value::from).collect::<HashSet<_>>(), acknowledged);
    assert_eq!(app.get(&officer, &format!("/v1/activity-sums/{}", id("a.activity1"))).await.expect(200)["seats_taken"], 20);
}
