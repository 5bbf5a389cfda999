//! What each relation means, once for all tables: a table says where its rows lie ([`Lies`]), the SQL follows from it.

use uuid::Uuid;

use super::reach::Policy;
use super::roles::{Clause, Relation};
use crate::db::sql::Sql;

/// Goes up when what a relation means changes, here or in a room: copies, cursors and tags from before are then made anew.
pub const MEANING: u32 = 2;

/// Which rows of a table everybody may read.
#[derive(Debug, Clone, Copy)]
pub enum Open {
    None,
    All,
    /// Those that were published: the column of the time.
    Since(&'static str),
}

/// Where a table's rows lie: the columns that relations ask for. A relation whose column a table lacks reaches none of its rows.
#[derive(Debug)]
pub struct Lies {
    pub table: &'static str,
    /// None where all communes share the rows.
    pub commune: Option<&'static str>,
    /// A grant for one campaign reaches nothing where there is none, but what is one's own.
    pub campaign: Option<&'static str>,
    pub unit: Option<&'static str>,
    pub hamlet: Option<&'static str>,
    /// The user whose own the row is.
    pub user: Option<&'static str>,
    /// The API client whose own the row is: what is its maker's is not its own.
    pub client: Option<&'static str>,
    /// The activity whose lead is asked for: what stands before `(SELECT …)`, such as `id IN`.
    pub activity: Option<&'static str>,
    pub open: Open,
    /// What relations mean in this room alone; it calls [`usually`](Self::usually) for the others. None reaches nothing.
    pub here: Option<fn(&Clause) -> Option<Sql>>,
}

/// Campaigns in which a unit, or one below it, is partner: commune, commune, unit.
pub const PARTNER_CAMPAIGNS: &str = "SELECT k.id FROM campaigns k WHERE k.commune_id = {} AND k.partner_unit_ids && ARRAY(\
    SELECT u.id FROM units u JOIN military_units m ON m.id = u.military_unit_id \
    JOIN units o ON o.commune_id = u.commune_id AND m.ancestors @> ARRAY[o.military_unit_id] WHERE o.commune_id = {} AND o.id = {})";
/// A unit, and for an army unit those below it, but not another row of the same army unit: commune, unit.
const OWN_UNITS: &str = "SELECT u.id FROM units o JOIN units u ON u.commune_id = o.commune_id LEFT JOIN military_units m ON m.id = u.military_unit_id \
    WHERE (u.id = o.id OR u.military_unit_id <> o.military_unit_id AND m.ancestors @> ARRAY[o.military_unit_id]) AND o.commune_id = {} AND o.id = {}";
/// Hamlets that were merged into one: commune, hamlet.
pub const FORMER_HAMLETS: &str = "SELECT h.id FROM hamlets h WHERE h.commune_id = {} AND h.successors @> ARRAY[{}]";
/// A sub-select's rows of the commune that is asked about.
pub fn pinned(clause: &Clause, alias: &str) -> Sql {
    clause.pin.map(|commune| Sql::of(format!("{alias}.commune_id = {{}} AND "), [commune])).unwrap_or_default()
}

/// Activities that a user leads while their campaign is not over.
pub fn led_activities(clause: &Clause) -> Option<Sql> {
    let mut sql = Sql::text("SELECT a.id FROM activities a JOIN campaigns k ON k.commune_id = a.commune_id AND k.id = a.campaign_id WHERE ");
    sql.add(pinned(clause, "a"));
    sql.add(pinned(clause, "k"));
    sql.add(Sql::of("a.lead_user_id = {} AND k.status NOT IN ('closed', 'archived', 'cancelled')", [clause.user?]));
    Some(sql)
}

/// A person's own records.
pub fn own_records(clause: &Clause) -> Option<Sql> {
    let mut sql = Sql::text("SELECT v.id FROM volunteers v WHERE ");
    sql.add(pinned(clause, "v"));
    sql.add(Sql::of("v.user_id = {}", [clause.user?]));
    Some(sql)
}

impl Lies {
    /// Rows of communes, of which nothing else is known yet.
    pub const fn in_commune(table: &'static str) -> Self {
        Self { commune: Some("commune_id"), ..Self::shared(table) }
    }

