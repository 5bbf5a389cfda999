//! Who may do what with sign-ups, and what may become of one.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{SignUp, SignUpSource, SignUpStatus};
use crate::access::actor::Actor;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{FormerHamlet, InCommune, Lead, Own, OwnHamlet, OwnUnit, PartnerCampaign};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, UnitLiaison, UnitOfficer};
use crate::activities::{Activity, ActivityStatus};
use crate::activity_sums::Tally;
use crate::campaigns::CampaignStatus;
use crate::error::{Constraint, Error, Problem, Result};
use crate::said;
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, OwnUnit),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, OwnHamlet),
    (HamletHead, FormerHamlet),
    (Observer, InCommune),
    (Auditor, InCommune),
    (Member, Own),
    (Member, Lead),
];
const CREATE: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, OwnUnit),
    (HamletHead, OwnHamlet),
    (HamletHead, FormerHamlet),
    (Member, Own),
    (Member, Lead),
];
const UPDATE: Grants = CREATE;
const DECIDE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (Member, Lead)];
const OFFICE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
const WITHDRAW: Grants =
    &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (HamletHead, OwnHamlet), (HamletHead, FormerHamlet), (Member, Own)];
/// Those on the spot.
pub const CHECK_IN: Grants =
    &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitOfficer, OwnUnit), (HamletHead, OwnHamlet), (HamletHead, FormerHamlet), (Member, Lead)];

/// With a code that was shown on the spot a volunteer comes without help.
pub const COME: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, OwnUnit),
    (HamletHead, OwnHamlet),
    (HamletHead, FormerHamlet),
    (Member, Lead),
    (Member, Own),
];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "confirmed",
    frozen: &[],
    steps: &[
        Step::new("confirm", &["pending", "waitlisted"], Some("confirmed"), DECIDE, Text::new("Xác nhận cho tham gia", "Confirm")),
        Step::new("reject", &["pending", "waitlisted", "to_place"], Some("rejected"), DECIDE, Text::new("Từ chối", "Reject")).with(&[Need::Reason]),
        Step::new("withdraw", &["pending", "waitlisted", "confirmed"], Some("withdrawn"), WITHDRAW, Text::new("Rút đăng ký", "Withdraw")),
        Step::new(
            "reconfirm",
            &["pending", "waitlisted", "confirmed"],
            None,
            WITHDRAW,
            Text::new("Trả lời sau khi hoãn: còn đi hay không", "Answer after a postponement: coming or not"),
        ),
        // Presence is never refused. Who attended already stays so; of what was cancelled only presence that is kept apart
        // is taken.
        Step::new(
            "check_in",
            &["pending", "waitlisted", "confirmed", "rejected", "withdrawn", "cancelled", "no_show", "attended"],
            Some("checked_in"),
            COME,
            Text::new("Điểm danh đến", "Check in"),
        ),
        // Leaving implies coming; and it tells more of who was counted with the default hours.
        Step::new(
            "check_out",
            &["pending", "waitlisted", "confirmed", "checked_in", "rejected", "withdrawn", "cancelled", "no_show", "attended"],
            Some("attended"),
            CHECK_IN,
            Text::new("Điểm danh về", "Check out"),
        ),
        Step::new(
            "place",
            &["to_place"],
            Some("attended"),
            OFFICE,
            Text::new("Xếp lượt có mặt để riêng vào đúng hoạt động", "Place presence that was kept apart"),
        ),
        Step::new("mark_no_show", &["confirmed"], Some("no_show"), DECIDE, Text::new("Ghi vắng mặt", "Mark as not come")),
        Step::new("correct", &["checked_in", "attended", "no_show"], None, DECIDE, Text::new("Sửa điểm danh", "Correct the attendance")).with(&[Need::Reason]),
    ],
};

pub static POLICY: Policy = Policy {
    resource: "sign_ups",
    read: READ,
    create: CREATE,
    update: UPDATE,
    fields: SignUp::FIELDS,
    lifecycle: &LIFECYCLE,
    follows: &[
        ("walk_in", Text::new("Đến tại chỗ", "Came without a sign-up")),
        ("set_apart", Text::new("Lượt có mặt được để riêng", "Presence was kept apart")),
        ("recount", Text::new("Tính lại số công", "Man-days were counted again")),
        ("promote", Text::new("Được chỗ từ danh sách chờ", "Got a seat from the waiting list")),
        ("ask_again", Text::new("Hỏi lại sau khi dời", "Asked again after a move")),
        ("leave_with_group", Text::new("Rời cùng đoàn", "Left with the group")),
        ("reassign", Text::new("Chuyển theo hồ sơ được gộp", "Moved with a merged record")),
        ("erase", Text::new("Xóa dữ liệu cá nhân", "Personal data were erased")),
    ],
};

/// A step of the lifecycle by its name.
pub fn step(action: &str) -> Result<&'static Step> {
    LIFECYCLE.steps.iter().find(|step| step.action == action).ok_or_else(|| Error::internal("a step that the lifecycle does not know"))
}

pub static CODE_REQUIRED: Problem =
    Problem::new("code_required", 403, "Tự điểm danh cần mã tại chỗ", "To check in alone takes a code that is shown on the spot");
pub static NOT_OPEN: Problem = Problem::new("not_open", 409, "Hoạt động chưa mở đăng ký hoặc đã đóng", "The activity is not open for this");
pub static NO_PRESENCE: Problem = Problem::new(
    "no_presence_yet",
    409,
    "Hoạt động chưa xếp lịch hoặc đợt chưa mở: chưa điểm danh được",
    "The activity is not scheduled, or its campaign not open: no presence yet",
);
pub static NO_SEAT: Problem = Problem::new("no_seat", 409, "Đã hết chỗ", "There is no free seat");
pub static NOT_ELIGIBLE: Problem = Problem::new("not_eligible", 409, "Người này chưa thể tham gia", "This person cannot take part");

