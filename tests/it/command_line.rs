//! The operator's command line: names instead of ids, sentences instead of JSON, and a journal that holds afterwards.

use std::process::{Command, Output};

use danvan::db::supervise::{OWNER, SERVICE};

use crate::support::{App, empty_database, id, json, secret_file, url};

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

/// Kinds are the operator's: a region's word is there at once, and one that is retired stays where it stands.
#[tokio::test]
async fn kinds_are_rows_that_the_operator_keeps() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let hamlet = |code: &str, kind: &str| json!({"commune_id": id("a"), "code": code, "name": format!("Nơi {code}"), "kind": kind, "sort_order": 30});
    let refused = app.post(&officer, "/v1/hamlets", hamlet("play", "play")).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert_eq!((refused.body["errors"][0]["pointer"].as_str(), refused.body["errors"][0]["code"].as_str()), (Some("/kind"), Some("unknown_value")));
    assert!(refused.body["errors"][0]["detail"].as_str().unwrap().contains("bon (Bon)"), "{}", refused.text);
    well(&app.database, &["kinds", "set", "hamlets", "play", "--vi", "Plây", "--en", "Village (plây)"]);
    let made = app.post(&officer, "/v1/hamlets", hamlet("play", "play")).await.expect(201);
    let file = app.get(&officer, "/v1/hamlets?format=csv&code=play").await;
    assert!(file.text.contains(";Plây;"), "{}", file.text);
    well(&app.database, &["kinds", "retire", "hamlets", "play"]);
    assert_eq!(app.post(&officer, "/v1/hamlets", hamlet("play-2", "play")).await.status, 422);
    let path = format!("/v1/hamlets/{}", made["id"].as_str().unwrap());
    assert_eq!(app.patch(&officer, &path, json!({"household_count": 12})).await.expect(200)["kind"], "play", "what was so stays");
    let listed = app.get("", "/v1/kinds?list=hamlets").await.expect(200);
    let kind = listed["items"].as_array().unwrap().iter().find(|kind| kind["code"] == "play").unwrap();
    assert_eq!((kind["offered"].clone(), kind["label_vi"].clone()), (json!(false), json!("Plây")));
    // A paper, work and people too, and a list of them from a file.
    let kinds = std::env::temp_dir().join(format!("danvan-kinds-{}.csv", danvan::random::token(8)));
    std::fs::write(&kinds, "\u{feff}list,code,vi,en,unit_vi,unit_en,whole\nwork_types,paint_wall,Sơn tường,Paint walls,,,\nmetrics,walls,Bức tường,Walls,bức,walls,true\nunits,co_op,Hợp tác xã,Co-operative,,,\n").unwrap();
    assert_eq!(well(&app.database, &["kinds", "import", kinds.to_str().unwrap()]).trim(), "set 3 kinds");
    std::fs::remove_file(&kinds).unwrap();
    let activity = json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "code": "son", "kind": "other", "title": "Sơn tường", "place": {"kind": "school", "name": "Trường"}, "work_types": ["paint_wall", "sing"]});
    let refused = app.post(&officer, "/v1/activities", activity.clone()).await;
    assert_eq!((refused.status, refused.body["errors"][0]["pointer"].as_str()), (422, Some("/work_types")), "{}", refused.text);
    let mut right = activity;
    right["work_types"] = json!(["paint_wall"]);
    app.post(&officer, "/v1/activities", right).await.expect(201);
    let paper =
        json!({"commune_id": id("a"), "kind": "submission", "symbol": "TTr-UBND", "year": 2026, "subject": "Đề nghị", "issuing_unit_id": id("a.office")});
    assert_eq!(app.post(&officer, "/v1/documents", paper.clone()).await.body["kind"], "submission");
    for (args, expected) in [
        (vec!["kinds", "retire", "documents", "plan"], "rules of the service hang on"),
        (vec!["kinds", "retire", "hamlets", "x"], "there is no hamlets x"),
        (vec!["kinds", "set", "hamlets", "Plây", "--vi", "x", "--en", "x"], "lower-case letters"),
        (vec!["kinds", "set", "metrics", "songs", "--vi", "Bài hát", "--en", "Songs"], "needs --unit-vi"),
        (vec!["kinds", "set", "trees", "x", "--vi", "x", "--en", "x"], "one of: hamlets"),
    ] {
        let output = danvan(&app.database, &args);
        assert!(!output.status.success() && said(&output).contains(expected), "{args:?}: {}", said(&output));
    }
    assert!(well(&app.database, &["kinds", "list"]).contains("metrics\twalls\t\tBức tường\tWalls"));
}
