//! `danvan check`: a sum that somebody spoiled is named, and put right.

use std::process::Command;

use danvan::db::supervise::{OWNER, SERVICE};
use diesel_async::SimpleAsyncConnection as _;

use crate::support::{App, id, json, secret_file, url, world};

/// What the command said, and whether it was content.
async fn check(database: &str, fix: bool) -> (bool, String) {
    let (service, owner) = (url(SERVICE, database), url(OWNER, database));
    tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_danvan"));
        command.args(["check", "--database-url", &service, "--owner-url", &owner]).args(fix.then_some("--fix"));
        let out = command.env("DANVAN_SECRET_FILE", secret_file()).output().expect("the program runs");
        (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned())
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spoiled_sum_is_named_and_put_right() {
    let app = App::start().await;
    world::a_day(&app).await;
    let officer = app.token("a.officer1").await;
    let sums = format!("/v1/activity-sums/{}", id("a.activity1"));
    let before = app.get(&officer, &sums).await.expect(200);
    assert!(check(&app.database, false).await.0, "a day's work leaves the sums exact");
    app.sql().await.batch_execute(&format!("UPDATE activity_sums SET seats_taken = seats_taken + 7 WHERE id = '{}'", id("a.activity1"))).await.unwrap();
    let (content, said) = check(&app.database, false).await;
    assert!(!content && said.contains(&id("a.activity1").to_string()), "{said}");
    let (content, said) = check(&app.database, true).await;
    assert!(content && said.contains("fixed"), "{said}");
    assert!(check(&app.database, false).await.0);
    assert_eq!(app.get(&officer, &sums).await.expect(200)["seats_taken"], before["seats_taken"]);
    let fixes = app.get(&officer, &format!("{sums}?fields=version")).await.expect(200);
    assert!(fixes["version"].as_i64() > before["version"].as_i64(), "a client that holds the wrong sum sees that it changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_left_over_from_withdrawn_results_are_named_too() {
    let app = App::start().await;
    let (officer, liaison) = (app.token("a.officer1").await, app.token("a.liaison1").await);
    for (n, who) in [(1, &officer), (2, &liaison), (3, &officer)] {
        let path = format!("/v1/results/{}", id(&format!("a.result{n}")));
        app.ask("POST", who, &format!("{path}/actions/withdraw")).header("If-Match", "*").json(&json!({"reason": "Nhập nhầm"})).send().await.expect(200);
    }
    assert!(check(&app.database, false).await.0, "withdrawing keeps the sums exact");
    let spoil = format!("UPDATE activity_sums SET military_man_days = 5 WHERE id = '{}'", id("a.activity1"));
    app.sql().await.batch_execute(&spoil).await.unwrap();
    let (content, said) = check(&app.database, false).await;
    assert!(!content && said.contains(&id("a.activity1").to_string()), "{said}");
    assert!(check(&app.database, true).await.0);
    assert!(check(&app.database, false).await.0);
}
