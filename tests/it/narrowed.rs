//! A grant for one campaign: whoever holds it sees nothing of another campaign in any list, item, copy, file, stream or
//! message, changes nothing there, and changes nothing that is of no campaign.

use std::collections::BTreeSet;

use danvan::web::operation::{Kind, Method};
use diesel::QueryableByName;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use uuid::Uuid;

use crate::stream::Stream;
use crate::support::receiver::Receiver;
use crate::support::{App, Copy, id, json, sample, world};
use crate::webhooks::{make, rounds};

const NARROWED: &[&str] = &["leader", "officer", "liaison", "unit_officer", "head", "observer"];
/// Read as a whole or not at all, and without items.
const LOGS: &[&str] = &["list_journal_entries", "list_reads"];
/// Shared by all communes, or looked at by themselves below.
const SHARED: &[&str] = &["communes", "military_units", "users", "grants"];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The ids of a room's rows in commune `a`, of one campaign or (none) of all.
async fn rows(app: &App, room: &str, campaign: Option<Uuid>) -> BTreeSet<String> {
    let column = if room == "campaigns" { "id" } else { "campaign_id" };
    let narrowed = campaign.map(|campaign| format!(" AND {column} = '{campaign}'")).unwrap_or_default();
    let query = format!("SELECT id FROM {room} WHERE commune_id = '{}'{narrowed}", id("a"));
    let found: Vec<Row> = diesel::sql_query(query).load(&mut app.sql().await).await.unwrap();
    found.into_iter().map(|row| row.id.to_string()).collect()
}

/// What is in the other campaign what this row is in the first.
async fn copy_of(app: &App, row: &str) -> Uuid {
    diesel::sql_query(format!("SELECT md5('{row}')::uuid AS id")).get_result::<Row>(&mut app.sql().await).await.unwrap().id
}

#[tokio::test]
async fn a_grant_for_one_campaign_shows_nothing_of_another() {
    let app = App::start().await;
    world::a_day(&app).await;
    world::another_campaign(&app).await;
    let second = copy_of(&app, &id("a.campaign").to_string()).await;
    let mut seen = BTreeSet::new();
    for name in NARROWED {
        let token = app.token(&format!("a.one_{name}")).await;
        let public = String::new();
        for operation in danvan::app::operations() {
            let Kind::List { commune: true, .. } = operation.kind else { continue };
            let room = operation.policy.unwrap().resource;
            if LOGS.contains(&operation.id.as_str()) || SHARED.contains(&room) {
                continue;
            }
            let case = format!("one_{name} {}", operation.id);
            let path = format!("{}?commune={}", operation.path, id("a"));
            let listed: BTreeSet<String> = app.ids(&token, &path).await.into_iter().collect();
            let open: BTreeSet<String> =
                if app.get(&public, &path).await.status == 200 { app.ids(&public, &path).await.into_iter().collect() } else { BTreeSet::new() };
            let own: BTreeSet<String> = if world::OF_CAMPAIGNS.contains(&room) { rows(&app, room, Some(id("a.campaign"))).await } else { BTreeSet::new() };
            let strange: Vec<&String> = listed.iter().filter(|row| !own.contains(*row) && !open.contains(*row)).collect();
            assert_eq!(strange, Vec::<&String>::new(), "{case}: listed, and neither of the campaign nor public");
            for row in rows(&app, room, None).await {
                let item = app.get(&token, &format!("{}/{row}", operation.path)).await;
                assert_eq!(item.status == 200, listed.contains(&row), "{case}: {row} is listed as it is read");
                if item.status == 200 && !own.contains(&row) {
                    assert_eq!(
                        strip(item.body),
                        strip(app.get(&public, &format!("{}/{row}", operation.path)).await.body),
                        "{case}: {row} as the public sees it"
                    );
                }
            }
            if !listed.is_empty() {
                seen.insert(room);
            }
            // A file, a copy; of places what everybody may read.
            let file = app.get(&token, &format!("{path}&format=geojson")).await;
            let file = if file.status == 200 { file } else { app.get(&token, &format!("{path}&format=csv")).await };
            let strange = if world::OF_CAMPAIGNS.contains(&room) { rows(&app, room, Some(second)).await } else { BTreeSet::new() };
            for row in strange.difference(&open) {
                assert!(!file.text.contains(row), "{case}: {row} in a file");
            }
            if danvan::sync::SOURCES.iter().any(|source| source.kind == room && !source.shared) {
                let mut copy = Copy::new(&token, &id("a").to_string(), room);
                copy.sync(&app).await;
                assert_eq!(copy.ids(room), listed.iter().map(String::as_str).collect::<Vec<_>>(), "{case}: a copy");
            }
        }
    }
    for name in NARROWED {
        let (user, token) = (id(&format!("a.one_{name}")), app.token(&format!("a.one_{name}")).await);
        assert_eq!(app.ids(&token, &format!("/v1/users?commune={}", id("a"))).await, [user.to_string()], "one's own account");
        assert_eq!(app.ids(&token, &format!("/v1/grants?commune={}", id("a"))).await, [id(&format!("a.one_{name}/grant")).to_string()], "one's own right");
    }
    let unseen: Vec<_> = world::OF_CAMPAIGNS.iter().filter(|room| !seen.contains(**room)).collect();
    assert!(unseen.is_empty(), "nobody saw {unseen:?} of the own campaign: that proves nothing");
}

