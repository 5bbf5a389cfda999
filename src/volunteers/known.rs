//! Who is there already, for lists: asked once for all names instead of once for each.

use std::collections::HashMap;

use uuid::Uuid;

use super::dto::{CreateVolunteer, Volunteer};
use super::store;
use crate::error::Result;
use crate::journal::Write;
use crate::text::fold;

/// What two records of one person have in common: the same name and phone; without a phone the same name, year of birth and
/// hamlet. With less nobody is taken for somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Likeness {
    Phone(String, String),
    Birth(String, i32, Uuid),
}

/// People whom a list may name.
#[derive(Debug, Clone, Default)]
pub struct Known(HashMap<Likeness, Uuid>);

impl Known {
    /// Those of these names whom the write's actor may see: one statement.
    pub async fn load(write: &mut Write, commune: Uuid, names: impl Iterator<Item = &str>) -> Result<Self> {
        let mut known = Self::default();
        let folded = names.map(fold).collect();
        for row in store::called(write, commune, folded).await? {
            known.add(&row);
        }
        Ok(known)
    }

    /// The record of somebody who is entered once more.
    pub fn find(&self, input: &CreateVolunteer) -> Option<Uuid> {
        let name = fold(&input.full_name.0);
        let likeness = match (&input.phone, input.birth_year, input.hamlet_id) {
            (Some(phone), ..) => Likeness::Phone(name, phone.0.clone()),
            (None, Some(born), Some(hamlet)) => Likeness::Birth(name, born.into(), hamlet),
            _ => return None,
        };
        self.0.get(&likeness).copied()
    }

    pub fn add(&mut self, row: &Volunteer) {
        if let Some(phone) = &row.phone {
            self.0.insert(Likeness::Phone(row.search.clone(), phone.clone()), row.id);
        }
        if let (Some(born), Some(hamlet)) = (row.birth_year, row.hamlet_id) {
            self.0.insert(Likeness::Birth(row.search.clone(), born, hamlet), row.id);
        }
    }
}
