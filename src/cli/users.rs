//! `danvan user`: the first administrator, and help when nobody can sign in.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use super::database::Target;
use crate::access::actor::Actor;
use crate::accounts::office;
use crate::clock::Clock;
use crate::db::Database;
use crate::journal::Write;
use crate::journal::feeds::ACCOUNTS;

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account
    Add {
        username: String,
        #[arg(long)]
        display_name: String,
        /// The id of the commune that keeps the account
        #[arg(long)]
        commune: Option<uuid::Uuid>,
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
    #[arg(long)]
    commune: Option<uuid::Uuid>,
    #[arg(long)]
    unit: Option<uuid::Uuid>,
    #[arg(long)]
    hamlet: Option<uuid::Uuid>,
    /// Last day of the term
    #[arg(long)]
    valid_to: Option<chrono::NaiveDate>,
}

pub async fn run(target: &Target, command: UserCommand) -> Result<()> {
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
        UserCommand::Add { username, display_name, commune } => {
            let body = serde_json::json!({"username": username, "display_name": display_name, "home_commune_id": commune});
            let user = office::add(write, serde_json::from_value(body)?).await.map_err(said)?;
            Ok((user.id, format!("{} {}", user.id, user.username)))
        }
        UserCommand::Grant(GrantArgs { username, role, commune, unit, hamlet, valid_to }) => {
            let user = office::by_name(write, &username).await.map_err(said)?.with_context(|| format!("no user {username}"))?;
            let body = serde_json::json!({"user_id": user.id, "role": role, "commune_id": commune, "unit_id": unit, "hamlet_id": hamlet, "valid_to": valid_to});
            let grant = office::grant(write, serde_json::from_value(body)?).await.map_err(said)?;
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

/// An error of the API as text for the terminal.
pub fn said(error: crate::error::Error) -> anyhow::Error {
    let document = error.document(crate::text::Lang::En, "");
    anyhow::anyhow!("{}{}", document, error.cause().map(|cause| format!(" ({cause})")).unwrap_or_default())
}
