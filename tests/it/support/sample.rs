//! Bodies and rows of the world for any operation, from the API document: a new operation needs no line here unless
//! its rules ask for more than its schema says.

use danvan::web::operation::{Kind, Operation};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::App;
use super::world::id;

/// A row of commune `a` (or `b`) of a resource.
pub async fn row(app: &App, resource: &str, commune: &str) -> Uuid {
    let of = |name: &str| id(&format!("{commune}.{name}"));
    match resource {
        "communes" => id(commune),
        "hamlets" => of("ap-1"),
        "users" => of("observer1"),
        "api_clients" => of("client1"),
        "webhooks" => of("webhook1"),
        "grants" => of("observer1/grant"),
        "military_units" => id("brigade40"),
        "units" => of("battalion"),
        "campaigns" => of("campaign"),
        "plan_items" => of("item"),
        "activities" => of("activity1"),
        "activity_units" => of("part1"),
        "volunteers" => of("person1"),
        "documents" => of("document1"),
        "document_recipients" => of("copy1"),
        "road_registrations" => of("road1"),
        "results" => of("result1"),
        "rewards" => of("reward1"),
        other => first(app, other, commune).await,
    }
}

/// The oldest row of a table of a commune: an id under a caller's own key may come before all others.
async fn first(app: &App, table: &str, commune: &str) -> Uuid {
    use diesel::QueryableByName;
    use diesel_async::RunQueryDsl;
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: Uuid,
    }
    let query = format!("SELECT id FROM {table} WHERE commune_id = '{}' ORDER BY created_at, id LIMIT 1", id(commune));
    diesel::sql_query(query).get_result::<Found>(&mut app.sql().await).await.unwrap_or_else(|_| panic!("the world has no {table}")).id
}

/// A file of an import, and the query that says what it is.
pub const HAMLETS: &str = "Mã,Tên,Loại,Thứ tự\nap-nhap,Ấp nhập,Ấp,77\n";

/// A request with a body that an operation accepts, about things of a commune.
pub fn ask<'a>(app: &'a App, document: &Value, operation: &Operation, token: &str, path: &str, commune: &str) -> super::client::Ask<'a> {
    if operation.is_file() {
        let path = format!("{path}?commune={}&kind=hamlets", id(commune));
        return app.ask(operation.method.name(), token, &path).bytes("text/csv", HAMLETS);
    }
    app.ask(operation.method.name(), token, path).json(&body(document, operation, commune))
}

