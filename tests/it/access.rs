//! Who may call what, tried: every operation, for every role, on rows of the own and of a foreign commune. The outcome
//! is a grid that people can read, committed as `access-grid.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use danvan::access::roles::Role;
use danvan::web::operation::{Caller, Kind, Method, Operation};

use crate::support::{App, Reply, golden, id, sample, world};

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
    "list_kinds",
    "list_unit_kinds",
    "list_metrics",
    "list_award_parameters",
    "list_lifecycles",
    "list_event_types",
    "get_vocabulary",
    "list_problems",
    "get_problem",
    "sync",
    "batch",
    "check_in_many",
    "stream",
    "issue_stream_ticket",
    "get_sync_checksums",
    "get_import_template",
    "create_my_calendar",
    "delete_my_calendar",
    "get_calendar",
];

/// What a caller got.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    /// Done, or held up by nothing but the row's state and version: the right is there.
    May,
    /// A rule refused it (422), which says nothing of the right.
    Ruled,
    Forbidden,
    NotThere,
    NotSignedIn,
    /// A list's rows.
    Rows(usize),
}

impl Cell {
    /// Of an answer that is no list.
    fn of(reply: &Reply, what: &str) -> Self {
        match reply.status {
            200 | 201 | 409 | 412 => Self::May,
            422 => Self::Ruled,
            401 => Self::NotSignedIn,
            403 => Self::Forbidden,
            404 => Self::NotThere,
            status => panic!("{what}: {status} {}", reply.text),
        }
    }

    fn refused(&self) -> bool {
        matches!(self, Self::Forbidden | Self::NotThere | Self::NotSignedIn | Self::Rows(0))
    }

    fn print(&self) -> String {
        match self {
            Self::May => "y".into(),
            Self::Ruled => "r".into(),
            Self::Forbidden => "-".into(),
            Self::NotThere => ".".into(),
            Self::NotSignedIn => "x".into(),
            Self::Rows(rows) => rows.to_string(),
        }
    }
}

