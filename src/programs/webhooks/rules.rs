//! Who may do what with webhooks, and which events one wants.

use chrono::TimeDelta;

use super::dto::Webhook;
use crate::access::lifecycle::{Lifecycle, Step};
use crate::access::reach::Policy;
use crate::access::roles::{OWN_TOOLS, SEE_TOOLS, STOP_TOOLS};
use crate::error::{Error, FieldError, Result};
use crate::said;
use crate::sync::SOURCES;
use crate::text::Text;
use crate::web::table::Source;

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "active",
    frozen: &[],
    steps: &[
        Step::new(
            "rotate_secret",
            &["active", "disabled"],
            None,
            OWN_TOOLS,
            Text::new("Cấp khóa ký mới; khóa trước còn ký thêm 24 giờ", "A new signing secret; the one before signs too for 24 hours"),
        ),
        Step::new("test", &["active"], None, OWN_TOOLS, Text::new("Gửi sự kiện thử", "Send a test event")),
        Step::new("redeliver", &["active"], None, OWN_TOOLS, Text::new("Gửi lại", "Send again what was sent or failed")),
        Step::new(
            "disable",
            &["active"],
            Some("disabled"),
            STOP_TOOLS,
            Text::new("Ngừng gửi; những gì chưa gửi bị bỏ", "Stop sending; what was not sent is dropped"),
        ),
        Step::new("enable", &["disabled"], Some("active"), OWN_TOOLS, Text::new("Gửi lại từ bây giờ", "Send again, from now on")),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "webhooks", read: SEE_TOOLS, create: OWN_TOOLS, update: OWN_TOOLS, fields: Webhook::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

/// How long the secret before signs too.
pub const OVERLAP: TimeDelta = TimeDelta::hours(24);
/// Webhooks that one owner may have in a commune.
pub const MAX_PER_OWNER: i64 = 20;

/// Events of kinds that can be told of at all.
pub fn check_events(row: &Webhook) -> Result<()> {
    if row.events.is_empty() {
        return Err(Error::field("/events", "too_few", said!("Cần ít nhất một loại sự kiện", "At least one kind of event is needed")));
    }
    let unknown = row.events.iter().enumerate().filter(|(_, event)| kinds_of(event).is_empty());
    let errors: Vec<FieldError> = unknown
        .map(|(i, event)| {
            let detail = said!("Không có sự kiện \"{event}\"; xem /v1/event-types", "There is no event \"{event}\"; see /v1/event-types");
            FieldError::new(format!("/events/{i}"), "unknown_value", detail)
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// The kinds whose changes are told.
pub fn told() -> impl Iterator<Item = &'static Source> {
    SOURCES.iter().filter(|source| source.journalled && !source.shared)
}

/// All types of events that a webhook may name, each with what happened.
pub fn types() -> impl Iterator<Item = (String, Text)> {
    let made = [("create", Text::new("Đã tạo", "Created")), ("update", Text::new("Đã sửa", "Changed"))];
    told().flat_map(move |source| {
        let done = source.policy.lifecycle.steps.iter().map(|step| (step.action, step.summary));
        made.into_iter().chain(done).chain(source.policy.follows.iter().copied()).map(|(action, text)| (format!("{}.{action}", source.kind), text))
    })
}

/// The kinds that a filter names; none for one that can never be met.
fn kinds_of(event: &str) -> Vec<&'static str> {
    let told = told();
    match event.split_once('.') {
        None if event == "*" => told.map(|source| source.kind).collect(),
        Some((kind, action)) => {
            let may = |source: &Source| {
                let (steps, follows) = (source.policy.lifecycle.steps, source.policy.follows);
                matches!(action, "*" | "create" | "update") || steps.iter().any(|step| step.action == action) || follows.iter().any(|(name, _)| *name == action)
            };
            let known = |source: &&Source| source.kind == kind && may(source);
            told.filter(known).map(|source| source.kind).collect()
        }
        None => vec![],
    }
}

/// All kinds that a webhook tells of: the `resources` that its cursors are good for.
pub fn kinds(row: &Webhook) -> Vec<&'static str> {
    let mut kinds: Vec<&str> = row.events.iter().flat_map(|event| kinds_of(event)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Whether a webhook wants an event.
pub fn wants(row: &Webhook, kind: &str, action: &str) -> bool {
    row.events.iter().any(|event| match event.split_once('.') {
        None => event == "*",
        Some((of, what)) => of == kind && (what == "*" || what == action),
    })
}
