//! Where the Postgres server's programs come from: this machine's, or on Debian and Ubuntu unpacked into a folder
//! of ours. Nothing is installed into the system, so no foreign cluster starts and root is not needed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The server's programs and the library folder that they need (empty for an installed server).
#[derive(Debug, Clone)]
pub struct Binaries {
    pub bin: PathBuf,
    pub libraries: Option<String>,
}

impl Binaries {
    /// A command for one of the programs, with its libraries and without the caller's `PG*` settings.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command
    }

    /// The server's major version, for example 15.
    pub fn major(&self) -> Result<u32> {
        let out = self.command("postgres").arg("--version").output().context("postgres --version")?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        text.split(|c: char| !c.is_ascii_digit())
            .find(|part| !part.is_empty())
            .and_then(|part| part.parse().ok())
            .with_context(|| format!("no version in {text:?} {}", String::from_utf8_lossy(&out.stderr)))
    }
}

/// Finds the server's programs, or fetches them into `cache`; `say` is told of steps that take long.
pub fn find_or_fetch(cache: &Path, say: &dyn Fn(&str)) -> Result<Binaries> {
    if let Some(bin) = installed() {
        return Ok(Binaries { bin, libraries: None });
    }
    if let Some(found) = unpacked(cache) {
        return Ok(found);
    }
    if which("apt-get").is_some() && which("dpkg-deb").is_some() {
        std::fs::create_dir_all(cache)?;
        // Two first starts at once: the second waits, and finds what the first fetched.
        let lock = std::fs::File::create(cache.join("lock"))?;
        lock.lock()?;
        if let Some(found) = unpacked(cache) {
            return Ok(found);
        }
        say("No PostgreSQL server found: fetching one from this system's package source (about 30 MB, nothing is installed) ...");
        fetch(cache).context("could not fetch PostgreSQL with apt-get; install the package `postgresql` or set DATABASE_URL")?;
        return unpacked(cache).context("the fetched PostgreSQL packages hold no server");
    }
    bail!("no PostgreSQL server found: install PostgreSQL 15 or newer, set PG_BIN to its bin folder, or set DATABASE_URL")
}

fn which(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(program)).find(|path| path.is_file())
}

fn installed() -> Option<PathBuf> {
    let complete = |bin: &Path| bin.join("initdb").exists() && bin.join("postgres").exists();
    if let Some(bin) = std::env::var_os("PG_BIN").map(PathBuf::from).filter(|bin| complete(bin)) {
        return Some(bin);
    }
    // A link in PATH names the real folder, which also holds what initdb looks for beside itself.
    let on_path = which("initdb").and_then(|path| path.canonicalize().ok()).and_then(|path| Some(path.parent()?.to_owned()));
    let mut places: Vec<PathBuf> = on_path.into_iter().collect();
    for (root, tail) in
        [("/usr/lib/postgresql", "bin"), ("/opt/homebrew/opt", "bin"), ("/usr/local/opt", "bin"), ("/Applications/Postgres.app/Contents/Versions", "bin")]
    {
        places.extend(versions(Path::new(root)).into_iter().map(|dir| dir.join(tail)));
    }
    places.into_iter().find(|bin| complete(bin))
}

/// The subfolders of a folder, the highest version first.
fn versions(root: &Path) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    // "postgresql@16", "9.6" and "15" alike: the first number of the name counts.
    dirs.sort_by_key(|dir| {
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number = name.split(|c: char| !c.is_ascii_digit()).find_map(|part| part.parse::<u32>().ok());
        std::cmp::Reverse(number.unwrap_or(0))
    });
    dirs
}

fn unpacked(cache: &Path) -> Option<Binaries> {
    let root = cache.join("root");
    if !cache.join("complete").exists() {
        return None;
    }
    let bin = versions(&root.join("usr/lib/postgresql")).into_iter().map(|dir| dir.join("bin")).find(|bin| bin.join("initdb").exists())?;
    let mut libraries = vec![];
    for parent in [root.join("usr/lib"), root.join("lib")] {
        libraries.extend(
            std::fs::read_dir(parent)
                .into_iter()
                .flatten()
                .flatten()
                .map(|e| e.path())
                .filter(|p| p.to_string_lossy().ends_with("-gnu") || p.to_string_lossy().contains("-linux-")),
        );
    }
    let libraries = libraries.iter().map(|p| p.to_string_lossy()).collect::<Vec<_>>().join(":");
    Some(Binaries { bin, libraries: Some(libraries) })
}

fn fetch(cache: &Path) -> Result<()> {
    let downloads = cache.join("debs");
    for dir in ["lists/partial", "archives/partial", "debs", "root"] {
        std::fs::create_dir_all(cache.join(dir))?;
    }
    // Private lists and caches: works without root, and where the system's own lists were removed.
    let options: Vec<String> = vec![
        format!("-oDir::State::lists={}", cache.join("lists").display()),
        format!("-oDir::Cache={}", cache.display()),
        "-oDebug::NoLocking=1".into(),
        "-oAPT::Sandbox::User=".into(),
    ];
    let run = |program: &str, args: &[&str]| -> Result<String> {
        let out = Command::new(program).args(&options).args(args).current_dir(&downloads).stdin(Stdio::null()).output()?;
        if !out.status.success() {
            bail!("{program} {}: {}", args.join(" "), String::from_utf8_lossy(&out.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    };
    run("apt-get", &["-q", "update"])?;
    // `postgresql` depends on the distribution's own major version; names differ from release to release.
    let server = run("apt-cache", &["depends", "postgresql"])?
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .find(|name| name.starts_with("postgresql-") && name.ends_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
        .context("the package source has no `postgresql`")?;
    let client = server.replacen("postgresql-", "postgresql-client-", 1);
    let quiet = ["--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances"];
    let tree = run("apt-cache", &[&["depends"], &quiet[..], &[&server]].concat())?;
    let mut wanted = vec![server, client];
    for name in tree.lines().filter(|line| line.starts_with("lib")) {
        // llvm serves just-in-time compilation, perl Debian's cluster scripts: neither is used, both are large.
        let unused = name.starts_with("libllvm") || name.starts_with("libz3") || name.contains("perl") || name.contains(':');
        if !unused && !is_installed(name) && !wanted.iter().any(|known| known == name) {
            wanted.push(name.to_owned());
        }
    }
    let names: Vec<&str> = wanted.iter().map(String::as_str).collect();
    run("apt-get", &[&["-q", "download"], &names[..]].concat())?;
    for deb in std::fs::read_dir(&downloads)?.flatten().map(|entry| entry.path()).filter(|p| p.extension().is_some_and(|e| e == "deb")) {
        let status = Command::new("dpkg-deb").arg("-x").arg(&deb).arg(cache.join("root")).status()?;
        if !status.success() {
            bail!("dpkg-deb -x {} failed", deb.display());
        }
    }
    for dir in ["debs", "lists", "archives"] {
        std::fs::remove_dir_all(cache.join(dir)).ok();
    }
    std::fs::write(cache.join("complete"), wanted.join("\n"))?;
    Ok(())
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Abbrev}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|out| String::from_utf8_lossy(&out.stdout).starts_with("ii"))
}
