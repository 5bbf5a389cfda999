//! The database that a command works on: one that is named, or a supervised one.

use std::path::PathBuf;

use anyhow::Result;

use crate::access::keys::Secret;
use crate::config::DatabaseSettings;
use crate::db::migrations;
use crate::db::supervise::{self, OWNER, Plan, SERVICE, Server};

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
        let home = settings.data_dir.clone().unwrap_or_else(supervise::default_home);
        let secret_file = settings.secret_file.clone().unwrap_or_else(|| home.join("secret.key"));
        if let Some(url) = &settings.database_url {
            if settings.secret_file.is_none() {
                std::fs::create_dir_all(&home)?;
            }
            let owner_url = settings.owner_url.clone().unwrap_or_else(|| url.clone());
            return Ok(Self { service_url: url.clone(), owner_url, description: "the database of DATABASE_URL".into(), secret_file, server: None });
        }
        let server = supervise::start(&Plan { home: home.clone(), throwaway: false }, say)?;
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
