//! Who may call what, tried: every operation, for every role, on rows of the own and of a foreign commune. The outcome
//! is a grid that people can read, committed as `access-grid.txt`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use danvan::access::roles::Role;
use danvan::web::operation::{Caller, Kind, Method};

use crate::support::{App, golden, id, sample, world};

/// Operations that every caller may call for themselves; or that answer for each row by itself: their own tests are in
/// `sign_in.rs`, `sign_ups.rs`, `calendars.rs`, `imports.rs`, `api_clients.rs`, `sync.rs`, `batch.rs` and `check_ins.rs`.
/// Or catalogues, the same for all.
const OWN: &[&str] = &[
    "login",
    "issue_token",
    "activate",
    "refresh",
    "logout",
    "get_me",
    "list_my_sessions",
    "revoke_my_session",
    "change_my_password",
    "enter_volunteer",
    "list_unit_kinds",
    "list_metrics",
    "list_award_parameters",
    "list_lifecycles",
    "list_problems",
    "get_problem",
    "sync",
    "batch",
    "check_in_many",
    "stream",
    "get_sync_checksums",
    "get_import_template",
    "create_my_calendar",
    "delete_my_calendar",
    "get_calendar",
];

#[tokio::test]
async fn the_grid_of_rights_is_as_committed() {
    let app = App::start().await;
    let document = danvan::web::openapi::document(danvan::app::rooms());
    world::a_day(&app).await;
    let actors: Vec<String> = world::everybody().into_iter().filter(|actor| actor.is_empty() || actor.starts_with("a.") || actor == "platform1").collect();
    let mut tokens = BTreeMap::new();
    for actor in &actors {
        tokens.insert(actor.clone(), if actor.is_empty() { String::new() } else { app.token(actor).await });
    }
    let before = numbers(&app).await;
    let mut grid = String::from(
        "What each caller gets: y allowed, - forbidden (403), . not there (404), x not signed in (401).\nOwn commune / foreign commune. Tried by tests/it/access.rs.\n",
    );
    let mut creates = vec![];
    for operation in danvan::app::operations().filter(|operation| !OWN.contains(&operation.id.as_str())) {
        let policy = operation.policy.unwrap_or_else(|| panic!("{} has no policy", operation.id));
        let mut line = format!("\n{}\n", operation.id);
        let mut somebody = false;
        for actor in &actors {
            let mut marks = vec![];
            for commune in ["a", "b"] {
                // Creations are tried last: they change what others see.
                if matches!(operation.method, Method::Post | Method::Put) && !matches!(operation.kind, Kind::Act(_)) {
                    creates.push((operation, actor.clone(), commune));
                    continue;
                }
                let mut path = operation.path.clone();
                if path.contains("{id}") {
                    path = path.replace("{id}", &sample::row(&app, policy.resource, commune).await.to_string());
                }
                if matches!(operation.kind, Kind::List { commune: true, .. }) {
                    write!(path, "?commune={}", id(commune)).unwrap();
                }
                let ask = app.ask(operation.method.name(), &tokens[actor], &path);
                // A version that never was: who has the right gets 412, and nothing is changed.
                let ask =
                    if operation.method == Method::Get { ask } else { ask.header("If-Match", "\"0\"").json(&sample::body(&document, operation, commune)) };
                let reply = ask.send().await;
                let mark = match reply.status {
                    200 | 409 | 412 => 'y',
                    401 => 'x',
                    403 => '-',
                    404 => '.',
                    status => panic!("{} as {actor}: {status} {}", operation.id, reply.text),
                };
                somebody |= mark == 'y' && commune == "a";
                let role = world::role_of(actor);
                let granted = operation.grants.iter().any(|(r, _)| *r == role || *r == Role::Public || (*r == Role::Member && !actor.is_empty()));
                let list = matches!(operation.kind, Kind::List { .. });
                assert!(
                    mark != 'y' || granted || list || operation.caller == Caller::Anyone,
                    "{} is open to {actor}, whom its policy does not name",
                    operation.id
                );
                let foreign_write =
                    commune == "b" && operation.writes() && actor != "platform1" && policy.resource != "communes" && policy.resource != "military_units";
                assert!(!(mark == 'y' && foreign_write), "{actor} writes in a foreign commune by {}", operation.id);
                marks.push(mark);
            }
            if let [own, foreign] = marks.as_slice() {
                let name = if actor.is_empty() { "(public)" } else { actor };
                writeln!(line, "  {name:<20} {own} / {foreign}").unwrap();
            }
        }
        if line.lines().count() > 2 {
            assert!(somebody, "{}: nobody may, so that a refusal proves nothing", operation.id);
            grid.push_str(&line);
        }
    }
    assert_eq!(numbers(&app).await, before, "a refused write has written");
    for (operation, actor, commune) in creates {
        let path = operation.path.replace("{id}", &sample::row(&app, "activities", commune).await.to_string()).replace("{ref}", &danvan::random::token(8));
        let before = numbers(&app).await;
        let reply = sample::ask(&app, &document, operation, &tokens[&actor], &path, commune).send().await;
        let made = matches!(reply.status, 201 | 409 | 422);
        assert!(made || matches!(reply.status, 401 | 403 | 404), "{} as {actor}: {} {}", operation.id, reply.status, reply.text);
        assert!(reply.status == 201 || numbers(&app).await == before, "{} as {actor}: refused, and written", operation.id);
        let ticks = |numbers: &[(uuid::Uuid, i64)]| numbers.iter().map(|(_, number)| number).sum::<i64>();
        if reply.status == 201 {
            assert_eq!(ticks(&numbers(&app).await), ticks(&before) + 1, "{} as {actor}: one write, one number", operation.id);
        }
        let foreign = commune == "b" && actor != "platform1";
        assert!(!(foreign && reply.status == 201), "{actor} creates in a foreign commune by {}", operation.id);
        let name = if actor.is_empty() { "(public)" } else { &actor };
        if commune == "a" {
            write!(grid, "\n{:<24} {name:<20} {}", operation.id, if made { 'y' } else { '-' }).unwrap();
        } else {
            write!(grid, " / {}", if made { 'y' } else { '-' }).unwrap();
        }
    }
    grid.push('\n');
    golden("tests/it/access-grid.txt", &grid);
}

/// The numbers of all feeds.
async fn numbers(app: &App) -> Vec<(uuid::Uuid, i64)> {
    use danvan::db::schema::feeds;
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    feeds::table.order(feeds::id).select((feeds::id, feeds::number)).load(&mut app.sql().await).await.unwrap()
}

#[test]
fn the_printed_policy_is_as_committed() {
    golden("tests/it/policy.txt", &danvan::web::grid::print(danvan::app::rooms()));
}
