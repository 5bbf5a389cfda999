//! `danvan check`: the sums, counted anew.

use anyhow::{Result, ensure};
use clap::Args;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::database::Target;
use super::users::said;
use crate::access::actor::Actor;
use crate::clock::Clock;
use crate::db::schema::communes;
use crate::db::{Database, connect_plainly};
use crate::journal::Write;
use crate::{activity_sums, campaign_sums, results};

#[derive(Debug, Args)]
pub struct CheckSettings {
    /// Write what was counted where it differs
    #[arg(long)]
    fix: bool,
}

/// Compares every commune's sums with a recount; differences are printed, and fail the command unless they are fixed.
pub async fn run(target: &Target, settings: &CheckSettings) -> Result<()> {
    let database = Database::new(&target.service_url, 1)?;
    let all: Vec<Uuid> = communes::table.order(communes::id).select(communes::id).load(&mut connect_plainly(&target.service_url).await?).await?;
    let mut differing = 0;
    for commune in &all {
        let found = differences(&database, *commune).await.map_err(said)?;
        for line in &found {
            println!("commune {commune}: {line}");
        }
        if settings.fix && !found.is_empty() {
            fix(&database, *commune).await.map_err(said)?;
            let left = differences(&database, *commune).await.map_err(said)?;
            ensure!(left.is_empty(), "commune {commune}: {} differences are left after the fix", left.len());
        }
        differing += found.len();
    }
    println!("{} communes, {differing} differences{}", all.len(), if settings.fix && differing > 0 { ", fixed" } else { "" });
    ensure!(differing == 0 || settings.fix, "the sums differ from a recount: run `danvan check --fix`");
    Ok(())
}

/// What differs in one commune. Looked at inside a write that is rolled back, so that no writer comes between.
pub async fn differences(database: &Database, commune: Uuid) -> crate::error::Result<Vec<String>> {
    let mut write = begin(database, commune).await?;
    let found = async {
        let mut found = activity_sums::differences(write.connection(), commune).await?;
        found.extend(campaign_sums::differences(write.connection(), commune).await?);
        found.extend(results::differences(&mut write).await?);
        Ok(found)
    };
    let found = found.await;
    write.roll_back().await;
    found
}

/// Writes what was counted: one write of the program itself.
pub async fn fix(database: &Database, commune: Uuid) -> crate::error::Result<()> {
    let mut write = begin(database, commune).await?;
    let done = async {
        activity_sums::fix(&mut write).await?;
        campaign_sums::fix(&mut write).await?;
        results::fix(&mut write).await?;
        write.record_fix("activity_sums", commune);
        Ok(())
    };
    match done.await {
        Ok(()) => write.commit(None, 200, commune).await,
        Err(error) => {
            write.roll_back().await;
            Err(error)
        }
    }
}

async fn begin(database: &Database, commune: Uuid) -> crate::error::Result<Write> {
    let actor = Actor::system("the operator recounts the sums");
    Write::begin(database.connection().await?, commune, actor, Clock::default().now()).await
}
