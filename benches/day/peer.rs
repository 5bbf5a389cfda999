//! The peer: pgbench with the statements that the service sends. They are taken from the server's log of one request.

use std::path::PathBuf;
use std::process::Command;

use danvan::db::connect_plainly;
use danvan::db::supervise::{OWNER, SERVICE};
use diesel_async::SimpleAsyncConnection as _;

use super::load::{Load, Outcome};
use super::machine;
use super::stage::Stage;

/// A pgbench script for each workload.
pub struct Scripts {
    home: PathBuf,
    socket: PathBuf,
    scripts: Vec<(&'static str, PathBuf, Vec<(String, String)>)>,
}

/// A statement with the backend that ran it and the values that were bound to it.
struct Logged {
    backend: String,
    text: String,
    values: Vec<String>,
}

/// Asks each request once of a process whose statements are logged, and makes scripts of what it sent.
pub async fn capture(stage: &Stage) -> Scripts {
    let mut owner = connect_plainly(&stage.server.url(OWNER, "danvan")).await.unwrap();
    let logging = "log_min_duration_statement";
    owner.batch_execute(&format!("ALTER ROLE {SERVICE} SET {logging} = 0")).await.unwrap();
    let probe = stage.another();
    owner.batch_execute(&format!("ALTER ROLE {SERVICE} RESET {logging}")).await.unwrap();
    let mut scripts = vec![];
    for (name, method, path, table) in [
        ("item", "GET", stage.item_path(), " FROM activities "),
        ("list of 50", "GET", stage.list_path(), " FROM activities "),
        ("check-in", "POST", stage.check_in_path(0), "UPDATE sign_ups "),
    ] {
        let once = || Load::each(vec![probe.request(method, &path)]);
        if method == "GET" {
            once().run(&probe.address, 1).await;
        }
        let log = stage.home.join("postgresql.log");
        let before = std::fs::metadata(&log).unwrap().len();
        once().run(&probe.address, 1).await;
        // The log is written before the answer goes out, but for the commit's line.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let text = std::fs::read(&log).unwrap();
        let logged = statements(&String::from_utf8_lossy(&text[usize::try_from(before).unwrap()..]), table);
        let (script, values) = script(logged);
        let path = stage.home.join(format!("{}.pgbench", name.replace(' ', "-")));
        std::fs::write(&path, script).unwrap();
        scripts.push((name, path, values));
    }
    Scripts { home: stage.home.clone(), socket: stage.server.socket.clone(), scripts }
}

/// The statements of one request in a piece of the server's log: those of the backend that spoke of `table`. What the
/// service does in the background in the meantime runs on others.
fn statements(log: &str, table: &str) -> Vec<Logged> {
    let mut all = logged(log);
    let backend = all.iter().find(|statement| statement.text.contains(table)).expect("the request reached the database").backend.clone();
    all.retain(|statement| statement.backend == backend);
    all
}

fn logged(log: &str) -> Vec<Logged> {
    let mut found: Vec<Logged> = vec![];
    let mut open = false;
    for line in log.lines() {
        let body = line.split_once("LOG:  ").or_else(|| line.split_once("DETAIL:  "));
        match body {
            Some((_, text)) if line.contains("DETAIL:") => {
                if let (Some(values), Some(last)) = (text.strip_prefix("parameters: "), found.last_mut())
                    && open
                {
                    last.values = parameters(values);
                }
                open = false;
            }
            Some((_, text)) => {
                open = false;
                let text = text.split_once(" ms  ").map_or("", |(_, rest)| rest);
                let statement =
                    text.strip_prefix("statement: ").or_else(|| text.strip_prefix("execute ").and_then(|rest| rest.split_once(": ")).map(|(_, s)| s));
                // The pulse and what is written aside are no part of the request.
                if let Some(statement) = statement.filter(|s| !s.contains("pg_control_system") && !s.starts_with("INSERT INTO \"reads\"")) {
                    let backend = line.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(pid, _)| pid);
                    found.push(Logged { backend: backend.to_owned(), text: statement.to_owned(), values: vec![] });
                    open = true;
                }
            }
            None if open => {
                if let Some(last) = found.last_mut() {
                    last.text.push('\n');
                    last.text.push_str(line);
                }
            }
            None => {}
        }
    }
    found
}

