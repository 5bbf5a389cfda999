//! What of a campaign somebody should look at: the standing warnings, what is open when an activity is verified, and what
//! holds up the closing. Read from the rows themselves, nothing is kept: a warning is gone when its cause is.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{BigInt, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::dto::Campaign;
use crate::clock::local_day;
use crate::db::Lane;
use crate::error::Result;
use crate::journal::Write;
use crate::journal::write::Warning;
use crate::text::Said;
use crate::{said, statement};

/// Rows of one kind that are named at most.
const MOST: usize = 200;

/// The kind, the row, its name, how many.
type Found = (String, Uuid, String, i64);

statement! {
    /// One statement: each kind is a part of it, and what is gone is not found.
    Open(commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid, activity: Option<Uuid> as Nullable<SqlUuid>, now: DateTime<Utc> as Timestamptz, today: NaiveDate as Date)
        -> (Text, SqlUuid, Text, BigInt),
    "WITH a AS (SELECT * FROM activities WHERE commune_id = $1 AND campaign_id = $2 AND ($3 IS NULL OR id = $3)),
          s AS (SELECT a.id, a.title, a.sort_at, a.status AS activity_status, s.status, s.marks, coalesce(s.headcount_present, 1) AS people
                FROM a JOIN sign_ups s ON s.commune_id = $1 AND s.activity_id = a.id)
     SELECT code, id, title, many FROM (
        SELECT 1 AS place, 'outside_period' AS code, a.id, a.title, 1::bigint AS many, a.sort_at FROM a JOIN campaigns c ON c.commune_id = $1 AND c.id = $2
            WHERE NOT a.outside_period AND a.status NOT IN ('cancelled', 'postponed') AND a.date NOT BETWEEN c.start_date AND c.end_date
        UNION ALL SELECT 2, 'not_finished', a.id, a.title, 1, a.sort_at FROM a
            WHERE a.status IN ('scheduled', 'open', 'in_progress') AND (coalesce(a.ends_at, a.starts_at) < $4 OR a.starts_at IS NULL AND a.date < $5)
        UNION ALL SELECT 3, 'postponed', a.id, a.title, 1, a.sort_at FROM a WHERE a.status = 'postponed'
        UNION ALL SELECT 4, 'postponement_asked', a.id, a.title, 1, a.sort_at FROM a WHERE a.course->>'postponement_asked' IS NOT NULL AND a.status IN ('scheduled', 'open')
        UNION ALL SELECT 5, 'presence_to_place', s.id, s.title, sum(s.people), min(s.sort_at) FROM s WHERE s.status = 'to_place' GROUP BY s.id, s.title
        UNION ALL SELECT 6, 'still_there', s.id, s.title, sum(s.people), min(s.sort_at) FROM s
            WHERE s.status = 'checked_in' AND s.activity_status IN ('done', 'verified') GROUP BY s.id, s.title
        UNION ALL SELECT 7, 'presence_marked', s.id, s.title, count(*), min(s.sort_at) FROM s
            WHERE s.status IN ('checked_in', 'attended') AND s.marks && ARRAY['outside_hours', 'out_before_in', 'clock_wrong', 'sent_late', 'two_places'] GROUP BY s.id, s.title
        UNION ALL SELECT 8, 'results_unverified', a.id, a.title, count(*), min(a.sort_at) FROM a JOIN results r ON r.commune_id = $1 AND r.activity_id = a.id
            WHERE r.status = 'reported' AND a.status IN ('done', 'verified') GROUP BY a.id, a.title
        UNION ALL SELECT 9, 'lead_disabled', a.id, a.title, 1, a.sort_at FROM a JOIN users u ON u.id = a.lead_user_id
            WHERE a.status NOT IN ('verified', 'cancelled') AND (u.status <> 'active' OR EXISTS (SELECT FROM grants g WHERE g.user_id = u.id)
              AND NOT EXISTS (SELECT FROM grants g WHERE g.user_id = u.id AND g.status = 'active' AND (g.valid_to IS NULL OR g.valid_to >= $5)))
        UNION ALL SELECT 10, 'hamlet_ended', a.id, a.title, 1, a.sort_at FROM a JOIN hamlets h ON h.commune_id = $1 AND h.id = a.hamlet_id
            WHERE h.status <> 'active' AND (a.date IS NULL OR a.date > h.valid_to) AND a.status IN ('draft', 'scheduled', 'open', 'in_progress', 'postponed')
        UNION ALL SELECT 11, 'road_open', r.id, r.road_name, 1, r.created_at FROM road_registrations r
            WHERE $3 IS NULL AND r.commune_id = $1 AND r.campaign_id = $2 AND r.status IN ('submitted', 'returned', 'accepted', 'scheduled', 'in_progress', 'done')
        UNION ALL SELECT 12, 'road_of_ended_hamlet', r.id, r.road_name, 1, r.created_at FROM road_registrations r JOIN hamlets h ON h.commune_id = $1 AND h.id = r.hamlet_id
            WHERE $3 IS NULL AND r.commune_id = $1 AND r.campaign_id = $2 AND h.status <> 'active' AND h.valid_to < $5
              AND r.status IN ('draft', 'submitted', 'returned', 'accepted', 'scheduled', 'in_progress')
        UNION ALL SELECT 13, 'reward_open', r.id, r.subject_name, 1, r.created_at FROM rewards r
            WHERE $3 IS NULL AND r.commune_id = $1 AND r.campaign_id = $2 AND r.status IN ('nominated', 'checked', 'recommended')
        UNION ALL SELECT 14, 'people_of_ended_hamlet', h.id, h.name, count(*), min(h.created_at) FROM hamlets h JOIN volunteers v ON v.commune_id = $1 AND v.hamlet_id = h.id
            WHERE $3 IS NULL AND h.commune_id = $1 AND h.status <> 'active' AND h.valid_to < $5 AND v.status IN ('active', 'unverified') GROUP BY h.id, h.name
        UNION ALL SELECT 15, 'no_report', c.id, c.name, 1, c.created_at FROM campaigns c
            WHERE $3 IS NULL AND c.commune_id = $1 AND c.id = $2 AND c.status = 'closing'
              AND NOT EXISTS (SELECT FROM documents d WHERE d.commune_id = $1 AND d.campaign_id = c.id AND d.kind = 'report' AND d.status IN ('issued', 'amended'))
     ) AS found ORDER BY place, sort_at, id LIMIT 1000"
}

