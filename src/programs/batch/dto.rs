//! A batch in JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::text_enum;
use crate::web::shapes::Free;
use crate::web::values::{Each, Few, Line};

text_enum! {
    /// The methods that write.
    pub enum BatchMethod {
        Post = "POST" ("Tạo hoặc thực hiện", "Post"),
        Put = "PUT" ("Tạo hoặc gộp", "Put"),
        Patch = "PATCH" ("Sửa", "Patch"),
    }
}

/// Writes to carry out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// 1 to 500, carried out in this order.
    pub operations: Few<Each<BatchOperation>, 500>,
}

/// One write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchOperation {
    /// The client's name of it, unique in the batch; also its retry key (`Idempotency-Key`) where it has none of its own. Use
    /// a new UUID for each wish of the user, and keep it when you send again.
    pub id: Line<1, 100>,
    /// The method.
    pub method: BatchMethod,
    /// The path with its ids, for example `/v1/sign-ups/6f7c…/actions/check_in`.
    pub path: Line<1, 500>,
    /// The headers that the operation takes.
    pub headers: Option<BatchHeaders>,
    /// The body, as the operation takes it.
    #[schema(value_type = Option<Free>)]
    pub body: Option<Value>,
}

/// Headers of one write.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchHeaders {
    /// `If-Match` of the operation.
    #[serde(rename = "If-Match")]
    pub if_match: Option<Line<1, 200>>,
    /// `Idempotency-Key` of the operation; its `id` when left out.
    #[serde(rename = "Idempotency-Key")]
    pub idempotency_key: Option<Line<1, 255>>,
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResults {
    /// One for each operation, in the same order.
    pub results: Vec<BatchResult>,
}

/// What became of one write.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResult {
    /// The operation's id; empty where it had none.
    pub id: String,
    /// The HTTP status that a request of its own would have got.
    #[schema(minimum = 200, maximum = 599)]
    pub status: u16,
    /// The object's `ETag`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Where a created object is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// It had been done before under the same key.
    pub replayed: bool,
    /// The answer's body: the object, or problem details.
    #[schema(value_type = Free)]
    pub body: Box<RawValue>,
}
