//! A PostgreSQL server of our own: started with us, stopped with us, even when we are killed.
//!
//! It listens on a Unix socket in a fresh folder that only its owner may enter: no port, no password. It is for trying and for
//! tests: the owner is this process' account or, for root, `postgres`; where there is none, `nobody`, whose other programs
//! could read it.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::binaries::{self, Binaries};

/// The role that owns the schema and runs migrations.
pub const OWNER: &str = "danvan_owner";
/// The role that serves: it has no DDL, and may neither change nor remove a row of the journal.
pub const SERVICE: &str = "danvan";

/// How to run the server.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The folder that holds the server's data, and the fetched programs where there are any.
    pub home: PathBuf,
    /// Durability off and data removed at the end: for tests alone.
    pub throwaway: bool,
}

/// A running server; dropping it stops the server.
#[derive(Debug)]
pub struct Server {
    guard: Child,
    pub socket: PathBuf,
    pub data: PathBuf,
    pub major: u32,
    _lock: File,
}

impl Server {
    /// The connection string of one database and role.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("host={} user={role} dbname={database}", super::quoted(&self.socket.to_string_lossy()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The guard stops the server when its input ends, which also happens when we die without a drop.
        drop(self.guard.stdin.take());
        self.guard.wait().ok();
        // The server's account may not remove it from a folder that is root's.
        std::fs::remove_dir_all(&self.socket).ok();
    }
}

/// Who runs the server's processes: ourselves, or for root, whom the server refuses, another account.
#[derive(Debug, Clone, Copy)]
struct RunAs(Option<(u32, u32)>);

impl RunAs {
    fn find() -> Result<Self> {
        if current_uid() != 0 {
            return Ok(Self(None));
        }
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        for name in ["postgres", "nobody"] {
            for line in passwd.lines() {
                let mut parts = line.split(':');
                if parts.next() == Some(name) {
                    let mut ids = parts.skip(1).map(|id| id.parse::<u32>());
                    if let (Some(Ok(uid)), Some(Ok(gid))) = (ids.next(), ids.next()) {
                        return Ok(Self(Some((uid, gid))));
                    }
                }
            }
        }
        bail!("PostgreSQL refuses to run as root, and there is neither an account `postgres` nor `nobody`")
    }

    fn apply(self, command: &mut Command, home: &Path) {
        command.current_dir(home).env("HOME", home);
        if let Some((uid, gid)) = self.0 {
            command.uid(uid).gid(gid);
        }
    }

    fn give(self, path: &Path) -> Result<()> {
        if let Some((uid, gid)) = self.0 {
            chown(path, Some(uid), Some(gid)).with_context(|| format!("chown {}", path.display()))?;
        }
        Ok(())
    }
}

fn current_uid() -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").map(|meta| meta.uid()).unwrap_or_else(|_| {
        // Without /proc (macOS): a file of ours tells.
        let probe = std::env::temp_dir().join(format!("danvan-uid-{}", std::process::id()));
        let uid = File::create(&probe).and_then(|f| f.metadata()).map(|meta| meta.uid()).unwrap_or(1);
        std::fs::remove_file(probe).ok();
        uid
    })
}

/// Where a supervised server keeps its data unless told: outside home folders for root, since the server's
/// account may not enter those.
pub fn default_home() -> Result<PathBuf> {
    if current_uid() == 0 {
        return Ok(PathBuf::from("/var/lib/danvan"));
    }
    let named = |name: &str| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    // Not in a folder of everybody's: who makes it first would own the database and its programs.
    let base = named("XDG_DATA_HOME").or_else(|| Some(named("HOME")?.join(".local/share")));
    Ok(base.context("there is no home folder for a database: set HOME, or name a folder with --data-dir")?.join("danvan"))
}

/// Starts the server, making its data folder first where there is none.
pub fn start(plan: &Plan, say: &dyn Fn(&str)) -> Result<Server> {
    std::fs::create_dir_all(&plan.home).with_context(|| format!("cannot make {}", plan.home.display()))?;
    // The server's programs run in that folder, and perhaps as somebody else: a name from where we are is another one there.
    let plan = &Plan { home: plan.home.canonicalize()?, ..*plan };
    let lock = lock(&plan.home.join("lock"))?;
    let run_as = RunAs::find()?;
    // Fetched programs serve all data folders of an account.
    let cache = default_home()?.join("postgresql");
    let binaries = binaries::find_or_fetch(&cache, say)?;
    let major = binaries.major()?;
    let data = plan.home.join("data");
    match std::fs::read_to_string(data.join("PG_VERSION")) {
        Ok(version) if version.trim() != major.to_string() => bail!(
            "the data in {} is of PostgreSQL {}, the programs found are of {major}: set PG_BIN to the programs of {}, or upgrade the data with pg_upgrade",
            data.display(),
            version.trim(),
            version.trim()
        ),
        Ok(_) => remove_stale_pid(&data)?,
        Err(_) => {
            if !plan.throwaway {
                say("Making a new database (some seconds) ...");
            }
            init(&binaries, run_as, &plan.home, &data)?;
        }
    }
    let socket = socket_folder(&plan.home)?;
    run_as.give(&socket)?;
    let guard = spawn(plan, &binaries, run_as, &data, &socket)?;
    let mut server = Server { guard, socket, data, major, _lock: lock };
    wait_until_ready(&mut server, &plan.home)?;
    Ok(server)
}

