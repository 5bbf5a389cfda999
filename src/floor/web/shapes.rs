//! The shapes that answers share, as schemas.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, Object, ObjectBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::columns::Columns;
use crate::access::roles::{Classes, class_of, classes};
use crate::text::Labels;
use crate::web::table::Record;

/// A reference to a named schema; the document writes schemas named `In_...` out in place.
pub fn reference<T: ToSchema>() -> RefOr<Schema> {
    if matches!(T::name().as_ref(), "String" | "i32" | "i64" | "bool" | "Uuid" | "NaiveDate" | "DateTime" | "f64") {
        return T::schema();
    }
    RefOr::Ref(Ref::from_schema_name(T::name()))
}

/// A body as its type says.
pub fn plain<T: ToSchema>(out: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    out.push((T::name().into(), whole::<T>()));
    T::schemas(out);
    reference::<T>()
}

/// A type's schema; fields of a part that is written out in it (`flatten`) stand among its own.
fn whole<T: PartialSchema>() -> RefOr<Schema> {
    let RefOr::T(Schema::AllOf(parts)) = T::schema() else { return T::schema() };
    let mut whole = Object::default();
    for part in parts.items {
        if let RefOr::T(Schema::Object(part)) = part {
            whole.schema_type = part.schema_type;
            whole.required.extend(part.required);
            whole.properties.extend(part.properties);
        }
    }
    whole.description = parts.description;
    RefOr::T(Schema::Object(whole))
}

/// A room's object: the row's fields with what the answer adds to them.
pub fn object<T: Record + ToSchema>(out: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    plain::<Warning>(out);
    let base = plain::<T>(out);
    let strings = || ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
    if let Some((_, RefOr::T(Schema::Object(shape)))) = out.iter_mut().find(|(name, _)| *name == T::name()) {
        // What a caller may not see is absent: what everybody sees who sees the row at all is promised.
        let seen = T::POLICY.read.iter().map(|(role, relation)| classes(*role, *relation)).reduce(Classes::and).unwrap_or_default();
        let own = shape.properties.keys().filter(|name| T::TABLE.columns.contains(&name.as_str()) && seen.has(class_of(T::POLICY.fields, name)));
        shape.required = own.cloned().chain(["hidden".into()]).collect();
        if shape.properties.contains_key("status") {
            let actions = strings()
                .description(Some("Actions that status, role and relation allow this caller now. What else an action needs is checked when it is done."));
            shape.properties.insert("allowed_actions".into(), Schema::Array(actions.build()).into());
        }
        if shape.properties.contains_key("status") {
            let rights =
                strings().description(Some("Only in a sync with `rights=true`: what the caller is to the row, `role:relation` as in `/v1/lifecycles`."));
            shape.properties.insert("rights".into(), Schema::Array(rights.build()).into());
        }
        let hidden = strings().description(Some("Names of fields that exist but that this caller may not see."));
        shape.properties.insert("hidden".into(), Schema::Array(hidden.build()).into());
        let warnings = ArrayBuilder::new().items(reference::<Warning>()).description(Some("Only in answers to writes: what was done, but deserves a look."));
        shape.properties.insert("warnings".into(), Schema::Array(warnings.build()).into());
    }
    base
}

/// The columns of a resource's list.
pub fn columns<T: ToSchema>(resource: &str) -> Columns {
    let mut named = vec![];
    T::schemas(&mut named);
    Columns::of(resource, &whole::<T>(), named)
}

/// The name of the member that says what people call the values of an enum.
pub const LABELS: &str = "x-labels";

/// An enum's labels beside its values.
pub fn labels(labels: Labels) -> Extensions {
    let labels: Map<String, Value> = labels.iter().map(|(code, text)| ((*code).to_owned(), json!({"vi": text.vi, "en": text.en}))).collect();
    Extensions::from_iter([(LABELS.to_owned(), Value::from(labels))])
}

/// One page of a list of objects.
pub fn page<T: Record + ToSchema>(out: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    let items = object::<T>(out);
    page_of(format!("{}Page", T::name()), items, out)
}

/// One page of a log: its entries are as their type says.
pub fn log_page<T: ToSchema>(name: &str, out: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    let items = plain::<T>(out);
    page_of(name.into(), items, out)
}

