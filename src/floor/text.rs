//! Words for people, in Vietnamese and English, and the folding that search compares by.

use std::cell::Cell;

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

/// Codes with what people call them.
pub type Labels = &'static [(&'static str, Text)];

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
        $crate::text::Said { vi: $crate::text::vietnamese(format_args!($vi)), en: format!($en) }
    };
}

/// A Vietnamese sentence with its values as they are written in it: days as 16/07/2024, decimals behind a comma. What is
/// written in the sentence itself stays.
pub fn vietnamese(sentence: std::fmt::Arguments<'_>) -> String {
    if let Some(fixed) = sentence.as_str() {
        return fixed.to_owned();
    }
    let text = sentence.to_string();
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let length = from.find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '.' | ':' | '/' | '_') && !c.is_alphabetic()).unwrap_or(from.len());
        let (word, after) = from.split_at(length);
        let (bare, end) = word.split_at(word.trim_end_matches(['.', ':', '-']).len());
        let glued = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | ':' | '/' | '_'));
        out.push_str(&if glued { bare.to_owned() } else { written(bare) });
        out.push_str(end);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn written(word: &str) -> String {
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    match word.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2) => return format!("{day}/{month}/{year}"),
        _ => {}
    }
    match word.split_once('.') {
        Some((whole, rest)) if digits(whole, whole.len()) && !whole.is_empty() && digits(rest, rest.len()) && (1..=2).contains(&rest.len()) => {
            format!("{whole},{rest}")
        }
        _ => word.to_owned(),
    }
}

/// The composed form (NFC) in which all text is stored, without what nobody sees; phones of some makers send the
/// decomposed one.
pub fn compose(text: &str) -> String {
    visible(text).nfc().collect()
}

thread_local! {
    static STORED: Cell<bool> = const { Cell::new(false) };
}

/// Reads what was stored: it was looked at when it came, is composed, and stays readable should a limit become narrower.
pub fn stored<T>(read: impl FnOnce() -> T) -> T {
    struct Until(bool);
    impl Drop for Until {
        fn drop(&mut self) {
            STORED.set(self.0);
        }
    }
    // However reading ends: what is sent next is looked at again.
    let _until = Until(STORED.replace(true));
    read()
}

/// Whether that is being done.
pub fn is_stored() -> bool {
    STORED.get()
}

/// What search compares: lower case, without accents, đ as d, runs of white space as one space.
///
/// The only such function: its result is stored in a column beside the text, so that index and query cannot differ.
pub fn fold(text: &str) -> String {
    let text = visible(text);
    let bare = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let plain: String = bare.map(|c| if c == 'đ' { 'd' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What tells names apart: as people write it, but for case, white space and on which vowel the tone is put (hoà, hòa).
/// Accents make people different: Hạnh is not Hành.
pub fn same_name(text: &str) -> String {
    // Grave, acute, tilde, hook above, dot below: a syllable has one of them at most.
    const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let bare: String = visible(text).nfd().flat_map(char::to_lowercase).collect();
    let words = bare.split_whitespace().map(|word| {
        let (tones, letters): (String, String) = word.chars().partition(|c| TONES.contains(c));
        letters + &tones
    });
    words.collect::<Vec<_>>().join(" ").nfc().collect()
}

/// Without characters that nobody sees: marks of direction, of width zero, soft hyphens (Unicode's category Cf). Joiners stay
/// where they join: between emoji, and in scripts that need them.
pub fn visible(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let joins = |other: Option<char>| other.is_some_and(|other| !other.is_ascii() && !is_format(other) && !other.is_whitespace() && !is_latin(other));
        let stays = match c {
            '\u{200C}' | '\u{200D}' => joins(kept.chars().next_back()) && joins(chars.peek().copied()),
            c => !is_format(c),
        };
        if stays {
            kept.push(c);
        }
    }
    kept
}

/// Letters of Latin scripts with their marks, in which nothing is joined.
fn is_latin(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}')
}

/// Unicode's category Cf, as far as it is in use, and the fillers that look like nothing.
fn is_format(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0001}'
            | '\u{E0020}'..='\u{E007F}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{3164}'
            | '\u{FFA0}'
    )
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
    fn names_differ_by_their_accents_and_by_nothing_else() {
        for (one, other) in [("Nguyễn Thị Hoà", "nguyễn  thị hòa"), ("Thuý", "Thúy"), ("Hạnh", "Ha\u{323}nh"), ("An\u{200B}h", "Anh"), ("Quý", "Qúy")]
        {
            assert_eq!(same_name(one), same_name(other), "{one} {other}");
        }
        for (one, other) in [("Võ Văn Hạnh", "Võ Văn Hành"), ("Đăng", "Dăng"), ("Hân", "Hăn"), ("Tuấn", "Tuan"), ("Phú Lý", "Phủ Lý")] {
            assert_ne!(same_name(one), same_name(other), "{one} {other}");
        }
    }

    #[test]
    fn what_nobody_sees_is_not_there() {
        assert_eq!(visible("\u{200B}A\u{AD}n\u{202E}h\u{FEFF}"), "Anh");
        assert_eq!(visible("\u{200B}\u{200D}\u{3164}"), "");
        assert_eq!(visible("👨\u{200D}👩\u{200D}👧"), "👨\u{200D}👩\u{200D}👧");
        assert_eq!(visible("a\u{200D}b"), "ab");
    }

    #[test]
    fn vietnamese_sentences_write_days_and_decimals_their_way() {
        let (day, much, id, address) = ("2026-11-24", 0.5, "01a21e55-876e-775f-bb02-47b3d118afa0", "10.0.0.1");
        let said = crate::said!("Từ {day}: {much} km, {id}, {address}.", "From {day}: {much} km");
        assert_eq!(said.vi, format!("Từ 24/11/2026: 0,5 km, {id}, {address}."));
        assert_eq!(said.en, "From 2026-11-24: 0.5 km");
        let moment = "2024-07-16T06:30:00.5Z";
        assert_eq!(crate::said!("Lúc {moment}", "At {moment}").vi, format!("Lúc {moment}"));
        assert_eq!(crate::said!("Dạng 2024-07-16", "Like 2024-07-16").vi, "Dạng 2024-07-16");
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
