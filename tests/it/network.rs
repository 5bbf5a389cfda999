//! A phone on a bad network and a service that dies: nothing is lost, nothing is done twice.

use std::collections::HashMap;

use serde_json::Value;

use crate::support::copy::Copy;
use crate::support::proxy::{Fate, Proxy};
use crate::support::{App, Process, id, json};

/// A phone: a connection for each request, which may fail.
struct Phone {
    http: reqwest::Client,
    proxy: Proxy,
    token: String,
    /// Requests that had no answer.
    failures: usize,
}

impl Phone {
    async fn try_post(&mut self, path: &str, body: &Value) -> Option<Value> {
        let address = format!("http://{}{path}", self.proxy.address);
        let request = self.http.post(address).bearer_auth(&self.token).header("Content-Type", "application/json").body(body.to_string());
        let answer = async { request.send().await?.text().await }.await.ok().and_then(|text| serde_json::from_str(&text).ok());
        self.failures += usize::from(answer.is_none());
        answer
    }

    /// Sends a batch until each of its operations has an answer that is not "later".
    async fn hand_in(&mut self, operations: &[Value]) -> Vec<Value> {
        loop {
            let Some(answer) = self.try_post("/v1/batch", &json!({"operations": operations})).await else { continue };
            if let Some(results) = answer["results"].as_array()
                && results.iter().all(|result| result["status"].as_u64() < Some(500))
            {
                return results.clone();
            }
        }
    }
}

fn operation(path: &str, body: Value) -> Value {
    json!({"id": danvan::random::id(), "method": "POST", "path": path, "body": body})
}

/// What a phone did without a network: people who are entered, sign up and come.
fn queue(n: usize) -> Vec<Value> {
    let mut operations = vec![];
    for n in 0..n {
        let (person, sign_up) = (danvan::random::id(), danvan::random::id());
        let consent = json!([{"purpose": "participation", "text_version": "1", "given_via": "paper"}]);
        operations.push(operation("/v1/volunteers", json!({"id": person, "commune_id": id("a"), "full_name": format!("Trần Văn {n}"), "consents": consent})));
        operations.push(operation("/v1/sign-ups", json!({"id": sign_up, "commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": person})));
        let at = json!({"occurred_at": "2026-01-05T00:05:00Z"});
        operations.push(operation(&format!("/v1/sign-ups/{sign_up}/actions/check_in"), at));
    }
    operations
}

#[tokio::test]
async fn a_batch_is_done_once_through_a_bad_network_and_the_death_of_the_service() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let before = app.get(&officer, &format!("/v1/activity-sums/{}", id("a.activity1"))).await.body["present"].as_i64().unwrap_or(0);
    let mut process = Process::serve(&app.database);
    let fates = [Fate::AnswerLost, Fate::Cut, Fate::Slow, Fate::Passes, Fate::AnswerLost];
    let proxy = Proxy::start(&process.address, &fates).await;
    let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let mut phone = Phone { http, proxy, token: officer.clone(), failures: 0 };
    let operations = queue(20);
    for (n, batch) in operations.chunks(15).enumerate() {
        // In the middle of each batch, wherever it is just then, the service dies and another one takes its place.
        let body = json!({"operations": batch});
        let dying = phone.try_post("/v1/batch", &body);
        tokio::select! { _ = dying => {}, () = yields(n * 40) => {} }
        process.kill();
        process = Process::serve(&app.database);
        phone.proxy.leads_to(&process.address);
        let results = phone.hand_in(batch).await;
        let expected: HashMap<&str, u64> =
            batch.iter().map(|op| (op["id"].as_str().unwrap(), if op["path"].as_str().unwrap().ends_with("check_in") { 200 } else { 201 })).collect();
        for result in results {
            assert_eq!(result["status"].as_u64().unwrap(), expected[result["id"].as_str().unwrap()], "{result}");
        }
    }
    assert!(phone.failures >= 4, "the network was bad: {}", phone.failures);
    // Sent once more, all of it, on a good network: every answer is a repetition.
    phone.proxy.heals();
    assert!(phone.hand_in(&operations).await.iter().all(|result| result["replayed"] == true));
    let sums = app.get(&officer, &format!("/v1/activity-sums/{}", id("a.activity1"))).await.expect(200);
    assert_eq!(sums["present"].as_i64().unwrap(), before + 20);
    // In the journal each was done once.
    let mut done: HashMap<(String, String), usize> = HashMap::new();
    let mut cursor = String::new();
    loop {
        let page = app.get(&officer, &format!("/v1/journal?limit=200{cursor}")).await.expect(200);
        for entry in page["items"].as_array().unwrap() {
            *done.entry((entry["row_id"].as_str().unwrap().to_owned(), entry["action"].as_str().unwrap().to_owned())).or_default() += 1;
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    for operation in operations.iter().filter(|operation| operation["body"]["id"].is_string()) {
        assert_eq!(done[&(operation["body"]["id"].as_str().unwrap().to_owned(), "create".to_owned())], 1, "{operation}");
    }
    assert_eq!(done.iter().filter(|((_, action), _)| action == "check_in").map(|(_, times)| times).sum::<usize>(), 20);
}

async fn yields(times: usize) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

/// Two processes on one database: copies made through one while the other writes, and through both in turn.
#[tokio::test]
async fn a_copy_follows_through_any_process() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let servers = [Process::serve(&app.database), Process::serve(&app.database)];
    let kinds = "volunteers,sign_ups,activity_sums";
    let mut copy = Copy::new(&officer, &id("a").to_string(), kinds);
    for (n, batch) in queue(12).chunks(6).enumerate() {
        let writing = servers[n % 2].post(&officer, "/v1/batch", &json!({"operations": batch})).await;
        assert!(writing.expect(200)["results"].as_array().unwrap().iter().all(|result| result["status"].as_u64() < Some(300)));
        // By the other one, page by page.
        while copy.apply(servers[(n + 1) % 2].get(&officer, &copy.path()).await) {}
        assert_eq!(copy.ids("sign_ups").len(), (n + 1) * 2);
    }
    let anew = copy.anew(&app).await;
    assert_eq!(copy.differences(&anew), Vec::<String>::new());
}
