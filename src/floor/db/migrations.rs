//! Migrations, what the service's role may do, and whether a database is fit to serve on.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{connect_plainly, supervise};

pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// This program's place in the order of schema changes: the number of migrations that it knows.
/// A migration records in `schema_tolerance` the oldest program that may still serve beside it.
pub fn own_level() -> Result<i64> {
    let all = diesel::migration::MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS).map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(i64::try_from(all.len())?)
}

/// The key of the lock that two migrations of one database meet at.
const MIGRATING: i64 = 0x6461_6e76_616e;
/// A change of the schema that would queue behind a long transaction gives up before it makes all readers of the table wait
/// behind itself. What was done stays done: the next try goes on from there.
const PATIENTLY: &str = "SET lock_timeout = '2s'";
/// An index that is built beside the traffic (`run_in_transaction = false`) holds up nobody while it waits, so it waits for
/// whoever is longest. One that was interrupted is there, does nothing and costs each write: it goes first.
const BESIDE_THE_TRAFFIC: &str = "SET lock_timeout = 0";

/// Brings the database to this program's schema and lets the service's role work with it. Returns what ran.
pub async fn migrate(owner_url: &str, service_role: Option<&str>) -> Result<Vec<String>> {
    let mut connection = connect_plainly(owner_url).await.context("cannot connect to migrate")?;
    take_turn(&mut connection).await?;
    // The harness blocks its thread; a thread with a runtime of its own works under every runtime.
    let (mut connection, names) = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        runtime.block_on(run_pending(connection))
    })
    .await??;
    if let Some(role) = service_role {
        // Insert-only: the service itself cannot rewrite the audit trail.
        let role = format!("\"{}\"", role.replace('"', "\"\""));
        connection
            .batch_execute(&format!(
                "GRANT USAGE ON SCHEMA public TO {role};
                 GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
                 REVOKE UPDATE, DELETE, TRUNCATE ON journal, journal_seals, reads FROM {role};
                 GRANT EXECUTE ON FUNCTION sweep_reads(int) TO {role};
                 REVOKE ALL ON schema_tolerance, __diesel_schema_migrations FROM {role};
                 GRANT SELECT ON schema_tolerance, __diesel_schema_migrations TO {role};"
            ))
            .await
            .context("cannot grant rights to the service's role")?;
    }
    connection.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATING})")).await?;
    Ok(names)
}

/// One at a time. Asked for again and again: a statement that waits for the lock would hold up an index that is built beside
/// the traffic, which waits for all statements.
async fn take_turn(connection: &mut AsyncPgConnection) -> Result<()> {
    for _ in 0..20 {
        let taken: bool = diesel::select(diesel::dsl::sql::<Bool>(&format!("pg_try_advisory_lock({MIGRATING})"))).get_result(connection).await?;
        if taken {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("another migration of this database is under way: try again")
}

/// Runs what has not run, each by itself.
async fn run_pending(mut connection: AsyncPgConnection) -> Result<(AsyncPgConnection, Vec<String>)> {
    let mut names = vec![];
    let mut harness = AsyncMigrationHarness::new(connection);
    let pending = harness.pending_migrations(MIGRATIONS).map_err(|e| anyhow::anyhow!("{e}"))?;
    connection = harness.into_inner();
    for migration in pending {
        if migration.metadata().run_in_transaction() {
            connection.batch_execute(PATIENTLY).await?;
        } else {
            connection.batch_execute(BESIDE_THE_TRAFFIC).await?;
            let name = migration.name().to_string();
            drop_unfinished(&mut connection, name.split_once('_').map_or("", |(_, index)| index)).await?;
        }
        let mut harness = AsyncMigrationHarness::new(connection);
        harness.run_migration(&*migration).map_err(|e| anyhow::anyhow!("{}: {e}", migration.name()))?;
        connection = harness.into_inner();
        names.push(migration.name().version().to_string());
    }
    connection.batch_execute(PATIENTLY).await?;
    Ok((connection, names))
}

/// The index of a migration that is one index and is called like it. Others' unfinished indexes are theirs: they may be under way.
async fn drop_unfinished(connection: &mut AsyncPgConnection, index: &str) -> Result<()> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        unfinished: bool,
    }
    let found: Found = sql_query("SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid) AS unfinished")
        .bind::<Text, _>(index)
        .get_result(connection)
        .await?;
    if found.unfinished {
        connection.batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {index}")).await?;
    }
    Ok(())
}

