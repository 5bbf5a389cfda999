//! API clients as the guard sees them: at most what their maker may, within their scopes and bounds.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::actor::Grant;
use crate::db::Lane;
use crate::db::schema::api_clients;
use crate::error::Result;

/// A client with its bounds: what is kept in memory while the `accounts` number stands.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = api_clients)]
pub struct Client {
    pub id: Uuid,
    pub name: String,
    /// Who made it.
    pub user_id: Uuid,
    pub commune_id: Uuid,
    pub unit_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    /// `resource:verb`, see [`Client::allows`].
    pub scopes: Vec<String>,
    pub expires_on: NaiveDate,
    pub status: String,
}

impl Client {
    pub async fn load(lane: &Lane, id: Uuid) -> Result<Option<Self>> {
        let connection = lane.connection().await?;
        Ok(api_clients::table.find(id).select(Self::as_select()).first(&mut &*connection).await.optional()?)
    }

    /// With those of its scopes that were asked for.
    pub fn within(self: Arc<Self>, asked: &[&str]) -> Arc<Self> {
        if self.scopes.iter().all(|scope| asked.contains(&scope.as_str())) {
            return self;
        }
        let scopes = self.scopes.iter().filter(|scope| asked.contains(&scope.as_str())).cloned().collect();
        Arc::new(Self { scopes, ..(*self).clone() })
    }

    pub fn works_on(&self, day: NaiveDate) -> bool {
        self.status == "active" && day <= self.expires_on
    }

    /// Whether a scope gives this: `sign_ups:check_in`, or `sign_ups:*`. Every scope of a resource gives reading it too,
    /// since the answer to a write is the object.
    pub fn allows(&self, resource: &str, verb: &str) -> bool {
        gives(&self.scopes, resource, verb)
    }

    /// What is left of the maker's rights: those of the client's commune, of its unit where it names one, and narrowed to
    /// its campaign where it names one.
    pub fn narrow(&self, grants: Vec<Grant>) -> Vec<Grant> {
        let here = grants.into_iter().filter(|grant| grant.commune_id == Some(self.commune_id));
        let own = here.filter(|grant| self.unit_id.is_none() || grant.unit_id == self.unit_id);
        let own = own.filter(|grant| self.campaign_id.is_none() || grant.campaign_id.is_none() || grant.campaign_id == self.campaign_id);
        own.map(|grant| Grant { campaign_id: self.campaign_id.or(grant.campaign_id), acting_for: grant.acting_for.or(Some(self.user_id)), ..grant }).collect()
    }
}

/// Whether some of these scopes gives a verb of a resource.
pub fn gives(scopes: &[String], resource: &str, verb: &str) -> bool {
    scopes.iter().filter_map(|scope| scope.split_once(':')).any(|(of, may)| of == resource && (verb == "read" || may == "*" || may == verb))
}