    /// Rows that all communes share.
    pub const fn shared(table: &'static str) -> Self {
        Self { table, commune: None, campaign: None, unit: None, hamlet: None, user: None, client: None, activity: None, open: Open::None, here: None }
    }

    /// Which rows a clause reaches. Where the narrowing to a campaign is said, and nowhere else.
    pub fn reached(&self, clause: &Clause) -> Sql {
        let meant = self.here.map_or_else(|| self.usually(clause), |here| here(clause)).unwrap_or_else(|| Sql::always(false));
        match (clause.campaign, self.column(self.campaign)) {
            (None, _) => meant,
            (Some(campaign), Some(column)) => meant.and(Sql::of(format!("{column} = {{}}"), [campaign])),
            (Some(_), None) if clause.relation == Relation::Own => meant,
            (Some(_), None) => Sql::always(false),
        }
    }

    fn column(&self, name: Option<&str>) -> Option<String> {
        Some(format!("{}.{}", self.table, name?))
    }

    /// The rows of the clause's commune.
    pub fn of_commune(&self, clause: &Clause) -> Option<Sql> {
        Some(Sql::of(format!("{} = {{}}", self.column(self.commune)?), [clause.commune?]))
    }

    /// The rows of the clause's hamlet.
    pub fn of_hamlet(&self, clause: &Clause) -> Option<Sql> {
        Some(self.of_commune(clause)?.and(Sql::of(format!("{} = {{}}", self.column(self.hamlet)?), [clause.hamlet?])))
    }

    /// The rows of campaigns in which the clause's unit, or one below it, is partner.
    pub fn of_partner(&self, clause: &Clause) -> Option<Sql> {
        let (campaign, commune) = (self.column(self.campaign)?, clause.commune?);
        let partner = Sql::of(format!("{campaign} IN ({PARTNER_CAMPAIGNS})"), [commune, commune, clause.unit?]);
        Some(self.of_commune(clause)?.and(partner))
    }

    /// The rows of activities that the person leads.
    pub fn of_lead(&self, clause: &Clause) -> Option<Sql> {
        Some(Sql::around(&format!("{} (", self.column(self.activity)?), led_activities(clause)?, ")"))
    }

    /// What a relation means by where the rows lie. None, where the grant or the table lacks what it asks for.
    pub fn usually(&self, clause: &Clause) -> Option<Sql> {
        match clause.relation {
            Relation::Everywhere => Some(Sql::always(true)),
            Relation::InCommune => self.of_commune(clause),
            Relation::WithFunction(function) => {
                let text = format!("EXISTS (SELECT FROM units f WHERE f.commune_id = {{}} AND f.id = {{}} AND f.functions @> ARRAY['{function}'])");
                Some(self.of_commune(clause)?.and(Sql::of(text, [clause.commune?, clause.unit?])))
            }
            Relation::OwnHamlet => self.of_hamlet(clause),
            Relation::FormerHamlet => {
                let former = Sql::of(format!("{} IN ({FORMER_HAMLETS})", self.column(self.hamlet)?), [clause.commune?, clause.hamlet?]);
                Some(self.of_commune(clause)?.and(former))
            }
            Relation::OwnUnit => {
                let own = Sql::of(format!("{} IN ({OWN_UNITS})", self.column(self.unit)?), [clause.commune?, clause.unit?]);
                Some(self.of_commune(clause)?.and(own))
            }
            Relation::PartnerCampaign => self.of_partner(clause),
            Relation::Own => {
                let own = Sql::of(format!("{} = {{}}", self.column(self.user)?), [clause.user?]);
                let own = if clause.commune.is_some() { self.of_commune(clause)?.and(own) } else { own };
                match (clause.client, self.column(self.client)) {
                    (Some(client), Some(column)) => Some(own.and(Sql::of(format!("{column} = {{}}"), [client]))),
                    (Some(_), None) => None,
                    (None, _) => Some(own),
                }
            }
            Relation::Lead => self.of_lead(clause),
            Relation::Published => match self.open {
                Open::None => None,
                Open::All => Some(Sql::always(true)),
                Open::Since(column) => Some(Sql::text(format!("{} IS NOT NULL", self.column(Some(column))?))),
            },
            Relation::Released | Relation::Issued | Relation::OfSide(_) => None,
        }
    }