/// What holds up the closing: figures and papers that are not settled.
const HOLDS_UP: &[&str] =
    &["not_finished", "postponed", "presence_to_place", "still_there", "presence_marked", "results_unverified", "road_open", "reward_open", "no_report"];

/// What of one activity is open when it is over.
const OF_ACTIVITY: &[&str] = &["presence_to_place", "still_there", "presence_marked", "results_unverified"];

fn open(commune: Uuid, campaign: Uuid, activity: Option<Uuid>, now: DateTime<Utc>) -> Open {
    Open { commune, campaign, activity, now, today: local_day(now) }
}

fn warning((code, id, title, many): Found) -> Option<Warning> {
    let (code, pointer, detail): (&'static str, &str, Said) = match code.as_str() {
        "outside_period" => ("outside_period", "/date", said!("\"{title}\" nằm ngoài thời gian của đợt", "\"{title}\" lies outside the campaign's period")),
        "not_finished" => ("not_finished", "/status", said!("\"{title}\" đã qua mà chưa kết thúc", "\"{title}\" is over and was not finished")),
        "postponed" => ("postponed", "/status", said!("\"{title}\" đã hoãn, chưa dời lịch", "\"{title}\" is put off without a new day")),
        "postponement_asked" => {
            ("postponement_asked", "/postponement_asked", said!("Cơ sở đề nghị hoãn \"{title}\"", "Those on the spot ask to put off \"{title}\""))
        }
        "presence_to_place" => (
            "presence_to_place",
            "/sign_ups",
            said!(
                "\"{title}\": {many} người có mặt ở buổi đã hoãn hoặc dời, cần xếp",
                "\"{title}\": presence of {many} people is kept apart and has to be placed"
            ),
        ),
        "still_there" => {
            ("still_there", "/sign_ups", said!("\"{title}\": {many} người chưa điểm danh về", "\"{title}\": {many} people were never checked out"))
        }
        "presence_marked" => (
            "presence_marked",
            "/sign_ups",
            said!("\"{title}\": {many} lượt điểm danh cần xem lại (mark)", "\"{title}\": {many} presences are marked and should be looked at"),
        ),
        "results_unverified" => {
            ("results_unverified", "/results", said!("\"{title}\": {many} số liệu chưa xác nhận", "\"{title}\": {many} results are not verified"))
        }
        "lead_disabled" => {
            ("lead_disabled", "/lead_user_id", said!("Người phụ trách \"{title}\" không còn đăng nhập được", "The lead of \"{title}\" can no longer sign in"))
        }
        "hamlet_ended" => {
            ("hamlet_ended", "/hamlet_id", said!("\"{title}\" thuộc thôn/ấp đã sáp nhập hoặc giải thể", "\"{title}\" is in a hamlet that has ended"))
        }
        "road_open" => ("road_open", "/status", said!("Tuyến \"{title}\" chưa xong", "The road \"{title}\" is not settled")),
        "road_of_ended_hamlet" => (
            "road_of_ended_hamlet",
            "/hamlet_id",
            said!("Tuyến \"{title}\" thuộc thôn/ấp đã sáp nhập hoặc giải thể", "The road \"{title}\" is in a hamlet that has ended"),
        ),
        "reward_open" => ("reward_open", "/status", said!("Đề nghị khen thưởng \"{title}\" chưa quyết định", "The nomination of \"{title}\" is not decided")),
        "people_of_ended_hamlet" => (
            "people_of_ended_hamlet",
            "/hamlet_id",
            said!("{many} người còn thuộc \"{title}\" đã sáp nhập hoặc giải thể", "{many} people still belong to \"{title}\", which has ended"),
        ),
        "no_report" => ("no_report", "/documents", said!("Chưa ban hành báo cáo của đợt", "The campaign's report is not issued")),
        _ => return None,
    };
    Some(Warning { code, pointer: pointer.into(), detail, related: vec![id] })
}

