//! A campaign day under load: item, list and check-in, each beside `pgbench -M prepared` running the very statements
//! that the service sends, in turns within one run. `cargo bench`.
//!
//! What is compared is CPU time per request (service + Postgres) and requests per second; the machine's own noise is
//! in both. A run with other work on the machine says so and proves nothing.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a bench that cannot go on stops")]

mod load;
mod machine;
mod peer;
mod stage;

use load::{Load, Request};
use stage::Stage;

/// Rounds of all workloads; medians are printed.
const ROUNDS: usize = 5;
/// Seconds of one workload in one round.
const SECONDS: u64 = 4;
const CONNECTIONS: usize = 32;
/// Check-ins of one round: each sign-up is checked in once.
const CHECK_INS: usize = 2_000;

struct Measured {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    service_us: f64,
    postgres_us: f64,
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::set(CHECK_INS * (ROUNDS + 1)));
    let idle = machine::resident_mib(stage.service());
    let scripts = runtime.block_on(peer::capture(&stage));
    let mut results: Vec<(&str, Vec<Measured>, Vec<Measured>)> = vec![("item", vec![], vec![]), ("list of 50", vec![], vec![]), ("check-in", vec![], vec![])];
    let mut foreign = vec![];
    let mut check_ins = stage.check_ins().collect::<Vec<Request>>().into_iter();
    for round in 0..=ROUNDS {
        for (name, ours, theirs) in &mut results {
            let requests: Load = match *name {
                "item" => Load::forever(stage.item(), SECONDS),
                "list of 50" => Load::forever(stage.list(), SECONDS),
                _ => Load::each(check_ins.by_ref().take(CHECK_INS).collect::<Vec<Request>>()),
            };
            let (mine, others) = measure(&stage, || runtime.block_on(requests.run(stage.address(), CONNECTIONS)));
            let (peers, _) = measure(&stage, || scripts.run(name, CONNECTIONS, SECONDS));
            // The first round warms up.
            if round > 0 {
                ours.push(mine);
                theirs.push(peers);
                foreign.push(others);
            }
        }
    }
    println!("\n{:<12} {:<8} {:>9} {:>8} {:>8} {:>12} {:>13} {:>9}", "workload", "", "per s", "p50 ms", "p99 ms", "service us", "postgres us", "sum us");
    for (name, ours, theirs) in &results {
        for (who, rows) in [("danvan", ours), ("pgbench", theirs)] {
            let of = |pick: fn(&Measured) -> f64| median(rows.iter().map(pick).collect());
            let (service, postgres) = (of(|m| m.service_us), of(|m| m.postgres_us));
            println!(
                "{name:<12} {who:<8} {:>9.0} {:>8.2} {:>8.2} {service:>12.0} {postgres:>13.0} {:>9.0}",
                of(|m| m.per_second),
                of(|m| m.p50_ms),
                of(|m| m.p99_ms),
                service + postgres
            );
        }
    }
    println!("\nmemory (resident): {idle:.0} MiB idle, {:.0} MiB after the load", machine::resident_mib(stage.service()));
    let foreign = median(foreign);
    println!("other work on the machine: {foreign:.2} cores{}", if foreign > 0.2 { ": TOO MUCH, this run proves nothing" } else { "" });
    let home = stage.home.clone();
    drop(stage);
    std::fs::remove_dir_all(home).ok();
}

/// Runs one workload; the service's and the database's CPU time by request, and the cores that others used.
fn measure(stage: &Stage, work: impl FnOnce() -> load::Outcome) -> (Measured, f64) {
    let before = (machine::cpu_of(stage.service()), stage.postgres_cpu(), machine::busy(), std::time::Instant::now());
    let outcome = work();
    let seconds = before.3.elapsed().as_secs_f64();
    let service = machine::cpu_of(stage.service()) - before.0;
    let postgres = stage.postgres_cpu() - before.1;
    let others = (machine::busy() - before.2 - service - postgres - outcome.own_cpu).max(0.0) / seconds;
    #[expect(clippy::cast_precision_loss, reason = "counts of requests")]
    let count = outcome.count.max(1) as f64;
    let measured = Measured {
        per_second: count / seconds,
        p50_ms: outcome.p50_ms,
        p99_ms: outcome.p99_ms,
        service_us: service / count * 1e6,
        postgres_us: postgres / count * 1e6,
    };
    (measured, others)
}
