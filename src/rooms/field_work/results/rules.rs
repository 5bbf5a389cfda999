//! Who may do what with results, and what may become of one.

use super::dto::{ActivityResult, Metric, Side};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{InCommune, Lead, OfSide, OwnHamlet, OwnUnit, PartnerCampaign, WithFunction};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, UnitLiaison, UnitOfficer};
use crate::activities::{Activity, ActivityStatus};
use crate::error::{Error, FieldError, Problem, Result};
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

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "reported",
    frozen: &["verified", "withdrawn"],
    steps: &[
        Step::new("verify", &["reported"], Some("verified"), VERIFY, Text::new("Xác nhận số liệu của bên mình", "Verify a figure of the own side"))
            .with(&[Need::Read]),
        Step::new("reopen", &["verified"], Some("reported"), VERIFY, Text::new("Mở lại để sửa", "Take back the verification to correct it"))
            .with(&[Need::Reason]),
        Step::new("withdraw", &["reported"], Some("withdrawn"), REPORT, Text::new("Hủy số liệu báo sai", "Withdraw a figure that was wrong"))
            .with(&[Need::Reason]),
    ],
};

pub static POLICY: Policy =
    Policy { resource: "results", read: READ, create: REPORT, update: REPORT, fields: ActivityResult::FIELDS, lifecycle: &LIFECYCLE, follows: &[] };

pub static NOT_TAKING_PLACE: Problem =
    Problem::new("not_taking_place", 409, "Hoạt động không diễn ra hoặc đã được xác nhận", "The activity does not take place, or was verified");

pub static ROAD_CONFIRMED: Problem = Problem::new(
    "road_confirmed",
    409,
    "Tuyến đường đã được nghiệm thu; mở lại trước khi ghi thêm",
    "The road was confirmed: send it back before more is recorded",
);

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
