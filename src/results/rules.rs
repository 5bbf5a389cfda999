//! Who may do what with results, and what may become of one.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{ActivityResult, CreateResult, Metric, ResultStatus, Side};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, Lead, OfSide, OwnHamlet, OwnUnit, PartnerCampaign, WithFunction};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, UnitLiaison, UnitOfficer};
use crate::access::roles::{Fields, Grants};
use crate::activities::{Activity, ActivityStatus};
use crate::error::{Constraint, Error, FieldError, Problem, Result, VALIDATION_FAILED};
use crate::said;
use crate::text::Text;

/// Soldiers' man-days are a military figure: rows of them are for the office, the partner and the military command; each
/// relation's clause leaves them out for the others.
const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, WithFunction("military_affairs")),
    (UnitOfficer, OwnUnit),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, OwnHamlet),
    (Observer, OfSide("local")),
    (Auditor, OfSide("local")),
    (UnitOfficer, OfSide("local")),
    (Member, Lead),
];
/// Each side reports its own work; the office also what the other side told it.
const REPORT: Grants = &[
    (Member, Lead),
    (UnitLiaison, OfSide("military")),
    (HamletHead, OfSide("local")),
    (UnitOfficer, OwnUnit),
    (CommuneOfficer, InCommune),
    (CommuneLeader, InCommune),
];
/// The liaison verifies military rows, the office local ones.
const VERIFY: Grants = &[(CommuneOfficer, OfSide("local")), (CommuneLeader, OfSide("local")), (UnitLiaison, OfSide("military"))];

const FIELDS: Fields = &[];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "reported",
    frozen: &["verified", "withdrawn"],
    steps: &[
        Step {
            action: "verify",
            from: &["reported"],
            to: Some("verified"),
            by: VERIFY,
            needs: &[Need::Read],
            summary: Text::new("Xác nhận số liệu của bên mình", "Verify a figure of the own side"),
        },
        Step {
            action: "reopen",
            from: &["verified"],
            to: Some("reported"),
            by: VERIFY,
            needs: &[Need::Reason],
            summary: Text::new("Mở lại để sửa", "Take back the verification to correct it"),
        },
        Step {
            action: "withdraw",
            from: &["reported"],
            to: Some("withdrawn"),
            by: REPORT,
            needs: &[Need::Reason],
            summary: Text::new("Hủy số liệu báo sai", "Withdraw a figure that was wrong"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "results", read: READ, create: REPORT, update: REPORT, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static NOT_TAKING_PLACE: Problem = Problem {
    code: "not_taking_place",
    status: 409,
    title: Text::new("Hoạt động không diễn ra hoặc đã được xác nhận", "The activity does not take place, or was verified"),
};

pub static ROAD_CONFIRMED: Problem = Problem {
    code: "road_confirmed",
    status: 409,
    title: Text::new("Tuyến đường đã được nghiệm thu; mở lại trước khi ghi thêm", "The road was confirmed: send it back before more is recorded"),
};

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "results_hamlet_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/hamlet_id",
        code: "no_hamlet",
        text: Text::new("Không có ấp này trong xã", "The commune has no such hamlet"),
    },
    Constraint {
        name: "results_unit_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/unit_id",
        code: "no_unit",
        text: Text::new("Không có đơn vị này trong xã", "The commune has no such unit"),
    },
];

/// The metric that attendance gives for local people.
pub const MAN_DAYS: &str = "man_days";
pub const METRES: &str = "metres";
const MOST: f64 = 1e12;

/// What a value must be like: above 0, whole where the metric counts things; half days for man-days.
pub fn check(row: &ActivityResult, metric: Option<&Metric>) -> Result<()> {
    let mut errors = vec![];
    let Some(metric) = metric else {
        return Err(Error::field("/metric", "unknown_value", said!("Không có chỉ tiêu này; xem /v1/metrics", "There is no such metric; see /v1/metrics")));
    };
    if !(row.value > 0.0 && row.value <= MOST) {
        errors.push(FieldError::new("/value", "out_of_range", said!("Giá trị lớn hơn 0 và không quá {MOST}", "The value is above 0 and at most {MOST}")));
    } else if metric.whole && row.value.fract() != 0.0 {
        errors.push(FieldError::new("/value", "not_whole", said!("Chỉ tiêu này là số nguyên", "This metric counts in whole numbers")));
    } else if metric.code == MAN_DAYS && (row.value * 2.0).fract() != 0.0 {
        errors.push(FieldError::new("/value", "not_halves", said!("Ngày công tính theo nửa ngày", "Man-days come in halves")));
    }
    if metric.code == MAN_DAYS && row.side == Side::Local {
        let text = said!("Ngày công của địa phương lấy từ điểm danh", "Local man-days come from attendance");
        errors.push(FieldError::new("/metric", "from_attendance", text));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// Results are of what takes place, and closed once the office has verified the activity.
pub fn check_takes_place(activity: &Activity) -> Result<()> {
    let takes_place = matches!(activity.status, ActivityStatus::Scheduled | ActivityStatus::Open | ActivityStatus::InProgress | ActivityStatus::Done);
    if takes_place { Ok(()) } else { Err(Error::new(&NOT_TAKING_PLACE).member("activity_status", activity.status.name())) }
}

pub fn new_result(
    input: CreateResult,
    id: Uuid,
    campaign_id: Uuid,
    hamlet_id: Option<Uuid>,
    reported_by: Option<Uuid>,
    now: DateTime<Utc>,
    request_hash: Vec<u8>,
) -> ActivityResult {
    let CreateResult { id: _, commune_id, activity_id, hamlet_id: told, road_registration_id, unit_id, side, work_type, metric, value, note, occurred_at: _ } =
        input;
    ActivityResult {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        campaign_id,
        activity_id,
        hamlet_id: told.or(hamlet_id),
        road_registration_id,
        unit_id,
        side,
        work_type,
        metric: metric.0,
        value,
        note: note.map(String::from),
        reported_by,
        verified_by: None,
        status: ResultStatus::Reported,
        request_hash,
    }
}
