//! The parameters of a query string or a form: each once, but lists, and not more than an operation could have a use for.

use crate::error::{Error, Result};
use crate::said;

/// More than any operation has; counted before anything is decoded.
const MOST: usize = 64;
/// The longest query string, in bytes: three lists of fifty ids, and what a cursor takes.
pub const MAX_QUERY: usize = 8 * 1024;

/// Why parameters are not read.
#[derive(Debug, PartialEq, Eq)]
pub enum Misshapen {
    TooMany,
    Twice(String),
    Nul(String),
}

/// Names with their values, in their order. What is a list may come several times, as some clients send one.
pub fn parse(text: &[u8], is_list: impl Fn(&str) -> bool) -> Result<Vec<(String, String)>, Misshapen> {
    if text.iter().filter(|byte| **byte == b'&').count() >= MOST {
        return Err(Misshapen::TooMany);
    }
    let mut pairs: Vec<(String, String)> = vec![];
    for (name, value) in form_urlencoded::parse(text) {
        if name.contains('\0') || value.contains('\0') {
            return Err(Misshapen::Nul(name.replace('\0', "")));
        }
        match pairs.iter_mut().find(|(known, _)| *known == name) {
            None => pairs.push((name.into_owned(), value.into_owned())),
            Some((_, values)) if is_list(&name) => {
                values.push(',');
                values.push_str(&value);
            }
            Some(_) => return Err(Misshapen::Twice(name.into_owned())),
        }
    }
    Ok(pairs)
}

impl From<Misshapen> for Error {
    fn from(misshapen: Misshapen) -> Self {
        match misshapen {
            Misshapen::TooMany => Self::field("?", "too_many", said!("Không được quá {MOST} tham số", "At most {MOST} parameters are allowed")),
            Misshapen::Nul(name) => {
                Self::field(format!("?{name}"), "control_character", said!("Không được chứa ký tự điều khiển", "Control characters are not allowed"))
            }
            Misshapen::Twice(name) => Self::field(
                format!("?{name}"),
                "duplicate_field",
                said!(
                    "Tham số \"{name}\" xuất hiện hai lần; dùng dấu phẩy để nêu nhiều giá trị",
                    "The parameter \"{name}\" is there twice; separate several values by commas"
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_few_and_each_once_but_lists() {
        let read = |text: &[u8]| parse(text, |name| name == "list");
        assert_eq!(read(b"a=1&b=%C3%A1").map(|pairs| pairs.len()), Ok(2));
        assert_eq!(read(b"a=1&b=2&%61=3"), Err(Misshapen::Twice("a".into())));
        assert_eq!(read(b"list=1&a=2&list=3,4"), Ok(vec![("list".into(), "1,3,4".into()), ("a".into(), "2".into())]));
        assert_eq!(read(b"a%00=1"), Err(Misshapen::Nul("a".into())));
        assert_eq!(read("a=1&".repeat(MOST).as_bytes()), Err(Misshapen::TooMany));
    }
}
