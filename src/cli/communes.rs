//! `danvan commune`: what there is, so that other commands can name it.

use anyhow::Result;
use clap::Subcommand;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::database::Target;
use crate::db::connect_plainly;
use crate::statement;

#[derive(Debug, Subcommand)]
pub enum CommuneCommand {
    /// List them: code, name, province, status, id
    List,
}

statement! {
    Communes() -> (Text, Text, Text, Text, SqlUuid),
    "SELECT code, name, province_name, status, id FROM communes ORDER BY province_code, code"
}

pub async fn run(target: &Target, command: &CommuneCommand) -> Result<()> {
    let CommuneCommand::List = command;
    let connection = &mut connect_plainly(&target.service_url).await?;
    let rows: Vec<(String, String, String, String, uuid::Uuid)> = Communes {}.load(connection).await?;
    for (code, name, province, status, id) in rows {
        println!("{code}\t{name}\t{province}\t{status}\t{id}");
    }
    Ok(())
}
