//! API clients in the database.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::dto::ApiClient;
use crate::db::schema::api_clients;
use crate::error::Result;

/// A client that asks for a token, whoever it is.
pub async fn for_token(connection: &mut AsyncPgConnection, id: Uuid) -> Result<Option<ApiClient>> {
    Ok(api_clients::table.find(id).select(ApiClient::as_select()).first(connection).await.optional()?)
}