fn told(found: Vec<Found>, kinds: Option<&[&str]>) -> Vec<Warning> {
    let wanted = found.into_iter().filter(|(code, ..)| kinds.is_none_or(|kinds| kinds.contains(&code.as_str())));
    wanted.filter_map(warning).take(MOST).collect()
}

/// All standing warnings of a campaign but the clashes of its schedule.
pub async fn of_campaign(lane: &Lane, campaign: &Campaign, now: DateTime<Utc>) -> Result<Vec<Warning>> {
    let connection = lane.connection().await?;
    Ok(told(open(campaign.commune_id, campaign.id, None, now).load(&mut &*connection).await?, None))
}

/// What holds up the closing.
pub async fn open_of_campaign(write: &mut Write, campaign: Uuid) -> Result<Vec<Warning>> {
    let open = open(write.feed, campaign, None, write.now);
    Ok(told(open.load(write.connection()).await?, Some(HOLDS_UP)))
}

/// What of an activity is open once it is over.
pub async fn open_of_activity(write: &mut Write, campaign: Uuid, activity: Uuid) -> Result<Vec<Warning>> {
    let open = open(write.feed, campaign, Some(activity), write.now);
    Ok(told(open.load(write.connection()).await?, Some(OF_ACTIVITY)))
}

statement! {
    Outside(commune: Uuid as SqlUuid, campaign: Uuid as SqlUuid, first: NaiveDate as Date, last: NaiveDate as Date) -> SqlUuid,
    "SELECT id FROM activities WHERE commune_id = $1 AND campaign_id = $2 AND NOT outside_period AND status NOT IN ('cancelled', 'postponed')
       AND date NOT BETWEEN $3 AND $4 ORDER BY sort_at, id LIMIT 200"
}

/// Another period leaves activities outside: told, and the schedule stays as it is.
pub async fn warn_of_period(write: &mut Write, campaign: &Campaign) -> Result<()> {
    let (first, last) = (campaign.start_date, campaign.end_date);
    let outside: Vec<Uuid> = Outside { commune: write.feed, campaign: campaign.id, first, last }.load(write.connection()).await?;
    if !outside.is_empty() {
        let many = outside.len();
        let detail = said!("{many} hoạt động nằm ngoài thời gian mới của đợt", "{many} activities lie outside the new period");
        write.warn("outside_period", "/end_date", detail, outside);
    }
    Ok(())
}