fn page_of(name: String, items: RefOr<Schema>, out: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    let nullable = SchemaType::from_iter([Type::String, Type::Null]);
    let int64 = SchemaFormat::KnownFormat(KnownFormat::Int64);
    let page = ObjectBuilder::new()
        .description(Some("One page of a list."))
        .property("items", ArrayBuilder::new().items(items).description(Some("The objects in order.")))
        .property("next_cursor", ObjectBuilder::new().schema_type(nullable).description(Some("Send it as `cursor` for the next page; null on the last.")))
        .property(
            "total",
            ObjectBuilder::new().schema_type(Type::Integer).format(Some(int64)).description(Some("With `count=true`: the number of objects on all pages.")),
        )
        .property(
            "included",
            ObjectBuilder::new()
                .additional_properties(Some(AdditionalProperties::FreeForm(true)))
                .description(Some("With `include`: the objects that the items refer to, by name of the relation and id.")),
        )
        .required("items")
        .required("next_cursor");
    out.push((name.clone(), page.into()));
    RefOr::Ref(Ref::from_schema_name(name))
}

/// Something that the client should know although the write was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Warning {
    /// A stable name of the warning.
    pub code: String,
    /// JSON Pointer of the field that it is about.
    pub pointer: String,
    /// A sentence in the caller's language.
    pub detail: String,
    /// Ids of other objects that it is about.
    pub related: Vec<uuid::Uuid>,
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// Address of the problem's description, relative to the server.
    pub r#type: String,
    /// What went wrong, in the caller's language.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// A stable name; see `/v1/problems`.
    pub code: String,
    /// What exactly is wrong, in the caller's language.
    pub detail: Option<String>,
    /// The request's id, for questions to the operator.
    pub request_id: String,
    /// What is wrong with single fields.
    pub errors: Option<Vec<ProblemField>>,
    /// With `precondition_failed` and `id_taken`: the object as it is now, as the caller may see it.
    #[schema(value_type = Option<Object>)]
    pub current: Option<Value>,
    /// With `precondition_failed`: the fields that differ.
    pub changed: Option<Vec<String>>,
    /// The status that does not allow it.
    pub current_status: Option<String>,
    /// What the caller may do instead.
    pub allowed_actions: Option<Vec<String>>,
    /// The status of the object that does not allow it, where it is another one.
    pub campaign_status: Option<String>,
    /// The same of an activity.
    pub activity_status: Option<String>,
    /// The same of a volunteer.
    pub volunteer_status: Option<String>,
    /// The same of a sign-up.
    pub sign_up_status: Option<String>,
    /// The same of a document.
    pub document_status: Option<String>,
    /// The same of a decision.
    pub decision_status: Option<String>,
    /// The form of signing that the signer is not entitled to.
    pub signing_form: Option<String>,
    /// The scope that the API client lacks.
    pub scope: Option<String>,
    /// The service's time, where a time lies in its future.
    pub server_time: Option<String>,
    /// What took the place of what has ended.
    pub successors: Option<Vec<uuid::Uuid>>,
    /// The id that is taken.
    pub id: Option<uuid::Uuid>,
    /// The right that is there already.
    pub grant_id: Option<uuid::Uuid>,
    /// The reward that it is about.
    pub reward_id: Option<uuid::Uuid>,
    /// The road that it is about.
    pub road_registration_id: Option<uuid::Uuid>,
    /// What is still open, in words.
    pub open: Option<Vec<Warning>>,
}

/// What the token endpoint refuses with (RFC 6749 section 5.2).
#[derive(Debug, Serialize, ToSchema)]
pub struct OAuthError {
    /// `invalid_client`, `invalid_scope` ...
    pub error: String,
    /// What is wrong, for developers.
    pub error_description: Option<String>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON Pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// A stable name of the rule that was broken.
    pub code: String,
    /// A sentence in the caller's language.
    pub detail: String,
}

/// A free JSON object.
pub struct Free;

impl PartialSchema for Free {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true))).into()
    }
}
impl ToSchema for Free {
    fn name() -> std::borrow::Cow<'static, str> {
        "In_Free".into()
    }
}
