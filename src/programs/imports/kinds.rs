//! Where each kind of row goes: through the door of its room, with the rights and rules of a request.

use serde_json::{Value, json};
use uuid::Uuid;

use super::columns::Shape;
use super::dto::{Import, ImportKind};
use super::names::Names;
use super::table::Row;
use crate::access::actor::Actor;
use crate::access::reach::Policy;
use crate::error::{Error, Result};
use crate::hamlets::Hamlet;
use crate::journal::Write;
use crate::journal::feeds::ACCOUNTS;
use crate::web::body::input;
use crate::web::table;
use crate::{accounts, activities, hamlets, kinds, military_units, plan_items, said, sign_ups, units, volunteers};

/// What the rows of an import may name, and whom they may mean.
#[derive(Debug, Clone)]
pub struct Lookup {
    pub names: Names,
    people: volunteers::Known,
}

impl ImportKind {
    /// The resource that rows become.
    pub fn resource(self) -> &'static str {
        if self == Self::GroupMembers { "volunteers" } else { self.name() }
    }

    /// What is made.
    fn policies(self) -> Vec<&'static Policy> {
        match self {
            Self::Volunteers => vec![&volunteers::rules::POLICY],
            Self::GroupMembers => vec![&sign_ups::rules::POLICY, &volunteers::rules::POLICY],
            Self::Hamlets => vec![&hamlets::rules::POLICY],
            Self::Units => vec![&units::rules::POLICY],
            Self::Activities => vec![&activities::rules::POLICY],
            Self::Users => vec![&accounts::rules::USERS, &accounts::rules::GRANTS],
        }
    }

    /// Whether somebody may make such things at all; each row asks for more.
    pub fn check_right(self, actor: &Actor, commune: Uuid) -> Result<()> {
        for policy in self.policies() {
            actor.require_scope(policy.resource, "create")?;
            table::has_right(actor, policy, Some(commune))?;
        }
        Ok(())
    }

    pub fn feed(self, commune: Uuid) -> Uuid {
        if self == Self::Users { ACCOUNTS } else { commune }
    }

    /// The kinds by which rows are judged: what changed in them between rehearsal and merge asks for another rehearsal.
    ///
    /// New volunteers are none of them: somebody who came in those seconds may be there twice then, which can be merged; a
    /// commune with walk-ins all day could never import otherwise.
    pub fn rests_on(self) -> &'static [&'static str] {
        match self {
            Self::Volunteers => &["hamlets", "units"],
            Self::GroupMembers => &["hamlets", "units", "sign_ups", "activities", "campaigns"],
            Self::Hamlets => &["hamlets"],
            Self::Units => &["units", "military_units"],
            Self::Activities => &["activities", "hamlets", "campaigns", "plan_items"],
            Self::Users => &["users", "grants", "hamlets", "units"],
        }
    }

    /// What the body holds beside the cells.
    pub fn body(self, import: &Import) -> Value {
        let commune = import.commune_id;
        match self {
            Self::Volunteers | Self::GroupMembers => {
                json!({"commune_id": commune, "consents": [{"purpose": "participation", "given_via": "paper", "text_version": "1"}]})
            }
            Self::Hamlets | Self::Units => json!({"commune_id": commune}),
            Self::Activities => json!({"commune_id": commune, "campaign_id": import.campaign_id, "place": {"kind": "other"}}),
            Self::Users => json!({"user": {"home_commune_id": commune}}),
        }
    }

    /// Makes what a row says.
    pub async fn add(self, write: &mut Write, import: &Import, body: Value, known: &mut Lookup) -> Result<()> {
        match self {
            Self::Volunteers => {
                let person = input(body)?;
                if known.people.find(&person).is_some() {
                    return Err(Error::field("/full_name", "already_there", said!("Người này đã có hồ sơ", "This person has a record already")));
                }
                known.people.add(&volunteers::add(write, person).await?);
            }
            Self::GroupMembers => {
                let person = input(body)?;
                let group = import.group_id.ok_or_else(|| Error::internal("an import of members without a group"))?;
                let made = match known.people.find(&person) {
                    Some(there) => return sign_ups::name_member(write, group, there).await,
                    None => volunteers::add(write, person).await?,
                };
                sign_ups::name_member(write, group, made.id).await?;
                known.people.add(&made);
            }
            Self::Hamlets => {
                table::add::<Hamlet>(write, input(body)?).await?;
            }
            Self::Units => {
                let unit = table::add::<units::Unit>(write, input(body)?).await?;
                // The next rows may lie below it.
                known.names.add("units", &json!(unit.id), [unit.code, unit.name].into_iter().chain(unit.short_name).chain(unit.aliases));
            }
            Self::Activities => {
                activities::add(write, input(body)?).await?;
            }
            Self::Users => {
                let part = |name: &str| body.get(name).cloned();
                let user = input(part("user").unwrap_or_default()).map_err(|error| error.under("/user"))?;
                let user = accounts::office::add(write, user).await.map_err(|error| error.under("/user"))?;
                if let Some(Value::Object(mut grant)) = part("grant") {
                    grant.extend([("user_id".to_owned(), json!(user.id)), ("commune_id".to_owned(), json!(import.commune_id))]);
                    let grant = input(Value::Object(grant)).map_err(|error| error.under("/grant"))?;
                    accounts::give(write, grant).await.map_err(|error| error.under("/grant"))?;
                }
            }
        }
        Ok(())
    }

    /// What the rows may name: a statement for each kind of it that the columns have.
    pub async fn lookup(self, write: &mut Write, import: &Import, rows: &[Row]) -> Result<Lookup> {
        let mut names = Names::default();
        for column in self.columns() {
            match column.shape {
                Shape::Hamlet => names.add_all("hamlets", hamlets::names(write, import.commune_id).await?),
                Shape::Unit => names.add_all("units", units::names(write, import.commune_id).await?),
                Shape::Kind(list) | Shape::Kinds(list) => {
                    for (code, vi, en) in kinds::names(write, list).await? {
                        names.add(list.kind(), &json!(code), [code.clone(), vi, en]);
                    }
                }
                Shape::MilitaryUnit => names.add_all("military_units", military_units::names(write).await?),
                Shape::User => names.add_all("users", accounts::names(write, import.commune_id).await?),
                Shape::PlanItem => {
                    if let Some(campaign) = import.campaign_id {
                        names.add_all("plan_items", plan_items::names(write, campaign).await?);
                    }
                }
                _ => {}
            }
        }
        let people = match self {
            Self::Volunteers | Self::GroupMembers => {
                let called = rows.iter().filter_map(|(_, cells)| cells.get("/full_name")?.as_str());
                volunteers::Known::load(write, import.commune_id, called).await?
            }
            _ => volunteers::Known::default(),
        };
        Ok(Lookup { names, people })
    }
}
