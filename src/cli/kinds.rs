//! `danvan kinds`: the kinds of hamlets, documents, work, people, units and metrics. A region's word is a row, no release.

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Subcommand};
use diesel::prelude::*;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

use super::database::Target;
use crate::db::connect_plainly;
use crate::db::schema::{kinds, metrics, unit_kinds};
use crate::kinds::{KindList, printed};

#[derive(Debug, Subcommand)]
pub enum KindsCommand {
    /// Print all kinds: list, code, whether it is offered, Vietnamese and English name
    List,
    /// Add a kind, or rename one that is there
    Set(Kind),
    /// Add or rename the kinds of a CSV file with the columns list, code, vi, en (and unit_vi, unit_en, whole for metrics); all or nothing
    Import {
        /// The file, UTF-8
        file: std::path::PathBuf,
    },
    /// Offer a kind no more: rows of it stay, new ones are refused
    Retire(Named),
    /// Offer a kind again
    Offer(Named),
}

#[derive(Debug, Args, serde::Deserialize)]
pub struct Kind {
    /// What it is a kind of: hamlets, documents, `work_types`, people, units, metrics
    #[arg(value_parser = list_of)]
    list: KindList,
    /// Its code: 1 to 40 lower-case letters, digits and underscores
    code: String,
    /// Vietnamese name
    #[arg(long)]
    vi: String,
    /// English name
    #[arg(long)]
    en: String,
    /// Of a metric: its Vietnamese unit
    #[arg(long)]
    #[serde(default)]
    unit_vi: Option<String>,
    /// Of a metric: its English unit
    #[arg(long)]
    #[serde(default)]
    unit_en: Option<String>,
    /// Of a metric: its values are whole
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    #[serde(default)]
    whole: Option<bool>,
}

#[derive(Debug, Args)]
pub struct Named {
    /// What it is a kind of: hamlets, documents, `work_types`, people
    #[arg(value_parser = list_of)]
    list: KindList,
    /// Its code
    code: String,
}

fn list_of(text: &str) -> Result<KindList, String> {
    let known = || KindList::ALL.iter().map(|list| list.name()).collect::<Vec<_>>().join(", ");
    KindList::parse(text).ok_or_else(|| format!("one of: {}", known()))
}

pub async fn run(target: &Target, command: KindsCommand) -> Result<()> {
    let mut connection = connect_plainly(&target.service_url).await?;
    match command {
        KindsCommand::List => {
            for kind in printed(&mut connection).await.map_err(|error| anyhow::anyhow!("{error:?}"))? {
                let offered = if kind.offered { "" } else { "retired" };
                println!("{}\t{}\t{offered}\t{}\t{}", kind.list.name(), kind.code, kind.label_vi, kind.label_en);
            }
        }
        KindsCommand::Set(kind) => {
            set(&mut connection, &kind).await?;
            println!("set {} {}", kind.list.name(), kind.code);
        }
        KindsCommand::Import { file } => {
            let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read as UTF-8", file.display()))?;
            let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            let all = reader.deserialize::<Kind>().collect::<std::result::Result<Vec<_>, _>>()?;
            let count = all.len();
            let write = connection.transaction(async |connection| {
                for kind in &all {
                    set(connection, kind).await?;
                }
                anyhow::Ok(())
            });
            write.await?;
            println!("set {count} kinds");
        }
        KindsCommand::Retire(named) => offer(&mut connection, &named, false).await?,
        KindsCommand::Offer(named) => offer(&mut connection, &named, true).await?,
    }
    Ok(())
}

async fn set(connection: &mut AsyncPgConnection, kind: &Kind) -> Result<()> {
    let (code, vi, en) = (kind.code.trim(), crate::text::compose(kind.vi.trim()), crate::text::compose(kind.en.trim()));
    let fits = (1..=40).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    ensure!(fits, "the code \"{code}\" has to be 1 to 40 lower-case letters, digits and underscores");
    ensure!([&vi, &en].iter().all(|name| (1..=200).contains(&name.chars().count())), "{code} needs a Vietnamese and an English name of 1 to 200 letters");
    match kind.list {
        KindList::Units => {
            let names = (unit_kinds::label_vi.eq(&vi), unit_kinds::label_en.eq(&en));
            let row = (unit_kinds::code.eq(code), names);
            diesel::insert_into(unit_kinds::table).values(row).on_conflict(unit_kinds::code).do_update().set(names).execute(connection).await?;
        }
        KindList::Metrics => {
            let known: Option<(String, String, bool)> =
                metrics::table.find(code).select((metrics::unit_vi, metrics::unit_en, metrics::whole)).first(connection).await.optional()?;
            let (unit_vi, unit_en) = match (&kind.unit_vi, &kind.unit_en, &known) {
                (Some(vi), Some(en), _) => (vi.clone(), en.clone()),
                (None, None, Some((vi, en, _))) => (vi.clone(), en.clone()),
                _ => anyhow::bail!("the metric {code} needs --unit-vi and --unit-en"),
            };
            // Figures were added up as what they are: whether they are whole does not change.
            let whole = known.map_or(kind.whole.unwrap_or(false), |(.., whole)| whole);
            let names = (metrics::label_vi.eq(&vi), metrics::label_en.eq(&en), metrics::unit_vi.eq(&unit_vi), metrics::unit_en.eq(&unit_en));
            let last: Option<i32> = metrics::table.select(diesel::dsl::max(metrics::sort_order)).first(connection).await?;
            let row = (metrics::code.eq(code), names, metrics::whole.eq(whole), metrics::sort_order.eq(last.unwrap_or(0) + 1));
            diesel::insert_into(metrics::table).values(row).on_conflict(metrics::code).do_update().set(names).execute(connection).await?;
        }
        list => {
            let of_list = kinds::table.filter(kinds::list.eq(list.name()));
            // Before "other", which is the last.
            let last: Option<i32> = of_list.filter(kinds::code.ne("other")).select(diesel::dsl::max(kinds::sort_order)).first(connection).await?;
            let names = (kinds::label_vi.eq(&vi), kinds::label_en.eq(&en));
            let row = (kinds::list.eq(list.name()), kinds::code.eq(code), names, kinds::sort_order.eq(last.unwrap_or(0) + 1));
            diesel::insert_into(kinds::table).values(row).on_conflict((kinds::list, kinds::code)).do_update().set(names).execute(connection).await?;
        }
    }
    Ok(())
}

async fn offer(connection: &mut AsyncPgConnection, named: &Named, offered: bool) -> Result<()> {
    let rules = [(KindList::Documents, &["plan", "decision", "minutes"] as &[&str])];
    let needed = rules.iter().any(|(list, codes)| *list == named.list && codes.contains(&named.code.as_str()));
    ensure!(offered || !needed, "rules of the service hang on {} {}: it stays", named.list.name(), named.code);
    let row = kinds::table.filter(kinds::list.eq(named.list.name()).and(kinds::code.eq(&named.code)));
    let changed = diesel::update(row).set(kinds::offered.eq(offered)).execute(connection).await?;
    ensure!(changed == 1, "there is no {} {} that can be retired; see `danvan kinds list`", named.list.name(), named.code);
    println!("{} {} {}", if offered { "offered" } else { "retired" }, named.list.name(), named.code);
    Ok(())
}