const LEGEND: &str = "\
What each caller gets, tried by tests/it/access.rs: a row for each operation, a column for each caller of the world (tests/it/support/world.rs).

  y  may (done, or held up by the row's state or version alone)    -  403    .  404    x  401
  r  refused by a rule (422) before or after the right was looked at           a number: rows of a list

unit1 is of the military command, unit2 of the youth union; liais1 of the partner brigade, liais2 of another; head1 of the hamlet that is
asked about, head2 of another; obser2 leads the activity, volun1 is the volunteer.
";

#[tokio::test]
async fn the_grid_of_rights_is_as_committed() {
    let app = App::start().await;
    let document = crate::support::document();
    world::a_day(&app).await;
    let actors: Vec<String> = world::everybody().into_iter().filter(|actor| actor.is_empty() || actor.starts_with("a.") || actor == "platform1").collect();
    let mut tokens = BTreeMap::new();
    for actor in &actors {
        tokens.insert(actor.clone(), if actor.is_empty() { String::new() } else { app.token(actor).await });
    }
    // Creations are tried last: they change what others see.
    let creates = |operation: &Operation| matches!(operation.method, Method::Post | Method::Put) && !matches!(operation.kind, Kind::Act(_));
    let operations = || danvan::app::operations().filter(|operation| !OWN.contains(&operation.id.as_str()));
    let before = numbers(&app).await;
    let mut grid = Grid::new(&actors);
    for operation in operations().filter(|operation| !creates(operation)) {
        let policy = operation.policy.unwrap_or_else(|| panic!("{} has no policy", operation.id));
        for (actor, commune) in actors.iter().flat_map(|actor| [(actor, "a"), (actor, "b")]) {
            let case = format!("{} as {actor} in {commune}", operation.id);
            let row = if operation.path.contains("{id}") { sample::row(&app, policy.resource, commune).await.to_string() } else { String::new() };
            let mut path = operation.path.replace("{id}", &row);
            let of_commune = matches!(operation.kind, Kind::List { commune: true, .. });
            if of_commune {
                write!(path, "?commune={}&limit=200", id(commune)).unwrap();
            }
            let ask = app.ask(operation.method.name(), &tokens[actor], &path);
            // A version that never was: who has the right gets 412, and nothing is changed.
            let ask = if operation.method == Method::Get { ask } else { ask.header("If-Match", "\"0\"").json(&sample::body(&document, operation, commune)) };
            let reply = ask.send().await;
            let cell = match reply.body["items"].as_array() {
                Some(items) if matches!(operation.kind, Kind::List { .. }) && reply.status == 200 => Cell::Rows(items.len()),
                _ => Cell::of(&reply, &case),
            };
            assert_ne!(cell, Cell::Ruled, "{case}: the sample body has to pass its schema: {}", reply.text);
            let role = world::role_of(actor);
            let granted = operation.grants.iter().any(|(r, _)| *r == role || *r == Role::Public || (*r == Role::Member && !actor.is_empty()));
            assert!(cell.refused() || granted || operation.caller == Caller::Anyone, "{case}: open to somebody whom its policy does not name");
            let shared = matches!(policy.resource, "communes" | "military_units");
            let foreign_write = commune == "b" && operation.writes() && actor != "platform1" && !shared;
            assert!(!(cell == Cell::May && foreign_write), "{case}: writes in a foreign commune");
            grid.set(&operation.id, commune, cell);
        }
    }
    assert_eq!(numbers(&app).await, before, "a refused write has written");
    let mut made = BTreeSet::new();
    for operation in operations().filter(|operation| creates(operation)) {
        for (actor, commune) in actors.iter().flat_map(|actor| [(actor, "a"), (actor, "b")]) {
            let case = format!("{} as {actor} in {commune}", operation.id);
            let path = operation.path.replace("{id}", &sample::row(&app, "activities", commune).await.to_string()).replace("{ref}", &danvan::random::token(8));
            let before = numbers(&app).await;
            let reply = sample::ask(&app, &document, operation, &tokens[actor], &path, commune).send().await;
            let cell = Cell::of(&reply, &case);
            assert!(reply.status == 201 || numbers(&app).await == before, "{case}: refused, and written");
            if reply.status == 201 {
                made.insert(operation.id.clone());
                let ticks = |numbers: &[(uuid::Uuid, i64)]| numbers.iter().map(|(_, number)| number).sum::<i64>();
                assert_eq!(ticks(&numbers(&app).await), ticks(&before) + 1, "{case}: one write, one number");
                assert!(commune == "a" || actor == "platform1", "{case}: creates in a foreign commune");
            }
            grid.set(&operation.id, commune, cell);
        }
    }
    let never: Vec<&str> =
        operations().filter(|operation| creates(operation)).map(|operation| operation.id.as_str()).filter(|id| !made.contains(*id)).collect();
    assert_eq!(never, Vec::<&str>::new(), "creations that nobody got through: a refusal of them proves nothing");
    golden("tests/it/access-grid.txt", &grid.print());
}

/// Cells by operation, in the order in which they were tried.
struct Grid {
    columns: Vec<String>,
    rows: Vec<(String, [Vec<Cell>; 2])>,
}

impl Grid {
    fn new(actors: &[String]) -> Self {
        let short = |actor: &String| match actor.as_str() {
            "" => "public".to_owned(),
            "platform1" => "platf".to_owned(),
            name => {
                let name = name.trim_start_matches("a.").replace("unit_officer", "unit");
                let (role, number) = name.split_at(name.len() - 1);
                format!("{}{number}", &role[..role.len().min(5)])
            }
        };
        Self { columns: actors.iter().map(short).collect(), rows: vec![] }
    }

    fn set(&mut self, operation: &str, commune: &str, cell: Cell) {
        if self.rows.last().is_none_or(|(last, _)| last != operation) {
            self.rows.push((operation.to_owned(), [vec![], vec![]]));
        }
        self.rows.last_mut().unwrap().1[usize::from(commune == "b")].push(cell);
    }

    fn print(&self) -> String {
        let line = |name: &str, cells: Vec<String>| {
            let cells: String = cells.iter().map(|cell| format!("{cell:>7}")).collect();
            format!("{name:<34}{cells}\n")
        };
        let mut out = format!("{LEGEND}\n{}", line("own commune", self.columns.clone()));
        for (operation, [own, _]) in &self.rows {
            assert!(own.iter().any(|cell| !cell.refused()), "{operation}: nobody may, so that a refusal proves nothing");
            out.push_str(&line(operation, own.iter().map(Cell::print).collect()));
        }
        out.push_str("\nRows of a foreign commune: everybody is refused but as follows.\n\n");
        out.push_str(&line("foreign commune", self.columns.clone()));
        for (operation, [_, foreign]) in self.rows.iter().filter(|(_, [_, foreign])| foreign.iter().any(|cell| !cell.refused())) {
            out.push_str(&line(operation, foreign.iter().map(Cell::print).collect()));
        }
        out
    }
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