pub static CONSTRAINTS: &[Constraint] = &[Constraint::taken(
    "sign_ups_person_key",
    "/volunteer_id",
    "already_signed_up",
    Text::new("Người này đã đăng ký hoạt động này", "This person is signed up for the activity already"),
)];

/// Who signs up: the person, or the strongest role of the actor in the commune.
pub fn source_of(actor: &Actor, commune: Uuid, campaign: Uuid, person: Option<Uuid>) -> SignUpSource {
    let has = |role| actor.grants.iter().any(|grant| grant.role == role && grant.commune_id == Some(commune));
    match () {
        () if actor.system.is_some() => SignUpSource::Import,
        () if person.is_some() && person == actor.user_id() => SignUpSource::Own,
        () if actor.office_of(commune, Some(campaign)) => SignUpSource::Office,
        () if has(HamletHead) => SignUpSource::Head,
        () if has(UnitOfficer) => SignUpSource::Organisation,
        () => SignUpSource::Office,
    }
}

/// Sign-ups are taken while the activity is open; the office may fill one that is only scheduled.
pub fn check_open(activity: &Activity, by_office: bool) -> Result<()> {
    match activity.status {
        ActivityStatus::Open => Ok(()),
        ActivityStatus::Scheduled if by_office => Ok(()),
        status => Err(Error::new(&NOT_OPEN).member("activity_status", status.name())),
    }
}

/// Presence is taken at what was scheduled; what was put off or called off since is told apart, see the module `apart`.
pub fn check_scheduled(activity: &Activity, campaign: CampaignStatus) -> Result<()> {
    if activity.status != ActivityStatus::Draft && !matches!(campaign, CampaignStatus::Draft | CampaignStatus::Planned) {
        return Ok(());
    }
    Err(Error::new(&NO_PRESENCE).member("activity_status", activity.status.name()).member("campaign_status", campaign.name()))
}

/// A person has neither headcount nor group of its own; a group has both.
pub fn check_who(input: &super::dto::CreateSignUp) -> Result<()> {
    let group_parts = [("/headcount", input.headcount.is_some()), ("/unit_id", input.unit_id.is_some()), ("/hamlet_id", input.hamlet_id.is_some())];
    match (&input.volunteer_id, &input.group_name) {
        (Some(_), None) => match group_parts.iter().find(|(_, there)| *there) {
            Some((pointer, _)) => Err(Error::field(*pointer, "group_only", said!("Chỉ dùng cho nhóm", "Only for a group"))),
            None => Ok(()),
        },
        (None, Some(_)) if input.headcount.is_none() => {
            Err(Error::field("/headcount", "required", said!("Nhóm cần số người", "A group needs its number of people")))
        }
        (None, Some(_)) if input.group_id.is_some() => Err(Error::field("/group_id", "person_only", said!("Chỉ dùng cho một người", "Only for a person"))),
        (None, Some(_)) => Ok(()),
        _ => Err(Error::field(
            "/volunteer_id",
            "one_of",
            said!("Nêu đúng một trong hai: volunteer_id hoặc group_name", "Name exactly one: volunteer_id or group_name"),
        )),
    }
}

/// Presence written down when the activity was over.
pub fn is_late(activity: &Activity, now: DateTime<Utc>) -> bool {
    activity.ends_at.is_some_and(|end| end < now) || matches!(activity.status, ActivityStatus::Done | ActivityStatus::Verified)
}

/// Man-days in halves: 8 hours of one person are one day.
pub fn man_days(minutes: i32, people: i32) -> f64 {
    (f64::from(minutes) / 240.0).round() / 2.0 * f64::from(people.max(0))
}

/// The statuses that take a seat.
pub const SEATED: [SignUpStatus; 3] = [SignUpStatus::Confirmed, SignUpStatus::CheckedIn, SignUpStatus::Attended];

/// The statuses after which the person may sign up anew.
pub const ENDED: [SignUpStatus; 3] = [SignUpStatus::Rejected, SignUpStatus::Withdrawn, SignUpStatus::Cancelled];

/// What a sign-up counts for in the activity's sums; named members count with their group.
pub fn tally(row: &SignUp) -> Tally {
    let people = if row.group_id.is_none() { row.headcount_signed_up } else { 0 };
    let mut tally = Tally::default();
    match row.status {
        SignUpStatus::Confirmed | SignUpStatus::CheckedIn | SignUpStatus::Attended if !row.walk_in => tally.seats_taken = people,
        SignUpStatus::Waitlisted => tally.waiting = people,
        SignUpStatus::Pending => tally.pending = people,
        _ => {}
    }
    if matches!(row.status, SignUpStatus::CheckedIn | SignUpStatus::Attended) && row.group_id.is_none() {
        tally.present = row.headcount_present.unwrap_or(1);
    }
    if row.status == SignUpStatus::Attended {
        tally.man_days = row.man_days.unwrap_or(0.0);
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn man_days_come_in_halves() {
        let cases = [(480, 1, 1.0), (240, 1, 0.5), (200, 1, 0.5), (100, 1, 0.0), (240, 20, 10.0), (0, 5, 0.0), (480, -3, 0.0)];
        for (minutes, people, expected) in cases {
            assert!((man_days(minutes, people) - expected).abs() < f64::EPSILON, "{minutes} {people}");
        }
    }
}
