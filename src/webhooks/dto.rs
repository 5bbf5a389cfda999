//! Webhooks in JSON and in their table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::{webhook_deliveries, webhooks};
use crate::text_enum;
use crate::web::patch::Change;
use crate::web::values::{AnyOf, Few, Line, Moment};

text_enum! {
    /// Whether events are sent.
    pub enum WebhookStatus { Active = "active", Disabled = "disabled" }
}

text_enum! {
    /// What became of a delivery.
    pub enum DeliveryStatus {
        Pending = "pending", Delivered = "delivered",
        /// Its owner may not see the object (any more), or the webhook was disabled.
        Skipped = "skipped",
        /// Given up after the last try.
        Failed = "failed",
    }
}

/// An address that is told what happens.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = webhooks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Webhook {
    /// The webhook's id.
    pub id: Uuid,
    /// The commune that it tells of.
    pub commune_id: Uuid,
    /// The commune's number at the last change.
    pub version: i64,
    /// When it was made (UTC).
    pub created_at: DateTime<Utc>,
    /// When it last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Whose rights decide what is told.
    pub user_id: Uuid,
    /// The API client that made it; its scopes and bounds hold too.
    pub client_id: Option<Uuid>,
    /// The scopes of the token that the client made or last changed it with; empty for a user's.
    pub scopes: Vec<String>,
    /// Its name, for people.
    pub name: String,
    /// Where events are sent.
    #[schema(example = "https://lien-lac.example.vn/danvan")]
    pub url: String,
    /// Which events: `resource.action`, `resource.*` or `*`.
    pub events: Vec<String>,
    /// Whether its owner's own changes are left out.
    pub exclude_own: bool,
    #[serde(skip)]
    #[schema(ignore)]
    pub secrets: Value,
    /// Whether events are sent.
    pub status: WebhookStatus,
    /// Why it is disabled: by its owner, or since the address answered 410.
    pub disabled_reason: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    pub request_hash: Vec<u8>,
}

/// A new webhook.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhook {
    /// Chosen by the client; made by the service when left out.
    pub id: Option<Uuid>,
    /// The commune that it tells of.
    pub commune_id: Uuid,
    /// Its name, for people.
    pub name: Line<1, 100>,
    /// Where events are sent: https, port 443 unless the operator allows others, no private address.
    pub url: Line<8, 500>,
    /// Which events: `resource.action`, `resource.*` or `*`.
    pub events: Few<Line<1, 80>, 100>,
    /// Whether its owner's own changes are left out; false when left out.
    pub exclude_own: Option<bool>,
}

/// Changes of a webhook (merge patch).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateWebhook {
    /// Its name, for people.
    #[serde(default)]
    pub name: Change<Line<1, 100>>,
    /// Where events are sent.
    #[serde(default)]
    pub url: Change<Line<8, 500>>,
    /// Which events.
    #[serde(default)]
    pub events: Change<Few<Line<1, 80>, 100>>,
    /// Whether its owner's own changes are left out.
    #[serde(default)]
    pub exclude_own: Change<bool>,
}

/// An action on a webhook.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnWebhook {
    /// Why, for the journal.
    pub reason: Option<Line<1, 500>>,
}

/// What is sent again, under the same ids.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeliver {
    /// One delivery; left out for all that failed.
    pub delivery_id: Option<Uuid>,
    /// Of those that failed, those of events since then; all of the log when left out.
    pub since: Option<Moment>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct WebhookFilter {
    /// Any of these, separated by commas: active, disabled.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<WebhookStatus>>,
}

/// A new signing secret, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedWebhookSecret {
    /// The webhook.
    pub webhook_id: Uuid,
    /// For `v1`: `whsec_` and the key in base64.
    pub secret: String,
    /// For `v1a`: `whpk_` and the service's Ed25519 key in base64; the same for all webhooks.
    pub public_key: String,
    /// Until when the secret before signs too (UTC); null when there was none.
    pub previous_until: Option<DateTime<Utc>>,
}

/// An event as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEvent {
    /// The event's id: the same at each try. Keep the ids that you have seen.
    pub id: Uuid,
    /// The webhook that it was sent to: with `v1a` signatures, whose key is the service's, another one's event is none of yours.
    pub webhook_id: Uuid,
    /// `resource.action`; `webhooks.test` for a test.
    #[schema(example = "activities.postpone")]
    pub r#type: String,
    /// When it was taken up (UTC).
    pub timestamp: DateTime<Utc>,
    /// The commune.
    pub commune: Uuid,
    /// A cursor of `GET /v1/sync` with `resources`: what came after this event.
    pub cursor: String,
    /// The kinds that this webhook tells of, separated by commas.
    pub resources: String,
    /// Who did it; null for a test.
    pub actor: Option<WebhookActor>,
    /// The object as the webhook's owner may see it now; null for a test.
    #[schema(value_type = Option<crate::web::shapes::Free>)]
    pub object: Option<Value>,
}

/// Who did what an event tells.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookActor {
    /// The user; null where the service did it.
    pub user_id: Option<Uuid>,
    /// The session, or the API client.
    pub session_id: Option<Uuid>,
    /// By which role.
    pub role: Option<String>,
    /// On whose behalf.
    pub acting_for: Option<Uuid>,
    /// When it happened, by the client's clock (UTC).
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Any of these, separated by commas: pending, delivered, skipped, failed.
    #[param(value_type = Option<String>)]
    pub status: Option<AnyOf<DeliveryStatus>>,
    /// Those before this one: the last `id` of the page before.
    pub before: Option<Uuid>,
}

/// Deliveries, the newest first: at most 100.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deliveries {
    /// The deliveries.
    pub items: Vec<Delivery>,
}

/// One event on its way.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = webhook_deliveries)]
pub struct Delivery {
    /// The event's id: the `webhook-id` of each try.
    pub id: Uuid,
    /// The commune's number of the event.
    pub number: i64,
    /// Within the number.
    pub seq: i32,
    /// The resource.
    pub kind: String,
    /// The object.
    pub row_id: Uuid,
    /// The action.
    pub action: String,
    /// When it was taken up (UTC).
    pub made_at: DateTime<Utc>,
    /// What became of it.
    pub status: DeliveryStatus,
    /// Tries so far.
    pub attempts: i32,
    /// When the next try is due (UTC).
    pub next_attempt_at: DateTime<Utc>,
    /// The HTTP status of the last try; null where there was no answer.
    pub last_status: Option<i32>,
    /// What went wrong at the last try.
    pub last_error: Option<String>,
    /// When it ended (UTC).
    pub ended_at: Option<DateTime<Utc>>,
}

/// A secret as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredSecret {
    /// Base64; opened with the service's secret.
    pub sealed: String,
    pub made_at: DateTime<Utc>,
    /// While another one has taken its place.
    pub until: Option<DateTime<Utc>>,
}
