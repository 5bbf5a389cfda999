//! `PUT /v1/{things}/by-ref/{ref}`: creating or changing an object under the caller's own key, without asking first.
//!
//! The object's id follows from caller, resource and key (UUID version 5, RFC 9562 section 5.5), so that nothing has to be
//! remembered: the key is unique per caller and resource, and two requests at once make one object.

use std::rc::Rc;

use actix_web::web::Bytes;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::answer::Answer;
use super::call::{Call, Headers};
use super::dispatch::check_scope;
use super::operation::{Kind, Operation};
use super::{body, query};
use crate::error::{CONFLICT, Error, FieldError, ID_TAKEN, PRECONDITION_FAILED, Result};
use crate::said;

/// What a `PUT` may be asked with.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PutQuery {
    /// The version that was read: 412 when the object has another one by now; 0 says that there is none yet.
    expected_version: Option<i64>,
}

/// Statements: those of the item, and then those of the creation or the change.
pub async fn put(call: Call) -> Result<Answer> {
    let PutQuery { expected_version } = body::query(&query::pairs(&call)?)?;
    let sent: Map<String, Value> = call.body()?;
    let id = id_of(&call)?;
    if sent.contains_key("id") {
        return Err(Error::field("/id", "not_allowed", said!("Mã định danh suy ra từ ref", "The id follows from the ref")));
    }
    let read = as_operation(&call, |kind| matches!(kind, Kind::Item), id)?;
    match (read.operation.handler)(read).await {
        Ok(current) => return change(&call, id, sent, expected_version, &current).await,
        Err(error) if error.status() == 404 => {}
        Err(error) => return Err(error),
    }
    if expected_version.is_some_and(|version| version != 0) {
        return Err(Error::new(&PRECONDITION_FAILED));
    }
    let mut create = as_operation(&call, |kind| matches!(kind, Kind::Create), id)?;
    check_scope(&create)?;
    let mut fields = sent.clone();
    fields.insert("id".into(), id.to_string().into());
    create.path = [].into();
    create.body = Bytes::from(serde_json::to_vec(&fields)?);
    match (create.operation.handler)(create).await {
        // Another request under the same key was first.
        Err(error) if (error.problem() == &CONFLICT && error.field_errors().is_empty()) || error.problem() == &ID_TAKEN => {
            let read = as_operation(&call, |kind| matches!(kind, Kind::Item), id)?;
            match (read.operation.handler)(read).await {
                Ok(current) => change(&call, id, sent, expected_version, &current).await,
                Err(gone) if gone.status() == 404 => Err(error),
                Err(busy) => Err(busy),
            }
        }
        made => made,
    }
}

async fn change(call: &Call, id: Uuid, sent: Map<String, Value>, expected_version: Option<i64>, current: &Answer) -> Result<Answer> {
    let mut update = as_operation(call, |kind| matches!(kind, Kind::Update), id)?;
    check_scope(&update)?;
    let (changeable, creatable) = (fields_of(update.operation), fields_of(as_operation(call, |kind| matches!(kind, Kind::Create), id)?.operation));
    let mut errors = vec![];
    let mut fields = Map::new();
    let current: Map<String, Value> = serde_json::from_slice(&current.body)?;
    for (name, value) in sent {
        // What neither knows the change refuses.
        if changeable.contains(&name) || !creatable.contains(&name) {
            fields.insert(name, value);
        } else if current.get(&name).is_some_and(|own| *own != value) {
            let detail = said!("Không đổi được sau khi tạo", "Cannot be changed once it is made");
            errors.push(FieldError::new(format!("/{name}"), "immutable", detail));
        }
    }
    if !errors.is_empty() {
        return Err(Error::fields(errors));
    }
    Rc::make_mut(&mut update.headers).if_match = Some(expected_version.map_or_else(|| "*".into(), |version| format!("\"{version}\"")));
    update.body = Bytes::from(serde_json::to_vec(&fields)?);
    (update.operation.handler)(update).await
}

/// The id under a caller's key: 1 to 200 characters without control characters.
fn id_of(call: &Call) -> Result<Uuid> {
    let text = call.path.first().map(String::as_str).unwrap_or_default();
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(Error::field(
            "ref",
            "length",
            said!("Từ 1 đến 200 ký tự, không có ký tự điều khiển", "1 to 200 characters, none of them a control character"),
        ));
    }
    let caller = call.actor.caller_id().ok_or_else(|| Error::new(&crate::error::UNAUTHENTICATED))?;
    let text = crate::text::compose(text);
    // With the secret: nobody takes a partner's next id beforehand.
    Ok(call.service().secret.id("by-ref", &[caller.as_bytes(), call.policy()?.resource.as_bytes(), text.as_bytes()]))
}

/// The same request, meant for another operation of the resource.
fn as_operation(call: &Call, kind: fn(&Kind) -> bool, id: Uuid) -> Result<Call> {
    let resource = call.policy()?.resource;
    let operations = call.service().rooms.iter().flat_map(|room| &room.operations);
    let operation = operations.into_iter().find(|other| other.policy.is_some_and(|policy| policy.resource == resource) && kind(&other.kind));
    let operation = operation.ok_or_else(|| Error::internal("a resource without its operations"))?;
    // Sent again it comes to the same: a retry key would belong to the creation, and refuse the change that follows it.
    let headers = Headers { if_match: None, if_none_match: None, idempotency_key: None, ..Headers::clone(&call.headers) };
    Ok(Call { operation, path: [id.to_string()].into(), query: "".into(), headers: headers.into(), ..call.clone() })
}

/// The names of a body's fields, from its schema.
fn fields_of(operation: &Operation) -> Vec<String> {
    let Some(request) = operation.request else { return vec![] };
    let mut schemas = vec![];
    let _ = request(&mut schemas);
    let properties = schemas.first().and_then(|(_, schema)| serde_json::to_value(schema).ok()?.get("properties")?.as_object().cloned());
    properties.map(|map| map.keys().cloned().collect()).unwrap_or_default()
}
