//! Every setting: flags over environment over defaults, read once.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// Where the data lies.
#[derive(Debug, Clone, Args)]
pub struct DatabaseSettings {
    /// PostgreSQL 15 or newer to use, as a URL or keywords; without it a server is supervised
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// File with the password of the service's role, for secrets that are files
    #[arg(long, global = true, env = "DANVAN_DATABASE_PASSWORD_FILE")]
    pub database_password_file: Option<PathBuf>,
    /// The same database as the role that owns the schema, for migrations; the service's own by default
    #[arg(long, global = true, env = "DANVAN_OWNER_URL", hide_env_values = true)]
    pub owner_url: Option<String>,
    /// File with the password of the owner's role
    #[arg(long, global = true, env = "DANVAN_OWNER_PASSWORD_FILE")]
    pub owner_password_file: Option<PathBuf>,
    /// PEM file of the authorities that a remote database's certificate is verified with; the system's by default
    #[arg(long, global = true, env = "DANVAN_DATABASE_CA_FILE")]
    pub database_ca_file: Option<PathBuf>,
    /// Folder of a supervised server's data, and of the secret unless told otherwise
    #[arg(long, global = true, env = "DANVAN_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// File of the master secret; made at the first start (mode 0600), the same on all instances
    #[arg(long, global = true, env = "DANVAN_SECRET_FILE")]
    pub secret_file: Option<PathBuf>,
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct ServeSettings {
    /// Address and port to listen on
    #[arg(long, env = "DANVAN_BIND", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,
    /// Address and port of the admin listener (health, `/metrics`); none unless told
    #[arg(long, env = "DANVAN_ADMIN_BIND")]
    pub admin_bind: Option<SocketAddr>,
    /// Seconds that readiness is 503 before the listener closes at SIGTERM, so that a balancer looks away first
    #[arg(long, env = "DANVAN_DRAIN_WAIT", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60))]
    pub drain_wait: u64,
    /// Worker threads; as many as cores by default
    #[arg(long, env = "DANVAN_WORKERS")]
    pub workers: Option<usize>,
    /// Connections for writes and slow work, beside one per worker for reads
    #[arg(long, env = "DANVAN_POOL_SIZE", default_value_t = 16)]
    pub pool_size: usize,
    /// An origin that browsers may call from; repeat for several, `*` for all
    #[arg(long, env = "DANVAN_CORS_ORIGIN", value_delimiter = ',')]
    pub cors_origin: Vec<String>,
    /// A proxy in front of the service whose `X-Forwarded-For` is believed: an address or a network (`10.0.0.0/8`); repeat for several
    #[arg(long, env = "DANVAN_TRUSTED_PROXY", value_delimiter = ',', value_parser = crate::web::proxies::parse)]
    pub trusted_proxy: Vec<ipnet::IpNet>,
    /// The address that clients know the service by, `https://danvan.example.vn`; without it the one that is asked
    #[arg(long, env = "DANVAN_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Rate limits in per cent of the documented ones, counted by each instance for itself; 0 is none
    #[arg(long, env = "DANVAN_RATE_LIMIT", default_value_t = 100, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub rate_limit: u32,
    /// Send webhooks by http and into private networks too: for networks of one's own. The demo does
    #[arg(long, env = "DANVAN_WEBHOOK_ALLOW_PRIVATE")]
    pub webhook_allow_private: bool,
    /// A port that webhooks may be sent to beside 443; repeat for several
    #[arg(long, env = "DANVAN_WEBHOOK_PORT", value_delimiter = ',')]
    pub webhook_port: Vec<u16>,
    /// Serve although fsync or synchronous_commit is off: acknowledged work can be lost
    #[arg(long, env = "DANVAN_ALLOW_UNSAFE_DATABASE")]
    pub allow_unsafe_database: bool,
}
