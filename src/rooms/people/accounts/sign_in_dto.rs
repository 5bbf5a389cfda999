//! Signing in and one's own account in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::roles::Role;
use crate::web::values::Line;

/// Sign in with a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The account's username.
    pub username: Line<1, 100>,
    /// The account's password.
    pub password: Secretly,
    /// The device's own id, which the journal names; a phone keeps one for ever.
    pub device_id: Option<Line<1, 100>>,
    /// How the user calls the device, to recognise its session.
    pub device_name: Line<1, 100>,
}

/// A password as sent: neither trimmed nor composed, never printed.
pub struct Secretly(pub String);

/// Bytes of a password as sent: what is longer is none, and is normalised and hashed by nobody.
const MAX_BYTES: usize = 1_024;

impl<'de> Deserialize<'de> for Secretly {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > MAX_BYTES { Err(crate::web::values::refuse("length", format!("0 … {MAX_BYTES} bytes"))) } else { Ok(Self(text)) }
    }
}

impl std::fmt::Debug for Secretly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl utoipa::PartialSchema for Secretly {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .max_length(Some(super::passwords::MAX_LENGTH))
            .into()
    }
}
impl ToSchema for Secretly {
    fn name() -> std::borrow::Cow<'static, str> {
        "In_Secretly".into()
    }
}

/// Open a session with a one-time code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    /// The code: 10 letters and digits; spaces, hyphens and case do not matter.
    pub code: Line<1, 40>,
    /// The device's own id.
    pub device_id: Option<Line<1, 100>>,
    /// How the user calls the device.
    pub device_name: Line<1, 100>,
    /// A password to set on the way, for accounts that want one.
    pub new_password: Option<Secretly>,
}

/// Get a new access token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The newest refresh token of the session.
    pub refresh_token: Line<1, 200>,
}

/// Change one's own password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present password; left out when the account has none yet.
    pub current_password: Option<Secretly>,
    /// The new one: 15 to 256 characters, not easily guessed.
    pub new_password: Secretly,
}

/// Tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// For `Authorization: Bearer`: a JWT of 15 minutes.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds that the access token lives.
    pub expires_in: i64,
    /// For `/v1/auth/refresh`.
    pub refresh_token: String,
    /// The session's id.
    pub session_id: Uuid,
    /// The user's id.
    pub user_id: Uuid,
}

/// One of my rights and what it allows.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyGrant {
    /// The grant's id.
    pub id: Uuid,
    /// The role.
    pub role: Role,
    /// Where.
    pub commune_id: Option<Uuid>,
    /// The unit.
    pub unit_id: Option<Uuid>,
    /// The hamlet.
    pub hamlet_id: Option<Uuid>,
    /// Only for this campaign.
    pub campaign_id: Option<Uuid>,
    /// First local day.
    pub valid_from: NaiveDate,
    /// Last local day.
    pub valid_to: Option<NaiveDate>,
    /// On whose behalf.
    pub acting_for: Option<Uuid>,
    /// Operation ids that the role gives a right to, in rows that lie so to the grant.
    pub allows: Vec<Allowed>,
}

/// An operation and how a row must lie to the grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct Allowed {
    /// The operation's id in the API document.
    pub operation: String,
    /// `in_commune`, `own_hamlet`, ...
    pub relation: String,
}

/// Who I am.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// My user id.
    pub user_id: Uuid,
    /// My username.
    pub username: String,
    /// My name.
    pub display_name: String,
    /// This session.
    pub session_id: Uuid,
    /// The API client that asks; `user_id` is who made it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_client: Option<MyClient>,
    /// My rights of today.
    pub grants: Vec<MyGrant>,
}

/// The API client that asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyClient {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What this token may do: `resource:verb`.
    pub scopes: Vec<String>,
}

/// One of my sessions.
#[derive(Debug, Serialize, Queryable, ToSchema)]
pub struct MySession {
    /// The session's id.
    pub id: Uuid,
    /// The device's own id.
    pub device_id: Option<String>,
    /// How I called the device.
    pub device_name: String,
    /// When it began (UTC).
    pub signed_in_at: DateTime<Utc>,
    /// When it was last refreshed (UTC).
    pub last_used_at: DateTime<Utc>,
}

/// My open sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// The newest first.
    pub items: Vec<MySession>,
}
