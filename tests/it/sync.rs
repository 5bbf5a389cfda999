//! A copy that is kept by the sync is what its user may see: after any change, under any number of writers, and when
//! what somebody may see changes itself.

use danvan::web::operation::{Kind, Operation};
use diesel_async::SimpleAsyncConnection as _;
use serde_json::Value;

use crate::support::copy::all_kinds;
use crate::support::{App, Copy, Reply, id, json, sample, world};

/// Those whose phones are watched: every role of commune a, and a stranger.
const WATCHERS: &[&str] = &[
    "a.leader1",
    "a.officer1",
    "a.unit_officer1",
    "a.unit_officer2",
    "a.liaison1",
    "a.liaison2",
    "a.head1",
    "a.head2",
    "a.observer1",
    "a.observer2",
    "a.auditor1",
    "a.volunteer1",
    "b.head1",
];

async fn copies(app: &App) -> Vec<(String, Copy)> {
    let mut out = vec![];
    for who in WATCHERS {
        for rights in [false, true] {
            let mut copy = Copy { rights, ..Copy::new(&app.token(who).await, &id("a").to_string(), &all_kinds()) };
            copy.sync(app).await;
            out.push(((*who).to_owned(), copy));
        }
    }
    out
}

/// Brings all copies up to date and compares each with one made from nothing.
async fn check(app: &App, copies: &mut Vec<(String, Copy)>, after: &str) {
    if after == "anonymise_volunteer" {
        // The account went with the person.
        copies.retain(|(who, _)| who != "a.volunteer1");
    }
    for (who, copy) in copies {
        copy.sync(app).await;
        let differences = copy.differences(&copy.anew(app).await);
        assert!(differences.is_empty(), "{who} after {after}:\n{}", differences.join("\n"));
        assert_eq!(copy.never_seen, vec![], "{who} after {after}: told of rows that they never saw");
    }
}

/// Something done by somebody, whatever is there.
async fn act(app: &App, who: &str, method: &str, path: &str, body: Value) -> Reply {
    app.ask(method, &app.token(who).await, path).header("If-Match", "*").json(&body).send().await
}

/// Every action and change of every resource, each by the first who can: the copies follow.
#[tokio::test]
async fn copies_follow_every_kind_of_write() {
    let app = App::start().await;
    world::a_day(&app).await;
    let document = crate::support::document();
    let mut copies = copies(&app).await;
    check(&app, &mut copies, "the first sync").await;
    let mut done = 0;
    let mut order: Vec<&Operation> = danvan::app::operations().filter(|o| matches!(o.kind, Kind::Act(_) | Kind::Update)).collect();
    // What ends things comes last: else little can be done after it.
    let ending = ["cancel", "close", "archive", "retire", "merge", "withdraw", "reject", "anonymise", "disable", "revoke", "dissolve"];
    order.sort_by_key(|operation| ending.iter().any(|word| operation.id.starts_with(word)));
    for operation in order {
        let policy = operation.policy.expect("a policy");
        if !danvan::sync::SOURCES.iter().any(|source| source.kind == policy.resource) {
            continue;
        }
        let path = operation.path.replace("{id}", &sample::row(&app, policy.resource, "a").await.to_string());
        let body = if matches!(operation.kind, Kind::Update) { sample::change(&document, operation) } else { sample::body(&document, operation, "a") };
        let mut succeeded = false;
        for who in ["a.officer1", "a.leader1", "a.liaison1", "a.head1", "platform1"] {
            let reply = act(&app, who, operation.method.name(), &path, body.clone()).await;
            if reply.status == 200 {
                succeeded = true;
                break;
            }
        }
        if succeeded {
            done += 1;
            check(&app, &mut copies, &operation.id).await;
        }
    }
    assert!(done > 40, "only {done} writes could be tried");
    assert!(copies.iter().map(|(_, copy)| copy.removed).sum::<usize>() > 0, "nothing ever left a reach");
}

