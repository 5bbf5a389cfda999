//! `danvan demo`: from nothing to an API that can be tried, in one command.

use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use tokio::runtime::Runtime;

use super::database::Target;
use super::serve;
use crate::accounts::passwords::Hasher;
use crate::clock::Clock;
use crate::config::{DatabaseSettings, ServeSettings};
use crate::db::{Database, connect_plainly, migrations, supervise};
use crate::demo::{self, Extent, Facts};

#[derive(Debug, Args)]
pub struct DemoSettings {
    #[command(flatten)]
    serve: ServeSettings,
    /// Throw the demo's data away and start anew
    #[arg(long)]
    reset: bool,
    /// Load the plan and the accounts alone, to walk the campaign from its beginning
    #[arg(long)]
    plan_only: bool,
    /// Print the facts as one JSON object, for scripts
    #[arg(long)]
    json: bool,
}

pub fn demo(runtime: &Runtime, database: &DatabaseSettings, settings: &DemoSettings) -> Result<()> {
    // Quiet unless asked: people read the lines below.
    let _log = std::env::var_os("RUST_LOG").map(|_| serve::init_log());
    let home = database.data_dir.clone().map_or_else(|| Ok(supervise::default_home()?.join("demo")), anyhow::Ok)?;
    let settings_here = DatabaseSettings { data_dir: Some(home.clone()), ..database.clone() };
    std::fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
    let kept = home.join("demo.json");
    if settings.reset && database.database_url.is_some() {
        bail!("--reset removes a supervised database alone; empty the database of DATABASE_URL yourself");
    }
    if settings.reset {
        // Not under a demo that runs.
        drop(supervise::lock(&home.join("lock"))?);
        for path in [home.join("data"), kept.clone(), kept.with_extension("new"), home.join("secret.key")] {
            if path.is_dir() {
                std::fs::remove_dir_all(path)?;
            } else if path.exists() {
                std::fs::remove_file(path)?;
            }
        }
    }
    // The address first: a taken one is told before a database is made.
    let listener = TcpListener::bind(settings.serve.bind).with_context(|| format!("cannot listen on {}", settings.serve.bind))?;
    let target = Target::open(&settings_here, &|text| eprintln!("{text}"))?;
    runtime.block_on(target.migrate(None))?;
    runtime.block_on(migrations::check_fit(&target.service_url, settings.serve.allow_unsafe_database))?;
    let facts = runtime.block_on(facts(&target, &kept, if settings.plan_only { Extent::PlanOnly } else { Extent::Everything }))?;
    let address = format!("http://{}", listener.local_addr()?);
    let shown = if settings.json { as_json(&address, &target, &home, &facts) } else { as_text(&address, &target, &facts) };
    // Who tries webhooks has the receiver on the same machine.
    let serve = ServeSettings { webhook_allow_private: true, ..settings.serve.clone() };
    serve::run(runtime, &target, &serve, listener, || println!("{shown}"))
}

fn read(path: &Path) -> Option<Facts> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// The file holds the demo's passwords: only its owner reads it.
fn write(path: &Path, facts: &Facts) -> Result<()> {
    let file = std::fs::File::options().create(true).truncate(true).write(true).mode(0o600).open(path)?;
    serde_json::to_writer_pretty(file, facts)?;
    Ok(())
}

/// The demo's facts: kept from before, or of data loaded now. The file is written before the commit under another name,
/// so that a crash between the two loses neither.
async fn facts(target: &Target, kept: &Path, extent: Extent) -> Result<Facts> {
    let fresh = kept.with_extension("new");
    let communes = demo::communes(&mut connect_plainly(&target.service_url).await?).await?;
    if communes.is_empty() {
        eprintln!("Loading the Phú Lý 2024 plan and demo accounts ...");
        let database = Database::new(&target.service_url, 1)?;
        let hasher = Hasher::start()?;
        let facts = demo::load(&database, &hasher, Clock::default().now(), extent, |facts| write(&fresh, facts)).await.map_err(super::users::said)?;
        std::fs::rename(&fresh, kept)?;
        return Ok(facts);
    }
    let of_this_database = |path: &Path| read(path).filter(|facts| communes.contains(&facts.commune_id));
    if let Some(facts) = of_this_database(kept) {
        return Ok(facts);
    }
    if let Some(facts) = of_this_database(&fresh) {
        std::fs::rename(&fresh, kept)?;
        return Ok(facts);
    }
    bail!(
        "{} holds {} communes that are not this demo's: the demo makes accounts whose passwords it prints, so it takes an empty database alone (or `danvan demo --reset`)",
        target.description,
        communes.len()
    )
}

fn as_json(address: &str, target: &Target, home: &Path, facts: &Facts) -> String {
    json!({
        "base_url": address, "database": target.description, "data_dir": home, "commune_id": facts.commune_id, "campaign_id": facts.campaign_id,
        "activity_id": facts.activity_id, "sign_up_id": facts.sign_up_id, "accounts": facts.accounts,
    })
    .to_string()
}

fn as_text(address: &str, target: &Target, facts: &Facts) -> String {
    let mut lines = vec![
        String::new(),
        format!("Danvan is served on {address}"),
        format!("  API page    {address}/docs/"),
        format!("  database    {}", target.description),
        String::new(),
        "Accounts (demo data):".into(),
    ];
    lines.extend(facts.accounts.iter().map(|a| format!("  {:<16} {:<16} {}  {}", a.role, a.username, a.password, a.scope)));
    let password = facts.accounts.first().map(|a| a.password.as_str()).unwrap_or_default();
    let campaign = facts.campaign_id;
    lines.extend([
        String::new(),
        "Try it: sign in, list a day of the schedule, check a volunteer in".into(),
        format!("  TOKEN=$(curl -s {address}/v1/auth/login -H 'Content-Type: application/json' -d '{{\"username\":\"vanphong\",\"password\":\"{password}\",\"device_name\":\"curl\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"),
        format!("  curl -s -H \"Authorization: Bearer $TOKEN\" '{address}/v1/activities?campaign_id={campaign}&date_from=2024-07-17&date_to=2024-07-17'"),
    ]);
    if let Some(sign_up) = facts.sign_up_id {
        lines.push(format!("  curl -s -X POST -H \"Authorization: Bearer $TOKEN\" '{address}/v1/sign-ups/{sign_up}/actions/check_in'"));
    }
    lines.extend([String::new(), "Ctrl-C stops the service and its database; the data stay. `danvan demo --reset` starts anew.".into()]);
    lines.join("\n")
}
