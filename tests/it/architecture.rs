//! The house's order: rooms look alike, the floor knows no room, names are spelled alike, files stay short.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What every room has; `handlers.rs` and `store.rs` stand beside them where there is something to do or SQL of its own.
const FILES: [&str; 3] = ["mod.rs", "dto.rs", "rules.rs"];
/// The groups in their order, which is the law: each knows those before it. What stands beside them puts it all together.
const GROUPS: [&str; 7] = ["floor", "rooms/places", "rooms/people", "rooms/planning", "rooms/field_work", "rooms/recognition", "programs"];

/// The folders of all rooms that the app has: each of a resource's name, but that of accounts, which has two.
fn rooms() -> BTreeSet<String> {
    let resources = danvan::app::operations().filter_map(|operation| operation.policy).map(|policy| policy.resource);
    resources.map(|resource| if matches!(resource, "users" | "grants") { "accounts" } else { resource }.to_owned()).collect()
}

/// The folder of a room, in the group where it stands.
fn folder(room: &str) -> PathBuf {
    let folders = GROUPS.iter().map(|group| Path::new("src").join(group).join(room));
    folders.into_iter().find(|folder| folder.is_dir()).unwrap_or_else(|| panic!("{room} stands in no group"))
}

/// A part of the house, by the name that others use, with its place in the order and the parts that it uses.
struct Part {
    name: String,
    rank: usize,
    uses: BTreeSet<String>,
}

/// Names after `crate::` in a text, also those of a list in braces; comments and tests are none of the house.
fn used(text: &str) -> BTreeSet<String> {
    let program = text.split("#[cfg(test)]").next().unwrap_or_default();
    let program: String = program.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect();
    let mut found = BTreeSet::new();
    for (at, _) in program.match_indices("crate::") {
        let rest = &program[at + "crate::".len()..];
        let word = |text: &str| text.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let (mut depth, mut begins) = (0, true);
        for (i, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                _ if begins && !c.is_whitespace() => {
                    found.insert(word(&list[i..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn parts() -> Vec<Part> {
    let mut parts: Vec<Part> = vec![];
    for path in sources(Path::new("src")) {
        let inside = path.strip_prefix("src").unwrap();
        let rank = GROUPS.iter().position(|group| inside.starts_with(group));
        let rest = rank.map_or(inside, |rank| inside.strip_prefix(GROUPS[rank]).unwrap());
        let name = rest.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if matches!(name.as_str(), "mod" | "lib" | "main" | "rooms") {
            continue;
        }
        let uses = used(&std::fs::read_to_string(&path).unwrap());
        match parts.iter_mut().find(|part| part.name == name) {
            Some(part) => part.uses.extend(uses),
            None => parts.push(Part { name, rank: rank.unwrap_or(GROUPS.len()), uses }),
        }
    }
    parts
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
fn rooms_have_the_same_files_and_a_line_among_the_rooms() {
    let lists = ["src/rooms/mod.rs", "src/app.rs"].map(|path| std::fs::read_to_string(path).unwrap()).concat();
    for room in rooms() {
        for file in FILES {
            assert!(folder(&room).join(file).exists(), "{room}/{file}");
        }
        assert!(lists.contains(&format!("{room}::")), "{room} is neither in src/rooms/mod.rs nor in src/app.rs");
        let door = std::fs::read_to_string(folder(&room).join("mod.rs")).unwrap();
        assert!(door.starts_with("//! "), "{room}'s door says what it is");
    }
}

/// Arrows that run back up, and the largest circle of parts that know each other: both only shrink.
const BACK_UP: &[&str] = &[];
const CIRCLE: usize = 7;

#[test]
fn a_group_knows_those_before_it() {
    let parts = parts();
    let known = |name: &str| parts.iter().find(|part| part.name == name);
    let mut back = vec![];
    for part in &parts {
        for other in part.uses.iter().filter_map(|name| known(name)).filter(|other| other.rank > part.rank) {
            back.push(format!("{} -> {}", part.name, other.name));
        }
    }
    // Who is reached from where, by way of others: two that reach each other are in one circle.
    let reached = |from: &str| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(name) = next.pop() {
            for other in known(&name).into_iter().flat_map(|part| &part.uses).filter(|other| known(other).is_some()) {
                if seen.insert(other.clone()) {
                    next.push(other.clone());
                }
            }
        }
        seen
    };
    let reach: Vec<BTreeSet<String>> = parts.iter().map(|part| reached(&part.name)).collect();
    let circle = |i: usize| parts.iter().enumerate().filter(|(j, other)| reach[i].contains(&other.name) && reach[*j].contains(&parts[i].name)).count();
    let (largest, of) = (0..parts.len()).map(|i| (circle(i), &parts[i].name)).max().unwrap();
    println!("{} arrows run back up: {back:?}; the largest circle, that of {of}, has {largest} of {} parts", back.len(), parts.len());
    assert_eq!(back, BACK_UP, "a group knows those before it: turn the arrow, or let the one that follows say what it does (`Room::after`)");
    assert_eq!(largest, CIRCLE, "the largest circle of parts that know each other");
}

#[test]
fn a_room_is_used_through_its_door() {
    for path in sources(Path::new("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for room in rooms().iter().filter(|room| !path.starts_with(folder(room))) {
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
        // Lists: of columns, of words.
        if ["src/floor/db/schema.rs", "src/floor/words.rs"].contains(&name) {
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
        if name.starts_with("src/floor/db/") {
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
