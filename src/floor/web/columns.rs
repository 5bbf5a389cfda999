//! A list's columns as a table: for programs its fields as they are, for people what they say, under headings.

use std::collections::HashMap;

use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::operation::Text2;
use super::shapes::LABELS;
use crate::words;

/// The columns of a list.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The fields in their order.
    pub data: Vec<String>,
    pub people: Vec<Column>,
}

/// A column for people.
#[derive(Debug, Clone)]
pub struct Column {
    /// The field, or a part's field behind the part's.
    pub path: Vec<String>,
    pub heading: Text2,
    pub form: Form,
}

/// How a value is shown.
#[derive(Debug, Clone)]
pub enum Form {
    Plain,
    Day,
    Moment,
    /// By what people call it.
    Label(Vec<(String, Text2)>),
    /// By the name of the row whose id, or code, it is.
    Name(&'static str),
    /// Objects, by their fields.
    Parts(Vec<Column>),
}

/// What programs need and people do not: no column of theirs.
const TECHNICAL: &[&str] = &["id", "commune_id", "version", "created_at", "hidden", "allowed_actions", "rights", "warnings", "geometry"];

impl Columns {
    /// Of the objects of a resource, by their schema and those that it refers to.
    pub fn of(resource: &str, shape: &RefOr<Schema>, named: Vec<(String, RefOr<Schema>)>) -> Self {
        let named: HashMap<String, Value> = named.into_iter().filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?))).collect();
        let shape = serde_json::to_value(shape).unwrap_or_default();
        let fields = shape.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut people = vec![];
        for (field, schema) in &fields {
            if TECHNICAL.contains(&field.as_str()) || field == "updated_at" {
                continue;
            }
            let (inner, several) = resolved(schema, &named);
            let parts = inner["properties"].as_object().filter(|_| !several);
            // A part's fields beside the row's own.
            let of_part = |(part, schema): (&String, &Value)| column(resource, vec![field.clone(), part.clone()], schema, &named);
            match parts {
                Some(parts) => people.extend(parts_of(parts).filter_map(of_part)),
                None => people.extend(column(resource, vec![field.clone()], schema, &named)),
            }
        }
        people.extend(fields.get("updated_at").and_then(|schema| column(resource, vec!["updated_at".into()], schema, &named)));
        Self { data: fields.keys().cloned().collect(), people }
    }
}

fn parts_of(parts: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    parts.iter().filter(|(part, _)| !TECHNICAL.contains(&part.as_str()))
}

/// None for ids of what has no name.
fn column(resource: &str, path: Vec<String>, schema: &Value, named: &HashMap<String, Value>) -> Option<Column> {
    let (schema, _) = resolved(schema, named);
    let whole = path.join(".");
    let found = [format!("{resource}.{whole}"), whole.clone()].iter().find_map(|name| words::find(name));
    let word = |name: &str| words::find(name).map_or_else(|| Text2 { vi: name.into(), en: name.into() }, |word| word.text.into());
    let heading = match (found, path.as_slice()) {
        (Some(found), _) => found.text.into(),
        (None, [part, field]) => {
            let (part, field) = (word(part), word(field));
            Text2 { vi: format!("{}: {}", part.vi, lower(&field.vi)), en: format!("{}: {}", part.en, lower(&field.en)) }
        }
        _ => word(&whole),
    };
    let of = found.or_else(|| words::find(path.last()?)).and_then(|word| word.of);
    let form = match (of, schema["format"].as_str(), schema[LABELS].as_object()) {
        (Some(kind), ..) => Form::Name(kind),
        (_, Some("uuid"), _) => return None,
        (_, Some("date"), _) => Form::Day,
        (_, Some("date-time"), _) => Form::Moment,
        _ if schema["properties"].is_object() => {
            let parts = schema["properties"].as_object().into_iter().flat_map(parts_of);
            Form::Parts(parts.filter_map(|(part, schema)| column("", vec![part.clone()], schema, named)).collect())
        }
        (.., Some(labels)) => Form::Label(labels.iter().map(|(code, text)| (code.clone(), label(text))).collect()),
        _ => Form::Plain,
    };
    Some(Column { path, heading, form })
}

fn label(text: &Value) -> Text2 {
    let of = |lang: &str| text[lang].as_str().unwrap_or_default().to_owned();
    Text2 { vi: of("vi"), en: of("en") }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// What a field's schema is behind references, lists and null; and whether there may be several.
fn resolved<'s>(schema: &'s Value, named: &'s HashMap<String, Value>) -> (&'s Value, bool) {
    if let Some(target) = schema["$ref"].as_str().and_then(|r| named.get(r.rsplit('/').next()?)) {
        return resolved(target, named);
    }
    if let Some(one) = ["oneOf", "anyOf", "allOf"].iter().find_map(|choice| schema[*choice].as_array()?.iter().find(|one| one["type"] != "null")) {
        return resolved(one, named);
    }
    if schema["items"].is_object() { (resolved(&schema["items"], named).0, true) } else { (schema, false) }
}

/// The value of a column in an object.
pub fn at<'o>(object: &'o Map<String, Value>, path: &[String]) -> &'o Value {
    let mut rest = path.iter();
    let first = rest.next().and_then(|name| object.get(name)).unwrap_or(&Value::Null);
    rest.fold(first, |value, name| value.get(name).unwrap_or(&Value::Null))
}
