//! Units' parts in activities in the database.

use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _};

use super::dto::{ActivityUnit, ActivityUnitFilter, Confirmation};
use super::rules;
use crate::access::reach::{Predicate, always, both, fixed};
use crate::access::roles::{Clause, Relation};
use crate::db::schema::activity_units;
use crate::journal::Place;
use crate::units::with_function;
use crate::web::query::ListQuery;
use crate::{own_units, partner_campaigns};

fn clause(clause: &Clause) -> Predicate<activity_units::table> {
    let in_hamlet = || -> Predicate<activity_units::table> {
        fixed(
            &["activity_units.activity_id IN (SELECT a.id FROM activities a WHERE a.commune_id = ", " AND a.hamlet_id = ", ")"],
            vec![clause.commune.unwrap_or_default(), clause.hamlet.unwrap_or_default()],
        )
    };
    let holds: Predicate<activity_units::table> = match (clause.relation, clause.commune) {
        (Relation::InCommune, Some(commune)) => Box::new(activity_units::commune_id.eq(commune).nullable()),
        (Relation::WithFunction(function), Some(commune)) => {
            both(Box::new(activity_units::commune_id.eq(commune).nullable()), Some(with_function(function, commune, clause.unit.unwrap_or_default())))
        }
        (Relation::PartnerCampaign, Some(commune)) => {
            fixed(partner_campaigns!("activity_units.campaign_id"), vec![commune, commune, clause.unit.unwrap_or_default()])
        }
        (Relation::OwnUnit, Some(commune)) => fixed(own_units!("activity_units.unit_id"), vec![commune, clause.unit.unwrap_or_default()]),
        (Relation::OwnHamlet, Some(_)) => in_hamlet(),
        (Relation::Released, Some(_)) => Box::new(in_hamlet().and(activity_units::released_at.is_not_null())),
        _ => always(false),
    };
    both(holds, clause.campaign.map(|campaign| -> Predicate<activity_units::table> { Box::new(activity_units::campaign_id.eq(campaign).nullable()) }))
}

type Rows<S> = activity_units::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<ActivityUnitFilter>) -> Rows<S> {
    let filter = &query.filter;
    if let Some(campaign) = filter.campaign_id {
        rows = rows.filter(activity_units::campaign_id.eq(campaign));
    }
    if let Some(activity) = filter.activity_id {
        rows = rows.filter(activity_units::activity_id.eq(activity));
    }
    if let Some(unit) = filter.unit_id {
        rows = rows.filter(activity_units::unit_id.eq(unit));
    }
    if let Some(status) = &filter.status {
        rows = rows.filter(activity_units::status.eq_any(status.0.clone()));
    }
    rows
}

crate::room_store! {
    table: activity_units, row: ActivityUnit, policy: rules::POLICY, clause: clause,
    filter: ActivityUnitFilter => filtered,
    feed: |row| row.commune_id, feed_column: activity_units::commune_id, shared_feed: None, commune_column: activity_units::commune_id,
    place: |row| Place { campaign_id: Some(row.campaign_id), unit_id: Some(row.unit_id), ..Place::default() }, status: Confirmation,
    search: none,
    sorts: { "created_at" => created_at: DateTime<Utc> },
    depends: ["military_units", "activity_units", "activities", "campaigns", "units"], constraints: rules::CONSTRAINTS,
    follows: { "activities"."hamlet_id" by Row => activity_id },
}
