//! `danvan user`: the first administrator, and help when nobody can sign in.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::database::Target;
use crate::access::actor::Actor;
use crate::accounts::office;
use crate::clock::Clock;
use crate::db::{Database, connect_plainly};
use crate::journal::Write;
use crate::journal::feeds::ACCOUNTS;
use crate::{communes, statement};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account
    Add {
        username: String,
        #[arg(long)]
        display_name: String,
        /// The commune that keeps the account, by its code of five digits or its id
        #[arg(long)]
        commune: Option<String>,
    },
    /// List the accounts of a commune, or those of the platform, with their rights
    List {
        /// By its code of five digits or its id
        #[arg(long)]
        commune: Option<String>,
    },
    /// Give a right
    Grant(GrantArgs),
    /// Take a right away, by its id
    Revoke { grant: uuid::Uuid },
    /// Set a new password, read from standard input, and end all sessions
    Reset { username: String },
    /// Print a one-time code that opens a session
    IssueCode { username: String },
}

#[derive(Debug, Args)]
pub struct GrantArgs {
    username: String,
    /// commune_leader, commune_officer, unit_officer, unit_liaison, hamlet_head, observer, auditor, platform_admin
    #[arg(long)]
    role: String,
    /// By its code of five digits or its id
    #[arg(long)]
    commune: Option<String>,
    /// A unit of the commune, by its code or its id
    #[arg(long)]
    unit: Option<String>,
    /// A hamlet of the commune, by its code or its id
    #[arg(long)]
    hamlet: Option<String>,
    /// First day of the term; may lie in the past, for papers that were signed then
    #[arg(long)]
    valid_from: Option<chrono::NaiveDate>,
    /// Last day of the term
    #[arg(long)]
    valid_to: Option<chrono::NaiveDate>,
}

pub async fn run(target: &Target, command: UserCommand) -> Result<()> {
    if let UserCommand::List { commune } = command {
        return list(target, commune.as_deref()).await;
    }
    let database = Database::new(&target.service_url, 2)?;
    let secret = target.secret()?;
    let actor = Actor::system("the operator's command line: whoever can start it owns the database");
    let connection = database.connection().await.map_err(said)?;
    let mut write = Write::begin(connection, ACCOUNTS, actor, Clock::default().now()).await.map_err(said)?;
    let done = apply(&mut write, &secret, command).await;
    match done {
        Ok((row, text)) => {
            write.commit(None, 200, row).await.map_err(said)?;
            println!("{text}");
            Ok(())
        }
        Err(error) => {
            write.roll_back().await;
            Err(error)
        }
    }
}

async fn apply(write: &mut Write, secret: &crate::access::keys::Secret, command: UserCommand) -> Result<(uuid::Uuid, String)> {
    match command {
        UserCommand::List { .. } => bail!("listed already"),
        UserCommand::Add { username, display_name, commune } => {
            let commune = commune_of(write, commune.as_deref()).await?;
            let body = serde_json::json!({"username": username, "display_name": display_name, "home_commune_id": commune});
            let user = office::add(write, parsed(body)?).await.map_err(said)?;
            Ok((user.id, format!("{} {}", user.id, user.username)))
        }
        UserCommand::Grant(GrantArgs { username, role, commune, unit, hamlet, valid_from, valid_to }) => {
            let user = office::by_name(write, &username).await.map_err(said)?.with_context(|| format!("no user {username}"))?;
            let commune = commune_of(write, commune.as_deref()).await?;
            let unit = part_of(write, Part::Unit, commune, unit.as_deref()).await?;
            let hamlet = part_of(write, Part::Hamlet, commune, hamlet.as_deref()).await?;
            let body = serde_json::json!({
                "user_id": user.id, "role": role, "commune_id": commune, "unit_id": unit, "hamlet_id": hamlet, "valid_from": valid_from, "valid_to": valid_to,
            });
            let grant = office::grant(write, parsed(body)?).await.map_err(said)?;
            Ok((grant.id, format!("{} {} {}", grant.id, username, grant.role.name())))
        }
        UserCommand::Revoke { grant } => {
            let grant = office::revoke(write, grant).await.map_err(said)?;
            Ok((grant.id, format!("{} revoked", grant.id)))
        }
        UserCommand::Reset { username } => {
            let user = office::by_name(write, &username).await.map_err(said)?.with_context(|| format!("no user {username}"))?;
            let mut password = String::new();
            std::io::stdin().read_line(&mut password)?;
            let password = password.trim_end_matches(['\r', '\n']);
            if password.is_empty() {
                bail!("send the new password on standard input");
            }
            office::set_password(write, &user, password).await.map_err(said)?;
            Ok((user.id, format!("the password of {username} is set, and all sessions are ended")))
        }
        UserCommand::IssueCode { username } => {
            let user = office::by_name(write, &username).await.map_err(said)?.with_context(|| format!("no user {username}"))?;
            let issued = office::issue_code(write, secret, &user, user.id).await.map_err(said)?;
            Ok((user.id, format!("{} (until {})", issued.code, issued.expires_at)))
        }
    }
}