/// A fresh folder for the server's socket: beside its data, where no cleaner of temporary files comes, unless the path gets
/// longer than sockets may have (104 bytes on the narrowest system, the socket's name included).
fn socket_folder(home: &Path) -> Result<PathBuf> {
    const PREFIX: &str = "socket-";
    // What a guard left that was killed itself; no server runs here any more.
    for entry in std::fs::read_dir(home)?.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        std::fs::remove_dir_all(entry.path()).ok();
    }
    let name = format!("{PREFIX}{}", crate::random::token(8));
    let beside = std::path::absolute(home.join(&name))?;
    // A comma would part hosts.
    let folder =
        if beside.as_os_str().len() <= 88 && !beside.to_string_lossy().contains(',') { beside } else { std::env::temp_dir().join(format!("danvan-{name}")) };
    std::fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
    Ok(folder)
}

/// Holds a data folder for this process; says who holds it otherwise.
pub fn lock(path: &Path) -> Result<File> {
    let mut file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            write!(file, "{}", std::process::id())?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder)?;
            bail!("another danvan (process {holder}) already uses {}", path.parent().unwrap_or(path).display())
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn init(binaries: &Binaries, run_as: RunAs, home: &Path, data: &Path) -> Result<()> {
    let fresh = home.join("data.new");
    std::fs::remove_dir_all(&fresh).ok();
    std::fs::create_dir(&fresh)?;
    std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o700))?;
    run_as.give(&fresh)?;
    let mut command = binaries.command("initdb");
    command.args(["-N", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "-U", OWNER, "-D"]).arg(&fresh);
    run_as.apply(&mut command, &fresh);
    let out = command.stdin(Stdio::null()).output().context("initdb")?;
    if !out.status.success() {
        bail!(
            "initdb failed in {} (its account must be able to enter this folder): {}{}",
            fresh.display(),
            String::from_utf8_lossy(&out.stderr),
            String::from_utf8_lossy(&out.stdout)
        );
    }
    // The rename makes it whole: an interrupted start leaves no half-made data behind.
    std::fs::rename(&fresh, data)?;
    Ok(())
}

/// After a crash of the machine the pid in the file may be another program's now, which the server takes for a
/// running server. Our lock is held, so only an orphan that still stops can be a real one.
fn remove_stale_pid(data: &Path) -> Result<()> {
    let file = data.join("postmaster.pid");
    let deadline = Instant::now() + Duration::from_secs(15);
    while let Ok(text) = std::fs::read_to_string(&file) {
        let pid = text.lines().next().unwrap_or_default().trim().to_owned();
        if !is_postgres(&pid) {
            std::fs::remove_file(&file).ok();
        } else if Instant::now() > deadline {
            bail!("a PostgreSQL server (process {pid}) still uses {}", data.display());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Whether a process is a Postgres server; without /proc (macOS) `ps` knows.
fn is_postgres(pid: &str) -> bool {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok().or_else(|| {
        let ps = Command::new("ps").args(["-o", "comm=", "-p", pid]).stdin(Stdio::null()).output().ok()?;
        Some(String::from_utf8_lossy(&ps.stdout).into_owned())
    });
    name.is_some_and(|name| name.trim().rsplit('/').next().is_some_and(|name| name.starts_with("postgres")))
}

fn spawn(plan: &Plan, binaries: &Binaries, run_as: RunAs, data: &Path, socket: &Path) -> Result<Child> {
    let log_path = plan.home.join("postgresql.log");
    let log = File::options().create(true).append(true).open(&log_path)?;
    if plan.throwaway {
        run_as.give(&plan.home)?;
    }
    let trash = if plan.throwaway { plan.home.as_path() } else { Path::new("") };
    let server = binaries.command("postgres");
    let mut command = Command::new("sh");
    for (name, value) in server.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.args(["-c", include_str!("guard.sh"), "guard.sh"]).arg(socket).arg(trash).arg(server.get_program()).arg("-D").arg(data).arg("-k").arg(socket);
    let mut settings = vec!["listen_addresses=", "unix_socket_permissions=0700", "max_connections=200", "jit=off"];
    if plan.throwaway {
        settings.extend([
            "fsync=off",
            "full_page_writes=off",
            "synchronous_commit=off",
            "autovacuum=off",
            "max_wal_size=4GB",
            "shared_preload_libraries=pg_stat_statements",
        ]);
    }
    for setting in settings {
        command.args(["-c", setting]);
    }
    run_as.apply(&mut command, data);
    command.process_group(0).stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
    command.spawn().context("could not start the PostgreSQL server")
}

fn wait_until_ready(server: &mut Server, home: &Path) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let ready = std::fs::read_to_string(server.data.join("postmaster.pid")).unwrap_or_default();
        if ready.lines().last().is_some_and(|line| line.trim() == "ready") {
            // From here on the guard starts it again.
            if let Some(guard) = &mut server.guard.stdin {
                guard.write_all(b"ready\n")?;
            }
            return Ok(());
        }
        let ended = server.guard.try_wait()?.is_some();
        if ended || Instant::now() > deadline {
            let log = std::fs::read_to_string(home.join("postgresql.log")).unwrap_or_default();
            let tail: Vec<&str> = log.lines().rev().take(5).collect();
            bail!("the PostgreSQL server did not start: {}", tail.into_iter().rev().collect::<Vec<_>>().join(" | "));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