/// Makes the service's role and database on a supervised server, when they are missing.
pub async fn prepare(server: &supervise::Server, database: &str) -> Result<()> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        role: bool,
        #[diesel(sql_type = Bool)]
        database: bool,
    }
    let mut connection = connect_plainly(&server.url(supervise::OWNER, "postgres")).await?;
    let found: Found =
        sql_query("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role, EXISTS (SELECT FROM pg_database WHERE datname = $2) AS database")
            .bind::<Text, _>(supervise::SERVICE)
            .bind::<Text, _>(database)
            .get_result(&mut connection)
            .await?;
    if !found.role {
        // Two that prepare at once: the second finds the role of the first.
        let create = format!("DO $$ BEGIN CREATE ROLE {} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$", supervise::SERVICE);
        connection.batch_execute(&create).await?;
    }
    if !found.database {
        connection.batch_execute(&format!("CREATE DATABASE {database}")).await?;
    }
    Ok(())
}

/// What the database says of itself.
#[derive(Debug, QueryableByName)]
pub struct Fitness {
    #[diesel(sql_type = BigInt)]
    pub major: i64,
    #[diesel(sql_type = Text)]
    pub fsync: String,
    #[diesel(sql_type = Text)]
    pub synchronous_commit: String,
    #[diesel(sql_type = Bool)]
    pub migrated: bool,
    #[diesel(sql_type = Bool)]
    pub rewritable_journal: bool,
}

/// Whether a failure to look at the database is that it is not there just now, and may be later.
pub fn is_away(error: &anyhow::Error) -> bool {
    let text = format!("{error:#}");
    [
        "does not answer",
        "Connection refused",
        "error connecting to server",
        "the database system is",
        "No such file or directory",
        "connection closed",
        "timed out",
    ]
    .iter()
    .any(|away| text.contains(away))
}

/// Refuses a database that this program cannot serve on, or that may lose what it acknowledged.
pub async fn check_fit(service_url: &str, allow_unsafe: bool) -> Result<Fitness> {
    #[derive(QueryableByName)]
    struct Level {
        #[diesel(sql_type = BigInt)]
        applied: i64,
        #[diesel(sql_type = Nullable<BigInt>)]
        oldest: Option<i64>,
    }
    let connecting = tokio::time::timeout(Duration::from_secs(10), connect_plainly(service_url));
    let mut connection = connecting.await.context("the database does not answer")?.context("cannot connect to the database")?;
    let fitness: Fitness = sql_query(
        "SELECT current_setting('server_version_num')::bigint / 10000 AS major, current_setting('fsync') AS fsync,
                current_setting('synchronous_commit') AS synchronous_commit,
                to_regclass('schema_tolerance') IS NOT NULL AS migrated,
                coalesce(has_table_privilege(to_regclass('journal'), 'UPDATE'), false) AS rewritable_journal",
    )
    .get_result(&mut connection)
    .await?;
    if fitness.major < 15 {
        bail!("PostgreSQL 15 or newer is needed, this one is {}", fitness.major);
    }
    if !fitness.migrated {
        bail!("the database has no Danvan schema: run `danvan migrate` first");
    }
    let own = own_level()?;
    let level: Level =
        sql_query("SELECT (SELECT count(*) FROM __diesel_schema_migrations) AS applied, (SELECT max(oldest_program) FROM schema_tolerance) AS oldest")
            .get_result(&mut connection)
            .await?;
    if level.applied < own {
        bail!("{} migrations are missing: run `danvan migrate` first", own - level.applied);
    }
    if level.oldest.is_some_and(|oldest| own < oldest) {
        bail!("the database needs a newer program: this one is of level {own}, the oldest that it tolerates is {}", level.oldest.unwrap_or_default());
    }
    if (fitness.fsync != "on" || fitness.synchronous_commit == "off") && !allow_unsafe {
        bail!(
            "fsync is {} and synchronous_commit is {}: acknowledged work could be lost at a crash. Turn both on, or start with --allow-unsafe-database",
            fitness.fsync,
            fitness.synchronous_commit
        );
    }
    // By its words the service tells a busy database from a fault (`db/errors.rs`): one that speaks another language is found
    // out by a mistake made on purpose.
    if let Err(mistake) = connection.batch_execute("SELECT 1/0").await
        && !mistake.to_string().contains("division by zero")
    {
        bail!("the database says \"{mistake}\": the service knows its words in English. Run ALTER DATABASE ... SET lc_messages = 'C' as its superuser");
    }
    Ok(fitness)
}
