//! Migrations: up, down and up again; the schema file is the database's; every foreign key has an index.

use danvan::db::migrations::MIGRATIONS;
use danvan::db::schema_print;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncMigrationHarness, RunQueryDsl};
use diesel_migrations::MigrationHarness as _;

use crate::support::{App, golden};

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
    golden("src/db/schema.rs", &schema_print::print(&mut app.sql().await).await.unwrap());
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