/// What may be done differs from caller to caller; what is shown may not.
fn strip(mut body: serde_json::Value) -> serde_json::Value {
    if let Some(body) = body.as_object_mut() {
        body.remove("allowed_actions");
        body.remove("hidden");
    }
    body
}

#[tokio::test]
async fn what_hangs_on_a_campaign_and_the_logs_are_narrowed_too() {
    let app = App::start().await;
    world::a_day(&app).await;
    world::another_campaign(&app).await;
    let (mut tried, mut own) = (0, 0);
    for name in NARROWED {
        let token = app.token(&format!("a.one_{name}")).await;
        for log in ["journal", "reads"] {
            assert_eq!(app.get(&token, &format!("/v1/{log}?commune={}", id("a"))).await.status, 403, "one_{name}: {log}");
        }
        for operation in danvan::app::operations() {
            let Some(policy) = operation.policy.filter(|policy| world::OF_CAMPAIGNS.contains(&policy.resource)) else { continue };
            if !matches!(operation.kind, Kind::Read) || !operation.path.contains("{id}") {
                continue;
            }
            let first = sample::row(&app, policy.resource, "a").await.to_string();
            let path = |row: &str| operation.path.replace("{id}", row);
            let second = path(&copy_of(&app, &first).await.to_string());
            let (reply, public) = (app.get(&token, &second).await, app.get("", &second).await);
            let as_public = reply.status == 200 && public.status == 200 && reply.body == public.body;
            assert!(matches!(reply.status, 403 | 404) || as_public, "one_{name} {second}: {} {}", reply.status, reply.text);
            tried += 1;
            own += usize::from(app.get(&token, &path(&first)).await.status == 200);
        }
    }
    assert!(tried >= 12 && own >= 6, "{tried} tried, {own} of the own campaign");
}

