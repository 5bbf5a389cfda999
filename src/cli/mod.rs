//! The command line: one function per command.

pub mod check;
mod communes;
mod database;
mod demo;
mod health;
mod import;
mod kinds;
mod parameters;
mod serve;
mod users;

use clap::{Parser, Subcommand};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::access::code_keys;
use crate::access::keys::{self, Secret};
use crate::clock::Clock;
use crate::config::{DatabaseSettings, ServeSettings};
use crate::db::{connect_plainly, schema_print};
use crate::journal::seals;
use database::Target;

/// API with which a commune People's Committee and an army unit run a joint civic campaign (công tác dân vận)
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything: a database, the Phú Lý 2024 plan, an account for every role, the API
    Demo(demo::DemoSettings),
    /// Serve the API on a migrated database
    Serve(ServeSettings),
    /// Bring the database to this program's schema
    Migrate {
        /// The role that the service connects as; it gets the rights that it needs and no more
        #[arg(long, env = "DANVAN_SERVICE_ROLE")]
        service_role: Option<String>,
    },
    /// Load a plan with its commune, units, hamlets, campaign and items, all or nothing
    Import(import::ImportSettings),
    /// Accounts: for the first administrator, and when nobody else can help
    #[command(subcommand)]
    User(users::UserCommand),
    /// Communes of the database
    #[command(subcommand)]
    Commune(communes::CommuneCommand),
    /// Ask a running service whether it is well, for health checks
    Health {
        /// For example http://127.0.0.1:9090/health/ready
        address: String,
    },
    /// Print the API document
    Openapi,
    /// Print who may do what
    Policy,
    /// Compare the sums with a recount
    Check(check::CheckSettings),
    /// Kinds of hamlets, documents, work, people, units and metrics
    #[command(subcommand)]
    Kinds(kinds::KindsCommand),
    /// What a certificate of merit is worth
    #[command(subcommand)]
    Parameters(parameters::ParametersCommand),
    /// Signing keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The epoch that cursors and tags are of
    #[command(subcommand)]
    Epoch(EpochCommand),
    /// The journal
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Print `src/db/schema.rs` of the migrated database
    #[command(hide = true)]
    Schema,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a new signing key; tokens of the old one are accepted for an hour
    Rotate {
        /// Make a new key for check-in codes instead; codes of the old one are accepted for 400 days
        #[arg(long)]
        check_in_codes: bool,
        /// The key was stolen: its tokens are refused at once (by a running process within five seconds), and everybody's
        /// next request renews its token
        #[arg(long, conflicts_with = "check_in_codes")]
        now: bool,
    },
}

#[derive(Debug, Subcommand)]
enum EpochCommand {
    /// After a backup was restored: make all cursors and tags void, so that clients synchronise anew
    New,
}

#[derive(Debug, Subcommand)]
enum JournalCommand {
    /// Recompute the seals with the service's secret and name every number that lacks its rows
    Verify {
        /// Also compare with heads that were printed before
        #[arg(long)]
        heads: Option<std::path::PathBuf>,
    },
    /// Print the last seal of each feed, one a line: kept elsewhere, daily, they prove that nothing before them was cut off
    Heads,
}

/// Runs a command to its end.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    if let Some(file) = &cli.database.database_ca_file {
        crate::db::tls::trust(file)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match cli.command {
        Command::Serve(settings) => serve::serve(&runtime, &cli.database, &settings),
        Command::Demo(settings) => demo::demo(&runtime, &cli.database, &settings),
        command => runtime.block_on(once(cli.database, command)),
    }
}

async fn once(database: DatabaseSettings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Openapi => {
            print!("{}", crate::web::openapi::text(crate::app::rooms()));
            return Ok(());
        }
        Command::Health { address } => return health::ask(&address),
        Command::Policy => {
            print!("{}", crate::web::grid::print(crate::app::rooms()));
            return Ok(());
        }
        _ => {}
    }
    let target = Target::open(&database, &|text| eprintln!("{text}"))?;
    let now = Clock::default().now();
    match command {
        Command::Migrate { service_role } => {
            let ran = target.migrate(service_role.as_deref()).await?;
            if ran.is_empty() {
                println!("The database is up to date.");
            }
            for name in ran {
                println!("ran {name}");
            }
        }
        Command::Import(settings) => import::run(&target, &settings, now).await?,
        Command::Commune(command) => communes::run(&target, &command).await?,
        Command::User(command) => users::run(&target, command).await?,
        Command::Check(settings) => check::run(&target, &settings).await?,
        Command::Kinds(command) => kinds::run(&target, command).await?,
        Command::Parameters(command) => parameters::run(&target, command).await?,
        Command::Keys(KeysCommand::Rotate { check_in_codes, now: stolen }) => {
            let secret: Secret = target.secret()?;
            let connection = &mut connect_plainly(&target.service_url).await?;
            let kid = if check_in_codes { code_keys::rotate(connection, &secret, now).await? } else { keys::rotate(connection, &secret, now, stolen).await? };
            println!("The new signing key is {kid}.");
        }
        Command::Epoch(EpochCommand::New) => {
            use crate::db::schema::epochs;
            let id: uuid::Uuid = diesel::insert_into(epochs::table)
                .values((epochs::id.eq(crate::random::id()), epochs::made_at.eq(now)))
                .returning(epochs::id)
                .get_result(&mut connect_plainly(&target.owner_url).await?)
                .await?;
            println!("The new epoch is {id}: all cursors are void.");
        }
        Command::Journal(JournalCommand::Heads) => {
            for (feed, number, seal) in seals::heads(&mut connect_plainly(&target.owner_url).await?).await? {
                println!("{feed} {number} {seal}");
            }
        }
        Command::Journal(JournalCommand::Verify { heads }) => {
            let connection = &mut connect_plainly(&target.owner_url).await?;
            let mut verdict = seals::verify(connection, &target.secret()?).await?;
            if let Some(file) = heads {
                let kept = std::fs::read_to_string(&file)?;
                let line = |line: &str| -> Option<(uuid::Uuid, i64, String)> {
                    let mut words = line.split_whitespace();
                    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.to_owned()))
                };
                let kept: Option<Vec<_>> = kept.lines().filter(|text| !text.trim().is_empty()).map(line).collect();
                let kept = kept.ok_or_else(|| anyhow::anyhow!("{} has no heads as `danvan journal heads` prints them", file.display()))?;
                verdict.breaches.extend(seals::compare(connection, &kept).await?);
            }
            println!("{} feeds, {} seals, {} numbers not sealed yet", verdict.feeds, verdict.seals, verdict.unsealed);
            if verdict.plain > 0 {
                println!("{} seals were made without a key, by an earlier version: only heads that were kept prove them", verdict.plain);
            }
            for breach in &verdict.breaches {
                println!("BREACH {breach}");
            }
            anyhow::ensure!(verdict.breaches.is_empty(), "the journal was tampered with");
        }
        Command::Schema => print!("{}", schema_print::print(&mut connect_plainly(&target.owner_url).await?).await?),
        Command::Serve(_) | Command::Demo(_) | Command::Openapi | Command::Health { .. } | Command::Policy => {}
    }
    Ok(())
}
