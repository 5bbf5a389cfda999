//! API clients in the database.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::dto::{ApiClient, ApiClientFilter, ApiClientStatus};
use super::rules;
use crate::access::relations::Lies;
use crate::db::schema::api_clients;
use crate::error::Result;
use crate::journal::feeds::ACCOUNTS;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;

static LIES: Lies = Lies { user: Some("user_id"), ..Lies::in_commune("api_clients") };

type Rows<S> = api_clients::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<ApiClientFilter>) -> Rows<S> {
    if let Some(status) = &query.filter.status {
        rows = rows.filter(api_clients::status.eq_any(status.0.clone()));
    }
    if let Some(user) = query.filter.user_id {
        rows = rows.filter(api_clients::user_id.eq(user));
    }
    rows
}

crate::room_store! {
    table: api_clients, row: ApiClient, policy: rules::POLICY, lies: LIES,
    filter: ApiClientFilter => filtered,
    feed: |_| ACCOUNTS, feed_column: ACCOUNTS.into_sql::<diesel::sql_types::Uuid>(), shared_feed: Some(ACCOUNTS), commune_column: api_clients::commune_id,
    place: |row| Place { campaign_id: row.campaign_id, unit_id: row.unit_id, owner_id: Some(row.user_id), ..Place::default() }, status: ApiClientStatus,
    search: name,
    sorts: { "name" => name: String, "created_at" => created_at: chrono::DateTime<chrono::Utc> },
    constraints: rules::CONSTRAINTS,
}

/// A client that asks for a token, whoever it is.
pub async fn for_token(connection: &mut AsyncPgConnection, id: Uuid) -> Result<Option<ApiClient>> {
    Ok(api_clients::table.find(id).select(ApiClient::as_select()).first(connection).await.optional()?)
}

/// A client as it is inside a write of the accounts' feed.
pub async fn of_write(write: &mut Write, id: Uuid) -> Result<Option<ApiClient>> {
    for_token(write.connection(), id).await
}