/// The ways in which what somebody may see changes, one after another.
#[tokio::test]
async fn copies_follow_every_change_of_reach() {
    let app = App::start().await;
    world::a_day(&app).await;
    let of = |name: &str| id(&format!("a.{name}"));
    let mut copies = copies(&app).await;
    let resyncs = |copies: &[(String, Copy)], who: &str| copies.iter().find(|(name, _)| name == who).expect("a watcher").1.resyncs;
    let rows = |copies: &[(String, Copy)], who: &str, kind: &str| copies.iter().find(|(name, _)| name == who).expect("a watcher").1.ids(kind).len();
    let path = |room: &str, name: &str| format!("/v1/{room}/{}", of(name));
    type Step<'a> = (&'a str, &'a str, &'a str, String, Value);
    let steps: Vec<Step<'_>> = vec![
        ("a volunteer moves to another hamlet", "a.officer1", "PATCH", path("volunteers", "person1"), json!({"hamlet_id": of("ap-2")})),
        ("and with another organisation", "a.officer1", "PATCH", path("volunteers", "person4"), json!({"unit_id": of("command")})),
        ("an activity moves to another hamlet", "a.officer1", "PATCH", path("activities", "activity1"), json!({"hamlet_id": of("ap-2")})),
        ("and back", "a.officer1", "PATCH", path("activities", "activity1"), json!({"hamlet_id": of("ap-1")})),
        ("somebody leads another activity", "a.officer1", "PATCH", path("activities", "activity2"), json!({"lead_user_id": id("a.observer1")})),
        ("and no more", "a.officer1", "PATCH", path("activities", "activity2"), json!({"lead_user_id": null})),
        ("an activity is shown to the public", "a.officer1", "POST", format!("{}/actions/publish", path("activities", "activity2")), json!({})),
        (
            "the sister brigade becomes partner",
            "a.officer1",
            "PATCH",
            path("campaigns", "campaign"),
            json!({"partner_unit_ids": [of("battalion"), of("sister")]}),
        ),
        ("and is none any more", "a.officer1", "PATCH", path("campaigns", "campaign"), json!({"partner_unit_ids": [of("battalion")]})),
        ("a unit gets another function", "a.officer1", "PATCH", path("units", "youth"), json!({"functions": ["mobilisation", "public_security"]})),
        ("a part is released to the hamlet", "a.liaison1", "POST", format!("{}/actions/release", path("activity-units", "part1")), json!({})),
        (
            "a consent to be named is given",
            "a.officer1",
            "POST",
            "/v1/consents".into(),
            json!({"id": id("consent"), "commune_id": id("a"), "volunteer_id": of("person1"), "purpose": "awards", "text_version": "1", "given_via": "paper"}),
        ),
        ("and withdrawn", "a.officer1", "POST", format!("/v1/consents/{}/actions/withdraw", id("consent")), json!({})),
        (
            "two records of a person become one",
            "a.officer1",
            "POST",
            format!("{}/actions/merge", path("volunteers", "person1")),
            json!({"into": of("person3"), "reason": "Trùng"}),
        ),
        (
            "a hamlet is merged",
            "a.officer1",
            "POST",
            format!("{}/actions/merge", path("hamlets", "ap-1")),
            json!({"successor_id": of("ap-2"), "valid_to": danvan::clock::local_day(app.service.clock.now()), "reason": "Sáp nhập"}),
        ),
        (
            "a right is given",
            "a.leader1",
            "POST",
            "/v1/grants".into(),
            json!({"id": id("grant"), "user_id": id("a.volunteer1"), "role": "observer", "commune_id": id("a")}),
        ),
        ("and taken", "a.leader1", "POST", format!("/v1/grants/{}/actions/revoke", id("grant")), json!({"reason": "Hết nhiệm vụ"})),
    ];
    for (what, who, method, path, body) in steps {
        let before: Vec<usize> = copies.iter().map(|(_, copy)| copy.resyncs).collect();
        let reply = act(&app, who, method, &path, body).await;
        assert!(matches!(reply.status, 200 | 201), "{what}: {} {}", reply.status, reply.text);
        check(&app, &mut copies, what).await;
        let mut anew: Vec<&str> = copies.iter().zip(before).filter(|((_, copy), before)| copy.resyncs > *before).map(|((who, _), _)| who.as_str()).collect();
        // Each has two: without and with rights.
        anew.dedup();
        let expected: &[&str] = match what {
            "somebody leads another activity" => &["a.observer1"],
            "the sister brigade becomes partner" | "and is none any more" => &["a.liaison2"],
            _ if what == "and no more" => &["a.observer1"],
            "a unit gets another function" => &["a.unit_officer2"],
            "a hamlet is merged" => &["a.head2"],
            "a right is given" | "and taken" => &["a.volunteer1"],
            _ => &[],
        };
        assert_eq!(anew, expected, "{what}: whose copy is made anew");
    }
    assert!(rows(&copies, "a.head2", "volunteers") > 0 && resyncs(&copies, "b.head1") == 0);
}

