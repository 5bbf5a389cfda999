//! What is listed is what can be read, for every resource and everybody: ids over all pages = ids whose item answers
//! 200 = count = ids in a full sync. And no field above somebody's class leaves by any of these ways.

use std::collections::BTreeSet;

use danvan::access::roles::{Class, class_of, classes};
use danvan::web::operation::{Caller, Kind};
use diesel::QueryableByName;
use diesel_async::RunQueryDsl;

use crate::support::{App, Copy, id, world};

/// Read as a whole or not at all, and without items.
const LOGS: &[&str] = &["list_journal_entries", "list_reads"];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: uuid::Uuid,
}

async fn all_ids(app: &App, table: &str, commune: &str) -> BTreeSet<String> {
    let condition = match table {
        "communes" | "military_units" => "true".to_owned(),
        "users" => format!("home_commune_id = '{}'", id(commune)),
        _ => format!("commune_id = '{}'", id(commune)),
    };
    let rows: Vec<Row> = diesel::sql_query(format!("SELECT id FROM {table} WHERE {condition}")).load(&mut app.sql().await).await.unwrap();
    rows.into_iter().map(|row| row.id.to_string()).collect()
}

#[tokio::test]
async fn lists_items_and_counts_agree_for_everybody() {
    let app = App::start().await;
    world::a_day(&app).await;
    read_as_everybody(&app).await;
}

/// Reads all that there is in all ways, as everybody.
pub async fn read_as_everybody(app: &App) {
    let mut seen_by_somebody = BTreeSet::new();
    for actor in world::everybody() {
        let token = if actor.is_empty() { String::new() } else { app.token(&actor).await };
        for operation in danvan::app::operations() {
            let Kind::List { commune: of_commune, .. } = operation.kind else { continue };
            if LOGS.contains(&operation.id.as_str()) || (actor.is_empty() && operation.caller == Caller::SignedIn) {
                continue;
            }
            let policy = operation.policy.unwrap();
            for commune in if of_commune { &["a", "b"][..] } else { &["a"][..] } {
                let query = if of_commune { format!("?commune={}", id(commune)) } else { String::new() };
                let listed: BTreeSet<String> = app.ids(&token, &format!("{}{query}", operation.path)).await.into_iter().collect();
                let joint = if query.is_empty() { '?' } else { '&' };
                let counted = app.get(&token, &format!("{}{query}{joint}count=true", operation.path)).await.expect(200)["total"].as_u64().unwrap();
                let mut readable = BTreeSet::new();
                for row in all_ids(app, policy.resource, commune).await {
                    let item = app.get(&token, &format!("{}/{row}", operation.path)).await;
                    match item.status {
                        200 => {
                            check_fields(&actor, policy, &item.body);
                            readable.insert(row);
                        }
                        404 => {}
                        status => panic!("{actor} {} {row}: {status} {}", operation.path, item.text),
                    }
                }
                let case = format!("{actor} {} of commune {commune}", operation.id);
                assert_eq!(listed, readable, "{case}");
                assert_eq!(usize::try_from(counted).unwrap(), listed.len(), "{case}");
                if !listed.is_empty() {
                    seen_by_somebody.insert(operation.id.clone());
                }
                if !actor.is_empty() && danvan::sync::SOURCES.iter().any(|source| source.kind == policy.resource && !source.shared) {
                    let mut copy = Copy::new(&token, &id(commune).to_string(), policy.resource);
                    copy.limit = 2;
                    copy.sync(app).await;
                    assert_eq!(copy.ids(policy.resource), listed.iter().map(String::as_str).collect::<Vec<_>>(), "{case}: a full sync");
                    copy.rows.values().for_each(|row| check_fields(&actor, policy, row));
                }
                let foreign = actor.get(..1).is_some_and(|own| own != *commune && (own == "a" || own == "b") && actor.contains('.'));
                let public = policy.read.iter().any(|(role, _)| role.name() == "public");
                assert!(!foreign || public || listed.is_empty(), "{case}: rows of a foreign commune");
            }
        }
    }
    let lists: BTreeSet<String> =
        danvan::app::operations().filter(|o| matches!(o.kind, Kind::List { .. }) && !LOGS.contains(&o.id.as_str())).map(|o| o.id.clone()).collect();
    let empty: Vec<&String> = lists.difference(&seen_by_somebody).collect();
    assert_eq!(empty, Vec::<&String>::new(), "lists that are empty for everybody prove nothing");
}

/// What one of the actor's roles could at most see, whatever the row.
fn check_fields(actor: &str, policy: &danvan::access::reach::Policy, body: &serde_json::Value) {
    let role = world::role_of(actor);
    let most = policy
        .read
        .iter()
        .filter(|(r, _)| *r == role || matches!(r.name(), "public" | "member"))
        .map(|(r, relation)| classes(*r, *relation))
        .fold(danvan::access::roles::Classes::default(), danvan::access::roles::Classes::with);
    for (name, _) in body.as_object().unwrap() {
        assert!(most.has(class_of(policy.fields, name)), "{actor} sees {name} of {}", policy.resource);
    }
    if !most.has(Class::Contact) {
        assert!(!body.to_string().contains("0980000"), "{actor} sees a phone of {}", policy.resource);
    }
}
