//! The statements that each kind of request costs, counted at the server. A number that grows is a decision: it
//! shows in the difference of `statements.txt`.

use std::fmt::Write as _;

use danvan::db::connect_plainly;
use danvan::web::operation::Kind;
use diesel::QueryableByName;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use serde_json::Value;

use crate::support::{App, Reply, admin_url, golden, id, json, sample, world};

#[derive(QueryableByName)]
struct Calls {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    calls: i64,
}

/// All statements of the app's database so far, but the pulse, which all requests of a second share, and the reader log, which is written aside.
pub async fn calls(server: &mut AsyncPgConnection, app: &App) -> i64 {
    let query = format!(
        "SELECT coalesce(sum(s.calls), 0)::bigint AS calls FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = '{}' AND s.query NOT LIKE '%pg_control_system%' AND s.query NOT LIKE 'INSERT INTO \"reads\"%'",
        app.database
    );
    diesel::sql_query(query).get_result::<Calls>(server).await.expect("pg_stat_statements counts").calls
}

/// A connection that can ask how often which statement was run.
pub async fn counter() -> AsyncPgConnection {
    let mut server = connect_plainly(&admin_url()).await.unwrap();
    server.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").await.unwrap();
    server
}

#[tokio::test]
async fn no_request_costs_more_statements_than_it_did() {
    let app = App::start().await;
    world::a_day(&app).await;
    let mut server = counter().await;
    let officer = app.token("a.officer1").await;
    let head = app.token("a.head1").await;
    let mut out = String::from("Statements per request, counted at the server (begin and commit included). Kept by tests/it/statements.rs.\n\n");
    let ask = |token: &str, method: &str, path: &str, body: &Value, headers: &[(&str, String)]| {
        let mut ask = app.ask(method, token, path);
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        if method != "GET" {
            ask = ask.json(body);
        }
        ask.send()
    };
    for operation in danvan::app::operations() {
        let path = match operation.kind {
            Kind::List { .. } => operation.path.clone(),
            Kind::Item => operation.path.replace("{id}", &sample::row(&app, operation.policy.unwrap().resource, "a").await.to_string()),
            _ => continue,
        };
        let token = match operation.id.as_str() {
            id if id.contains("headcount") => &app.token("a.liaison1").await,
            "list_reads" => &app.token("a.leader1").await,
            _ => &officer,
        };
        // The first time a statement is prepared and caches are filled.
        ask(token, "GET", &path, &Value::Null, &[]).await.expect(200);
        let before = calls(&mut server, &app).await;
        let reply = ask(token, "GET", &path, &Value::Null, &[]).await;
        writeln!(out, "{:<28} {}", operation.id, calls(&mut server, &app).await - before).unwrap();
        if let (Kind::List { .. }, tag) = (operation.kind, reply.header("etag").to_owned())
            && !tag.is_empty()
        {
            let before = calls(&mut server, &app).await;
            assert_eq!(ask(token, "GET", &path, &Value::Null, &[("If-None-Match", tag)]).await.status, 304);
            writeln!(out, "{:<28} {}", format!("  not modified"), calls(&mut server, &app).await - before).unwrap();
        }
    }
    let hamlet = format!("/v1/hamlets/{}", id("a.ap-1"));
    let match_any = [("If-Match", "*".to_owned())];
    let person = |n: usize| json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id(&format!("a.person{n}"))});
    app.patch(&officer, &hamlet, json!({"population": 1})).await.expect(200);
    let made = app.post(&officer, "/v1/sign-ups", person(2)).await.expect(201);
    let sign_up = format!("/v1/sign-ups/{}/actions", made["id"].as_str().unwrap());
    let mut count = async |name: &str, token: &str, method: &str, path: &str, body: Value, headers: &[(&str, String)], status: u16| -> Reply {
        let before = calls(&mut server, &app).await;
        let reply = ask(token, method, path, &body, headers).await;
        assert_eq!(reply.status, status, "{name}: {}", reply.text);
        writeln!(out, "{name:<28} {}", calls(&mut server, &app).await - before).unwrap();
        reply
    };
    count("update", &officer, "PATCH", &hamlet, json!({"population": 2}), &match_any, 200).await;
    count("  nothing changed", &officer, "PATCH", &hamlet, json!({"population": 2}), &match_any, 200).await;
    count("  forbidden", &head, "PATCH", &hamlet.replace(&id("a.ap-1").to_string(), &id("a.ap-2").to_string()), json!({"population": 2}), &match_any, 403)
        .await;
    count("  changed meanwhile", &officer, "PATCH", &hamlet, json!({"population": 3}), &[("If-Match", "\"1\"".to_owned())], 412).await;
    let new = json!({"commune_id": id("a"), "code": "moi", "name": "Ấp mới", "kind": "ap", "sort_order": 9});
    let key = [("Idempotency-Key", "k".to_owned())];
    count("create, with a retry key", &officer, "POST", "/v1/hamlets", new.clone(), &key, 201).await;
    count("  again", &officer, "POST", "/v1/hamlets", new, &key, 201).await;
    count("create_sign_up", &officer, "POST", "/v1/sign-ups", person(3), &[], 201).await;
    count("check_in_sign_up", &head, "POST", &format!("{sign_up}/check_in"), json!({}), &[], 200).await;
    count("  again", &head, "POST", &format!("{sign_up}/check_in"), json!({}), &[], 200).await;
    count("check_out_sign_up", &head, "POST", &format!("{sign_up}/check_out"), json!({}), &[], 200).await;
    let thrice = format!("/v1/activities?include={}", ["hamlet"; 300].join(","));
    app.get(&officer, &thrice).await.expect(200);
    count("list, one include named often", &officer, "GET", &thrice, Value::Null, &[], 200).await;
    let kinds = "hamlets,units,campaigns,activities,volunteers,sign-ups";
    let sync = |cursor: &Value| format!("/v1/sync?resources={kinds}{}", cursor.as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default());
    let check_out = format!("{sign_up}/correct");
    for prepared in [false, true] {
        // The first time statements are prepared.
        let mut count = async |name: &str, path: &str| -> Value {
            if !prepared {
                return app.get(&officer, path).await.expect(200)["next_cursor"].clone();
            }
            count(name, &officer, "GET", path, Value::Null, &[], 200).await.body["next_cursor"].clone()
        };
        let first = count("sync of six kinds, the first", &sync(&Value::Null)).await;
        count("  nothing changed", &sync(&first)).await;
        app.patch(&officer, &hamlet, json!({"population": if prepared { 8 } else { 9 }})).await.expect(200);
        let changed = count("  a hamlet changed", &sync(&first)).await;
        let correct = json!({"reason": "Nhầm", "status": "attended", "minutes": if prepared { 60 } else { 120 }});
        app.post(&officer, &check_out, correct).await.expect(200);
        count("  a presence changed", &sync(&changed)).await;
    }
    golden("tests/it/statements.txt", &out);
}

/// Creations and changes of rooms are parsed once for a connection, whatever of a row is null.
#[tokio::test]
async fn writes_are_prepared_once() {
    use danvan::access::actor::Actor;
    use danvan::journal::Write;
    #[derive(QueryableByName)]
    struct Kept {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        kept: i64,
    }
    let app = App::start().await;
    let connection = app.service.database.connection().await.unwrap();
    let mut write = Write::begin(connection, id("a"), Actor::system("a test looks at the statements that are kept"), app.service.clock.now()).await.unwrap();
    for (code, population) in [("ap-8", Some(100)), ("ap-9", None)] {
        let body = json!({"commune_id": id("a"), "code": code, "name": code, "kind": "ap", "sort_order": 1, "population": population});
        danvan::web::table::add::<danvan::hamlets::Hamlet>(&mut write, serde_json::from_value(body).unwrap()).await.unwrap();
    }
    let query = "SELECT count(*) AS kept FROM pg_prepared_statements WHERE statement LIKE 'WITH made AS (INSERT INTO hamlets %'";
    assert_eq!(diesel::sql_query(query).get_result::<Kept>(write.connection()).await.unwrap().kept, 1);
    write.roll_back().await;
}