/// Who sees all of the commune and heads a hamlet besides is more to a sign-up once its activity comes there: the row itself
/// is as it was, and yet its copy with rights changes.
#[tokio::test]
async fn rights_follow_what_a_row_lies_by() {
    let app = App::start().await;
    world::a_day(&app).await;
    let head = json!({"user_id": id("a.officer1"), "role": "hamlet_head", "commune_id": id("a"), "hamlet_id": id("a.ap-2")});
    app.post(&app.token("a.leader1").await, "/v1/grants", head).await.expect(201);
    let officer = app.token("a.officer1").await;
    let mut copy = Copy { rights: true, ..Copy::new(&officer, &id("a").to_string(), "sign_ups") };
    copy.sync(&app).await;
    let heads = |copy: &Copy| copy.rows.values().filter(|row| row["rights"].to_string().contains("hamlet_head:own_hamlet")).count();
    let before = heads(&copy);
    let there = json!({"hamlet_id": id("a.ap-2")});
    app.ask("PATCH", &officer, &format!("/v1/activities/{}", id("a.activity1"))).header("If-Match", "*").json(&there).send().await.expect(200);
    copy.sync(&app).await;
    assert!(heads(&copy) > before, "{} of {} before", heads(&copy), before);
    assert_eq!(copy.differences(&copy.anew(&app).await), Vec::<String>::new());
}

