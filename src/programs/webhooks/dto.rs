//! Webhooks in JSON and in their table.

use chrono::{DateTime, Utc};
use danvan_macros::record;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules;
use crate::acting;
use crate::db::schema::webhook_deliveries;
use crate::text_enum;
use crate::web::reference::Label;
use crate::web::values::{AnyOf, Few, Line, Moment};

text_enum! {
    /// Whether events are sent.
    pub enum WebhookStatus {
        Active = "active" ("Đang gửi", "Active"),
        Disabled = "disabled" ("Đã tắt", "Disabled"),
    }
}

text_enum! {
    /// What became of a delivery.
    pub enum DeliveryStatus {
        Pending = "pending" ("Chờ gửi", "Pending"),
        Delivered = "delivered" ("Đã gửi", "Delivered"),
        /// Its owner may not see the object (any more), or the webhook was disabled.
        Skipped = "skipped" ("Đã bỏ qua", "Skipped"),
        /// Given up after the last try.
        Failed = "failed" ("Không gửi được", "Failed"),
    }
}

/// An address that is told what happens.
#[record(
    webhooks, policy = rules::POLICY, status = WebhookStatus::Active, any_status = "Any of these, separated by commas: active, disabled.", by_age,
)]
pub struct Webhook {
    /// Whose rights decide what is told.
    #[field(user)]
    pub user_id: Uuid,
    /// The API client that made it; its scopes and bounds hold too.
    #[field(client)]
    pub client_id: Option<Uuid>,
    /// The scopes of the token that the client made or last changed it with; empty for a user's.
    pub scopes: Vec<String>,
    /// Its name, for people.
    #[field(changes = Line<1, 100>, sort = first)]
    pub name: String,
    /// Where events are sent.
    #[field(changes = Line<8, 500>, personal)]
    #[schema(example = "https://lien-lac.example.vn/danvan")]
    pub url: String,
    /// Which events: `resource.action`, `resource.*` or `*`.
    #[field(changes = Few<Line<1, 80>, 100>)]
    pub events: Vec<String>,
    /// Whether its owner's own changes are left out.
    #[field(changes, default)]
    pub exclude_own: bool,
    #[field(made = serde_json::json!([]))]
    #[serde(skip)]
    #[schema(ignore)]
    pub secrets: Value,
    /// Why it is disabled: by its owner, or since the address answered 410.
    pub disabled_reason: Option<String>,
}

acting! {
    /// An action on a webhook.
    ActOnWebhook: "Why, for the journal."
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

/// The types of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventTypes {
    /// By resource.
    pub items: Vec<EventType>,
}

/// A type of event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventType {
    /// `resource.action`.
    pub r#type: String,
    /// What happened.
    pub label: Label,
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
    pub object: Option<Box<RawValue>>,
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
