//! What attendance and results say of a subject: computed at the nomination and at the decision.

use diesel::sql_types::{BigInt, Double, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::{EvidenceFigures, SubjectType};
use crate::activity_sums::Figure;
use crate::error::Result;
use crate::journal::Write;
use crate::statement;

statement! {
    /// Activities and man-days: of a volunteer, of those who came with a unit or from a hamlet; a user's are the
    /// activities led to their end.
    Attendance(
        commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid, activity: Option<Uuid> as Nullable<SqlUuid>, kind: String as Text, subject: Uuid as SqlUuid,
    ) -> (BigInt, Double),
    "SELECT count(DISTINCT activity_id), coalesce(sum(man_days), 0)::double precision FROM (
        SELECT s.activity_id, s.man_days FROM sign_ups s
        WHERE s.commune_id = $1 AND s.campaign_id = $2 AND ($3 IS NULL OR s.activity_id = $3) AND s.status = 'attended'
          AND CASE $4 WHEN 'volunteer' THEN s.volunteer_id = $5 WHEN 'unit' THEN s.unit_id = $5 WHEN 'hamlet' THEN s.hamlet_id = $5 ELSE false END
        UNION ALL
        SELECT a.id, 0 FROM activities a
        WHERE $4 = 'user' AND a.commune_id = $1 AND a.campaign_id = $2 AND ($3 IS NULL OR a.id = $3) AND a.lead_user_id = $5 AND a.status IN ('done', 'verified')
     ) AS found"
}

statement! {
    /// Results of a unit, of a hamlet, or of the activities that a user led. Soldiers' man-days stay out: not everybody
    /// who reads a reward may see them.
    Figures(
        commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid, activity: Option<Uuid> as Nullable<SqlUuid>, kind: String as Text, subject: Uuid as SqlUuid,
    ) -> (Text, Text, Double, Double),
    "SELECT r.side, r.metric, sum(r.value), coalesce(sum(r.value) FILTER (WHERE r.status = 'verified'), 0)
     FROM results r JOIN activities a ON a.commune_id = r.commune_id AND a.id = r.activity_id
     WHERE r.commune_id = $1 AND r.campaign_id = $2 AND ($3 IS NULL OR r.activity_id = $3) AND r.status <> 'withdrawn' AND NOT (r.side = 'military' AND r.metric = 'man_days')
       AND CASE $4 WHEN 'unit' THEN r.unit_id = $5 WHEN 'hamlet' THEN r.hamlet_id = $5 WHEN 'user' THEN a.lead_user_id = $5 ELSE false END
     GROUP BY r.side, r.metric ORDER BY r.side, r.metric"
}

/// Two statements; none for a household or a name, of which nothing is counted.
pub async fn compute(write: &mut Write, campaign: Uuid, activity: Option<Uuid>, kind: SubjectType, subject: Option<Uuid>) -> Result<EvidenceFigures> {
    let at = write.now;
    let Some(subject) = subject else { return Ok(EvidenceFigures { at, activities: 0, man_days: 0.0, figures: vec![] }) };
    let (commune, kind) = (write.feed, kind.name().to_owned());
    let attendance = Attendance { commune, campaign, activity, kind: kind.clone(), subject };
    let (activities, man_days): (i64, f64) = attendance.get_result(write.connection()).await?;
    let rows: Vec<(String, String, f64, f64)> = Figures { commune, campaign, activity, kind, subject }.load(write.connection()).await?;
    let figures = rows.into_iter().map(|(side, metric, reported, verified)| Figure { side, metric, reported, verified }).collect();
    Ok(EvidenceFigures { at, activities, man_days, figures })
}