/// `$1 = 'a', $2 = NULL`: the values in their order.
fn parameters(text: &str) -> Vec<String> {
    let mut values = vec![];
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(" = ") {
        if let Some(quoted) = after.strip_prefix('\'') {
            let mut value = String::new();
            let mut chars = quoted.char_indices().peekable();
            let mut end = quoted.len();
            while let Some((at, c)) = chars.next() {
                if c == '\'' {
                    if chars.peek().is_some_and(|(_, next)| *next == '\'') {
                        chars.next();
                    } else {
                        end = at + 1;
                        break;
                    }
                }
                value.push(c);
            }
            values.push(value);
            rest = &quoted[end..];
        } else {
            values.push("\u{0}".into());
            rest = after.get(4..).unwrap_or_default();
        }
    }
    values
}

/// pgbench sends values without their types, and nothing else tells that of one that stands alone in a list.
fn cast(value: &str) -> &'static str {
    match value {
        "t" | "f" => "::bool",
        // In braces a single id would be one too.
        _ if !value.starts_with('{') && value.parse::<uuid::Uuid>().is_ok() => "::uuid",
        _ => match value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            // `unnest` asks for the type of its list. An object's text has a colon after its first key.
            Some(list) if !list.contains("\":") => match list.split(',').all(|part| part.parse::<uuid::Uuid>().is_ok()) {
                true => "::uuid[]",
                false => "::text[]",
            },
            _ => "",
        },
    }
}

/// The statements as a pgbench script; the number that a write gets is the one that its tick returned.
fn script(statements: Vec<Logged>) -> (String, Vec<(String, String)>) {
    let mut text = String::new();
    let mut values = vec![];
    for (n, statement) in statements.into_iter().enumerate() {
        let mut sql = statement.text.replace('\n', " ");
        for (i, value) in statement.values.iter().enumerate().rev() {
            let place = format!("${}", i + 1);
            if value == "\u{0}" {
                sql = sql.replace(&place, "NULL");
                continue;
            }
            // The journal's row: feed and number are its key.
            let numbered = sql.contains("INSERT INTO journal ") && i == 2;
            let name = if numbered { "number".to_owned() } else { format!("v{n}_{i}") };
            sql = sql.replace(&place, &format!(":{name}{}", if numbered { "" } else { cast(value) })).replace(&format!(":{name} IS NOT NULL"), "true");
            if !numbered {
                values.push((name, value.clone()));
            }
        }
        text.push_str(&sql);
        text.push_str(if sql.starts_with("UPDATE feeds ") { " \\gset\n" } else { ";\n" });
    }
    (text, values)
}

impl Scripts {
    pub fn run(&self, name: &str, connections: usize, seconds: u64) -> Outcome {
        let (_, path, values) = self.scripts.iter().find(|(script, ..)| *script == name).unwrap();
        let own = machine::cpu_of(std::process::id());
        let mut command = Command::new("pgbench");
        let prefix = self.home.join("times");
        command.args(["-n", "-M", "prepared", "-j", "1", "-c", &connections.to_string(), "-T", &seconds.to_string(), "-h"]).arg(&self.socket);
        command.args(["-U", SERVICE, "-l", "--log-prefix"]).arg(&prefix).arg("-f").arg(path);
        for (name, value) in values {
            command.arg("-D").arg(format!("{name}={value}"));
        }
        let out = command.arg("danvan").output().expect("pgbench is installed");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let mut times = vec![];
        for file in std::fs::read_dir(&self.home).unwrap().flatten().filter(|file| file.file_name().to_string_lossy().starts_with("times.")) {
            let log = std::fs::read_to_string(file.path()).unwrap();
            times.extend(log.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok()));
            std::fs::remove_file(file.path()).unwrap();
        }
        times.sort_by(f64::total_cmp);
        let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |us| us / 1e3);
        Outcome { count: times.len(), p50_ms: at(50), p99_ms: at(99), own_cpu: machine::cpu_of(std::process::id()) - own }
    }
}
