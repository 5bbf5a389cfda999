//! A statement about a commune's rows names the commune on every table that it reads: the rows of communes know nothing of
//! each other, and a database that is spread over servers may keep each commune on one of them.

use std::collections::BTreeMap;

use danvan::clock::Clock;
use danvan::db::connect_plainly;
use danvan::db::supervise::SERVICE;
use danvan::journal::{retention, seals};
use danvan::service::Worker;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use tokio::task::LocalSet;

use crate::story::{self, Examples};
use crate::support::parted::{self, LOCAL, SHARED, key_of};
use crate::support::receiver::Receiver;
use crate::support::{App, id, json, url, world};
use crate::{lifecycle, visibility, webhooks};

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    columns: String,
    #[diesel(sql_type = Text)]
    other: String,
    #[diesel(sql_type = Text)]
    theirs: String,
}

async fn catalogue(app: &App, query: &str) -> Vec<Named> {
    diesel::sql_query(query).load(&mut app.sql().await).await.unwrap()
}

/// Names of a constraint's columns: `conkey` of `conrelid`, `confkey` of `confrelid`.
fn columns(key: &str, relation: &str) -> String {
    format!(
        "(SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest({key}) WITH ORDINALITY AS k(number, place) JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.number)"
    )
}

#[tokio::test]
async fn keys_and_references_of_a_communes_rows_name_the_commune() {
    let app = App::start().await;
    let tables = catalogue(
        &app,
        "SELECT c.relname::text AS table, '' AS name, '' AS other, '' AS theirs,
            coalesce((SELECT string_agg(a.attname, ',') FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnotnull AND a.attnum > 0), '') AS columns
         FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
    )
    .await;
    for known in SHARED.iter().chain(LOCAL) {
        assert!(tables.iter().any(|table| table.table == *known), "{known} is a table");
    }
    for table in &tables {
        let Some(key) = key_of(&table.table) else { continue };
        assert!(table.columns.split(',').any(|column| column == key), "{}: {key} is always there", table.table);
    }
    let keys = catalogue(
        &app,
        &format!(
            "SELECT i.indrelid::regclass::text AS table, r.relname::text AS name, '' AS other, '' AS theirs, {} AS columns
             FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid WHERE i.indisunique AND r.relnamespace = 'public'::regnamespace",
            columns("i.indkey::int2[]", "i.indrelid")
        ),
    )
    .await;
    assert!(keys.len() > 50);
    for unique in &keys {
        let Some(key) = key_of(&unique.table) else { continue };
        let names = |columns: &str, column: &str| columns.split(',').any(|name| name == column);
        // What the service looks rows up by without their commune is unique besides: dropped where communes lie apart.
        let with = |other: &&Named| {
            other.table == unique.table && names(&other.columns, key) && other.columns.split(',').all(|column| column == key || names(&unique.columns, column))
        };
        assert!(
            names(&unique.columns, key) || keys.iter().any(|other| with(&other)),
            "{} of {}: nothing keeps ({}) within a commune",
            unique.name,
            unique.table,
            unique.columns
        );
    }
    let references = catalogue(
        &app,
        &format!(
            "SELECT conrelid::regclass::text AS table, conname || CASE WHEN confdeltype IN ('n', 'd') OR confupdtype IN ('n', 'd') THEN ' (sets)' ELSE '' END AS name,
                {} AS columns, confrelid::regclass::text AS other, {} AS theirs
             FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace",
            columns("conkey", "conrelid"),
            columns("confkey", "confrelid")
        ),
    )
    .await;
    assert!(references.len() > 80);
    for reference in &references {
        let place = |columns: &str, key: &str| columns.split(',').position(|column| column == key);
        match (key_of(&reference.table), key_of(&reference.other)) {
            (Some(own), Some(other)) => {
                let (own, other) = (place(&reference.columns, own), place(&reference.theirs, other));
                assert!(own.is_some() && own == other, "{}: the commune's own row", reference.name);
                assert!(!reference.name.ends_with("(sets)"), "{}: would set the commune too", reference.name);
            }
            (None, Some(_)) => panic!("{} of {}: points into the rows of communes", reference.name, reference.table),
            (_, None) => assert!(
                SHARED.contains(&reference.other.as_str()) || LOCAL.contains(&reference.table.as_str()),
                "{}: points at what lies on one server alone",
                reference.name
            ),
        }
    }
    let triggers = catalogue(
        &app,
        "SELECT tgrelid::regclass::text AS table, tgname::text AS name, '' AS columns, '' AS other, '' AS theirs FROM pg_trigger WHERE NOT tgisinternal",
    )
    .await;
    assert!(triggers.is_empty());
}

