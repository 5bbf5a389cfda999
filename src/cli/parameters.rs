//! `danvan parameters`: what a certificate of merit is worth, from a day on. Decrees change it, no release does.

use anyhow::{Result, ensure};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::database::Target;
use crate::db::connect_plainly;
use crate::db::schema::award_parameters as rows;

#[derive(Debug, Subcommand)]
pub enum ParametersCommand {
    /// Add the parameters of decisions from a day on, or correct those of that very day
    Set(SetArgs),
    /// Print all versions
    List,
}

#[derive(Debug, Args)]
pub struct SetArgs {
    /// First day of decisions that they are for
    #[arg(long)]
    valid_from: NaiveDate,
    /// Base salary, whole đồng
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
    base_salary_vnd: i64,
    /// Coefficient of an individual, in thousandths of the base salary (0.3 is 300)
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..=100_000))]
    coefficient_thousandths: i32,
    /// A household's amount, in hundredths of an individual's (1.5 times is 150)
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..=10_000))]
    household_hundredths: i32,
    /// A collective's amount, in hundredths of an individual's
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..=10_000))]
    collective_hundredths: i32,
    /// Amounts are rounded up to multiples of this, whole đồng
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
    rounding_step_vnd: i64,
    /// The decrees that they rest on
    #[arg(long)]
    source: String,
}

pub async fn run(target: &Target, command: ParametersCommand) -> Result<()> {
    let mut connection = connect_plainly(&target.service_url).await?;
    match command {
        ParametersCommand::Set(args) => {
            ensure!(!args.source.trim().is_empty(), "name the decrees that they rest on");
            let values = (
                rows::id.eq(crate::random::id()),
                rows::valid_from.eq(args.valid_from),
                rows::base_salary_vnd.eq(args.base_salary_vnd),
                rows::coefficient_thousandths.eq(args.coefficient_thousandths),
                rows::household_hundredths.eq(args.household_hundredths),
                rows::collective_hundredths.eq(args.collective_hundredths),
                rows::rounding_step_vnd.eq(args.rounding_step_vnd),
                rows::source.eq(args.source.trim()),
            );
            // A version that an award was computed with stays as it was: the awards keep its id.
            let used = crate::db::schema::rewards::table.filter(
                crate::db::schema::rewards::award_parameter_id.eq_any(rows::table.filter(rows::valid_from.eq(args.valid_from)).select(rows::id.nullable())),
            );
            let used: i64 = used.count().get_result(&mut connection).await?;
            ensure!(used == 0, "{used} awards were computed with the parameters of {}: correct them by a version of a later day", args.valid_from);
            diesel::delete(rows::table.filter(rows::valid_from.eq(args.valid_from))).execute(&mut connection).await?;
            diesel::insert_into(rows::table).values(values).execute(&mut connection).await?;
            println!("set from {}", args.valid_from);
        }
        ParametersCommand::List => {
            let all: Vec<(NaiveDate, i64, i32, i32, i32, i64, String)> = rows::table
                .order(rows::valid_from)
                .select((
                    rows::valid_from,
                    rows::base_salary_vnd,
                    rows::coefficient_thousandths,
                    rows::household_hundredths,
                    rows::collective_hundredths,
                    rows::rounding_step_vnd,
                    rows::source,
                ))
                .load(&mut connection)
                .await?;
            for (from, base, coefficient, household, collective, step, source) in all {
                println!(
                    "from {from}: base {base}, coefficient {coefficient}/1000, household {household}/100, collective {collective}/100, step {step} ({source})"
                );
            }
        }
    }
    Ok(())
}