    /// The kinds whose marks tell whether a list of this table may have changed: itself, and all that its conditions read.
    pub fn reads(&self, policy: &Policy) -> Vec<String> {
        let some = Some(Uuid::nil());
        let mut text = format!("FROM {}", self.table);
        for (role, relation) in policy.pairs() {
            let clause =
                Clause { role, relation, commune: some, unit: some, hamlet: some, campaign: None, user: some, client: some, acting_for: None, pin: None };
            // A condition may ask for less where the grant names less.
            for clause in [Clause { hamlet: None, ..clause.clone() }, Clause { unit: None, hamlet: None, ..clause.clone() }, clause] {
                text.push(' ');
                text.push_str(self.reached(&clause).as_text());
            }
        }
        let words = || text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        let named = words().zip(words().skip(1)).filter(|(before, _)| matches!(*before, "FROM" | "JOIN"));
        let mut tables: Vec<String> = named.map(|(_, table)| table.to_owned()).collect();
        tables.sort_unstable();
        tables.dedup();
        tables
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::lifecycle::Lifecycle;
    use crate::access::roles::Role;

    static POLICY: Policy = Policy {
        resource: "things",
        read: &[(Role::CommuneOfficer, Relation::InCommune), (Role::UnitLiaison, Relation::PartnerCampaign), (Role::HamletHead, Relation::Released)],
        create: &[(Role::Member, Relation::Own)],
        update: &[],
        fields: &[],
        lifecycle: &Lifecycle::NONE,
        follows: &[],
    };

    static THINGS: Lies = Lies {
        campaign: Some("campaign_id"),
        here: Some(|clause| match clause.relation {
            Relation::Released => Some(Sql::of("EXISTS (SELECT FROM hamlets h WHERE h.id = {})", [clause.hamlet?])),
            _ => THINGS.usually(clause),
        }),
        ..Lies::in_commune("things")
    };

    fn clause(relation: Relation, campaign: Option<Uuid>) -> Clause {
        let some = Some(Uuid::nil());
        Clause { role: Role::UnitLiaison, relation, commune: some, unit: some, hamlet: some, campaign, user: some, client: None, acting_for: None, pin: None }
    }

    #[test]
    fn a_list_may_change_with_all_that_its_conditions_read() {
        assert_eq!(THINGS.reads(&POLICY), ["campaigns", "hamlets", "military_units", "things", "units"]);
    }

    #[test]
    fn a_grant_for_one_campaign_is_narrowed_whatever_a_room_says() {
        for relation in [Relation::InCommune, Relation::PartnerCampaign, Relation::Released] {
            let narrowed = THINGS.reached(&clause(relation, Some(Uuid::max())));
            assert!(
                narrowed.as_text().ends_with("AND (things.campaign_id = {})")
                    && format!("{narrowed:?}").ends_with("Id(ffffffff-ffff-ffff-ffff-ffffffffffff)] }"),
                "{narrowed:?}"
            );
        }
        let nowhere = Lies { campaign: None, user: Some("user_id"), ..Lies::in_commune("things") };
        assert_eq!(nowhere.reached(&clause(Relation::InCommune, Some(Uuid::max()))).as_text(), "false");
        assert!(nowhere.reached(&clause(Relation::Own, Some(Uuid::max()))).as_text().contains("things.user_id"), "one's own is one's own");
    }

    #[test]
    fn what_a_table_lacks_reaches_nothing() {
        for relation in [Relation::OwnUnit, Relation::OwnHamlet, Relation::Own, Relation::Lead, Relation::Published, Relation::Issued] {
            assert_eq!(THINGS.reached(&clause(relation, None)).as_text(), "false", "{relation:?}");
        }
        assert_eq!(THINGS.reached(&Clause { commune: None, ..clause(Relation::InCommune, None) }).as_text(), "false", "no commune is no nil");
    }
}