/// Statements that may read the rows of several communes, by how they begin, with the reason. Nothing is added lightly.
const MAY: &[(&str, &str)] = &[
    ("SELECT commune_id FROM ", "where a row lies whose id alone is known: once for each row and process"),
    (
        "SELECT feed_marks.feed_id, feed_marks.kind, feed_marks.number FROM feed_marks WHERE (feed_marks.feed_id = ANY($))",
        "the commune's marks and the shared ones",
    ),
    ("(SELECT f.number, coalesce(j.seq, 0)", "where a copy begins: the commune's number and the shared one"),
    ("SELECT activities.id FROM activities WHERE ((activities.lead_user_id = $)", "what a person who goes still leads, wherever it is"),
    ("SELECT EXISTS (SELECT webhook_positions.webhook_id", "the look of the webhooks' worker in which nothing is to be done"),
    ("SELECT webhooks.id", "webhooks whose commune went on"),
    ("SELECT commune_id, webhook_id, id FROM (", "deliveries that are due"),
    ("SELECT commune_id, import_id FROM import_work", "imports that wait"),
    ("SELECT feeds.id, feeds.number FROM feeds WHERE (feeds.number > $)", "feeds to be sealed"),
    ("SELECT coalesce(sum(f.number", "how far the seals are behind"),
    ("DELETE FROM ", "what is past its time, hourly"),
];

/// A statement without what differs from reach to reach.
fn shape(statement: &str) -> String {
    let mut out = String::new();
    let mut letters = statement.chars().filter(|letter| *letter != '"').peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '$' => {
                while letters.next_if(char::is_ascii_digit).is_some() {}
                out.push('$');
            }
            letter if letter.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            letter => out.push(letter),
        }
    }
    out
}

#[tokio::test]
async fn statements_read_the_rows_of_one_commune() {
    let local = LocalSet::new();
    local
        .run_until(async {
            let name = parted::database("parted").await;
            world::build(&name).await;
            let app = App::on(&name, Clock::default()).await;
            world::a_day(&app).await;
            visibility::read_as_everybody(&app).await;
            in_the_background(&app).await;
            lifecycle::walk(&app).await;
            for walk in ["parted_day", "parted_arc"] {
                let name = parted::database(walk).await;
                let mut examples = Examples::default();
                if walk == "parted_day" { story::day::walk(&mut examples, &name).await } else { story::arc::walk(&mut examples, &name).await }
            }
        })
        .await;
    let (all, apart) = parted::plans();
    assert!(all.len() > 500, "{} statements", all.len());
    for statement in &all {
        let shape = shape(statement);
        let set = shape.split_once(" SET ").filter(|_| shape.starts_with("UPDATE ")).map(|(_, set)| set.split(" WHERE ").next().unwrap_or_default().to_owned());
        assert!(!set.unwrap_or_default().split(", ").any(|set| set.starts_with("commune_id =")), "a row stays in its commune: {shape}");
        let returning = shape.split_once(" RETURNING ").filter(|_| shape.starts_with("INSERT ")).map(|(_, returning)| returning.to_owned());
        assert!(!returning.unwrap_or_default().contains("SELECT"), "an insertion's answer looks into no other table: {shape}");
    }
    let mut listed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut others = vec![];
    for (statement, tables) in &apart {
        let shape = shape(statement);
        match MAY.iter().find(|(begins, _)| shape.starts_with(begins)) {
            Some((begins, _)) => *listed.entry(begins).or_default() += 1,
            None => others.push(format!("{tables:?}: {shape}")),
        }
    }
    assert!(others.is_empty(), "{} statements read the rows of several communes:\n{}", others.len(), others.join("\n"));
    let unseen: Vec<&str> = MAY.iter().map(|(begins, _)| *begins).filter(|begins| !listed.contains_key(begins)).collect();
    assert_eq!(unseen, Vec::<&str>::new(), "listed, and no longer needed");
}

/// What the service does by itself.
async fn in_the_background(app: &App) {
    let worker = Worker::new(app.service.clone());
    let receiver = Receiver::start().await;
    let (officer, liaison) = (app.token("a.officer1").await, app.token("a.liaison1").await);
    let hook = webhooks::make(app, &liaison, &receiver.url, &["hamlets.update"], false).await;
    app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": 777})).await.expect(200);
    app.post(&liaison, &format!("/v1/webhooks/{hook}/actions/test"), json!({})).await.expect(200);
    assert!(webhooks::rounds(&worker).await >= 2);
    app.get(&liaison, &format!("/v1/webhooks/{hook}/deliveries")).await.expect(200);
    app.post(&liaison, &format!("/v1/webhooks/{hook}/actions/redeliver"), json!({})).await;
    app.post(&liaison, &format!("/v1/webhooks/{hook}/actions/disable"), json!({"reason": "x"})).await.expect(200);
    let file = "Họ và tên *;Năm sinh;Số điện thoại;Ấp;Ngày đồng ý tham gia *\nNguyễn Thị Một;1990;;;16/07/2024";
    let path = format!("/v1/imports?commune={}&kind=volunteers", id("a"));
    let made = app.ask("POST", &officer, &path).bytes("text/csv", file).send().await.expect(201);
    while danvan::imports::round(&worker).await.unwrap() {}
    let import = format!("/v1/imports/{}", made["id"].as_str().unwrap());
    assert_eq!(app.get(&officer, &import).await.expect(200)["status"], "done");
    app.get(&officer, &format!("{import}/report")).await.expect(200);
    app.post(&officer, &format!("{import}/actions/undo"), json!({"reason": "x"})).await.expect(200);
    let mut service = connect_plainly(&url(SERVICE, &app.database)).await.unwrap();
    let now = app.service.clock.now();
    assert!(retention::sweep(&mut service, now).await.is_empty());
    seals::seal(&mut service, &app.service.secret, now).await.unwrap();
    assert_eq!(seals::unsealed(&app.service.database).await.unwrap(), 0);
}