/// A body that the schema accepts, about things of a commune.
pub fn body(document: &Value, operation: &Operation, commune: &str) -> Value {
    let path = document
        .pointer(&format!("/paths/{}/{}", operation.path.replace('/', "~1"), operation.method.name().to_lowercase()))
        .expect("the operation is documented");
    let Some(schema) = path.pointer("/requestBody/content/application~1json/schema") else { return json!({}) };
    let mut body = if matches!(operation.kind, Kind::Update) { json!({}) } else { fill(document, schema, "", commune) };
    if let (Kind::Act(step), Some(map)) = (operation.kind, body.as_object_mut())
        && step.needs(danvan::access::lifecycle::Need::Reason)
    {
        map.insert("reason".into(), json!("vì lý do thử"));
    }
    // Under one's own key the same is sent as for a creation.
    let name =
        operation.id.strip_prefix("put_").and_then(|id| id.strip_suffix("_by_ref")).map_or_else(|| operation.id.clone(), |noun| format!("create_{noun}"));
    let extra: &[(&str, Value)] = match name.as_str() {
        "create_user" => {
            &[("home_commune_id", json!(id(commune))), ("username", json!(format!("new.{}", danvan::random::token(6).to_lowercase().replace(['-', '_'], "x"))))]
        }
        "create_api_client" => {
            let soon = danvan::clock::local_day(danvan::clock::Clock::default().now()) + chrono::TimeDelta::days(30);
            &[("scopes", json!(["activities:read"])), ("expires_on", json!(soon)), ("unit_id", Value::Null), ("campaign_id", Value::Null)]
        }
        "create_webhook" => &[("url", json!("https://example.com/danvan")), ("events", json!(["activities.*"]))],
        "redeliver_webhook" => &[],
        "create_grant" => &[("role", json!("hamlet_head")), ("commune_id", json!(id(commune))), ("hamlet_id", json!(id(&format!("{commune}.ap-3"))))],
        "create_hamlet" => &[("kind", json!("ap"))],
        "create_document" => &[("kind", json!("notice"))],
        "create_military_unit" => &[("kind", json!("battery"))],
        "create_unit" => &[("kind", json!("school"))],
        "create_activity" => &[("hamlet_id", json!(id(&format!("{commune}.ap-1"))))],
        "create_activity_unit" => &[("role", json!("medical"))],
        "create_headcount" => &[("date", json!(danvan::clock::local_day(danvan::clock::Clock::default().now())))],
        "create_volunteer" => &[
            ("hamlet_id", json!(id(&format!("{commune}.ap-1")))),
            ("consents", json!([{"purpose": "participation", "text_version": "1", "given_via": "paper"}])),
        ],
        "create_result" => &[("metric", json!("metres")), ("side", json!("local")), ("value", json!(5))],
        "create_reward" => &[("subject_id", json!(id(&format!("{commune}.person2"))))],
        "merge_road_registration" => &[("into", json!(id(&format!("{commune}.road2"))))],
        "create_consent" => &[("purpose", json!("photos"))],
        "create_sign_up" => &[("volunteer_id", json!(id(&format!("{commune}.person2"))))],
        "correct_sign_up" => &[("status", json!("attended"))],
        "create_walk_in" => &[("headcount", json!(2))],
        "publish_activity" => &[("public_title", json!("Hoạt động"))],
        _ => &[],
    };
    // What there is one of, and the creation has taken.
    let another: &[(&str, Value)] = match operation.id.as_str() {
        "put_commune_by_ref" => &[("code", json!("26999"))],
        "put_headcount_by_ref" => &[("date", json!(danvan::clock::local_day(danvan::clock::Clock::default().now()) + chrono::TimeDelta::days(2)))],
        "put_activity_unit_by_ref" => &[("role", json!("security"))],
        "put_sign_up_by_ref" => &[("volunteer_id", json!(id(&format!("{commune}.person3"))))],
        "put_reward_by_ref" => &[("subject_id", json!(id(&format!("{commune}.person3"))))],
        _ => &[],
    };
    if let Some(map) = body.as_object_mut() {
        map.extend(extra.iter().chain(another).map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    body
}

/// A change of one text field, from the schema of an update.
pub fn change(document: &Value, operation: &Operation) -> Value {
    let path = format!("/paths/{}/patch/requestBody/content/application~1json/schema/$ref", operation.path.replace('/', "~1"));
    let reference = document.pointer(&path).and_then(Value::as_str).expect("an update has a schema");
    let schema = document.pointer(reference.trim_start_matches('#')).expect("a schema");
    let plain = |shape: &Value| shape["type"] == "string" && shape["minLength"].is_number() && shape["pattern"].is_null() && shape["format"].is_null();
    let fields = schema["properties"].as_object().expect("fields");
    // A name or a note says most; codes and phones have rules of their own.
    let usual = ["note", "name", "title", "subject", "display_name", "road_name", "meeting_house"];
    let text = fields.iter().filter(|(_, shape)| plain(shape)).find(|(name, _)| usual.contains(&name.as_str()));
    match text {
        Some((name, _)) => json!({name: "Đã sửa"}),
        None => match fields.iter().find(|(_, shape)| shape["type"] == "integer") {
            Some((name, shape)) => json!({name: shape["minimum"].as_i64().unwrap_or(0) + 1}),
            None => json!({}),
        },
    }
}

fn fill(document: &Value, schema: &Value, name: &str, commune: &str) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return fill(document, document.pointer(reference.trim_start_matches('#')).expect("a schema"), name, commune);
    }
    if let Some(values) = schema["enum"].as_array() {
        return values[0].clone();
    }
    let of = |what: &str| json!(id(&format!("{commune}.{what}")));
    match name {
        "commune_id" => return json!(id(commune)),
        "campaign_id" => return of("campaign"),
        "activity_id" => return of("activity1"),
        // What ends later holds still today.
        "valid_to" => return json!("2030-06-30"),
        "unit_id" => return of("battalion"),
        "volunteer_id" => return of("person1"),
        "hamlet_id" => return of("ap-1"),
        "document_id" => return of("document1"),
        "decision_id" => return of("decision1"),
        "minutes_document_id" => return of("minutes1"),
        "issuing_unit_id" => return of("office"),
        "user_id" => return of("observer1"),
        "successor_id" => return of(if schema["description"].as_str().is_some_and(|d| d.contains("hamlet")) { "ap-2" } else { "youth" }),
        "into" => return of("person2"),
        "code" if schema["pattern"].is_string() => return json!(format!("thu-{}", danvan::random::token(6).to_lowercase().replace(['-', '_'], "x"))),
        _ => {}
    }
    match schema["type"].as_str() {
        Some("object") => {
            let required: Vec<&str> = schema["required"].as_array().map(|r| r.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
            let filled = required.into_iter().map(|field| (field.to_owned(), fill(document, &schema["properties"][field], field, commune)));
            Value::Object(filled.collect::<Map<_, _>>())
        }
        Some("string") => match schema["format"].as_str() {
            Some("date") => json!("2026-06-30"),
            Some("date-time") => json!("2026-01-05T00:05:00Z"),
            Some("uuid") => json!(danvan::random::id()),
            _ => json!("7".repeat(usize::try_from(schema["minLength"].as_u64().unwrap_or(1).max(1)).unwrap())),
        },
        Some("integer" | "number") => schema["minimum"].clone(),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        _ => Value::Null,
    }
}
