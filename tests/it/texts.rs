//! Every sentence and word that people read, Vietnamese beside English, in one committed file that can be proof-read without
//! reading the program: `texts.txt`. A change of wording shows in its difference.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::support::{App, golden, json};

/// String literals of a source file in their order, each with what stands between it and the one before.
fn literals(source: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    let mut between = String::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
            continue;
        }
        // A character, or a lifetime.
        if c == '\'' {
            let inner = if rest[1..].starts_with('\\') { 4 } else { 1 + rest[1..].chars().next().map_or(0, char::len_utf8) + 1 };
            let is_char = rest.get(inner - 1..inner) == Some("'");
            let skip = if is_char { inner } else { 1 };
            between.push('\'');
            rest = &rest[skip..];
            continue;
        }
        let raw = rest.strip_prefix("r#\"").or_else(|| rest.strip_prefix("br#\""));
        if let Some(inner) = raw {
            let end = inner.find("\"#").expect("a raw text ends");
            found.push((std::mem::take(&mut between), inner[..end].to_owned()));
            rest = &inner[end + 2..];
            continue;
        }
        if c == '"' {
            let mut text = String::new();
            let mut chars = rest[1..].char_indices();
            let end = loop {
                match chars.next().expect("a text ends") {
                    (_, '\\') => match chars.next().expect("an escape").1 {
                        'n' => text.push('\n'),
                        't' => text.push('\t'),
                        '\n' => text.push('\n'),
                        'u' => {
                            let code: String = chars.by_ref().map(|(_, c)| c).skip(1).take_while(|c| *c != '}').collect();
                            text.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                        }
                        other => text.push(other),
                    },
                    (at, '"') => break at + 2,
                    (_, c) => text.push(c),
                }
            };
            found.push((std::mem::take(&mut between), text));
            rest = &rest[end..];
            continue;
        }
        between.push(c);
        rest = &rest[c.len_utf8()..];
    }
    found
}

/// What stands before a Vietnamese text whose letters do not tell.
const STARTS: &[&str] = &["Text::new(", "said!("];

/// Whether a text has a letter that only Vietnamese has.
fn is_vietnamese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, 'à'..='ã' | 'è'..='ê' | 'ì' | 'í' | 'ò'..='õ' | 'ù' | 'ú' | 'ý' | 'À'..='Ã' | 'Ú' | 'Ý' | 'ă' | 'Ă' | 'đ' | 'Đ' | 'ĩ' | 'ũ' | 'ơ' | 'Ơ' | 'ư' | 'Ư' | '\u{1EA0}'..='\u{1EF9}'))
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            out.push(path);
        }
    }
}

/// A long text in one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn all_texts_stand_side_by_side() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![];
    sources(&root.join("src"), &mut files);
    let mut out = String::from("What the service says, Vietnamese and below it English, by the file that says it. Values stand between braces.\n");
    let mut wrong = vec![];
    for path in files {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        // What the demo tells is a plan's; what folds and repairs letters has them.
        if name.starts_with("src/demo") || ["src/floor/text.rs", "src/programs/imports/endings.rs"].contains(&name.as_str()) {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        let literals = literals(source);
        let (mut told, mut english_of_another) = (String::new(), false);
        for (i, (before, text)) in
            literals.iter().enumerate().filter(|(_, (between, text))| is_vietnamese(text) || STARTS.iter().any(|start| between.trim_end().ends_with(start)))
        {
            if english_of_another {
                english_of_another = false;
                continue;
            }
            // "đồng" stands in English sentences too.
            let sure = STARTS.iter().any(|start| before.trim_end().ends_with(start));
            let english = literals.get(i + 1).filter(|(between, next)| between.trim().trim_matches(',').trim().is_empty() && (sure || !is_vietnamese(next)));
            english_of_another = english.is_some_and(|(_, english)| is_vietnamese(english));
            let _ = writeln!(told, "{}\n    {}", line(text), english.map_or("–".into(), |(_, english)| line(english)));
            for word in ["expected", "struct", "i32", "i64", "f64", " or ", "null_", "Lao động làm đường", "hạn cuối là"] {
                if text.contains(word) {
                    wrong.push(format!("{name}: {text}"));
                }
            }
        }
        if !told.is_empty() {
            let _ = write!(out, "\n## {name}\n{told}");
        }
    }
    assert!(wrong.is_empty(), "no Vietnamese: {wrong:#?}");
    golden("tests/it/texts.txt", &out);
}

#[test]
fn texts_are_found_where_they_stand() {
    let found = literals("say('\"', \"một\", \"one\"); // \"hai\"\nfn f<'a>(x: &'a str) { said!(\"ba \\\"{x}\\\"\", \"three\") }");
    assert_eq!(found.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["một", "one", "ba \"{x}\"", "three"]);
    assert!(is_vietnamese("Không") && !is_vietnamese("no Vietnamese"));
}

#[tokio::test]
async fn the_vocabulary_has_a_word_for_every_status_and_action() {
    let app = App::start().await;
    let words = app.get("", "/v1/vocabulary").await.expect(200);
    let list = |kind: &str, of: &str| {
        let lists = words["items"].as_array().unwrap();
        let list = lists.iter().find(|list| list["kind"] == kind && list["of"] == of).unwrap_or_else(|| panic!("{kind} of {of}"));
        list["words"].as_array().unwrap().iter().map(|word| word["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for table in app.get("", "/v1/lifecycles").await.expect(200)["items"].as_array().unwrap() {
        let resource = table["resource"].as_str().unwrap();
        let (statuses, actions) = (list("statuses", resource), list("actions", resource));
        assert!(statuses.contains(&table["initial"].as_str().unwrap().to_owned()), "{resource}");
        for step in table["steps"].as_array().unwrap() {
            assert!(actions.contains(&step["action"].as_str().unwrap().to_owned()), "{resource}: {step}");
            let named = step["from"].as_array().unwrap().iter().chain([&step["to"]]).filter_map(|status| status.as_str());
            named.for_each(|status| assert!(statuses.contains(&status.to_owned()), "{resource}: {status}"));
        }
    }
    assert!(list("values", "ActivityKind").contains(&"road_labour".to_owned()));
    for word in words["items"].as_array().unwrap().iter().flat_map(|list| list["words"].as_array().unwrap()) {
        assert!(word["label"]["vi"].as_str().is_some_and(|vi| !vi.is_empty()) && word["label"]["en"].as_str().is_some_and(|en| !en.is_empty()), "{word}");
    }
    let tag = app.get("", "/v1/vocabulary").await.header("etag").to_owned();
    assert_eq!(app.ask("GET", "", "/v1/vocabulary").header("If-None-Match", &tag).send().await.status, 304);
}

#[tokio::test]
async fn a_wrong_state_is_told_in_words() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let made = app.get(&officer, "/v1/activities?limit=1").await.expect(200)["items"][0].clone();
    let path = format!("/v1/activities/{}/actions/verify", made["id"].as_str().unwrap());
    let refused = app.ask("POST", &officer, &path).header("If-Match", "*").json(&json!({})).send().await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("wrong_state")), "{}", refused.text);
    assert!(refused.body["detail"].as_str().unwrap().starts_with("Không thể \"Xác nhận kết quả\" khi trạng thái là \"Đ"), "{}", refused.text);
}
