//! The operator's command line: names instead of ids, sentences instead of JSON, and a journal that holds afterwards.

use std::process::{Command, Output};

use danvan::db::supervise::{OWNER, SERVICE};

use crate::support::{App, empty_database, id, secret_file, url};

fn danvan(database: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_danvan"));
    command.args(["--database-url", &url(SERVICE, database), "--owner-url", &url(OWNER, database), "--secret-file"]).arg(secret_file()).args(args);
    command.output().expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn well(database: &str, args: &[&str]) -> String {
    let output = danvan(database, args);
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// After each command: no number without its rows.
fn verified(database: &str) {
    let output = danvan(database, &["journal", "verify"]);
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test]
async fn people_and_places_are_named_as_people_do() {
    let app = App::start().await;
    let list = well(&app.database, &["commune", "list"]);
    let line = list.lines().find(|line| line.contains(&id("a").to_string())).expect("the commune is listed");
    let code = line.split('\t').next().unwrap().to_owned();
    well(&app.database, &["user", "add", "truongap-moi", "--display-name", "Nguyễn Văn Mới", "--commune", &code]);
    verified(&app.database);
    well(&app.database, &["user", "grant", "truongap-moi", "--role", "hamlet_head", "--commune", &code, "--hamlet", "ap-1", "--valid-from", "2025-01-01"]);
    verified(&app.database);
    let users = well(&app.database, &["user", "list", "--commune", &code]);
    let line = users.lines().find(|line| line.starts_with("truongap-moi\t")).expect("the account is listed");
    assert!(line.contains("hamlet_head ap-1"), "{line}");
    let grant = line.rsplit(' ').next().unwrap();
    well(&app.database, &["user", "revoke", grant]);
    well(&app.database, &["user", "issue-code", "truongap-moi"]);
    verified(&app.database);
    // What is wrong is said in words, with the rule.
    for (args, expected) in [
        (vec!["user", "grant", "truongap-moi", "--role", "commune_leder", "--commune", &code], "unknown_value"),
        (vec!["user", "grant", "truongap-moi", "--role", "hamlet_head", "--commune", &code, "--hamlet", "ap-99"], "the commune has no hamlet ap-99"),
        (vec!["user", "add", "x", "--display-name", "X", "--commune", "99999"], "no commune has the code 99999"),
        (vec!["user", "grant", "nobody", "--role", "observer", "--commune", &code], "no user nobody"),
    ] {
        let output = danvan(&app.database, &args);
        let text = said(&output);
        assert!(!output.status.success() && text.contains(expected), "{args:?}: {text}");
        assert!(!text.contains('{') && !text.contains('\u{1}'), "{text}");
    }
    // Heads that were kept, and the keys.
    let heads = std::env::temp_dir().join(format!("danvan-heads-{}", danvan::random::token(8)));
    danvan::journal::seals::seal(&mut app.sql().await, &app.service.secret, app.service.clock.now()).await.unwrap();
    std::fs::write(&heads, well(&app.database, &["journal", "heads"])).unwrap();
    well(&app.database, &["journal", "verify", "--heads", heads.to_str().unwrap()]);
    std::fs::remove_file(&heads).unwrap();
    well(&app.database, &["keys", "rotate", "--now"]);
}

#[tokio::test]
async fn the_same_plan_under_another_campaign_leaves_a_journal_that_holds() {
    let database = empty_database().await;
    well(&database, &["migrate", "--service-role", SERVICE]);
    assert!(well(&database, &["migrate", "--service-role", SERVICE]).contains("up to date"));
    let plan = std::fs::read_to_string("src/demo/phu-ly-2024.json").expect("the plan");
    let folder = std::env::temp_dir().join(format!("danvan-plan-{}", danvan::random::token(8)));
    std::fs::create_dir(&folder).unwrap();
    for (n, text) in [plan.clone(), plan.replace("\"phu-ly-2024\"", "\"phu-ly-2024-lai\"")].into_iter().enumerate() {
        let file = folder.join(format!("plan-{n}.json"));
        std::fs::write(&file, text).unwrap();
        danvan(&database, &["import", file.to_str().unwrap()]);
        verified(&database);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
