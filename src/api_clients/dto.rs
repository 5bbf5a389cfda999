//! API clients in JSON and in their table.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::api_clients;
use crate::text::fold;
use crate::text_enum;
use crate::web::patch::Change;
use crate::web::values::{AnyOf, Day, Few, Line};

text_enum! {
    /// Whether the client may sign in.
    pub enum ApiClientStatus { Active = "active", Revoked = "revoked" }
}

/// A program that connects.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = api_clients, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ApiClient {
    /// The client's id: its `client_id`.
    pub id: Uuid,
    /// The accounts' number at the last change.
    pub version: i64,
    /// When it was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When it last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// The commune that it works in.
    pub commune_id: Uuid,
    /// Who made it: it can do at most what this user may.
    pub user_id: Uuid,
    /// Its name, for people.
    #[schema(example = "Hệ thống liên lạc Lữ đoàn 75")]
    pub name: String,
    /// What it may do: `resource:verb`.
    pub scopes: Vec<String>,
    /// Only the maker's rights for this unit.
    pub unit_id: Option<Uuid>,
    /// Only within this campaign.
    pub campaign_id: Option<Uuid>,
    /// The last local day on which it works.
    pub expires_on: NaiveDate,
    /// The last local day on which it got a token.
    pub last_used_on: Option<NaiveDate>,
    #[serde(skip)]
    #[schema(ignore)]
    pub secrets: Value,
    /// Whether it may sign in.
    pub status: ApiClientStatus,
    #[serde(skip)]
    #[schema(ignore)]
    pub search: String,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

impl ApiClient {
    /// Brings the search column in step with the name.
    pub fn with_search(mut self) -> Self {
        self.search = fold(&self.name);
        self
    }
}

/// A secret as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredSecret {
    /// HMAC-SHA256 under the service's secret, hexadecimal: the secret is random, so that no slow hash is needed.
    pub hash: String,
    pub made_at: DateTime<Utc>,
}

/// A new client.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiClient {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune that it works in.
    pub commune_id: Uuid,
    /// Its name, for people.
    pub name: Line<1, 100>,
    /// What it may do: `resource:verb`, at least one.
    pub scopes: Few<Line<3, 80>, 100>,
    /// Only the maker's rights for this unit.
    pub unit_id: Option<Uuid>,
    /// Only within this campaign.
    pub campaign_id: Option<Uuid>,
    /// The last local day on which it works, at most a year away.
    pub expires_on: Day,
}

/// Changes of a client (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateApiClient {
    /// Its name, for people.
    #[serde(default)]
    pub name: Change<Line<1, 100>>,
    /// What it may do.
    #[serde(default)]
    pub scopes: Change<Few<Line<3, 80>, 100>>,
    /// The last local day on which it works, at most a year away.
    #[serde(default)]
    pub expires_on: Change<Day>,
}

/// An action on a client.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnApiClient {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ApiClientFilter {
    /// Any of these, separated by commas: active, revoked.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<ApiClientStatus>>,
    /// Made by this user.
    pub user_id: Option<Uuid>,
}

/// A new secret, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedSecret {
    /// The client's id.
    pub client_id: Uuid,
    /// The secret. It is not stored: whoever loses it takes a new one.
    pub client_secret: String,
    /// Secrets that work now, this one among them: 1 or 2.
    pub live_secrets: usize,
}

/// The request for a token (RFC 6749 section 4.4.2).
#[derive(Debug, Deserialize, ToSchema)]
pub struct TokenRequest {
    /// `client_credentials`.
    pub grant_type: Option<String>,
    /// The client's id, where it is not in the header.
    pub client_id: Option<String>,
    /// The client's secret, where it is not in the header.
    pub client_secret: Option<String>,
    /// Scopes, separated by spaces, of those that the client has; all of them when left out.
    pub scope: Option<String>,
}

/// A token (RFC 6749 section 5.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAnswer {
    /// Sent as `Authorization: Bearer ...`.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds until a new one is needed.
    pub expires_in: i64,
    /// The scopes that it has, separated by spaces.
    pub scope: String,
}
