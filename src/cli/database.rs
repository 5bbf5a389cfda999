//! The database that a command works on: one that is named, or a supervised one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::access::keys::Secret;
use crate::config::DatabaseSettings;
use crate::db::supervise::{self, OWNER, Plan, SERVICE, Server};
use crate::db::{migrations, quoted};

/// An open database and where its secret lies.
pub struct Target {
    /// As the role that serves.
    pub service_url: String,
    /// As the role that owns the schema.
    pub owner_url: String,
    /// What people are told of it.
    pub description: String,
    secret_file: PathBuf,
    server: Option<Server>,
}

impl Target {
    /// Uses the database named in the settings, or starts a supervised one.
    pub fn open(settings: &DatabaseSettings, say: &dyn Fn(&str)) -> Result<Self> {
        // Asked for only where something is kept there: a service account may have no home.
        let home = || settings.data_dir.clone().map_or_else(supervise::default_home, Ok);
        if let Some(url) = &settings.database_url {
            let secret_file = match &settings.secret_file {
                Some(file) => file.clone(),
                None => {
                    let home = home()?;
                    std::fs::create_dir_all(&home)?;
                    home.join("secret.key")
                }
            };
            let service_url = with_password(url, settings.database_password_file.as_deref())?;
            let owner_url = match &settings.owner_url {
                Some(url) => with_password(url, settings.owner_password_file.as_deref())?,
                None => service_url.clone(),
            };
            return Ok(Self { service_url, owner_url, description: "the database of DATABASE_URL".into(), secret_file, server: None });
        }
        let home = home()?;
        let secret_file = settings.secret_file.clone().unwrap_or_else(|| home.join("secret.key"));
        let server = supervise::start(&Plan { home, throwaway: false }, say)?;
        Ok(Self {
            service_url: server.url(SERVICE, "danvan"),
            owner_url: server.url(OWNER, "danvan"),
            description: format!("PostgreSQL {}, supervised, data in {}", server.major, server.data.display()),
            secret_file,
            server: Some(server),
        })
    }

    pub fn secret(&self) -> Result<Secret> {
        Secret::load_or_make(&self.secret_file)
    }

    pub fn supervised(&self) -> bool {
        self.server.is_some()
    }

    /// Brings the schema up to date; a supervised server's role and database are made first.
    pub async fn migrate(&self, service_role: Option<&str>) -> Result<Vec<String>> {
        let role = match &self.server {
            Some(server) => {
                migrations::prepare(server, "danvan").await?;
                Some(SERVICE)
            }
            None => service_role,
        };
        migrations::migrate(&self.owner_url, role).await
    }
}

/// The connection string with the password that lies in a file.
fn with_password(url: &str, file: Option<&Path>) -> Result<String> {
    let Some(file) = file else { return Ok(url.to_owned()) };
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let pair = form_urlencoded::Serializer::new(String::new()).append_pair("password", password).finish().replace('+', "%20");
        return Ok(format!("{url}{}{pair}", if url.contains('?') { '&' } else { '?' }));
    }
    Ok(format!("{url} password={}", quoted(password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_from_a_file_arrives_as_it_is() {
        let file = std::env::temp_dir().join(format!("danvan-password-{}", crate::random::token(8)));
        for password in ["plain", "mật khẩu có dấu", r"it's \ & ?#/@:% +"] {
            std::fs::write(&file, format!("{password}\n")).expect("a file");
            for url in ["host=db user=danvan dbname=danvan", "postgres://danvan@db/danvan", "postgresql://danvan@db/danvan?sslmode=require"] {
                let full = with_password(url, Some(&file)).expect("a url");
                let config: tokio_postgres::Config = full.parse().expect("a connection string");
                assert_eq!(config.get_password(), Some(password.as_bytes()), "{url}");
            }
        }
        std::fs::remove_file(&file).expect("removed");
    }
}
