//! Migrations: up, down and up again; the schema file is the database's; every foreign key has an index.

use danvan::db::migrations::{MIGRATIONS, migrate};
use danvan::db::schema_print;
use danvan::db::supervise::OWNER;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use diesel_migrations::MigrationHarness as _;

use crate::support::{App, golden, url};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_schema_goes_down_and_up_again_to_the_same() {
    let app = App::start().await;
    let mut harness = AsyncMigrationHarness::new(app.sql().await);
    let undone = tokio::task::spawn_blocking(move || {
        let undone = harness.revert_all_migrations(MIGRATIONS).map(|list| list.len()).map_err(|e| e.to_string());
        let redone = harness.run_pending_migrations(MIGRATIONS).map(|list| list.len()).map_err(|e| e.to_string());
        (undone, redone)
    });
    let (undone, redone) = undone.await.unwrap();
    assert_eq!(undone, redone, "each way runs all");
    assert!(undone.unwrap() >= 9);
    golden("src/floor/db/schema.rs", &schema_print::print(&mut app.sql().await).await.unwrap());
}

#[tokio::test]
async fn every_foreign_key_has_an_index_and_every_table_few_columns() {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let app = App::start().await;
    let bare: Vec<Named> = diesel::sql_query(
        "SELECT c.conname::text AS name FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND (i.indkey::int2[])[0:array_length(c.conkey, 1) - 1] @> c.conkey)
         AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1] AND array_length(c.conkey, 1) = 1)",
    )
    .load(&mut app.sql().await)
    .await
    .unwrap();
    // A commune's own tables begin their key with the commune.
    let bare: Vec<String> = bare.into_iter().map(|row| row.name).filter(|name| !name.ends_with("_commune_fkey")).collect();
    assert_eq!(bare, Vec::<String>::new());
    let wide: Vec<Named> = diesel::sql_query(
        "SELECT table_name::text AS name FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name HAVING count(*) > 32",
    )
    .load(&mut app.sql().await)
    .await
    .unwrap();
    assert!(wide.is_empty(), "{:?}", wide.into_iter().map(|row| row.name).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_is_built_beside_the_traffic_and_an_unfinished_one_is_built_anew() {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    async fn count(sql: &mut AsyncPgConnection, what: &str) -> i64 {
        diesel::sql_query(format!("SELECT count(*) AS n FROM {what}")).get_result::<Count>(sql).await.unwrap().n
    }
    const WAITING: &str = "pg_stat_activity WHERE query LIKE '%INDEX CONCURRENTLY%' AND wait_event_type = 'Lock' AND datname = current_database()";
    let app = App::start().await;
    let mut sql = app.sql().await;
    sql.batch_execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('reads_swept_idx'::regclass, 'reads_at_idx'::regclass);
         DROP INDEX sessions_last_used_at_idx;
         DELETE FROM __diesel_schema_migrations WHERE version IN ('20261126000027', '20261126000029');",
    )
    .await
    .unwrap();
    // Somebody writes to the table for longer than a change of the schema would wait; others write meanwhile.
    sql.batch_execute("BEGIN; LOCK TABLE sessions IN ROW EXCLUSIVE MODE").await.unwrap();
    let url = url(OWNER, &app.database);
    let migrating = tokio::spawn(async move { migrate(&url, None).await });
    let mut other = app.sql().await;
    while count(&mut other, WAITING).await == 0 {
        assert!(!migrating.is_finished(), "waits");
        tokio::task::yield_now().await;
    }
    other.batch_execute("BEGIN; LOCK TABLE sessions IN ROW EXCLUSIVE MODE NOWAIT; COMMIT").await.expect("nobody waits behind the index");
    sql.batch_execute("COMMIT").await.unwrap();
    assert_eq!(migrating.await.unwrap().unwrap(), ["20261126000027", "20261126000029"]);
    assert_eq!(count(&mut sql, "pg_index WHERE NOT indisvalid").await, 1, "somebody else's may be under way");
    assert_eq!(count(&mut sql, "pg_indexes WHERE indexname IN ('reads_swept_idx', 'sessions_last_used_at_idx')").await, 2);
}

/// From this migration on: before it no installation had tables large enough to matter.
const FIRST_BESIDE_THE_TRAFFIC: &str = "2026-11-26-000027";

#[test]
fn later_indexes_are_built_beside_the_traffic_one_in_a_migration() {
    let mut seen = 0;
    for folder in std::fs::read_dir("migrations").unwrap().map(|entry| entry.unwrap().path()) {
        if folder.file_name().unwrap().to_str().unwrap() < FIRST_BESIDE_THE_TRAFFIC {
            continue;
        }
        let up = std::fs::read_to_string(folder.join("up.sql")).unwrap();
        let (up, statements) = (up.replace("CREATE UNIQUE INDEX", "CREATE INDEX"), up.matches(';').count());
        for index in up.split("CREATE INDEX ").skip(1) {
            let table = index.split(" ON ").nth(1).and_then(|rest| rest.split([' ', '(']).next()).unwrap();
            if up.contains(&format!("CREATE TABLE {table} ")) {
                continue;
            }
            assert!(index.starts_with("CONCURRENTLY IF NOT EXISTS "), "{}: writers would wait for {index}", folder.display());
            let called = folder.file_name().unwrap().to_str().unwrap().split_once('_').unwrap().1;
            assert!(index.contains(&format!(" {called} ON ")), "{}: is called like its index, which is found by it", folder.display());
            assert_eq!(statements, 1, "{}: an index that is built beside the traffic is a migration of its own", folder.display());
            let metadata = std::fs::read_to_string(folder.join("metadata.toml")).unwrap_or_default();
            assert!(metadata.contains("run_in_transaction = false"), "{}: metadata.toml", folder.display());
            seen += 1;
        }
    }
    assert!(seen >= 3);
}
