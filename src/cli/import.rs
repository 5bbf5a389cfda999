//! `danvan import`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::Args;

use super::database::Target;
use crate::db::Database;
use crate::error::Error;
use crate::plan_import;
use crate::text::Lang;

#[derive(Debug, Args)]
pub struct ImportSettings {
    /// The plan, as JSON; `src/demo/phu-ly-2024.json` is one
    file: PathBuf,
    /// Check everything, keep nothing
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(target: &Target, settings: &ImportSettings, now: DateTime<Utc>) -> Result<()> {
    let bytes = std::fs::read(&settings.file).with_context(|| format!("cannot read {}", settings.file.display()))?;
    let plan = plan_import::parse(&bytes).map_err(refused)?;
    let database = Database::new(&target.service_url, 1)?;
    let mut write = plan_import::begin(&database, "the operator imports a plan", now).await.map_err(refused)?;
    match plan_import::apply(&mut write, &plan).await {
        Err(error) => {
            write.roll_back().await;
            Err(refused(error))
        }
        Ok(imported) => {
            if settings.dry_run {
                write.roll_back().await;
            } else {
                write.commit(None, 201, imported.commune).await.map_err(refused)?;
            }
            let (units, hamlets, items) = (imported.units.len(), imported.hamlets.len(), imported.plan_items.len());
            let kept = if settings.dry_run { "nothing was kept (--dry-run)" } else { "imported" };
            println!("{kept}: commune {}, campaign {}, {units} units, {hamlets} hamlets, {items} plan items", imported.commune, imported.campaign);
            Ok(())
        }
    }
}

/// One line for each error: the JSON Pointer into the file, the rule, the sentence.
fn refused(error: Error) -> anyhow::Error {
    let lines: Vec<String> = error.field_errors().iter().map(|field| format!("  {} {}: {}", field.pointer, field.code, field.detail.of(Lang::En))).collect();
    if lines.is_empty() {
        return super::users::said(error);
    }
    anyhow::anyhow!("the plan is not imported:\n{}", lines.join("\n"))
}