/// An error of the API as text for the terminal: what is wrong, then each field with its rule.
pub fn said(error: crate::error::Error) -> anyhow::Error {
    let mut lines = vec![format!("{} ({})", error.said().en, error.problem().code)];
    lines.extend(error.field_errors().iter().map(|field| format!("  {}: {} ({})", field.pointer.trim_start_matches('/'), field.detail.en, field.code)));
    lines.extend(error.cause().map(|cause| format!("  {cause}")));
    anyhow::anyhow!(lines.join("\n"))
}

/// A value of the command line as the API reads it, with its rule when it is none.
fn parsed<T: serde::de::DeserializeOwned>(body: serde_json::Value) -> Result<T> {
    serde_json::from_value(body).map_err(|error| match crate::web::values::explain(&error.to_string()) {
        Some((code, detail)) => anyhow::anyhow!("{} ({code})", detail.en),
        None => error.into(),
    })
}

enum Part {
    Unit,
    Hamlet,
}

statement! {
    UnitsCalled(commune: uuid::Uuid as SqlUuid, called: String as Text) -> SqlUuid,
    "SELECT id FROM units WHERE commune_id = $1 AND (code = $2 OR id::text = $2) AND status = 'active'"
}
statement! {
    HamletsCalled(commune: uuid::Uuid as SqlUuid, called: String as Text) -> SqlUuid,
    "SELECT id FROM hamlets WHERE commune_id = $1 AND (code = $2 OR id::text = $2) AND status = 'active'"
}

async fn commune_of(write: &mut Write, called: Option<&str>) -> Result<Option<uuid::Uuid>> {
    let Some(called) = called else { return Ok(None) };
    if let Ok(id) = called.parse() {
        return Ok(Some(id));
    }
    let found = communes::living(write, called).await.map_err(said)?;
    found.map(Some).with_context(|| format!("no commune has the code {called}: see `danvan commune list`"))
}

async fn part_of(write: &mut Write, part: Part, commune: Option<uuid::Uuid>, called: Option<&str>) -> Result<Option<uuid::Uuid>> {
    let Some(called) = called.map(str::to_owned) else { return Ok(None) };
    let commune = commune.context("name the commune")?;
    let (what, found): (&str, Vec<uuid::Uuid>) = match part {
        Part::Unit => ("unit", UnitsCalled { commune, called: called.clone() }.load(write.connection()).await?),
        Part::Hamlet => ("hamlet", HamletsCalled { commune, called: called.clone() }.load(write.connection()).await?),
    };
    found.into_iter().next().map(Some).with_context(|| format!("the commune has no {what} {called}"))
}

statement! {
    Accounts(commune: Option<String> as Nullable<Text>) -> (Text, Text, Text, Text),
    "SELECT u.username, u.display_name, u.status, coalesce(string_agg(concat_ws(' ', g.role, coalesce(h.code, n.code), g.id), '; ' ORDER BY g.role) FILTER (WHERE g.status = 'active'), '-')
     FROM users u LEFT JOIN communes c ON c.id = u.home_commune_id LEFT JOIN grants g ON g.user_id = u.id LEFT JOIN hamlets h ON h.id = g.hamlet_id LEFT JOIN units n ON n.id = g.unit_id
     WHERE CASE WHEN $1 IS NULL THEN u.home_commune_id IS NULL ELSE c.code = $1 OR c.id::text = $1 END
     GROUP BY u.id ORDER BY u.username"
}

async fn list(target: &Target, commune: Option<&str>) -> Result<()> {
    let connection = &mut connect_plainly(&target.service_url).await?;
    let rows: Vec<(String, String, String, String)> = Accounts { commune: commune.map(str::to_owned) }.load(connection).await?;
    for (username, name, status, rights) in rows {
        println!("{username}\t{name}\t{status}\t{rights}");
    }
    Ok(())
}
