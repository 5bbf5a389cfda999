//! What rows may name, and how it is found however it is written.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::cells::Refusal;
use crate::said;
use crate::text::fold;

/// What rows may name, by everything that it is called.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<&'static str, HashMap<String, Option<Value>>>);

impl Names {
    /// Adds what is called so; what two are called by is ambiguous.
    pub fn add(&mut self, of: &'static str, value: &Value, called: impl IntoIterator<Item = String>) {
        let names = self.0.entry(of).or_default();
        for name in called {
            names.entry(fold(&name)).and_modify(|there| *there = there.take().filter(|there| there == value)).or_insert_with(|| Some(value.clone()));
        }
    }

    pub fn add_all(&mut self, of: &'static str, found: Vec<(Uuid, Vec<String>)>) {
        found.into_iter().for_each(|(id, called)| self.add(of, &json!(id), called));
    }

    /// A place, also where its kind is left out, runs into its number, or more of the address stands behind it.
    pub fn find_place(&self, of: &'static str, name: &str) -> Result<Value, Refusal> {
        self.find(of, name).or_else(|refusal| {
            if refusal.0 != "unknown_name" {
                return Err(refusal);
            }
            let wanted = bare_place(name);
            let mut fit: Vec<&Value> = vec![];
            for value in self.0.get(of).into_iter().flatten().filter(|(called, _)| bare_place(called) == wanted).filter_map(|(_, value)| value.as_ref()) {
                if !fit.contains(&value) {
                    fit.push(value);
                }
            }
            match fit.as_slice() {
                [one] => Ok((*one).clone()),
                [] => Err(refusal),
                _ => Err(("ambiguous", said!("Tên này chỉ nhiều nơi; hãy ghi mã", "Several are called so; write the code"))),
            }
        })
    }

    /// A kind by its code or name; which there are is said.
    pub fn find_kind(&self, of: &'static str, name: &str) -> Result<Value, Refusal> {
        self.find(of, name).map_err(|(code, text)| {
            if code == "unknown_name" {
                ("unknown_value", said!("Không có loại này; xem /v1/kinds", "There is no such kind; see /v1/kinds"))
            } else {
                (code, text)
            }
        })
    }

    pub fn find(&self, of: &'static str, name: &str) -> Result<Value, Refusal> {
        match self.0.get(of).and_then(|names| names.get(&fold(name))) {
            Some(Some(value)) => Ok(value.clone()),
            Some(None) => Err(("ambiguous", said!("Tên này chỉ nhiều nơi; hãy ghi mã", "Several are called so; write the code"))),
            None => Err(("unknown_name", said!("Không có tên hoặc mã này", "Nothing is called so, by name or code"))),
        }
    }
}

/// What small places are called, folded, the longest first: a commune says its own word for all of them.
pub const PLACES: &[&str] = &["to dan pho", "khu dan cu", "khu pho", "ap", "thon", "lang", "ban", "buon", "bon", "xom", "khom", "soc", "kp", "tdp"];

/// What a place is called without what kind of place it is, and without the commune behind it.
fn bare_place(name: &str) -> String {
    let folded = fold(name);
    let place = folded.split([',', '(']).next().unwrap_or_default();
    // "ap1" is "ap 1".
    let mut spaced = String::with_capacity(place.len() + 1);
    for c in place.chars() {
        if c.is_ascii_digit() && spaced.ends_with(|last: char| last.is_alphabetic()) {
            spaced.push(' ');
        }
        spaced.push(if matches!(c, '.' | '-' | '_') { ' ' } else { c });
    }
    let spaced = spaced.split_whitespace().map(|word| word.trim_start_matches('0')).collect::<Vec<_>>().join(" ");
    let bare = PLACES.iter().find_map(|kind| spaced.strip_prefix(kind)?.strip_prefix(' '));
    bare.unwrap_or(&spaced).to_owned()
}
