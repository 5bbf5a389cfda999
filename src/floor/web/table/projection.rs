//! A row on its way out: its fields straight into the answer's text, those above the reader's class left out and named.

use std::io::Write as _;

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::access::roles::{Class, Classes, Fields, class_of};
use crate::error::{Error, Result};

/// Takes the fields of a row, in their order; see [`Record::project`](super::Record::project).
#[derive(Debug)]
pub struct Projection {
    classes: Classes,
    out: Vec<u8>,
    /// Where the object's first member stands.
    begun: usize,
    hidden: Vec<String>,
    told: Vec<String>,
    failed: Option<serde_json::Error>,
}

impl Projection {
    /// Goes on in a buffer.
    pub fn onto(mut out: Vec<u8>, classes: Classes) -> Self {
        out.push(b'{');
        Self { classes, begun: out.len(), out, hidden: vec![], told: vec![], failed: None }
    }

    /// Whether the field is shown; its name is written then.
    fn begin(&mut self, name: &str, class: Class) -> bool {
        if !self.classes.has(class) {
            self.hidden.push(name.to_owned());
            return false;
        }
        if self.out.len() > self.begun {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        true
    }

    fn end(&mut self, written: serde_json::Result<()>) {
        self.failed = self.failed.take().or(written.err());
    }

    pub fn field<T: Serialize>(&mut self, name: &'static str, class: Class, value: &T) {
        if !self.begin(name, class) {
            return;
        }
        let from = self.out.len();
        let written = serde_json::to_writer(&mut self.out, value);
        self.end(written);
        if !matches!(self.out.get(from..), Some(b"null" | b"[]")) {
            self.tell(name, class);
        }
    }

    /// A field that says something of what the reader log keeps.
    fn tell(&mut self, name: &str, class: Class) {
        if matches!(class, Class::Contact | Class::Sensitive) {
            self.told.push(name.to_owned());
        }
    }

    /// A time, as `chrono` would write it.
    pub fn moment(&mut self, name: &'static str, class: Class, value: Option<DateTime<Utc>>) {
        if !self.begin(name, class) {
            return;
        }
        let written = match value {
            None => self.out.write_all(b"null").map_err(serde_json::Error::io),
            Some(at) if (1000..=9999).contains(&at.year()) && at.nanosecond() < 1_000_000_000 => write_moment(&mut self.out, at).map_err(serde_json::Error::io),
            Some(at) => serde_json::to_writer(&mut self.out, &at),
        };
        self.end(written);
        if value.is_some() {
            self.tell(name, class);
        }
    }

    /// The fields of a part that stand beside the row's own.
    pub fn flat<T: Serialize>(&mut self, fields: Fields, value: &T) {
        // Mostly it is seen as a whole, and nobody's own.
        let plain = |class: Class| self.classes.has(class) && !matches!(class, Class::Contact | Class::Sensitive);
        if plain(Class::Staff) && fields.iter().all(|(_, class)| plain(*class)) {
            let from = self.out.len();
            let written = serde_json::to_writer(&mut self.out, value);
            self.end(written);
            match self.out.get(from + 1) {
                // Its braces give way to the row's.
                Some(b'"') => {
                    if let Some(brace) = self.out.get_mut(from) {
                        *brace = b',';
                    }
                    self.out.pop();
                }
                _ => self.out.truncate(from),
            }
            return;
        }
        match serde_json::to_value(value) {
            Ok(Value::Object(part)) => {
                for (name, value) in part {
                    let class = class_of(fields, &name);
                    if self.begin(&name, class) {
                        let written = serde_json::to_writer(&mut self.out, &value);
                        self.end(written);
                        if !value.is_null() {
                            self.tell(&name, class);
                        }
                    }
                }
            }
            Ok(_) => {}
            Err(error) => self.end(Err(error)),
        }
    }

    /// The buffer with the object, and the contact and sensitive fields of which it says something.
    pub fn end_object(self) -> Result<(Vec<u8>, Vec<String>)> {
        let Self { mut out, hidden, told, failed, .. } = self;
        if let Some(error) = failed {
            return Err(Error::internal(error));
        }
        out.extend_from_slice(b",\"hidden\":");
        serde_json::to_writer(&mut out, &hidden)?;
        out.push(b'}');
        Ok((out, told))
    }
}

/// RFC 3339 with as many digits of a second as there are. `Display` would go through a formatter for each of its parts.
fn write_moment(out: &mut Vec<u8>, at: DateTime<Utc>) -> std::io::Result<()> {
    let digits = |mut number: u32, text: &mut [u8]| {
        for digit in text.iter_mut().rev() {
            *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
        }
    };
    let mut text = *b"\"0000-00-00T00:00:00";
    let parts = [
        (1..5, u32::try_from(at.year()).unwrap_or(0)),
        (6..8, at.month()),
        (9..11, at.day()),
        (12..14, at.hour()),
        (15..17, at.minute()),
        (18..20, at.second()),
    ];
    for (place, number) in parts {
        if let Some(place) = text.get_mut(place) {
            digits(number, place);
        }
    }
    out.write_all(&text)?;
    let nanos = at.nanosecond();
    let (length, number) = match nanos {
        0 => (0, 0),
        n if n % 1_000_000 == 0 => (3, n / 1_000_000),
        n if n % 1_000 == 0 => (6, n / 1_000),
        n => (9, n),
    };
    if length > 0 {
        let mut fraction = [0; 9];
        let fraction = fraction.get_mut(..length).unwrap_or_default();
        digits(number, fraction);
        out.push(b'.');
        out.write_all(fraction)?;
    }
    out.write_all(b"Z\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::roles::{Relation, Role, classes};

    #[test]
    fn times_are_written_as_chrono_writes_them() {
        for text in [
            "2024-07-16T00:00:00Z",
            "2024-12-31T23:59:59.5Z",
            "1999-01-02T03:04:05.000001Z",
            "2024-02-29T12:30:00.123456789Z",
            "2016-12-31T23:59:60Z",
            "+12024-07-16T00:00:00Z",
        ] {
            let at: DateTime<Utc> = text.parse().unwrap();
            let mut projection = Projection::onto(vec![], classes(Role::Public, Relation::Everywhere));
            projection.moment("at", Class::Public, Some(at));
            let (object, _) = projection.end_object().unwrap();
            assert_eq!(serde_json::from_slice::<Value>(&object).unwrap()["at"], serde_json::to_value(at).unwrap());
        }
    }

    #[test]
    fn a_part_stands_beside_the_own_fields_as_a_whole_or_by_its_classes() {
        const FIELDS: Fields = &[("phone", Class::Contact), ("moved", Class::Public)];
        let part = |value: Value, role: Role| {
            let mut projection = Projection::onto(b"[".to_vec(), classes(role, Relation::InCommune));
            projection.field("id", Class::Public, &1);
            projection.flat(FIELDS, &value);
            String::from_utf8(projection.end_object().unwrap().0).unwrap()
        };
        let whole = serde_json::json!({"moved": "x", "phone": "0900000001", "note": null});
        assert_eq!(part(whole.clone(), Role::CommuneOfficer), r#"[{"id":1,"moved":"x","phone":"0900000001","note":null,"hidden":[]}"#);
        assert_eq!(part(whole.clone(), Role::Observer), r#"[{"id":1,"moved":"x","note":null,"hidden":["phone"]}"#);
        assert_eq!(part(whole, Role::Public), r#"[{"id":1,"moved":"x","hidden":["phone","note"]}"#);
        assert_eq!(part(serde_json::json!({}), Role::CommuneOfficer), r#"[{"id":1,"hidden":[]}"#);
    }

    #[test]
    fn what_the_reader_log_keeps_is_told_of_every_field_that_says_something() {
        const FIELDS: Fields = &[("phone", Class::Contact)];
        let mut projection = Projection::onto(vec![], classes(Role::CommuneOfficer, Relation::InCommune));
        projection.field("name", Class::Staff, &"x");
        projection.field("purpose", Class::Sensitive, &"x");
        projection.field("guardian", Class::Sensitive, &None::<String>);
        projection.moment("given_at", Class::Sensitive, Some(DateTime::UNIX_EPOCH));
        projection.moment("withdrawn_at", Class::Sensitive, None);
        projection.flat(FIELDS, &serde_json::json!({"phone": "0900000001", "note": "x"}));
        assert_eq!(projection.end_object().unwrap().1, ["purpose", "given_at", "phone"]);
    }
}
