//! Sums in the database.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Int4, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{ActivitySum, ActivitySumFilter, SumStatus};
use super::rules;
use crate::access::reach::{Predicate, always, both, fixed};
use crate::access::roles::{Clause, Relation};
use crate::db::schema::activity_sums;
use crate::error::Result;
use crate::journal::{Place, Write};
use crate::web::query::ListQuery;
use crate::{partner_campaigns, statement};

fn clause(clause: &Clause) -> Predicate<activity_sums::table> {
    let (commune, unit, user) = (clause.commune.unwrap_or_default(), clause.unit.unwrap_or_default(), clause.user.unwrap_or_default());
    let holds: Predicate<activity_sums::table> = match clause.relation {
        Relation::InCommune => Box::new(activity_sums::commune_id.eq(commune).nullable()),
        Relation::PartnerCampaign => fixed(partner_campaigns!("activity_sums.campaign_id"), vec![commune, commune, unit]),
        Relation::Lead => fixed(
            &[
                "activity_sums.id IN (SELECT a.id FROM activities a JOIN campaigns k ON k.commune_id = a.commune_id AND k.id = a.campaign_id WHERE a.lead_user_id = ",
                " AND k.status NOT IN ('closed', 'archived', 'cancelled'))",
            ],
            vec![user],
        ),
        Relation::Published => fixed(
            &["EXISTS (SELECT FROM activities a WHERE a.commune_id = activity_sums.commune_id AND a.id = activity_sums.id AND a.published_at IS NOT NULL)"],
            vec![],
        ),
        _ => always(false),
    };
    both(holds, clause.campaign.map(|campaign| -> Predicate<activity_sums::table> { Box::new(activity_sums::campaign_id.eq(campaign).nullable()) }))
}

type Rows<S> = activity_sums::BoxedQuery<'static, diesel::pg::Pg, S>;

fn filtered<S>(mut rows: Rows<S>, query: &ListQuery<ActivitySumFilter>) -> Rows<S> {
    if let Some(campaign) = query.filter.campaign_id {
        rows = rows.filter(activity_sums::campaign_id.eq(campaign));
    }
    if let Some(hamlet) = query.filter.hamlet_id {
        rows = rows.filter(activity_sums::hamlet_id.eq(hamlet));
    }
    rows
}

crate::room_store! {
    table: activity_sums, row: ActivitySum, policy: rules::POLICY, clause: clause,
    filter: ActivitySumFilter => filtered,
    feed: |row| row.commune_id, feed_column: activity_sums::commune_id, shared_feed: None, commune_column: activity_sums::commune_id,
    place: |row| Place { campaign_id: Some(row.campaign_id), hamlet_id: row.hamlet_id, ..Place::default() }, status: SumStatus,
    search: none,
    sorts: { "created_at" => created_at: DateTime<Utc> },
    depends: ["military_units", "activity_sums", "activities", "campaigns", "units"], constraints: &[],
}

/// Seats that sign-ups take; none before the first.
pub async fn seats_taken(write: &mut Write, activity: Uuid) -> Result<i32> {
    let commune = write.feed;
    let found: Option<i32> = activity_sums::table.find((commune, activity)).select(activity_sums::seats_taken).first(write.connection()).await.optional()?;
    Ok(found.unwrap_or(0))
}

type Sums = (SqlUuid, SqlUuid, BigInt, Timestamptz, Timestamptz, SqlUuid, Nullable<SqlUuid>, Int4, Int4, Int4, Int4, Double);

statement! {
    /// Counts an activity's sign-ups anew: a few hundred rows of one index. Named members count with their group.
    Recount(commune: Uuid as SqlUuid, activity: Uuid as SqlUuid, version: i64 as BigInt, now: DateTime<Utc> as Timestamptz) -> Sums,
    "INSERT INTO activity_sums AS t (commune_id, id, version, created_at, updated_at, campaign_id, hamlet_id, seats_taken, waiting, pending, present, man_days, status, request_hash)
     SELECT a.commune_id, a.id, $3, $4, $4, a.campaign_id, a.hamlet_id,
        coalesce(sum(s.headcount_signed_up) FILTER (WHERE s.status IN ('confirmed', 'checked_in', 'attended') AND NOT s.walk_in AND s.group_id IS NULL), 0)::int,
        coalesce(sum(s.headcount_signed_up) FILTER (WHERE s.status = 'waitlisted' AND s.group_id IS NULL), 0)::int,
        coalesce(sum(s.headcount_signed_up) FILTER (WHERE s.status = 'pending' AND s.group_id IS NULL), 0)::int,
        coalesce(sum(coalesce(s.headcount_present, 1)) FILTER (WHERE s.status IN ('checked_in', 'attended') AND s.group_id IS NULL), 0)::int,
        coalesce(sum(s.man_days) FILTER (WHERE s.status = 'attended'), 0), 'kept', ''
     FROM activities a LEFT JOIN sign_ups s ON s.commune_id = a.commune_id AND s.activity_id = a.id
     WHERE a.commune_id = $1 AND a.id = $2 GROUP BY a.commune_id, a.id
     ON CONFLICT (commune_id, id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at, hamlet_id = excluded.hamlet_id,
        seats_taken = excluded.seats_taken, waiting = excluded.waiting, pending = excluded.pending, present = excluded.present, man_days = excluded.man_days
     WHERE (t.hamlet_id, t.seats_taken, t.waiting, t.pending, t.present, t.man_days) IS DISTINCT FROM
        (excluded.hamlet_id, excluded.seats_taken, excluded.waiting, excluded.pending, excluded.present, excluded.man_days)
     RETURNING t.id, t.commune_id, t.version, t.created_at, t.updated_at, t.campaign_id, t.hamlet_id, t.seats_taken, t.waiting, t.pending, t.present, t.man_days"
}

type Counted = (Uuid, Uuid, i64, DateTime<Utc>, DateTime<Utc>, Uuid, Option<Uuid>, i32, i32, i32, i32, f64);

/// Brings the sums of an activity in step, in one statement.
pub async fn recount(write: &mut Write, activity: Uuid) -> Result<()> {
    let statement = Recount { commune: write.feed, activity, version: write.number, now: write.now };
    let counted: Option<Counted> = statement.get_result(write.connection()).await.optional()?;
    let Some((id, commune_id, version, created_at, updated_at, campaign_id, hamlet_id, seats_taken, waiting, pending, present, man_days)) = counted else {
        return Ok(());
    };
    let row = ActivitySum {
        id,
        commune_id,
        version,
        created_at,
        updated_at,
        campaign_id,
        hamlet_id,
        seats_taken,
        waiting,
        pending,
        present,
        man_days,
        status: SumStatus::Kept,
        request_hash: vec![],
    };
    write.record("recount", &rules::POLICY, None, &row, None)
}