/// Sixteen writers, a poller that loses every seventh answer, and a transaction that lies open: nothing is missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_skipped_under_many_writers_and_lost_answers() {
    let app = std::sync::Arc::new(App::start().await);
    let officer = app.token("a.officer1").await;
    let mut open = app.sql().await;
    open.batch_execute(&format!("BEGIN; UPDATE hamlets SET population = 7 WHERE id = '{}'", id("b.ap-1"))).await.unwrap();
    let mut poller = Copy::new(&app.token("a.head1").await, &id("a").to_string(), "volunteers,sign-ups,activity-sums,hamlets");
    poller.limit = 7;
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..16 {
        let (app, officer) = (app.clone(), officer.clone());
        writers.spawn(async move {
            for i in 0..12 {
                let hamlet = id(if (n + i) % 3 == 0 { "a.ap-2" } else { "a.ap-1" });
                let person = json!({"commune_id": id("a"), "full_name": format!("Người {n} {i}"), "hamlet_id": hamlet,
                    "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
                let person = app.post(&officer, "/v1/volunteers", person).await.expect(201);
                let sign_up = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": person["id"]});
                app.post(&officer, "/v1/sign-ups", sign_up).await.expect(201);
                if i % 4 == 0 {
                    // Moves out of the head's hamlet, or into it.
                    let to = id(if hamlet == id("a.ap-1") { "a.ap-2" } else { "a.ap-1" });
                    app.patch(&officer, &format!("/v1/volunteers/{}", person["id"].as_str().unwrap()), json!({"hamlet_id": to})).await.expect(200);
                }
            }
        });
    }
    let mut answers = 0;
    while !writers.is_empty() {
        while let Some(done) = writers.try_join_next() {
            done.unwrap();
        }
        let answer = poller.ask(&app).await;
        answers += 1;
        if answers % 7 != 0 {
            poller.apply(answer);
        }
    }
    poller.sync(&app).await;
    open.batch_execute("ROLLBACK").await.unwrap();
    let fresh = poller.anew(&app).await;
    assert_eq!(poller.differences(&fresh), Vec::<String>::new());
    assert!(fresh.ids("volunteers").len() >= 100 && poller.removed > 0 && poller.pages > 30, "{} pages", poller.pages);
    assert_eq!(poller.resyncs, 0);
}

/// A cursor that cannot be gone on from is refused: never an empty page where rows are missing.
#[tokio::test]
async fn a_cursor_that_leads_nowhere_is_410() {
    let app = App::start().await;
    let head = app.token("a.head1").await;
    let (commune, kinds) = (id("a").to_string(), "hamlets,volunteers");
    let mut copy = Copy::new(&head, &commune, kinds);
    copy.sync(&app).await;
    let cursor = copy.cursor.clone().unwrap();
    let ask = |token: &str, query: String| {
        let (app, token) = (&app, token.to_owned());
        async move { app.get(&token, &format!("/v1/sync?{query}")).await }
    };
    let gone = |reply: Reply| assert_eq!((reply.status, reply.problem().1.as_str()), (410, "resync_required"), "{}", reply.text);
    gone(ask(&app.token("a.head2").await, format!("commune={commune}&resources={kinds}&cursor={cursor}")).await);
    gone(ask(&head, format!("commune={commune}&resources=hamlets&cursor={cursor}")).await);
    gone(ask(&head, format!("commune={}&resources={kinds}&cursor={cursor}", id("b"))).await);
    let mut spoiled = cursor.clone().into_bytes();
    spoiled[40] ^= 1;
    gone(ask(&head, format!("commune={commune}&resources={kinds}&cursor={}", String::from_utf8_lossy(&spoiled))).await);
    gone(ask(&head, format!("commune={commune}&resources={kinds}&cursor={}", "A".repeat(5000))).await);
    ask(&head, format!("commune={commune}&resources=volunteers,hamlets&cursor={cursor}")).await.expect(200);

    // A restored backup: the commune's counter went back, and comes to the same number with other rows.
    let officer = app.token("a.officer1").await;
    let hamlet = format!("/v1/hamlets/{}", id("a.ap-2"));
    app.patch(&officer, &hamlet, json!({"population": 10})).await.expect(200);
    copy.sync(&app).await;
    let back = format!(
        "DELETE FROM journal WHERE feed_id = '{commune}' AND number = (SELECT number FROM feeds WHERE id = '{commune}'); UPDATE feeds SET number = number - 1 WHERE id = '{commune}'"
    );
    app.sql().await.batch_execute(&back).await.unwrap();
    gone(copy.ask(&app).await);
    copy.cursor = None;
    copy.sync(&app).await;

    // A journal that was shortened.
    for population in 20..25 {
        app.patch(&officer, &hamlet, json!({"population": population})).await.expect(200);
    }
    let shorter = format!("DELETE FROM journal WHERE feed_id = '{commune}' AND number < (SELECT number FROM feeds WHERE id = '{commune}')");
    app.sql().await.batch_execute(&shorter).await.unwrap();
    gone(copy.ask(&app).await);
    copy.cursor = None;
    copy.sync(&app).await;

    app.sql().await.batch_execute("INSERT INTO epochs DEFAULT VALUES").await.unwrap();
    app.service.pulse.forget();
    gone(copy.ask(&app).await);
}

#[tokio::test]
async fn what_is_in_the_copy_already_is_not_sent_along() {
    let app = App::start().await;
    let (officer, auditor) = (app.token("a.officer1").await, app.token("a.auditor1").await);
    let path = format!("/v1/sync?commune={}&resources=volunteers,sign-ups", id("a"));
    let mut cursors = vec![];
    for token in [&officer, &auditor] {
        cursors.push(app.get(token, &path).await.expect(200)["next_cursor"].as_str().unwrap().to_owned());
    }
    let body = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person2")});
    app.post(&officer, "/v1/sign-ups", body).await.expect(201);
    // The person may have come into a lead's reach, but was in the office's, and the auditor's, all the time.
    let changes = app.get(&officer, &format!("{path}&cursor={}", cursors[0])).await.expect(200)["changes"].clone();
    assert_eq!((changes["sign_ups"]["upserted"].as_array().map(Vec::len), changes.get("volunteers")), (Some(1), None), "{changes}");
    // Whose other rights might show more of the person gets the person again.
    let changes = app.get(&auditor, &format!("{path}&cursor={}", cursors[1])).await.expect(200)["changes"].clone();
    assert_eq!(changes["volunteers"]["upserted"][0]["id"], json!(id("a.person2")), "{changes}");
}

#[tokio::test]
async fn bad_questions_are_told_what_is_wrong() {
    let app = App::start().await;
    let head = app.token("a.head1").await;
    for (query, status, pointer, code) in [
        ("", 422, "?resources", "required"),
        ("resources=", 422, "?resources", "unknown_value"),
        ("resources=users", 422, "?resources", "unknown_value"),
        ("resources=hamlets&limit=0", 422, "?limit", "out_of_range"),
        ("resources=hamlets&limit=100000", 422, "?limit", "out_of_range"),
        ("resources=hamlets&commune=x", 422, "?commune", "invalid_uuid"),
        ("resources=hamlets&fields=name", 422, "?fields", "unknown_field"),
        ("resources=hamlets&limit=1&limit=2", 422, "?limit", "duplicate_field"),
    ] {
        let reply = app.get(&head, &format!("/v1/sync?{query}")).await;
        let (got, _, at, rule) = reply.problem();
        assert_eq!((got, at.as_str(), rule.as_str()), (status, pointer, code), "{query}: {}", reply.text);
    }
    assert_eq!(app.get(&head, &format!("/v1/sync?resources=hamlets&commune={}", id("none"))).await.status, 404);
    assert_eq!(app.get("", "/v1/sync?resources=hamlets").await.status, 401);
}

#[tokio::test]
async fn checksums_prove_a_copy() {
    use sha2::{Digest as _, Sha256};
    let app = App::start().await;
    world::a_day(&app).await;
    let mut copy = Copy::new(&app.token("a.officer1").await, &id("a").to_string(), "volunteers,sign-ups,activities");
    copy.sync(&app).await;
    let path = |copy: &Copy| format!("/v1/sync/checksums?resources={}&cursor={}", copy.resources, copy.cursor.clone().unwrap());
    let told = app.get(&copy.token, &path(&copy)).await.expect(200);
    assert_eq!(told["changed_since"], false);
    let mut own: std::collections::BTreeMap<(String, String), (usize, Sha256)> = Default::default();
    let key = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for ((kind, row), object) in &copy.rows {
        let (count, hash) = own.entry((kind.clone(), key(&object["hamlet_id"]))).or_default();
        *count += 1;
        hash.update(format!("{row} {}\n", object["version"]));
    }
    let items = told["items"].as_array().unwrap();
    assert_eq!(items.len(), own.len());
    for item in items {
        let (count, hash) = own.remove(&(key(&item["resource"]), key(&item["hamlet_id"]))).expect("a part that the copy has too");
        let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((item["count"].as_u64(), item["sha256"].as_str()), (Some(count as u64), Some(hex.as_str())), "{item}");
    }
    app.patch(&copy.token, &format!("/v1/volunteers/{}", id("a.person2")), json!({"birth_year": 1991})).await.expect(200);
    assert_eq!(app.get(&copy.token, &path(&copy)).await.expect(200)["changed_since"], true);
}
