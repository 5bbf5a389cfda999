//! API clients in JSON and in their table.

use chrono::{DateTime, NaiveDate, Utc};
use danvan_macros::record;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::journal::feeds::ACCOUNTS;
use crate::text_enum;
use crate::web::values::{Day, Few, Line};

text_enum! {
    /// Whether the client may sign in.
    pub enum ApiClientStatus {
        Active = "active" ("Đang hoạt động", "Active"),
        Revoked = "revoked" ("Đã thu hồi", "Revoked"),
    }
}

/// A program that connects.
#[record(
    api_clients, policy = rules::POLICY, status = ApiClientStatus::Active, any_status = "Any of these, separated by commas: active, revoked.", by_age, feed = ACCOUNTS, lists_by = commune_id,
)]
#[schema(as = RegisteredClient)]
pub struct ApiClient {
    /// The commune that it works in.
    #[field(given)]
    pub commune_id: Uuid,
    /// Who made it: it can do at most what this user may.
    #[field(user, filter = "Made by this user.")]
    pub user_id: Uuid,
    /// Its name, for people.
    #[field(changes = Line<1, 100>, search, sort = first)]
    #[schema(example = "Hệ thống liên lạc Lữ đoàn 75")]
    pub name: String,
    /// What it may do: `resource:verb`.
    #[field(changes = Few<Line<3, 80>, 100>)]
    pub scopes: Vec<String>,
    /// Only the maker's rights for this unit.
    #[field(given, in_unit)]
    pub unit_id: Option<Uuid>,
    /// Only within this campaign.
    #[field(given, in_campaign)]
    pub campaign_id: Option<Uuid>,
    /// The last local day on which it works.
    #[field(changes = Day)]
    pub expires_on: NaiveDate,
    /// The last local day on which it got a token.
    pub last_used_on: Option<NaiveDate>,
    #[field(made = serde_json::json!([]))]
    #[serde(skip)]
    #[schema(ignore)]
    pub secrets: Value,
}

/// A secret as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredSecret {
    /// HMAC-SHA256 under the service's secret, hexadecimal: the secret is random, so that no slow hash is needed.
    pub hash: String,
    pub made_at: DateTime<Utc>,
}

acting! {
    /// An action on a client.
    ActOnApiClient: "Why, for the journal."
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
