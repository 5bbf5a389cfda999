//! Who is there already, for lists: asked once for all names instead of once for each.

use std::collections::HashMap;

use uuid::Uuid;

use super::dto::{CreateVolunteer, Volunteer};
use super::store;
use crate::error::Result;
use crate::journal::Write;
use crate::text::{fold, same_name};

/// What two records of one person have in common: the name as it is written, and the phone; without a phone year of birth and
/// hamlet. With less, or with another year of birth, nobody is taken for somebody else: brothers share a phone.
#[derive(Debug, Clone)]
struct Likeness {
    id: Uuid,
    name: String,
    phone: Option<String>,
    born: Option<i32>,
    hamlet: Option<Uuid>,
}

impl Likeness {
    fn of(row: &Volunteer) -> Self {
        Self { id: row.id, name: same_name(&row.full_name), phone: row.phone.clone(), born: row.birth_year, hamlet: row.hamlet_id }
    }

    fn asked(input: &CreateVolunteer) -> Self {
        let (phone, born) = (input.phone.as_ref().map(|phone| phone.0.clone()), input.birth_year.map(i32::from));
        Self { id: Uuid::nil(), name: same_name(&input.full_name.0), phone, born, hamlet: input.hamlet_id }
    }

    fn is_same(&self, other: &Self) -> bool {
        let met = |one: Option<i32>, another: Option<i32>| one.zip(another).is_none_or(|(one, another)| one == another);
        let phone = self.phone.is_some() && self.phone == other.phone;
        let birth = self.born.is_some() && self.born == other.born && self.hamlet.is_some() && self.hamlet == other.hamlet;
        self.name == other.name && met(self.born, other.born) && (phone || (birth && (self.phone.is_none() || other.phone.is_none())))
    }

    /// Enough in common to be looked at: the name but for its accents, or the name and nothing that speaks against it.
    fn is_alike(&self, other: &Self) -> bool {
        let phone = self.phone.is_some() && self.phone == other.phone;
        phone || (self.name == other.name && (self.hamlet == other.hamlet || self.hamlet.is_none() || other.hamlet.is_none()))
    }
}

/// People whom a list may name.
#[derive(Debug, Clone, Default)]
pub struct Known(HashMap<String, Vec<Likeness>>);

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

    fn called(&self, input: &CreateVolunteer) -> impl Iterator<Item = &Likeness> {
        self.0.get(&fold(&input.full_name.0)).into_iter().flatten()
    }

    /// The record of somebody who is entered once more.
    pub fn find(&self, input: &CreateVolunteer) -> Option<Uuid> {
        let asked = Likeness::asked(input);
        self.called(input).find(|there| there.is_same(&asked)).map(|there| there.id)
    }

    /// Records that may be the same person's: told, and for people to judge.
    pub fn alike(&self, input: &CreateVolunteer) -> Vec<Uuid> {
        let asked = Likeness::asked(input);
        self.called(input).filter(|there| there.is_same(&asked) || there.is_alike(&asked)).map(|there| there.id).collect()
    }

    pub fn add(&mut self, row: &Volunteer) {
        self.0.entry(row.search.clone()).or_default().push(Likeness::of(row));
    }
}
