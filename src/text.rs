//! Words for people, in Vietnamese and English, and the folding that search compares by.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A language that answers are given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Vi,
    En,
}

impl Lang {
    /// The language of an `Accept-Language` header (RFC 9110 section 12.5.4): Vietnamese unless English is preferred.
    pub fn from_header(header: Option<&str>) -> Self {
        let mut best = (0.0_f32, Self::Vi);
        for part in header.unwrap_or_default().split(',') {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            let lang = match tag.split('-').next() {
                Some("en") => Self::En,
                Some("vi") => Self::Vi,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, lang);
            }
        }
        best.1
    }

    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }
}

/// A fixed text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    pub vi: &'static str,
    pub en: &'static str,
}

impl Text {
    pub const fn new(vi: &'static str, en: &'static str) -> Self {
        Self { vi, en }
    }

    pub fn of(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Vi => self.vi,
            Lang::En => self.en,
        }
    }
}

/// A text with values in it, in both languages; made by [`said!`](crate::said).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub vi: String,
    pub en: String,
}

impl Said {
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

impl From<Text> for Said {
    fn from(text: Text) -> Self {
        Self { vi: text.vi.into(), en: text.en.into() }
    }
}

/// `said!("Vietnamese {x}", "English {x}")`: a sentence in both languages with values from the scope.
#[macro_export]
macro_rules! said {
    ($vi:literal, $en:literal) => {
        $crate::text::Said { vi: format!($vi), en: format!($en) }
    };
}

/// The composed form (NFC) in which all text is stored; phones of some makers send the decomposed one.
pub fn compose(text: &str) -> String {
    text.nfc().collect()
}

/// What search compares: lower case, without accents, đ as d, runs of white space as one space.
///
/// The only such function: its result is stored in a column beside the text, so that index and query cannot differ.
pub fn fold(text: &str) -> String {
    let bare = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let plain: String = bare.map(|c| if c == 'đ' { 'd' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_every_vietnamese_letter() {
        assert_eq!(fold("Lữ đoàn Pháo binh 75 – ĐẶNG  Thị\u{301} Lương"), "lu doan phao binh 75 – dang thi luong");
        assert_eq!(fold("Phú Lý"), fold("Phủ Lý"));
        assert_eq!(fold("hoà thuý"), fold("hòa thúy"));
    }

    #[test]
    fn picks_the_preferred_language() {
        assert_eq!(Lang::from_header(None), Lang::Vi);
        assert_eq!(Lang::from_header(Some("fr, en;q=0.8, vi;q=0.5")), Lang::En);
        assert_eq!(Lang::from_header(Some("en-GB;q=0.4,vi-VN")), Lang::Vi);
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_blind_to_the_form_sent(text in "\\PC{0,40}") {
            let nfd: String = text.nfd().collect();
            prop_assert_eq!(fold(&text), fold(&nfd));
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
