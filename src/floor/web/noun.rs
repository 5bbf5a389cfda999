//! How things are called.

use crate::text::{Lang, Text};

/// An owned text in both languages.
#[derive(Debug, Clone, Default)]
pub struct Text2 {
    pub vi: String,
    pub en: String,
}

impl Text2 {
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

impl From<Text> for Text2 {
    fn from(text: Text) -> Self {
        Self { vi: text.vi.into(), en: text.en.into() }
    }
}

/// How a room's things are called.
#[derive(Debug, Clone, Copy)]
pub struct Noun {
    /// `hamlet`: one of them, in operation ids.
    pub one: &'static str,
    pub text: Text,
    pub plural: &'static str,
}
