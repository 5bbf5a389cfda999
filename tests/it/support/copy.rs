//! A phone's copy of what its user may see, kept by the sync as the README asks of an app.

use std::collections::BTreeMap;

use serde_json::Value;

use super::App;
use super::client::Reply;

/// All kinds that can be synchronised.
pub fn all_kinds() -> String {
    danvan::sync::SOURCES.iter().map(|source| source.kind).collect::<Vec<_>>().join(",")
}

#[derive(Debug, Clone)]
pub struct Copy {
    pub token: String,
    pub commune: String,
    pub resources: String,
    pub limit: usize,
    /// Rows come with what the caller is to them.
    pub rights: bool,
    pub cursor: Option<String>,
    /// By kind and id.
    pub rows: BTreeMap<(String, String), Value>,
    /// Rows that were deleted on the server's word, and were there.
    pub removed: usize,
    /// Rows that were deleted on the server's word, and were never there.
    pub never_seen: Vec<(String, String)>,
    /// Times that the copy had to be made anew.
    pub resyncs: usize,
    pub pages: usize,
}

impl Copy {
    pub fn new(token: &str, commune: &str, resources: &str) -> Self {
        let (rows, never_seen) = Default::default();
        Self {
            token: token.into(),
            commune: commune.into(),
            resources: resources.into(),
            limit: 500,
            rights: false,
            cursor: None,
            rows,
            removed: 0,
            never_seen,
            resyncs: 0,
            pages: 0,
        }
    }

    pub fn path(&self) -> String {
        let cursor = self.cursor.as_ref().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let rights = if self.rights { "&rights=true" } else { "" };
        format!("/v1/sync?commune={}&resources={}&limit={}{rights}{cursor}", self.commune, self.resources, self.limit)
    }

    /// Asks for one page; the answer may still be lost.
    pub async fn ask(&self, app: &App) -> Reply {
        app.get(&self.token, &self.path()).await
    }

    /// Applies an answer whole; tells whether there is more.
    pub fn apply(&mut self, reply: Reply) -> bool {
        if reply.status == 410 {
            assert_eq!(reply.problem().1, "resync_required");
            self.rows.clear();
            self.cursor = None;
            self.resyncs += 1;
            return true;
        }
        let page = reply.expect(200);
        self.apply_page(&page);
        self.cursor = Some(page["next_cursor"].as_str().expect("a cursor").to_owned());
        page["has_more"].as_bool().expect("has_more")
    }

    /// Applies a page, of an answer or of an event.
    pub fn apply_page(&mut self, page: &Value) {
        self.pages += 1;
        for (kind, changes) in page["changes"].as_object().expect("changes") {
            for row in changes["upserted"].as_array().expect("upserted") {
                assert!(row.get("allowed_actions").is_none(), "phones compute them");
                let id = row["id"].as_str().expect("an id").to_owned();
                self.rows.insert((kind.clone(), id), row.clone());
            }
            for row in changes["removed"].as_array().expect("removed") {
                let key = (kind.clone(), row["id"].as_str().expect("an id").to_owned());
                match self.rows.remove(&key) {
                    Some(_) => self.removed += 1,
                    None => self.never_seen.push(key),
                }
            }
        }
    }

    /// Asks until the copy is whole.
    pub async fn sync(&mut self, app: &App) {
        while self.apply(self.ask(app).await) {}
    }

    /// The same copy made from nothing.
    pub async fn anew(&self, app: &App) -> Self {
        let mut fresh = Self { rights: self.rights, ..Self::new(&self.token, &self.commune, &self.resources) };
        fresh.sync(app).await;
        fresh
    }

    pub fn ids(&self, kind: &str) -> Vec<&str> {
        self.rows.keys().filter(|(k, _)| k == kind).map(|(_, id)| id.as_str()).collect()
    }

    /// What differs from another copy, a line for each row.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut out = vec![];
        for (key, row) in &self.rows {
            match other.rows.get(key) {
                None => out.push(format!("{key:?} should be gone: {row}")),
                Some(there) if there != row => out.push(format!("{key:?} is {row}, should be {there}")),
                Some(_) => {}
            }
        }
        out.extend(other.rows.iter().filter(|(key, _)| !self.rows.contains_key(*key)).map(|(key, row)| format!("{key:?} is missing: {row}")));
        out
    }
}