#[tokio::test]
async fn a_stream_and_a_webhook_tell_nothing_of_another_campaign() {
    tokio::task::LocalSet::new()
        .run_until(async {
            let app = App::start().await;
            world::another_campaign(&app).await;
            let worker = danvan::service::Worker::new(app.service.clone());
            let receiver = Receiver::start().await;
            let (liaison, office) = (app.token("a.one_liaison").await, app.token("a.officer1").await);
            make(&app, &liaison, &receiver.url, &["activities.*"], false).await;
            // What nobody outside sees: activity 2 is not published.
            let own = id("a.activity2").to_string();
            let other = copy_of(&app, &own).await.to_string();
            let cursor = app.get(&liaison, &format!("/v1/sync?commune={}&resources=activities", id("a"))).await.expect(200);
            let mut stream = Stream::open(&app, &liaison, "activities", cursor["next_cursor"].as_str().unwrap()).await;
            for (row, title) in [(&other, "Của đợt khác"), (&own, "Của đợt này")] {
                app.patch(&office, &format!("/v1/activities/{row}"), json!({"title": title})).await.expect(200);
            }
            let mut told = String::new();
            while !told.contains("Của đợt này") {
                told += &stream.next().await.expect("an event").data.to_string();
            }
            assert!(!told.contains("Của đợt khác") && !told.contains(&other), "{told}");
            rounds(&worker).await;
            let got: Vec<String> = receiver.take().iter().map(|got| got.body["object"]["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(got, [own]);
        })
        .await;
}

#[tokio::test]
async fn a_grant_for_one_campaign_changes_nothing_beside_it() {
    let app = App::start().await;
    world::a_day(&app).await;
    world::another_campaign(&app).await;
    let document = crate::support::document();
    let (mut tried, mut wrong) = (0, vec![]);
    let mut done = BTreeSet::new();
    for name in NARROWED {
        let token = app.token(&format!("a.one_{name}")).await;
        for operation in danvan::app::operations() {
            let Some(policy) = operation.policy else { continue };
            if operation.method == Method::Get || !operation.path.contains("{id}") {
                continue;
            }
            let room = policy.resource;
            let first = sample::row(&app, room, "a").await;
            let of_campaign = world::OF_CAMPAIGNS.contains(&room);
            let row = if of_campaign { copy_of(&app, &first.to_string()).await } else { first }.to_string();
            let ask = |row: &str| {
                let path = operation.path.replace("{id}", row);
                app.ask(operation.method.name(), &token, &path).header("If-Match", "\"0\"").json(&sample::body(&document, operation, "a"))
            };
            let status = ask(&row).send().await.status;
            if !matches!(status, 403 | 404) {
                wrong.push(format!("one_{name} {} of a row that is not of the campaign: {status}", operation.id));
            }
            tried += 1;
            if of_campaign && !matches!(ask(&first.to_string()).send().await.status, 403 | 404) {
                done.insert(operation.id.clone());
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(tried > 500 && done.len() > 60, "{tried} tried, {} possible in the own campaign", done.len());
}

#[tokio::test]
async fn nothing_is_made_in_another_campaign() {
    let app = App::start().await;
    world::a_day(&app).await;
    world::another_campaign(&app).await;
    let document = crate::support::document();
    let mut wrong = vec![];
    for name in NARROWED {
        let token = app.token(&format!("a.one_{name}")).await;
        for operation in danvan::app::operations().filter(|operation| matches!(operation.kind, Kind::Create | Kind::Put)) {
            let Some(policy) = operation.policy else { continue };
            // Programs are one's own, and may no more than who made them.
            if matches!(policy.resource, "api_clients" | "webhooks") {
                continue;
            }
            let mut body = sample::body(&document, operation, "a").to_string();
            for room in world::OF_CAMPAIGNS {
                for row in rows(&app, room, Some(id("a.campaign"))).await {
                    body = body.replace(&row, &copy_of(&app, &row).await.to_string());
                }
            }
            let body: serde_json::Value = serde_json::from_str(&body).unwrap();
            let path = operation.path.replace("{ref}", &danvan::random::token(8));
            let reply = app.ask(operation.method.name(), &token, &path).json(&body).send().await;
            if matches!(reply.status, 200 | 201) {
                wrong.push(format!("one_{name} {} with {body}", operation.id));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Who is of the office for one campaign and something else in the whole commune is of the office for that one alone.
#[tokio::test]
async fn an_office_for_one_campaign_is_none_in_another() {
    let app = App::start().await;
    world::another_campaign(&app).await;
    let leader = app.token("a.leader1").await;
    let head = json!({"user_id": id("a.one_officer"), "role": "hamlet_head", "commune_id": id("a"), "hamlet_id": id("a.ap-1")});
    app.post(&leader, "/v1/grants", head).await.expect(201);
    let token = app.token("a.one_officer").await;
    let second = copy_of(&app, &id("a.campaign").to_string()).await;
    let activity = |campaign: Uuid, code: &str| {
        json!({"commune_id": id("a"), "campaign_id": campaign, "code": code, "kind": "road_labour", "title": "Phát quang", "hamlet_id": id("a.ap-1"),
            "lead_user_id": id("a.observer1"), "place": {"kind": "hamlet", "name": "Đường 9"}})
    };
    app.post(&token, "/v1/activities", activity(id("a.campaign"), "hd-8")).await.expect(201);
    let (status, _, pointer, code) = app.post(&token, "/v1/activities", activity(second, "hd-9")).await.problem();
    assert_eq!((status, pointer.as_str(), code.as_str()), (403, "/lead_user_id", "office_only"));
    // Not open for sign-ups yet: the office may, a head may not.
    let scheduled = id("a.activity1").to_string();
    let other = copy_of(&app, &scheduled).await.to_string();
    for row in [&scheduled, &other] {
        app.post(&leader, &format!("/v1/activities/{row}/actions/close_sign_ups"), json!({})).await.expect(200);
    }
    let sign_up = |activity: &str| json!({"commune_id": id("a"), "activity_id": activity, "volunteer_id": id("a.person1")});
    app.post(&token, "/v1/sign-ups", sign_up(&scheduled)).await.expect(201);
    assert_eq!(app.post(&token, "/v1/sign-ups", sign_up(&other)).await.problem().1, "not_open");
}

/// An import is taken back by the program's hand: not for somebody whose right is for one campaign by now.
#[tokio::test]
async fn what_was_imported_for_the_commune_is_not_called_back_for_one_campaign() {
    let app = App::start().await;
    world::a_day(&app).await;
    world::another_campaign(&app).await;
    let (officer, head) = (app.token("a.officer1").await, app.token("a.one_head").await);
    let import = app.ids(&officer, &format!("/v1/imports?commune={}", id("a"))).await.remove(0);
    let undo = format!("/v1/imports/{import}/actions/undo");
    for (user, token, status) in [("a.one_head", &head, 403), ("a.officer1", &officer, 200)] {
        let mine = format!("UPDATE imports SET status = 'done', user_id = '{}' WHERE id = '{import}'", id(user));
        app.sql().await.batch_execute(&mine).await.unwrap();
        assert_eq!(app.post(token, &undo, json!({"reason": "Nhập nhầm"})).await.status, status, "{user}");
    }
}
