//! The house's order: rooms look alike, the floor knows no room, names are spelled alike, files stay short.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What every room has; `accounts` is two resources and the ways in, so it has more.
const FILES: [&str; 5] = ["mod.rs", "dto.rs", "handlers.rs", "rules.rs", "store.rs"];
const FLOOR: &[&str] = &["access", "db", "journal", "web", "error.rs", "config.rs", "clock.rs", "random.rs", "text.rs"];

/// The folders of all rooms that the app has: each of a resource's name, but that of accounts, which has two.
fn rooms() -> BTreeSet<String> {
    let resources = danvan::app::operations().filter_map(|operation| operation.policy).map(|policy| policy.resource);
    resources.map(|resource| if matches!(resource, "users" | "grants") { "accounts" } else { resource }.to_owned()).collect()
}

fn sources(under: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(under).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn rooms_have_the_same_files_and_a_line_in_the_app() {
    let app = std::fs::read_to_string("src/app.rs").unwrap();
    for room in rooms() {
        for file in FILES {
            assert!(Path::new(&format!("src/{room}/{file}")).exists(), "src/{room}/{file}");
        }
        assert!(app.contains(&format!("{room}::")), "{room} is not in src/app.rs");
        let door = std::fs::read_to_string(format!("src/{room}/mod.rs")).unwrap();
        assert!(door.starts_with("//! "), "{room}'s door says what it is");
    }
}

#[test]
fn the_floor_knows_no_room() {
    for path in sources(Path::new("src")) {
        let inside = path.strip_prefix("src").unwrap().components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        if !FLOOR.contains(&inside.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for room in rooms() {
            for (n, line) in text.lines().enumerate() {
                let uses = line.contains(&format!("crate::{room}::")) || line.contains(&format!("use crate::{room}"));
                assert!(!uses || line.trim_start().starts_with("//"), "{}:{} uses the room {room}", path.display(), n + 1);
            }
        }
    }
    for room in ["hamlets", "communes", "military_units"] {
        for path in sources(Path::new(&format!("src/{room}"))) {
            let text = std::fs::read_to_string(&path).unwrap();
            for other in rooms().iter().filter(|other| *other != room) {
                assert!(!text.contains(&format!("crate::{other}")), "{} knows the room {other}", path.display());
            }
        }
    }
}

#[test]
fn a_room_is_used_through_its_door() {
    for path in sources(Path::new("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let own = path.strip_prefix("src").unwrap().components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        for room in rooms().iter().filter(|room| **room != own) {
            for inner in ["store", "handlers", "dto"] {
                assert!(!text.contains(&format!("crate::{room}::{inner}")), "{} goes round the door of {room}", path.display());
            }
        }
    }
}

#[test]
fn one_noun_is_spelled_alike_everywhere() {
    for operation in danvan::app::operations() {
        let Some(policy) = operation.policy else { continue };
        let kebab = policy.resource.replace('_', "-");
        if matches!(operation.kind, danvan::web::operation::Kind::Item | danvan::web::operation::Kind::Update | danvan::web::operation::Kind::Create) {
            assert!(operation.path.starts_with(&format!("/v1/{kebab}")), "{}", operation.path);
            assert_eq!(operation.room, policy.resource, "{}", operation.id);
        }
        assert!(operation.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", operation.id);
    }
    let ids: Vec<&String> = danvan::app::operations().map(|operation| &operation.id).collect();
    let unique: std::collections::HashSet<&&String> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "operation ids are unique");
}

#[test]
fn files_stay_short() {
    for path in sources(Path::new("src")) {
        let name = path.to_str().unwrap();
        if name == "src/db/schema.rs" {
            continue;
        }
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 300, "{name} has {lines} lines, 300 are allowed");
    }
}

#[test]
fn statements_are_prepared_once() {
    for path in sources(Path::new("src")) {
        let name = path.to_str().unwrap();
        if name.starts_with("src/db/") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("sql_query("), "{name}: Diesel prepares `sql_query` anew each time; use `statement!`");
        assert!(!text.contains("dsl::sql"), "{name}: Diesel prepares `dsl::sql` anew each time; use `statement!`");
    }
}

/// Codes that no test can see: the constraint behind each is asked only where a row went between two statements of one write.
const UNSEEN: &[&str] = &["no_activity", "no_volunteer"];

/// A refusal or a warning that no test names is one that nobody has seen.
#[test]
fn every_code_is_seen_by_some_test() {
    let (mut codes, mut tests) = (BTreeSet::new(), String::new());
    for path in sources(Path::new("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (program, own_tests) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
        tests.push_str(own_tests);
        for opening in ["code: ", "Error::field(", "FieldError::new(", ".warn(", "Constraint::taken(", "Constraint::missing(", "Referred("] {
            for (at, _) in program.match_indices(opening) {
                // The first text of the call that is a code: a pointer has a slash, and a constraint's name or a noun comes before.
                let before = usize::from(opening.starts_with("Constraint") || opening.starts_with("Referred"));
                let call = program[at + opening.len()..].lines().take(6).collect::<Vec<_>>().join(" ");
                let is_code = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                let found = if opening == "code: " {
                    call.strip_prefix('"').and_then(|rest| rest.split('"').next())
                } else {
                    call.split('"').skip(1).step_by(2).filter(is_code).nth(before)
                };
                codes.extend(found.filter(is_code).map(str::to_owned));
            }
        }
    }
    for path in sources(Path::new("tests/it")) {
        if !path.ends_with("architecture.rs") {
            tests.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    assert!(codes.len() > 100, "{codes:?}");
    let unseen: Vec<&str> = codes.iter().map(String::as_str).filter(|code| !tests.contains(&format!("\"{code}\""))).collect();
    assert_eq!(unseen, UNSEEN, "name each in a test (refusals.rs), or say why not");
}
