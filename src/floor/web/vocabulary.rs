//! The words of the API: what people call its values, actions and fields, in both languages.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::answer::Answer;
use super::call::Call;
use super::columns::Form;
use super::operation::{Operation, Room};
use super::reference::{Label, Word};
use super::shapes::LABELS;
use crate::access::reach::Policy;
use crate::error::Result;
use crate::handler;
use crate::text::Text;
use crate::text_enum;
use crate::words::WORDS;

/// What values, actions and fields are called.
#[derive(Debug, Serialize, ToSchema)]
pub struct Vocabulary {
    /// The lists of words.
    pub items: Vec<WordList>,
}

text_enum! {
    /// What words stand for.
    pub enum WordKind {
        Statuses = "statuses" ("Trạng thái", "Statuses"),
        Actions = "actions" ("Hành động", "Actions"),
        Values = "values" ("Giá trị", "Values"),
        Fields = "fields" ("Trường dữ liệu", "Fields"),
    }
}

/// Words of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct WordList {
    /// What they stand for.
    pub kind: WordKind,
    /// Of statuses and actions the resource, of values the name of their schema in the API document; null for fields, which
    /// are called so wherever they stand.
    #[schema(example = "activities")]
    pub of: Option<String>,
    /// The words. A part's field stands behind the part's name where it is called otherwise there.
    pub words: Vec<Word>,
}

pub fn operation() -> Operation {
    let summary = Text::new("Tên gọi của các giá trị, hành động, trường dữ liệu", "What values, actions and fields are called");
    Operation::get("get_vocabulary", "/v1/vocabulary", summary, handler!(vocabulary)).open().tagged().gives::<Vocabulary>().describe(Text::new(
        "Tiếng Việt và tiếng Anh, để mọi ứng dụng gọi cùng một tên. Vai trò và quan hệ ở `/v1/lifecycles`; các danh mục loại ở `/v1/kinds`.",
        "In Vietnamese and English, so that all apps use the same names. Roles and relations are at `/v1/lifecycles`, the kinds that the operator keeps at `/v1/kinds`.",
    ))
}

async fn vocabulary(call: Call) -> Result<Answer> {
    let rooms = call.service().rooms;
    let policies = || rooms.iter().filter_map(|room| room.policy);
    let of_resource = |kind: WordKind, policy: &Policy, words: Vec<Word>| WordList { kind, of: Some(policy.resource.into()), words };
    let statuses = policies().map(|policy| of_resource(WordKind::Statuses, policy, statuses(policy, rooms)));
    let actions = policies().map(|policy| of_resource(WordKind::Actions, policy, actions(policy)));
    let values = values(rooms).iter().map(|(name, words)| WordList { kind: WordKind::Values, of: Some(name.clone()), words: words.clone() });
    let fields = WordList { kind: WordKind::Fields, of: None, words: WORDS.iter().map(|word| Word::new(word.name, word.text)).collect() };
    let items = statuses.chain(actions).chain(values).chain([fields]).filter(|list| !list.words.is_empty()).collect();
    Ok(Answer::ok(Vocabulary { items })?.fixed(&call))
}

type Lists = BTreeMap<String, Vec<Word>>;

/// The labelled lists of values in all that operations take and answer; they are part of the program.
fn values(rooms: &[Room]) -> &'static Lists {
    static LISTS: OnceLock<Lists> = OnceLock::new();
    LISTS.get_or_init(|| {
        let mut schemas: Vec<(String, RefOr<Schema>)> = vec![];
        for operation in rooms.iter().flat_map(|room| &room.operations) {
            for schema in operation.request.iter().chain(&operation.response) {
                schema(&mut schemas);
            }
        }
        schemas.into_iter().filter_map(|(name, schema)| Some((name, words(&serde_json::to_value(schema).ok()?)?))).collect()
    })
}

fn words(schema: &Value) -> Option<Vec<Word>> {
    let labels = schema[LABELS].as_object()?;
    // In the order of the values.
    let codes = schema["enum"].as_array()?.iter().filter_map(Value::as_str);
    let label = |code: &str, lang: &str| labels.get(code).and_then(|label| label[lang].as_str()).unwrap_or_default().to_owned();
    Some(codes.map(|code| Word { name: code.into(), label: Label { vi: label(code, "vi").into(), en: label(code, "en").into() } }).collect())
}

fn statuses(policy: &Policy, rooms: &[Room]) -> Vec<Word> {
    let list = rooms.iter().flat_map(|room| &room.operations).find(|operation| operation.id == format!("list_{}", policy.resource));
    let column = list.and_then(|list| list.columns.people.iter().find(|column| column.path == ["status"]));
    let Some(Form::Label(labels)) = column.map(|column| &column.form) else { return vec![] };
    labels.iter().map(|(code, text)| Word { name: code.clone(), label: Label { vi: text.vi.clone().into(), en: text.en.clone().into() } }).collect()
}

fn actions(policy: &Policy) -> Vec<Word> {
    policy.lifecycle.steps.iter().map(|step| Word::new(step.action, step.label())).collect()
}
